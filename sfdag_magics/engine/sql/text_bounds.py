"""How long a text may become: what makes a long one of short ones is bounded. Trees only.

Snowflake's texts have up to 128 MB (docs: "String & binary data types"). DuckDB has no bound, does
not count what a function makes, and cannot be stopped while one does; so the length is looked at
before. What adds its arguments up (CONCAT, INSERT) or keeps their length needs no such look.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.sql.calls import macro
from sfdag_magics.engine.sql.let import let

#: Bytes; where a function counts characters, so many characters.
MOST = 134_217_728
NODES = (exp.Pad, exp.Space, exp.Replace)
# So many times longer a replacement may make its text without being looked at.
_HARMLESS = 8

_COUNTED_BY = {exp.Pad: "expression", exp.Space: "this"}


def too_long(function: str) -> str:
    """DuckDB's text of the error that a function's value is too long."""
    return f"error('String is too long: {function} makes up to {MOST:,} bytes')"


def bounded(function: str, length: str, value: str) -> str:
    """DuckDB's text of `value`, whose length is known before it is made."""
    return f"CASE WHEN {length} > {MOST} THEN {too_long(function)} ELSE {value} END"


def joined(function: str, texts: str, separator: str) -> str:
    """DuckDB's text of a list's texts with a separator between them."""
    length = (
        "coalesce(list_sum(list_transform(_sf_texts, lambda _sf_one: strlen(_sf_one))), 0)"
        f" + len(_sf_texts) * strlen({separator})"
    )
    value = f"array_to_string(_sf_texts, {separator})"
    return let("_sf_texts", texts, bounded(function, length, value))


HELPERS: tuple[tuple[str, str], ...] = (
    *(
        (
            f"_sf_{function.lower()}_length(n)",
            f"CASE WHEN n > {MOST} THEN CAST({too_long(function)} AS {kind})"
            f" ELSE CAST(n AS {kind}) END",
        )
        for function, kind in (("LPAD", "INTEGER"), ("RPAD", "INTEGER"), ("SPACE", "BIGINT"))
    ),
    # the text that was found is taken out to know how often it is there
    (
        "_sf_replaced_length(s, old, new)",
        "strlen(s) + (strlen(new) - strlen(old))"
        " * ((strlen(s) - strlen(replace(s, old, ''))) // greatest(strlen(old), 1))",
    ),
    (
        "_sf_replace(s, old, new)",
        let(
            "_sf_replaced",
            "struct_pack(s := CAST(s AS VARCHAR), old := CAST(old AS VARCHAR),"
            " new := CAST(new AS VARCHAR))",
            bounded(
                "REPLACE",
                "_sf_replaced_length(_sf_replaced.s, _sf_replaced.old, _sf_replaced.new)",
                "replace(_sf_replaced.s, _sf_replaced.old, _sf_replaced.new)",
            ),
        ),
    ),
)


def within_bounds(node: exp.Expr) -> exp.Expr:
    """LPAD, RPAD, SPACE and REPLACE, where what they make may be too long."""
    if not isinstance(node, NODES) or node.find_ancestor(exp.DefaultColumnConstraint) is not None:
        return node  # DuckDB takes no lambda there, and it is one value
    if isinstance(node, exp.Replace):
        return node if _is_harmless(node) else macro("_sf_replace", *_replacing(node))
    argument = _COUNTED_BY[type(node)]
    count = node.args[argument]
    if not _is_short(count):
        node.set(argument, macro(f"_sf_{_name(node)}_length", count))
    return node


def _name(node: exp.Expr) -> str:
    if isinstance(node, exp.Space):
        return "space"
    return "lpad" if node.args.get("is_left") else "rpad"


def _is_short(count: exp.Expr) -> bool:
    return isinstance(count, exp.Literal) and count.is_int and int(count.this) <= MOST


def _replacing(node: exp.Replace) -> tuple[exp.Expr, exp.Expr, exp.Expr]:
    return node.this, node.expression, node.args["replacement"]


def _is_harmless(node: exp.Replace) -> bool:
    """Whether the text can become a few times longer only."""
    _, old, new = _replacing(node)
    if not isinstance(new, exp.Literal):
        return False
    found = len(old.this) if isinstance(old, exp.Literal) else 1
    return len(new.this.encode()) <= _HARMLESS * max(found, 1)
