"""Streams: what happened to a table since an offset, which moves with what reads it."""
