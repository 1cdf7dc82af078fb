"""Snowflake's REST resources: a body to statements, rows to a body. Knows no HTTP."""
