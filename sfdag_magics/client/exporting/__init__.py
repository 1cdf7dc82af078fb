"""A graph as text for elsewhere, and what of it a form cannot carry."""
