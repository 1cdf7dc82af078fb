"""What is taken, in values, and why some of it cannot be; whether two things are the same."""
