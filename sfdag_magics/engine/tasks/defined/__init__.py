"""Tasks and graphs as they are defined, what may become of them, and what a run goes by."""
