"""TO_CHAR, TO_NUMBER and TO_DOUBLE by a format of numbers. Trees, macros, and what DuckDB is lent.

What a format means stands in `number_models`; here a constant one is looked at before the statement
runs, and any other for each row.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from functools import partial

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType
from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType, SqlError
from sfdag_magics.engine.sql.values.calls import macro
from sfdag_magics.engine.sql.values.let import let
from sfdag_magics.engine.sql.values.number_models import BadModelError, models
from sfdag_magics.engine.sql.values.number_reading import read
from sfdag_magics.engine.sql.values.number_writing import written

_BAD = "Bad format of numbers"
_NUMBERS = r"U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|DECIMAL\(.*\)|DOUBLE|FLOAT"
#: A value and its format, each computed once.
_PAIR = "struct_pack(v := {}, f := CAST(f AS VARCHAR))"
_OR_ERROR = "coalesce({}, CASE WHEN {} IS NOT NULL AND _sf_n.f IS NOT NULL THEN error({}) END)"

HELPERS: tuple[tuple[str, str], ...] = (
    (
        "_sf_is_number(x)",
        f"regexp_full_match(typeof(x), '{_NUMBERS}')",
    ),
    # a VARIANT's number, or a text that is one
    (
        "_sf_plain_number(x)",
        "CASE WHEN typeof(x) = 'JSON' THEN json_extract_string(to_json(x), '$')"
        " ELSE CAST(x AS VARCHAR) END",
    ),
    (
        "_sf_number_text(x, f)",
        let(
            "_sf_n",
            _PAIR.format("x"),
            _OR_ERROR.format(
                "_sf_write_number(_sf_plain_number(_sf_n.v),"
                " typeof(_sf_n.v) IN ('DOUBLE', 'FLOAT'), _sf_n.f)",
                "_sf_plain_number(_sf_n.v)",
                f"'{_BAD} ''' || _sf_n.f || ''' for the value ' || _sf_plain_number(_sf_n.v)",
            ),
        ),
    ),
    (
        "_sf_number_of(s, f)",
        let(
            "_sf_n",
            _PAIR.format("s"),
            _OR_ERROR.format(
                "_sf_read_number(_sf_n.v, _sf_n.f)",
                "_sf_n.v",
                "'Can''t parse ''' || _sf_n.v || ''' as number with format ''' || _sf_n.f || ''''",
            ),
        ),
    ),
)
FUNCTIONS: dict[str, tuple[str, str, SfType | None]] = {}
ALIASES: dict[str, str] = {}


def lend_number_formats(connection: duckdb.DuckDBPyConnection) -> None:
    """Give DuckDB what writes and reads numbers by a format; for all connections of a process."""
    lend = partial(
        connection.create_function,
        return_type="VARCHAR",
        type=PythonUDFType.ARROW,
        null_handling=FunctionNullHandling.SPECIAL,
    )
    lend("_sf_write_number", _write, ["VARCHAR", "BOOLEAN", "VARCHAR"])
    lend("_sf_read_number", _read, ["VARCHAR", "VARCHAR"])


def text_of_number(value: exp.Expr, given: exp.Expr) -> exp.Expr:
    """TO_CHAR of a number and its format."""
    _check(given)
    return macro("_sf_number_text", value, given)


def numbers_by_format(node: exp.Expr) -> exp.Expr:
    """TO_NUMBER, TO_DOUBLE and their TRY_ forms with a format are of the number it finds."""
    if not isinstance(node, exp.ToNumber | exp.ToDouble):
        return node
    given = node.args.get("format")
    if given is None or isinstance(given, exp.Null):
        return node
    node.set("format", None)
    if given.is_string and given.name.upper() == "AUTO":
        return node
    _check(given)
    text = macro("_sf_text", node.this)
    node.set(
        "this", macro("_sf_read_number" if node.args.get("safe") else "_sf_number_of", text, given)
    )
    return node


def _check(given: exp.Expr) -> None:
    """Refuse a constant that is no format of numbers."""
    if not given.is_string:
        return
    try:
        models(given.name)
    except BadModelError as problem:
        raise SqlError(f"{_BAD} '{given.name}'", code=100140, sqlstate="22007") from problem


def _write(values: pa.Array, floats: pa.Array, formats: pa.Array) -> pa.Array:
    rows = zip(values.to_pylist(), floats.to_pylist(), formats.to_pylist(), strict=True)
    return pa.array([_text(*row) for row in rows], pa.string())


def _text(value: str | None, is_float: bool | None, given: str | None) -> str | None:  # noqa: FBT001 - a row of DuckDB's
    """None where there is nothing to write, or no way to."""
    if value is None or given is None:
        return None
    try:
        return written(Decimal(value), models(given)[0], is_float=bool(is_float))
    except (BadModelError, InvalidOperation):
        return None


def _read(values: pa.Array, formats: pa.Array) -> pa.Array:
    rows = zip(values.to_pylist(), formats.to_pylist(), strict=True)
    return pa.array([_number(*row) for row in rows], pa.string())


def _number(value: str | None, given: str | None) -> str | None:
    """The digits of the first alternative that the text matches."""
    if value is None or given is None:
        return None
    try:
        found = (read(value, model) for model in models(given))
        number = next((one for one in found if one is not None), None)
    except BadModelError:
        return None
    return None if number is None else format(number, "f")
