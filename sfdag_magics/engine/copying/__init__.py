"""Rows out of staged files and into them: COPY, queries of files, INFER_SCHEMA."""
