"""One statement in, one result out: gate, names, rewrites, DuckDB. Knows no wire and no tasks."""

from sfdag_magics.engine.sql.releases import untested
from sfdag_magics.engine.sql.sql_engine import SqlEngine, open_engine

__all__ = ["SqlEngine", "open_engine", "untested"]
