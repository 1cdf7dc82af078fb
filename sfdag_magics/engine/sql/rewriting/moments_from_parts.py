"""TIMESTAMP_FROM_PARTS, of each kind: parts beyond their range count on. Trees only.

DuckDB refuses an hour of 25; Snowflake takes it as one of the next day (docs: "DATE_FROM_PARTS").
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.sql.values.calls import macro

NODES = (exp.TimestampFromParts, exp.TimestampLtzFromParts, exp.TimestampTzFromParts)
_PARTS = ("year", "month", "day", "hour", "min", "sec", "nano")


def made_of_parts(node: exp.Expr) -> exp.Expr:
    """The moment that the parts stand for; of a DATE and a TIME DuckDB makes it."""
    if not isinstance(node, NODES) or node.args.get("year") is None:
        return node
    parts = [node.args.get(name) or exp.Literal.number(0) for name in _PARTS]
    clock = macro("_sf_clock", *parts)
    if isinstance(node, exp.TimestampLtzFromParts):
        return exp.cast(clock, exp.DataType.Type.TIMESTAMPTZ)
    if isinstance(node, exp.TimestampTzFromParts):
        zone = node.args.get("zone")
        return macro("_sf_of_wall", clock) if zone is None else macro("_sf_of_clock", clock, zone)
    return clock
