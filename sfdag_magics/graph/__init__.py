"""What a task graph is: pure values and rules, no I/O. The engine uses the same ones."""
