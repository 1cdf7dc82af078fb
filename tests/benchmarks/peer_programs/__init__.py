"""Each is run by the Python of a peer's own environment, and imports nothing of ours."""
