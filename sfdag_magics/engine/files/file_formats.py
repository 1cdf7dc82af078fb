"""File formats: what a staged file looks like, by type and options; and the objects of that name.

Knows options and their defaults; reads no file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from sfdag_magics.engine.borders.answers import (
    Result,
    SfType,
    SqlError,
    already_exists,
    does_not_exist,
    unsupported,
)
from sfdag_magics.engine.borders.object_facts import FactsView
from sfdag_magics.engine.borders.ports import SqlSession, Statement
from sfdag_magics.engine.borders.rowset import rowset, status
from sfdag_magics.engine.files.format_options import OPTIONS, FileType, OptionRule
from sfdag_magics.engine.objects.show_filter import ShowFilter
from sfdag_magics.engine.objects.statement_reader import (
    OptionValue,
    StatementReader,
    listed,
    name_from_text,
    truth,
)
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, SqlTextError

KIND = "FILE FORMAT"
#: Types that Snowflake has and this engine has not.
_OTHER_TYPES = ("AVRO", "ORC", "XML", "CUSTOM")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFormat:
    """A type with the options that differ from its defaults."""

    type: FileType = FileType.CSV
    options: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, detail: Mapping[str, Any]) -> FileFormat:
        """The format a catalogue fact describes."""
        options = {
            key: tuple(value) if isinstance(value, list) else value
            for key, value in detail["options"].items()
        }
        return cls(type=FileType(detail["type"]), options=options)

    def detail(self) -> dict[str, Any]:
        """What the catalogue keeps."""
        return {"type": self.type.value, "options": dict(self.options)}

    def text(self, option: str) -> str | None:
        """A text option; None where it is NONE."""
        value = str(self._value(option))
        return None if value.upper() == "NONE" or not value else value

    def flag(self, option: str) -> bool:
        """A truth option; false where this type of file has no such option."""
        return option in OPTIONS[self.type] and truth(self._value(option))

    def number(self, option: str) -> int:
        """A number option."""
        return int(str(self._value(option)))

    def texts(self, option: str) -> tuple[str, ...]:
        """A list option."""
        return listed(self._value(option))

    def _value(self, option: str) -> OptionValue:
        value: OptionValue = self.options.get(option, OPTIONS[self.type][option].default)
        return value

    def changed(self, options: Mapping[str, OptionValue]) -> FileFormat:
        """The same format with these options given; TYPE may only repeat what it is.

        Raises:
            SqlError: an option is unknown, or would have to be ignored.
        """
        given = {key: value for key, value in options.items() if key != "TYPE"}
        for key, value in given.items():
            rule = OPTIONS[self.type].get(key)
            if rule is None:
                raise SqlError(f"SQL compilation error:\ninvalid parameter '{key}'", code=1003)
            if not rule.honoured and _valid(key, rule, value) != rule.default:
                raise unsupported(f"{key} = {value} in a file format")
        rules = OPTIONS[self.type]
        merged = dict(self.options) | {key: _valid(key, rules[key], given[key]) for key in given}
        return FileFormat(type=self.type, options=merged)


def _valid(option: str, rule: OptionRule, value: OptionValue) -> str | int | bool | tuple[str, ...]:
    try:
        return _normal(rule, value)
    except ValueError as problem:
        raise SqlError(
            f"SQL compilation error:\ninvalid value [{value}] for parameter '{option}': a whole"
            " number is wanted.",
            code=1003,
        ) from problem


def _normal(rule: OptionRule, value: OptionValue) -> str | int | bool | tuple[str, ...]:
    match rule.kind:
        case "Boolean":
            return truth(value)
        case "Integer":
            return int(str(value))
        case "List":
            return listed(value)
        case _:
            return str(value)


def format_from_options(
    options: OptionValue, session: SqlSession, facts: FactsView, *, base: FileFormat | None = None
) -> FileFormat:
    """What FILE_FORMAT = (…) means: a type with options, or a format by name.

    Args:
        options: the value: options in parentheses, or just a name.
        base: the stage's own format, which options without TYPE and FORMAT_NAME change.
    """
    if not isinstance(options, Mapping):
        return named_format(str(options), session, facts)
    if "FORMAT_NAME" in options:
        named = named_format(str(options["FORMAT_NAME"]), session, facts)
        return named.changed({key: options[key] for key in options if key != "FORMAT_NAME"})
    if "TYPE" in options:
        kind = file_type(options["TYPE"])
        same = base is not None and base.type is kind
        return (base if base and same else FileFormat(type=kind)).changed(options)
    return (base or FileFormat()).changed(options)


def file_type(value: OptionValue) -> FileType:
    """The type of that name.

    Raises:
        SqlError: there is none, or this engine does not have it.
    """
    name = str(value).upper()
    if name in _OTHER_TYPES:
        raise unsupported(f"The file format type {name}")
    if name not in {kind.value for kind in FileType}:
        raise SqlError(f"SQL compilation error:\ninvalid value [{value}] for parameter 'TYPE'")
    return FileType(name)


def named_format(text: str, session: SqlSession, facts: FactsView) -> FileFormat:
    """The file format object that SQL text names.

    Raises:
        SqlError: there is none.
    """
    try:
        name = session.resolve(name_from_text(text))
    except SqlTextError as problem:
        raise does_not_exist("File format", text) from problem
    fact = facts.find(KIND, name)
    if fact is None:
        raise does_not_exist("File format", name.sql())
    return FileFormat.of(fact.detail)


def create_file_format(statement: Statement, session: SqlSession) -> Result:
    """CREATE [OR REPLACE] [TEMPORARY] FILE FORMAT [IF NOT EXISTS] name options."""
    reader = StatementReader(statement)
    reader.expect("CREATE")
    replace = reader.accept("OR", "REPLACE")
    temporary = reader.accept_any("SCOPED", "LOCAL", "GLOBAL", "TEMP", "TEMPORARY", "VOLATILE")
    reader.expect("FILE", "FORMAT")
    if_not_exists = reader.accept("IF", "NOT", "EXISTS")
    name = session.resolve(reader.object_name())
    options = reader.options()
    comment = str(options.pop("COMMENT", ""))
    made = FileFormat(type=file_type(options.get("TYPE", "CSV"))).changed(options)
    with session.facts() as facts:
        existing = facts.find(KIND, name)
        if existing is not None and if_not_exists:
            return status(f"{name.name} already exists, statement succeeded.")
        if existing is not None and (existing.session_id is not None or not temporary):
            if not replace:
                raise already_exists(name.sql())
            facts.remove(existing)
        facts.add(KIND, name, detail=made.detail(), comment=comment, temporary=temporary)
    return status(f"File format {name.name} successfully created.")


def drop_file_format(statement: Statement, session: SqlSession) -> Result:
    """DROP FILE FORMAT [IF EXISTS] name."""
    reader = StatementReader(statement)
    reader.expect("DROP", "FILE", "FORMAT")
    if_exists = reader.accept("IF", "EXISTS")
    name = session.resolve(reader.object_name())
    with session.facts() as facts:
        fact = facts.find(KIND, name)
        if fact is None and if_exists:
            return status("Drop statement executed successfully.")
        if fact is None:
            raise does_not_exist("File format", name.sql())
        facts.remove(fact)
    return status(f"{name.name} successfully dropped.")


def show_file_formats(statement: Statement, session: SqlSession) -> Result:
    """SHOW FILE FORMATS [LIKE …] [IN …]."""
    reader = StatementReader(statement)
    reader.expect("SHOW")
    reader.accept("TERSE")
    reader.expect("FILE", "FORMATS")
    wanted = ShowFilter.read(reader, session)
    listed_facts = session.catalogue().listed(KIND, database=wanted.database, schema=wanted.schema)
    rows = [
        (
            fact.created_on,
            fact.name,
            fact.database,
            fact.schema,
            fact.detail["type"],
            fact.owner,
            fact.comment,
            json.dumps({"TYPE": fact.detail["type"], **_all_options(FileFormat.of(fact.detail))}),
            "ROLE",
        )
        for fact in wanted.of(listed_facts)
    ]
    return rowset(_SHOWN, rows)


_SHOWN = {
    "created_on": SfType.TIMESTAMP_LTZ,
    "name": SfType.TEXT,
    "database_name": SfType.TEXT,
    "schema_name": SfType.TEXT,
    "type": SfType.TEXT,
    "owner": SfType.TEXT,
    "comment": SfType.TEXT,
    "format_options": SfType.TEXT,
    "owner_role_type": SfType.TEXT,
}


def describe_file_format(statement: Statement, session: SqlSession) -> Result:
    """DESCRIBE FILE FORMAT name: each option with its kind, value and default."""
    reader = StatementReader(statement)
    reader.take()
    reader.expect("FILE", "FORMAT")
    name: QualifiedName = reader.object_name()
    described = named_format(name.sql(), session, session.catalogue())
    columns = dict.fromkeys(
        ("property", "property_type", "property_value", "property_default"), SfType.TEXT
    )
    return rowset(columns, format_properties(described))


def format_properties(described: FileFormat) -> list[tuple[str, str, str, str]]:
    """The rows of DESCRIBE: name, kind, value and default, all as text."""
    options = _all_options(described)
    type_row = ("TYPE", "String", described.type.value, "CSV")
    return [
        type_row,
        *(
            (key, rule.kind, _shown(options[key]), _shown(rule.default))
            for key, rule in OPTIONS[described.type].items()
        ),
    ]


def _all_options(described: FileFormat) -> dict[str, Any]:
    defaults = {key: rule.default for key, rule in OPTIONS[described.type].items()}
    return defaults | dict(described.options)


def _shown(value: Any) -> str:  # noqa: ANN401 - an option's value of whatever kind
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).replace("\n", "\\n").replace("\t", "\\t")
