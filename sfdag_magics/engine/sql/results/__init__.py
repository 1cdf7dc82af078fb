"""From what DuckDB answers, rows or errors, to what Snowflake says. Knows no session."""
