"""Notebook cells become Snowflake task graphs. Public names; nothing happens on import."""
