"""One statement in, one result out: gate, names, rewrites, DuckDB. Knows no wire and no tasks.

What is exported is loaded when it is asked for: a starting engine opens its directory with a part
of this room, while the rest is imported.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sfdag_magics.engine.sql.releases import untested
    from sfdag_magics.engine.sql.sql_engine import SqlEngine, engine_over, open_engine

_HOMES = {
    "SqlEngine": "sql_engine",
    "engine_over": "sql_engine",
    "open_engine": "sql_engine",
    "untested": "releases",
}

__all__ = ["SqlEngine", "engine_over", "open_engine", "untested"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever is exported
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
