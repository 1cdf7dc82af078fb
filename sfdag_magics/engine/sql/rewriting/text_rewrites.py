"""What stands where text belongs, in Snowflake's text form. Trees only; types are noted before.

DuckDB makes text of numbers and times by its own rules ('1.0' of a FLOAT), or refuses them.
"""

from __future__ import annotations

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.functions.times.time_text import as_text
from sfdag_magics.engine.sql.names.marks import argument_types
from sfdag_magics.engine.sql.names.text_arguments import NODES as OF_TEXT
from sfdag_magics.engine.sql.names.text_arguments import text_arguments
from sfdag_magics.engine.sql.values.calls import macro
from sfdag_magics.engine.sql.values.duck_types import duck_cast
from sfdag_magics.engine.sql.values.types import SqlType, varchar

_AS_IT_IS = frozenset({SfType.TEXT, SfType.BINARY})
#: What DuckDB writes as Snowflake does.
_ALIKE = frozenset({SfType.FIXED, SfType.BOOLEAN, SfType.DATE})
#: Marks what is DuckDB's text of a DATE, which a session may have a format for.
DATE_TEXT = "date_text"
#: What takes anything in DuckDB, and so must not be left to it.
_ANYTHING = (exp.DPipe, exp.Concat, exp.ConcatWs)


def written(node: exp.Expr) -> exp.Expr:
    """The node with text for what is a number, a time or a VARIANT."""
    if not isinstance(node, OF_TEXT):
        return node
    for value, kind in zip(text_arguments(node), argument_types(node), strict=True):
        text = _text(value, kind, node)
        if text is not value:
            value.replace(text)
    return node


def measured(node: exp.Expr) -> exp.Expr:
    """OCTET_LENGTH and BIT_LENGTH count a text's bytes; DuckDB's are of BLOB and BIT."""
    if not isinstance(node, exp.ByteLength | exp.BitLength):
        return node
    octets = macro("_sf_octets", node.this)
    if isinstance(node, exp.ByteLength):
        return octets
    return exp.Paren(this=exp.Mul(this=octets, expression=exp.Literal.number(8)))


def padded(node: exp.Expr) -> exp.Expr:
    """LPAD and RPAD with nothing cut a text, and make none longer."""
    fill = node.args.get("fill_pattern")
    if isinstance(node, exp.Pad) and isinstance(fill, exp.Literal) and not fill.name:
        return exp.Left(this=node.this, expression=node.args["expression"])
    return node


def _text(value: exp.Expr, kind: SqlType | None, node: exp.Expr) -> exp.Expr:
    if kind is None and not (isinstance(node, _ANYTHING) and _is_to_be_written(value)):
        return value
    if kind is not None and kind.kind in _AS_IT_IS:
        return value
    if kind is not None and kind.kind in _ALIKE:
        text = duck_cast(value.copy(), varchar())
        text.meta[DATE_TEXT] = kind.kind is SfType.DATE
        return text
    in_default = node.find_ancestor(exp.DefaultColumnConstraint) is not None
    return as_text(value.copy(), in_default=in_default)


def _is_to_be_written(value: exp.Expr) -> bool:
    return not isinstance(value, exp.Null | exp.Literal)
