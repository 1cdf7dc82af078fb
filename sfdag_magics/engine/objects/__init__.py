"""Objects of schemas as statements name and define them, read from SQL. Pure values, no DuckDB."""
