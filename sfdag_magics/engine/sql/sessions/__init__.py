"""One session: its lock, names, parameters and statements; what all share, and the warden."""
