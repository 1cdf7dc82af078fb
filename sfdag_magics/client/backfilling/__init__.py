"""What a schedule missed, made good: its slots, what became of them, and runs for what is left."""
