"""What lives in schemas besides tables: stages, file formats, procedures, models. No DuckDB."""
