"""What the engine remembers: DuckDB for data and catalogue, SQLite for the run log."""
