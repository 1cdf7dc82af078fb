"""Verbs that need no graph: rows of tables, and the engine of this machine."""
