"""A data directory, where engine and clients meet: who serves it, what is new, whose it is."""
