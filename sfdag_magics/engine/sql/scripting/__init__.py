"""Snowflake Scripting: blocks read into steps and carried out one statement at a time."""
