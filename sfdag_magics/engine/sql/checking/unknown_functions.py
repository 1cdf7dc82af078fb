"""What is said of a function that is not found: Snowflake has it, or nobody has."""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import SqlError, unsupported
from sfdag_magics.engine.sql.checking.documented_functions import NOT_CARRIED_OUT
from sfdag_magics.sqltext import QualifiedName

#: The database of Snowflake's own: SNOWFLAKE.CORTEX.COMPLETE, SNOWFLAKE.CORE.NULL_COUNT.
_SHARED = "SNOWFLAKE"
_OF_ACCOUNTS = "it runs on an account only; run such a task there"


def unknown_function(name: QualifiedName) -> SqlError:
    """The error for a call, where no function of the user's has that name either."""
    if name.database == _SHARED:
        return _not_carried_out(name.sql(), _OF_ACCOUNTS)
    if name.schema is None and (way_out := NOT_CARRIED_OUT.get(name.name)) is not None:
        return _not_carried_out(name.name, way_out)
    return SqlError(
        f"SQL compilation error: error line 1 at position 0\nUnknown function {name.sql()}",
        code=2140,
        sqlstate="42601",
    )


def unknown_table_function(function: str) -> SqlError:
    """The error for a call behind FROM; `function` is qualified as it was written."""
    way_out = NOT_CARRIED_OUT.get(function.rpartition(".")[2])
    if way_out is not None:
        return _not_carried_out(function, way_out)
    return SqlError(
        f"SQL compilation error:\nUnknown user-defined table function {function}",
        code=2141,
        sqlstate="42601",
    )


def _not_carried_out(name: str, way_out: str) -> SqlError:
    return unsupported(f"The function {name}", way_out)
