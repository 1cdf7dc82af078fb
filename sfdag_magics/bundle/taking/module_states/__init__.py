"""Modules and what cells put into them, compared with what an import makes of their files."""
