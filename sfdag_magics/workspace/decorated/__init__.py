"""What a decorated function encloses, and which line made a task of it."""
