"""One statement in, one result out: gate, names, rewrites, DuckDB. Knows no wire and no tasks."""
