"""Streams, asked by statements."""
