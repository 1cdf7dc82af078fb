"""Snowflake's functions as macros of DuckDB, by topic, and how calls reach them."""
