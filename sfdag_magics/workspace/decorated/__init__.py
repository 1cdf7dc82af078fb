"""What a decorated function encloses, which line made a task of it, and what makes none."""
