"""TIMESTAMP_TYPE_MAPPING of the session: which of three types TIMESTAMP is. Trees only."""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.sql.reading.parse import CALLED
from sfdag_magics.engine.sql.reading.walking import nodes

#: What TIMESTAMP is where nobody says more; DATETIME always is.
DEFAULT = "TIMESTAMP_NTZ"
_READING = ("TO_TIMESTAMP", "TRY_TO_TIMESTAMP")


def with_mapped_timestamps(tree: exp.Expr, mapping: str) -> exp.Expr:
    """A prepared tree in which TIMESTAMP and TO_TIMESTAMP are of the session's type."""
    if mapping == DEFAULT:
        return tree
    kind = exp.DataType.Type[mapping.replace("_TZ", "TZ").replace("_LTZ", "LTZ")]
    for node in list(nodes(tree)):
        if isinstance(node, exp.DataType) and node.this is exp.DataType.Type.TIMESTAMP:
            node.set("this", kind)
        elif isinstance(node, exp.Anonymous) and node.meta.get(CALLED) in _READING:
            name = f"{node.meta[CALLED]}{mapping.removeprefix('TIMESTAMP')}"
            node.set("this", name)
            node.meta[CALLED] = name
    return tree
