"""A small Snowflake on this machine. Knows its protocols and rules; knows nothing of notebooks."""
