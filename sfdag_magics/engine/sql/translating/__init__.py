"""One parsed statement, with its session, to one of DuckDB's: `rewriting` in order."""
