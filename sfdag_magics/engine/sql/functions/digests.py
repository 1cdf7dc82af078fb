"""SHA2, MD5 and SHA1 of text and bytes; UUIDs. Macros, and the function that DuckDB has not.

DuckDB has the SHA-2 of 256 bits only; the other sizes are Python's.
"""

from __future__ import annotations

import hashlib

import duckdb
import pyarrow as pa
from duckdb.func import FunctionNullHandling, PythonUDFType
from sqlglot import exp

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.sql.values.calls import Call, macro
from sfdag_magics.engine.sql.values.let import let

#: By the bits of the digest; 0 stands for 256.
_SIZES = {
    0: hashlib.sha256,
    224: hashlib.sha224,
    256: hashlib.sha256,
    384: hashlib.sha384,
    512: hashlib.sha512,
}
_OWN = frozenset({"0", "256"})
_NO_SIZE = (
    "'Invalid value [' || bits || '] for function ''SHA2'', parameter 2:"
    " its digest has 224, 256, 384 or 512 bits'"
)

HELPERS: tuple[tuple[str, str], ...] = (
    # what is no bytes is its text
    (
        "_sf_digested(x)",
        let(
            "_sf_v",
            "x",
            "CASE WHEN typeof(_sf_v) = 'BLOB' THEN TRY_CAST(_sf_v AS BLOB)"
            " ELSE encode(_sf_text(_sf_v)) END",
        ),
    ),
    # RFC 4122, version 5: of the SHA-1, with the version and a variant in it
    (
        "_sf_uuid_of_name(namespace, name)",
        let(
            "_sf_h",
            "sha1(unhex(replace(namespace, '-', '')) || encode(name))",
            "left(_sf_h, 8) || '-' || substr(_sf_h, 9, 4) || '-5' || substr(_sf_h, 14, 3) || '-'"
            " || substr('89ab', 1 + (strpos('0123456789abcdef', _sf_h[17]) - 1) % 4, 1)"
            " || substr(_sf_h, 18, 3) || '-' || substr(_sf_h, 21, 12)",
        ),
    ),
    (
        "_sf_digest(x, bits)",
        f"CASE WHEN bits IN ({', '.join(map(str, _SIZES))})"
        " THEN _sf_sha2_of_bytes(x, CAST(bits AS INTEGER))"
        f" WHEN bits IS NOT NULL THEN error({_NO_SIZE}) END",
    ),
)


def _number_of(part: str, place: str) -> str:
    """Eight bytes of an MD5 as a whole number without a sign."""
    return f"CAST(CAST('0x' || {part}(md5(_sf_digested(x)), {place}) AS UBIGINT) AS DECIMAL(38, 0))"


FUNCTIONS: dict[str, tuple[str, str, SfType | None]] = {
    "MD5_BINARY": ("x", "unhex(md5(_sf_digested(x)))", SfType.BINARY),
    "MD5_NUMBER_LOWER64": ("x", _number_of("substr", "17"), SfType.FIXED),
    "MD5_NUMBER_UPPER64": ("x", _number_of("left", "16"), SfType.FIXED),
    "SHA1_BINARY": ("x", "unhex(sha1(_sf_digested(x)))", SfType.BINARY),
}
ALIASES: dict[str, str] = {}


def lend_digests(connection: duckdb.DuckDBPyConnection) -> None:
    """Give DuckDB the digests that it does not have; for all connections of a process."""
    connection.create_function(
        "_sf_sha2_of_bytes",
        _digests,
        ["BLOB", "INTEGER"],
        "VARCHAR",
        type=PythonUDFType.ARROW,
        null_handling=FunctionNullHandling.SPECIAL,
    )


def _digests(values: pa.Array, sizes: pa.Array) -> pa.Array:
    pairs = zip(values.to_pylist(), sizes.to_pylist(), strict=True)
    written = [
        None if value is None or bits is None else _SIZES[bits](value).hexdigest()
        for value, bits in pairs
    ]
    return pa.array(written, pa.string())


def _in_digits(_: exp.Expr, arguments: list[exp.Expr]) -> exp.Expr:
    """SHA2 of a value; a constant text needs no `let`, which a column's default does not take."""
    value = arguments[0]
    is_text = isinstance(value, exp.Literal) and value.is_string
    digested = macro("encode" if is_text else "_sf_digested", value)
    if len(arguments) == 1 or arguments[1].name in _OWN:
        return macro("sha256", digested)
    return macro("_sf_digest", digested, arguments[1])


def _in_bytes(call: exp.Expr, arguments: list[exp.Expr]) -> exp.Expr:
    return macro("unhex", _in_digits(call, arguments))


def _uuid(_: exp.Expr, arguments: list[exp.Expr]) -> exp.Expr:
    """UUID_STRING: a random one, or the one of a name in a namespace, which is a UUID itself."""
    if not arguments:
        return exp.cast(macro("uuid"), exp.DataType.Type.VARCHAR)
    return macro("_sf_uuid_of_name", *arguments)


CALLS: dict[str, Call] = {
    "UUID_STRING": Call(rewrite=_uuid, fewest=0, most=2, type=SfType.TEXT),
    "SHA2": Call(rewrite=_in_digits, most=2, type=SfType.TEXT),
    "SHA2_HEX": Call(rewrite=_in_digits, most=2, type=SfType.TEXT),
    "SHA2_BINARY": Call(rewrite=_in_bytes, most=2, type=SfType.BINARY),
}
