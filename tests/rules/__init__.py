"""What Snowflake's tasks do, fact by fact, and which tests hold each: `python -m tests.rules`."""
