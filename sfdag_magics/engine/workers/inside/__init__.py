"""What runs in a worker, and in the process it is forked from. Knows no engine, but its socket."""
