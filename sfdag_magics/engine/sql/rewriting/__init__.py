"""From Snowflake's expressions to DuckDB's, by topic. Trees only; names are resolved before."""
