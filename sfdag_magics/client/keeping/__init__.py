"""A data directory as a whole: what takes disk in it, what may go, copies of it."""
