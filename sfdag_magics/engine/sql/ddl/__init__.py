"""What CREATE, ALTER and DROP do to the catalogue and to DuckDB, in one go."""
