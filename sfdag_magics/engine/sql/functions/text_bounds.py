"""How long a text may become: what makes a long one of short ones is bounded. Trees only.

DuckDB has no bound, does not count what a function makes, and cannot be stopped while one does; so
the length of what may be long is looked at before (`text_room`). What adds its arguments up
(CONCAT, INSERT) or keeps their length needs no such look.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.sql.functions.text_room import NAME as HAS_ROOM
from sfdag_magics.engine.sql.values.calls import macro
from sfdag_magics.engine.sql.values.let import let

NODES = (exp.Pad, exp.Space, exp.Replace)
#: Texts of so many bytes are made without a look: a step of DuckDB's makes 128 MB of them.
LONG = 65_536
# So many times longer a replacement may make its text without being looked at.
_HARMLESS = 8

_COUNTED_BY = {exp.Pad: "expression", exp.Space: "this"}


def bounded(function: str, length: str, value: str, at_most: str | None = None) -> str:
    """DuckDB's text of `value`, whose length is known before it is made.

    Where the length takes long to compute, `at_most` is a bound of it that does not.
    """
    looked = f"CASE WHEN {at_most or length} > {LONG} THEN {_has_room(function, length)}"
    return f"CASE WHEN {looked} ELSE true END THEN {value} END"


def joined(function: str, texts: str, separator: str) -> str:
    """DuckDB's text of a list's texts with a separator between them."""
    length = (
        "coalesce(list_sum(list_transform(_sf_texts, lambda _sf_one: strlen(_sf_one))), 0)"
        f" + len(_sf_texts) * strlen({separator})"
    )
    value = bounded(function, "_sf_length", f"array_to_string(_sf_texts, {separator})")
    return let("_sf_texts", texts, let("_sf_length", length, value))


def _has_room(function: str, length: str) -> str:
    return f"{HAS_ROOM}('{function}', CAST({length} AS DOUBLE))"


def _padded(function: str, long: str) -> tuple[str, str]:
    """LPAD or RPAD as a macro; DuckDB's own puts one character after the other."""
    text, count, pad = "_sf_padded.s", "_sf_padded.n", "_sf_padded.p"
    return (
        f"_sf_{function.lower()}(s, n, p)",
        let(
            "_sf_padded",
            "struct_pack(s := CAST(s AS VARCHAR), n := CAST(n AS BIGINT), p := CAST(p AS VARCHAR))",
            f"CASE WHEN {count} <= {LONG} OR {pad} = ''"
            f" THEN {function.lower()}({text}, CAST({count} AS INTEGER), {pad})"
            f" WHEN {_has_room(function, count)} THEN CASE WHEN {count} <= length({text})"
            f" THEN left({text}, {count}) ELSE {long} END END",
        ),
    )


_PADDING = "_sf_padding(_sf_padded.p, _sf_padded.n - length(_sf_padded.s))"

HELPERS: tuple[tuple[str, str], ...] = (
    ("_sf_padding(p, n)", "repeat(p, n // length(p)) || left(p, n % length(p))"),
    _padded("LPAD", f"{_PADDING} || _sf_padded.s"),
    _padded("RPAD", f"_sf_padded.s || {_PADDING}"),
    (
        "_sf_space(n)",
        let("_sf_n", "CAST(n AS BIGINT)", bounded("SPACE", "_sf_n", "repeat(' ', _sf_n)")),
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
                at_most="strlen(_sf_replaced.s) * (strlen(_sf_replaced.new) + 1)",
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
    count = node.args[_COUNTED_BY[type(node)]]
    if isinstance(count, exp.Literal) and count.is_int and int(count.this) <= LONG:
        return node
    if isinstance(node, exp.Space):
        return macro("_sf_space", count)
    pad = node.args.get("fill_pattern") or exp.Literal.string(" ")
    return macro("_sf_lpad" if node.args.get("is_left") else "_sf_rpad", node.this, count, pad)


def _replacing(node: exp.Replace) -> tuple[exp.Expr, exp.Expr, exp.Expr]:
    return node.this, node.expression, node.args["replacement"]


def _is_harmless(node: exp.Replace) -> bool:
    """Whether the text can become a few times longer only."""
    _, old, new = _replacing(node)
    if not isinstance(new, exp.Literal):
        return False
    found = len(old.this) if isinstance(old, exp.Literal) else 1
    return len(new.this.encode()) <= _HARMLESS * max(found, 1)
