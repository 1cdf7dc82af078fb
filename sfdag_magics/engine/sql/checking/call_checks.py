"""How a function may be called: how many arguments, which parts of a date, which days of a week.

Trees as they are parsed. What sqlglot reads into a node of its own is no longer checked by DuckDB,
or in words that name something else.
"""

from __future__ import annotations

from sqlglot import exp
from sqlglot.dialects.snowflake import Snowflake

from sfdag_magics.engine.borders.answers import SqlError, unsupported
from sfdag_magics.engine.sql.reading.parse import CALLED
from sfdag_magics.engine.sql.reading.walking import nodes

#: What sqlglot knows besides, and DuckDB carries out.
_OF_OTHERS = {"CENTURY", "DECADE", "MILLENNIUM"}
#: Snowflake docs: "Supported date and time parts".
_PARTS = {name for name, part in Snowflake.DATE_PART_MAPPING.items() if part not in _OF_OTHERS} | {
    *Snowflake.DATE_PART_MAPPING.values()
} - _OF_OTHERS
_FINEST = "NANOSECOND"
#: By what else they are called; sqlglot lacks two names.
_PART_OF_NAME = {
    **Snowflake.DATE_PART_MAPPING,
    "NANOSECONDS": _FINEST,
    "YEARDAY": "DAYOFYEAR",
}
#: Snowflake reads the first two letters of a day's name.
_DAYS = {
    day[:2]: day
    for day in ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
}
_SHIFTING = (exp.DateAdd, exp.DateSub, exp.TimeAdd, exp.TimeSub)
#: By name: the fewest and the most arguments; None where there is no bound.
_COUNTS: dict[str, tuple[int, int | None]] = {
    "COALESCE": (2, None),
    "COUNT": (1, None),
    "IFF": (3, 3),
    "IFNULL": (2, 2),
    "LISTAGG": (1, 2),
    "MAX": (1, 1),
    "MIN": (1, 1),
    "NVL": (2, 2),
    "NVL2": (3, 3),
}


def check_call(node: exp.Expr, called: str) -> None:
    """Refuse a call that no function of that name takes; a day of the week is written out.

    Raises:
        SqlError: it has too few or too many arguments, or one that says nothing to it.
    """
    _name_part(node)
    unit = node.args.get("unit")
    part = node.this if isinstance(node, exp.Extract) else unit
    is_foreign = part is not None and part.name.upper() in _OF_OTHERS
    if part is not None and (
        is_foreign or (isinstance(unit, exp.Var) and unit.name.upper() not in _PARTS)
    ):
        raise SqlError(
            f"SQL compilation error:\n'{part.name}' is not a valid date/time component",
            code=1003,
            sqlstate="42000",
        )
    if isinstance(node, _SHIFTING) and isinstance(unit, exp.Var) and unit.name == _FINEST:
        raise unsupported("A shift by nanoseconds", "moments have microseconds here")
    _check_whole(node, called)
    if isinstance(node, exp.NextDay | exp.PreviousDay):
        _write_day_out(node)
    if (counts := _COUNTS.get(called)) is not None and not isinstance(node, exp.Window):
        _check_count(node, called, *counts)


def _name_part(node: exp.Expr) -> None:
    """Call a part by its first name, which sqlglot does not in EXTRACT."""
    key = "this" if isinstance(node, exp.Extract) else "unit"
    part = node.args.get(key)
    known = (
        _PART_OF_NAME.get(part.name.upper()) if isinstance(part, exp.Var | exp.Literal) else None
    )
    if known is not None and part is not None:
        node.set(key, exp.var(known))


def _check_whole(node: exp.Expr, called: str) -> None:
    """Refuse what a call without its arguments was read as, which has holes."""
    for part in nodes(node, prune=lambda part: part is not node and CALLED in part.meta):
        if any(needed and part.args.get(key) is None for key, needed in part.arg_types.items()):
            raise SqlError(
                "SQL compilation error: error line 1 at position 0\n"
                f"not enough arguments for function [{called}]",
                code=938,
                sqlstate="22023",
            )


def _write_day_out(node: exp.Expr) -> None:
    day = node.expression
    if not isinstance(day, exp.Literal):
        return
    whole = _DAYS.get(day.name.strip().lower()[:2])
    if whole is None:
        raise SqlError(
            f"SQL compilation error:\n'{day.name}' is not a day of the week (monday, mo, …)",
            code=1003,
            sqlstate="42000",
        )
    node.set("expression", exp.Literal.string(whole))


def _check_count(node: exp.Expr, called: str, fewest: int, most: int | None) -> None:
    given = sum(
        len(value) if isinstance(value, list) else 1
        for value in node.args.values()
        if isinstance(value, exp.Expr | list)
    )
    if given < fewest or (most is not None and given > most):
        few = given < fewest
        raise SqlError(
            "SQL compilation error: error line 1 at position 0\n"
            f"{'not enough' if few else 'too many'} arguments for function [{called}],"
            f" expected {fewest if few else most}, got {given}",
            code=938 if few else 939,
            sqlstate="22023",
        )
