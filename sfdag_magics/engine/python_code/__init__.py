"""Procedures and functions in Python: their statements, and what a call of one does."""
