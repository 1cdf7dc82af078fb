"""Rows into tables, as a person or a script asks for them."""
