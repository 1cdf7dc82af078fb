"""FLATTEN and SPLIT_TO_TABLE behind FROM: their arguments, and the macros that make their rows."""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.answers import unsupported

#: Table macros: SEQ, INDEX and VALUE of each part of a text.
TABLE_MACROS = (
    "CREATE OR REPLACE MACRO _sf_split_to_table(s, separator) AS TABLE"
    ' SELECT 1 AS "SEQ", i AS "INDEX", v AS "VALUE" FROM (SELECT'
    " unnest(string_split(s, separator)) AS v,"
    " generate_subscripts(string_split(s, separator), 1) AS i)",
)


def flattened(node: exp.Expr) -> exp.Expr:
    """FLATTEN with all its arguments as one of its input alone, or an error for what is not done.

    OUTER becomes a left join; fakesnow's rewrite turns the rest into its macro.
    """
    if not isinstance(node, exp.Lateral | exp.TableFromRows):
        return node
    if isinstance(node.this, exp.SplitToTable):
        call = exp.Anonymous(
            this="_sf_split_to_table", expressions=[node.this.this, node.this.expression]
        )
        return exp.Table(this=call, alias=node.args.get("alias"))
    if not isinstance(node.this, exp.Explode):
        return node
    given = _arguments(node.this)
    source = given.pop("INPUT", None)
    if source is None:
        raise unsupported("FLATTEN without INPUT")
    path = given.pop("PATH", None)
    if path is not None and path.name:
        text = exp.Literal.string(f"$.{path.name}")
        source = exp.Anonymous(this="json_extract", expressions=[source, text])
    outer = given.pop("OUTER", None)
    mode = given.pop("MODE", None)
    if mode is not None and mode.name.upper() != "BOTH":
        raise unsupported("FLATTEN with MODE")
    recursive = given.pop("RECURSIVE", None)
    if given or (recursive is not None and recursive != exp.false()):
        raise unsupported("FLATTEN with RECURSIVE")
    if outer is not None and outer != exp.false():
        _join_left(node)
    node.set("this", exp.Explode(this=source))
    return node


def _arguments(call: exp.Explode) -> dict[str, exp.Expr]:
    found: dict[str, exp.Expr] = {}
    for argument in (call.this, *call.expressions):
        if isinstance(argument, exp.Kwarg):
            found[argument.this.name.upper()] = argument.expression
        else:
            found["INPUT"] = argument
    return found


def _join_left(node: exp.Expr) -> None:
    join = node.parent
    if not isinstance(join, exp.Join):
        raise unsupported("FLATTEN with OUTER without a table before it")
    join.set("kind", None)
    join.set("side", "LEFT")
    join.set("on", exp.true())
