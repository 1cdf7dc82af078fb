"""Snowflake's types: how SQL spells them, how DuckDB stores them, how a result names them.

NUMBER(38,0), which every INT is, is a HUGEINT: arithmetic stays exact and fast, and 38 digits fit.
VARIANT, OBJECT and ARRAY are JSON. Times have microseconds; nanoseconds are cut off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from sqlglot import exp

from sfdag_magics.engine.borders.answers import Column, SfType, SqlError, unsupported
from sfdag_magics.light_classes import dataclass

MAX_VARCHAR = 16_777_216
MAX_BINARY = 8_388_608
_TIME_SCALE = 9
#: Digits of a second that are kept.
_KEPT_DIGITS = 6
_Kind = exp.DataType.Type

TIMES = frozenset({SfType.TIME, SfType.TIMESTAMP_NTZ, SfType.TIMESTAMP_LTZ, SfType.TIMESTAMP_TZ})
#: Bytes. Snowflake's texts have up to 128 MB (docs: "String & binary data types").
LONGEST = 134_217_728
JSON_TYPES = frozenset({SfType.VARIANT, SfType.OBJECT, SfType.ARRAY})
#: TIMESTAMP_TZ as stored: the instant, and the offset it was written with.
TZ_STRUCT = "STRUCT(utc TIMESTAMP, offset_minutes INTEGER)"

_PHYSICAL = {
    SfType.REAL: "DOUBLE",
    SfType.TEXT: "VARCHAR",
    SfType.BINARY: "BLOB",
    SfType.BOOLEAN: "BOOLEAN",
    SfType.DATE: "DATE",
    SfType.TIME: "TIME",
    SfType.TIMESTAMP_NTZ: "TIMESTAMP",
    SfType.TIMESTAMP_LTZ: "TIMESTAMPTZ",
    SfType.TIMESTAMP_TZ: TZ_STRUCT,
    SfType.VARIANT: "JSON",
    SfType.OBJECT: "JSON",
    SfType.ARRAY: "JSON",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlType:
    """A type with its parameters: precision and scale of numbers and times, length of text.

    Attributes:
        nullable: whether a value that was found to be of this type may be NULL; types that only
            differ in it are equal.
    """

    kind: SfType
    precision: int | None = None
    scale: int | None = None
    length: int | None = None
    nullable: bool = field(default=True, compare=False)

    @property
    def most_bytes(self) -> int | None:
        """How many bytes its longest text takes, as SHOW COLUMNS tells it; up to 4 a character."""
        if self.kind is not SfType.TEXT or self.length is None:
            return self.length
        return min(4 * self.length, MAX_VARCHAR)

    @property
    def physical(self) -> str:
        """The DuckDB type values of this type are stored in."""
        if self.kind is not SfType.FIXED:
            return _PHYSICAL[self.kind]
        if self.precision == 38 and not self.scale:
            return "HUGEINT"
        return f"DECIMAL({self.precision},{self.scale})"

    @property
    def is_integer(self) -> bool:
        """Whether it is a number without digits behind the point."""
        return self.kind is SfType.FIXED and not self.scale

    @property
    def unit_us(self) -> int | None:
        """The microseconds that its times are whole multiples of; None where it keeps each."""
        if self.kind not in TIMES or self.scale is None or self.scale >= _KEPT_DIGITS:
            return None
        return int(10 ** (_KEPT_DIGITS - self.scale))

    def sql(self) -> str:
        """As DESCRIBE shows it: `NUMBER(38,0)`, `VARCHAR(16777216)`, `TIMESTAMP_NTZ(9)`."""
        match self.kind:
            case SfType.FIXED:
                return f"NUMBER({self.precision},{self.scale})"
            case SfType.REAL:
                return "FLOAT"
            case SfType.TEXT:
                return f"VARCHAR({self.length})"
            case SfType.BINARY:
                return f"BINARY({self.length})"
            case SfType.TIME | SfType.TIMESTAMP_NTZ | SfType.TIMESTAMP_LTZ | SfType.TIMESTAMP_TZ:
                return f"{self.kind.value}({self.scale})"
            case _:
                return self.kind.value

    def column(self, name: str, *, nullable: bool = True) -> Column:
        """A result column of this type."""
        return Column(
            name=name,
            type=self.kind,
            nullable=nullable,
            precision=self.precision,
            scale=self.scale,
            length=self.length,
        )

    def stored(self) -> dict[str, Any]:
        """As the catalogue keeps it."""
        return {
            "kind": self.kind.value,
            "precision": self.precision,
            "scale": self.scale,
            "length": self.length,
        }


def type_from_stored(stored: Mapping[str, Any]) -> SqlType:
    """The inverse of `SqlType.stored`."""
    return SqlType(
        kind=SfType(stored["kind"]),
        precision=stored["precision"],
        scale=stored["scale"],
        length=stored["length"],
    )


def number(precision: int = 38, scale: int = 0) -> SqlType:
    """NUMBER(precision, scale)."""
    return SqlType(kind=SfType.FIXED, precision=precision, scale=scale)


def varchar(length: int = MAX_VARCHAR) -> SqlType:
    """VARCHAR(length)."""
    return SqlType(kind=SfType.TEXT, length=length)


def time_type(kind: SfType, scale: int = _TIME_SCALE) -> SqlType:
    """A TIME or TIMESTAMP with so many digits of a second, without a number with all."""
    if not 0 <= scale <= _TIME_SCALE:
        raise SqlError(
            f"SQL compilation error:\nInvalid data type: {kind.value}({scale}). A time has 0 to"
            f" {_TIME_SCALE} digits of a second.",
            code=2040,
        )
    return SqlType(kind=kind, precision=0, scale=scale)


def plain(kind: SfType) -> SqlType:
    """A type with its default parameters."""
    match kind:
        case SfType.FIXED:
            return number()
        case SfType.TEXT:
            return varchar()
        case SfType.BINARY:
            return SqlType(kind=kind, length=MAX_BINARY)
        case SfType.TIME | SfType.TIMESTAMP_NTZ | SfType.TIMESTAMP_LTZ | SfType.TIMESTAMP_TZ:
            return time_type(kind)
        case _:
            return SqlType(kind=kind)


_INTEGERS = {
    _Kind.INT,
    _Kind.BIGINT,
    _Kind.SMALLINT,
    _Kind.TINYINT,
    _Kind.MEDIUMINT,
    _Kind.INT128,
}
_SIMPLE = {
    _Kind.FLOAT: SfType.REAL,
    _Kind.DOUBLE: SfType.REAL,
    _Kind.BOOLEAN: SfType.BOOLEAN,
    _Kind.DATE: SfType.DATE,
    _Kind.TIME: SfType.TIME,
    _Kind.TIMESTAMP: SfType.TIMESTAMP_NTZ,
    _Kind.TIMESTAMPNTZ: SfType.TIMESTAMP_NTZ,
    _Kind.DATETIME: SfType.TIMESTAMP_NTZ,
    _Kind.TIMESTAMPLTZ: SfType.TIMESTAMP_LTZ,
    _Kind.TIMESTAMPTZ: SfType.TIMESTAMP_TZ,
    _Kind.VARIANT: SfType.VARIANT,
    _Kind.JSON: SfType.VARIANT,
    _Kind.OBJECT: SfType.OBJECT,
    _Kind.STRUCT: SfType.OBJECT,
    _Kind.MAP: SfType.OBJECT,
    _Kind.ARRAY: SfType.ARRAY,
    _Kind.LIST: SfType.ARRAY,
}
_TEXTS = {_Kind.VARCHAR, _Kind.TEXT, _Kind.NVARCHAR, _Kind.NAME}
_ONE_CHARACTER = {_Kind.CHAR, _Kind.NCHAR, _Kind.BPCHAR}
_BINARIES = {_Kind.BINARY, _Kind.VARBINARY}


def type_from_ast(node: exp.DataType) -> SqlType:
    """What a type in parsed SQL means.

    Raises:
        SqlError: the type is unknown, unsupported, or its parameters are out of range.
    """
    kind = node.this
    if kind in _INTEGERS:
        return number()
    parameters = [int(parameter.name) for parameter in node.expressions if _is_number(parameter)]
    if kind is _Kind.DECIMAL:
        return _decimal(parameters)
    if kind in _TEXTS:
        return varchar(_within(parameters, MAX_VARCHAR, default=MAX_VARCHAR))
    if kind in _ONE_CHARACTER:
        return varchar(_within(parameters, MAX_VARCHAR, default=1))
    if kind in _BINARIES:
        length = _within(parameters, MAX_BINARY, default=MAX_BINARY)
        return SqlType(kind=SfType.BINARY, length=length)
    simple = _SIMPLE.get(kind)
    if simple is None:
        name = kind.value if isinstance(kind, _Kind) else str(kind)
        raise unsupported(f"The type {node.args.get('kind') or name}")
    if parameters and simple in TIMES:
        return time_type(simple, parameters[0])
    return plain(simple)


def _is_number(parameter: exp.Expr) -> bool:
    return isinstance(parameter, exp.DataTypeParam) and parameter.name.isdigit()


def _decimal(parameters: list[int]) -> SqlType:
    precision, scale = [*parameters, 38, 0][:2] if len(parameters) != 1 else [parameters[0], 0]
    if not 1 <= precision <= 38 or not 0 <= scale <= min(37, precision):
        raise SqlError(
            f"SQL compilation error:\nInvalid data type: NUMBER({precision},{scale}).", code=2040
        )
    return number(precision, scale)


def _within(parameters: list[int], most: int, *, default: int) -> int:
    length = parameters[0] if parameters else default
    if not 1 <= length <= most:
        raise SqlError(
            f"SQL compilation error:\nLength of column exceeds the maximum of {most}.", code=2040
        )
    return length


_FROM_DUCK = {
    "TINYINT": number(),
    "SMALLINT": number(),
    "INTEGER": number(),
    "BIGINT": number(),
    "HUGEINT": number(),
    "UTINYINT": number(),
    "USMALLINT": number(),
    "UINTEGER": number(),
    "UBIGINT": number(),
    "UHUGEINT": number(),
    "FLOAT": plain(SfType.REAL),
    "DOUBLE": plain(SfType.REAL),
    "VARCHAR": varchar(),
    "ENUM": varchar(),
    "UUID": varchar(),
    "NULL": varchar(),
    '"NULL"': varchar(),
    "STRING_LITERAL": varchar(),
    "INTEGER_LITERAL": number(),
    "BLOB": plain(SfType.BINARY),
    "BOOLEAN": plain(SfType.BOOLEAN),
    "DATE": plain(SfType.DATE),
    "TIME": plain(SfType.TIME),
    "TIMESTAMP": plain(SfType.TIMESTAMP_NTZ),
    "TIMESTAMP_S": plain(SfType.TIMESTAMP_NTZ),
    "TIMESTAMP_MS": plain(SfType.TIMESTAMP_NTZ),
    "TIMESTAMP_NS": plain(SfType.TIMESTAMP_NTZ),
    "TIMESTAMP WITH TIME ZONE": plain(SfType.TIMESTAMP_LTZ),
    "JSON": plain(SfType.VARIANT),
    TZ_STRUCT: plain(SfType.TIMESTAMP_TZ),
}


def type_from_duck(name: str) -> SqlType | None:
    """The Snowflake type of a DuckDB type, None where only its JSON form can be answered."""
    if name.startswith("DECIMAL"):
        precision, scale = name[len("DECIMAL(") : -1].split(",")
        return number(int(precision), int(scale))
    if name.startswith("ENUM"):
        return varchar()
    return _FROM_DUCK.get(name)
