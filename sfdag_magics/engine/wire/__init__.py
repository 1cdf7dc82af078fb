"""Snowflake's HTTP protocol as the unmodified clients speak it. Knows no SQL and no DuckDB."""
