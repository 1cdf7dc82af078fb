"""What CREATE PROCEDURE and CREATE FUNCTION define: signature, code, properties; read from SQL.

Knows Snowflake's grammar of both and how a definition is kept in the catalogue; runs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Self

from sfdag_magics.engine.borders.answers import SqlError, unsupported
from sfdag_magics.engine.objects.statement_reader import OptionValue, listed
from sfdag_magics.engine.workers.values import DeclaredType, UnknownTypeError, declared_type
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import TokenReader

# Words of which a type's name may have two.
_SECOND_WORDS = ("PRECISION", "VARYING")
#: Flags before, between and after the options, and what they say.
_FLAGS: Mapping[tuple[str, ...], tuple[str, Any]] = {
    ("CALLED", "ON", "NULL", "INPUT"): ("strict", False),
    ("RETURNS", "NULL", "ON", "NULL", "INPUT"): ("strict", True),
    ("STRICT",): ("strict", True),
    ("EXECUTE", "AS", "CALLER"): ("execute_as", "CALLER"),
    ("EXECUTE", "AS", "OWNER"): ("execute_as", "OWNER"),
    ("EXECUTE", "AS", "RESTRICTED", "CALLER"): ("execute_as", "CALLER"),
    ("VOLATILE",): ("volatility", "VOLATILE"),
    ("IMMUTABLE",): ("volatility", "IMMUTABLE"),
    ("NOT", "NULL"): ("returns_not_null", True),
    ("COPY", "GRANTS"): ("copied_grants", True),
    ("MEMOIZABLE",): ("memoizable", True),
}
#: Options that place or fence a handler on Snowflake's servers; here it runs on this machine.
_OF_SNOWFLAKES_SERVERS = (
    "ARTIFACT_REPOSITORY",
    "EXTERNAL_ACCESS_INTEGRATIONS",
    "RESOURCE_CONSTRAINT",
    "TARGET_PATH",
    "LOG_LEVEL",
    "TRACE_LEVEL",
    "METRIC_LEVEL",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter, or one column of a returned table. `default` is a SQL expression."""

    name: str
    type: str
    default: str | None = None

    @property
    def declared(self) -> DeclaredType:
        """Its type."""
        return declared_type(self.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A procedure or function as it was defined.

    Attributes:
        returns: the type's text; None where it returns a table.
        returns_table: the table's columns, as far as they were declared.
        source: the text behind AS.
        strict: any NULL argument makes the result NULL, and the handler is not run.
    """

    parameters: tuple[Parameter, ...]
    returns: str | None
    returns_table: tuple[Parameter, ...] = ()
    language: str = "SQL"
    handler: str = ""
    source: str | None = None
    imports: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    runtime_version: str = ""
    execute_as: str = "OWNER"
    strict: bool = False
    volatility: str = "VOLATILE"
    returns_not_null: bool = False
    comment: str = ""

    @property
    def signature(self) -> str:
        """The parameter types by which overloads differ: `(VARCHAR, NUMBER)`."""
        return signature([parameter.type for parameter in self.parameters])

    @property
    def returned(self) -> str:
        """What SHOW and DESCRIBE call the result's type."""
        if self.returns is not None:
            return self.returns if "(" in self.returns else declared_type(self.returns).canonical
        columns = ", ".join(f"{column.name} {column.type}" for column in self.returns_table)
        return f"TABLE ({columns})"

    def detail(self) -> dict[str, Any]:
        """The definition as the catalogue keeps it."""
        return asdict(self)

    @classmethod
    def of(cls, detail: Mapping[str, Any]) -> Self:
        """The definition that `detail` was made of."""
        given = dict(detail)
        for name in ("parameters", "returns_table"):
            given[name] = tuple(Parameter(**parameter) for parameter in given[name])
        for name in ("imports", "packages"):
            given[name] = tuple(given[name])
        return cls(**given)


def signature(types: list[str]) -> str:
    """The types of a signature as overloads are told apart: `(VARCHAR, NUMBER)`."""
    return f"({', '.join(declared(text).canonical for text in types)})"


def declared(text: str) -> DeclaredType:
    """The type that `text` names.

    Raises:
        SqlError: there is no such type, here or in Snowflake.
    """
    try:
        return declared_type(text)
    except UnknownTypeError as problem:
        raise unsupported(f"The data type {problem}") from problem


def read_definition(reader: TokenReader, *, anonymous: bool = False) -> Definition:
    """Reads from the parameters in parentheses on; of an anonymous procedure up to its CALL.

    Raises:
        SqlTextError: this is not the grammar.
        SqlError: an option or type that the engine does not know.
    """
    parameters = _parameters(reader)
    reader.accept("COPY", "GRANTS")
    given: dict[str, Any] = {"parameters": parameters, **_returned(reader)}
    while not reader.at_end and not (anonymous and reader.peek_words("CALL")):
        if not _flag(reader, given):
            _option(reader, given)
    for name in ("copied_grants", "memoizable"):
        given.pop(name, None)
    return Definition(**given)


def read_signature(reader: TokenReader) -> str:
    """Reads `(type, …)` as it follows a name in DROP and the like; nothing is `()`."""
    types: list[str] = []
    if reader.accept("("):
        while not reader.accept(")"):
            types.append(read_type(reader))
            reader.accept(",")
    return signature(types)


def read_type(reader: TokenReader) -> str:
    """A type's name with what stands behind it in parentheses."""
    words = [reader.identifier()]
    while any(reader.peek_words(word) for word in _SECOND_WORDS):
        words.append(reader.identifier())
    text = " ".join(words)
    if reader.peek_words("("):
        text += f"({reader.parenthesized()})"
    return declared(text).text


def _parameters(reader: TokenReader) -> tuple[Parameter, ...]:
    reader.expect("(")
    parameters: list[Parameter] = []
    while not reader.accept(")"):
        if parameters:
            reader.expect(",")
        name = reader.identifier()
        type_text = read_type(reader)
        default = None
        if reader.accept("DEFAULT") or reader.accept("="):
            default = _expression(reader)
        parameters.append(Parameter(name=name, type=type_text, default=default))
    return tuple(parameters)


def _expression(reader: TokenReader) -> str:
    """The text up to the next comma or closing parenthesis on this level."""
    start = end = reader.position
    while not (reader.peek_words(",") or reader.peek_words(")")):
        if reader.peek_words("("):
            reader.parenthesized()
        else:
            reader.take()
        end = reader.position
    return reader.text[start:end].strip()


def _returned(reader: TokenReader) -> dict[str, Any]:
    reader.expect("RETURNS")
    if reader.accept("TABLE"):
        return {"returns": None, "returns_table": _parameters(reader)}
    return {"returns": read_type(reader)}


def _flag(reader: TokenReader, given: dict[str, Any]) -> bool:
    for words, (name, value) in _FLAGS.items():
        if reader.accept(*words):
            given[name] = value
            return True
    return False


def _option(reader: TokenReader, given: dict[str, Any]) -> None:
    if reader.accept("AS"):
        given["source"] = reader.string()
        return
    name = reader.identifier()
    if name == "LANGUAGE":
        given["language"] = reader.identifier()
        return
    if name == "EXECUTE":
        raise reader.unexpected("AS CALLER or AS OWNER")
    reader.expect("=")
    value = _value(reader)
    match name:
        case "HANDLER" | "COMMENT" | "RUNTIME_VERSION":
            given[name.lower()] = str(value)
        case "IMPORTS" | "PACKAGES":
            given[name.lower()] = listed(value)
        case "SECRETS":
            raise unsupported("SECRETS of a procedure or function")
        case _ if name not in _OF_SNOWFLAKES_SERVERS:
            raise SqlError(f"SQL compilation error:\ninvalid property '{name}'.", code=1008)


def _value(reader: TokenReader) -> OptionValue:
    """A string, number or name, or a list of them in parentheses."""
    if not reader.accept("("):
        value = reader.take().value
        while reader.accept("."):
            value += f".{reader.take().value}"
        return value
    values: list[str] = []
    while not reader.accept(")"):
        values.append(reader.take().value)
        reader.accept(",")
    return tuple(values)
