"""Stages and the files in them: where they lie, how statements and clients reach them."""
