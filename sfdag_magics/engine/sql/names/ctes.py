"""Which name behind FROM is a common table expression, and what DuckDB calls it. Trees only.

DuckDB finds a CTE by rules of its own, and looks for what it does not find in its catalogue, where
the physical names and its own tables are. So no name of a CTE reaches it: each gets one that no
catalogue has, and only where it is found here.
"""

from __future__ import annotations

import uuid
from collections import Counter

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.limits.hearing import hearing
from sfdag_magics.engine.sql.names.recursion import with_one_step
from sfdag_magics.engine.sql.reading.walking import found_in

#: What a CTE's name begins with in DuckDB; the user's follows.
_PREFIX = "q_"
#: Where a CTE keeps the name the user gave it.
_GIVEN = "given"


def bind_ctes(tree: exp.Expr) -> list[exp.Table]:
    """Give every CTE a name of its own; the tables that stand for one, under the user's name.

    A CTE's own name inside it means the CTE in the recursive part of a union, and elsewhere what it
    means outside: `WITH T AS (SELECT * FROM T)` reads the table.

    Raises:
        SqlError: two CTEs of one WITH have the same name.
    """
    with_one_step(tree)
    plain = [
        table
        for table in found_in(tree, exp.Table)
        if isinstance(table.this, exp.Identifier) and table.args.get("db") is None
    ]
    known: _Known = {}
    found = [(table, cte_of(table, table.name, known)) for table in hearing(plain)]
    for with_ in list(found_in(tree, exp.With)):
        _rename(with_)
    bound = []
    for table, cte in found:
        if cte is not None:
            put_cte(table, cte)
            bound.append(table)
    return bound


def put_cte(table: exp.Table, cte: exp.CTE) -> None:
    """Let a table node name a CTE that `bind_ctes` has renamed."""
    if not table.alias:
        given = exp.to_identifier(cte.meta[_GIVEN], quoted=True)
        table.set("alias", exp.TableAlias(this=given))
    table.set("this", exp.to_identifier(cte.alias, quoted=True))


def _rename(with_: exp.With) -> None:
    ctes: list[exp.CTE] = with_.expressions
    names = [_given(cte) for cte in ctes]
    counts = Counter(names)
    for cte, name in zip(ctes, names, strict=True):
        if counts[name] > 1:
            raise SqlError(f"SQL compilation error:\nduplicate alias '{name}'", code=2012)
        if _GIVEN not in cte.meta:
            cte.meta[_GIVEN] = name
            cte.args["alias"].this.set("this", f"{_PREFIX}{uuid.uuid4().hex[:12]}_{name}")


def _given(cte: exp.CTE) -> str:
    return str(cte.meta.get(_GIVEN, cte.alias))


class _Named:
    """The CTEs of one WITH by the names the user gave them, the first of each name."""

    def __init__(self, with_: exp.With) -> None:
        self.first: dict[str, exp.CTE] = {}
        self.places: dict[int, int] = {}
        for place, cte in enumerate(with_.expressions):
            self.first.setdefault(_given(cte), cte)
            self.places[id(cte)] = place


#: What was found of each WITH of a tree whose names do not change meanwhile.
_Known = dict[int, _Named]


def cte_of(node: exp.Expr, name: str, known: _Known | None = None) -> exp.CTE | None:
    """The CTE that a name stands for where `node` is."""
    known = {} if known is None else known
    child, parent = node, node.parent
    while parent is not None:
        with_ = parent.args.get("with_")
        if isinstance(with_, exp.With) and child is not with_:
            found = _named(with_, known).first.get(name)
            if found is not None:
                return found
        if isinstance(parent, exp.With) and (found := _before(parent, child, node, name, known)):
            return found
        child, parent = parent, parent.parent
    return None


def _named(with_: exp.With, known: _Known) -> _Named:
    if id(with_) not in known:
        known[id(with_)] = _Named(with_)
    return known[id(with_)]


def _before(
    with_: exp.With, child: exp.Expr, node: exp.Expr, name: str, known: _Known
) -> exp.CTE | None:
    """The CTE that a name inside `child`, one of `with_`, stands for."""
    named = _named(with_, known)
    cte = named.first.get(name)
    if cte is None or named.places[id(cte)] > named.places.get(id(child), len(named.places)):
        return None
    if cte is child:
        if not _is_in_recursive_part(cte, node, name):
            return None
        with_.set("recursive", True)  # noqa: FBT003 - sqlglot's signature
    return cte


def _is_in_recursive_part(cte: exp.CTE, node: exp.Expr, name: str) -> bool:
    """Whether `node` is on the right of a union whose left side, the anchor, lacks the name."""
    child, parent = node, node.parent
    while parent is not None and child is not cte:
        if (
            isinstance(parent, exp.Union)
            and child.arg_key == "expression"
            and _is_spine(parent, cte)
            and not any(table.name == name for table in found_in(parent.this, exp.Table))
        ):
            return True
        child, parent = parent, parent.parent
    return False


def _is_spine(union: exp.Expr, cte: exp.CTE) -> bool:
    """Whether the union is what the CTE answers, or the left of it."""
    node: exp.Expr | None = union
    while node is not None and node is not cte:
        outer = node.parent
        if not (outer is cte or isinstance(outer, exp.Subquery | exp.Union)):
            return False
        if isinstance(outer, exp.Union) and node.arg_key != "this":
            return False
        node = outer
    return True
