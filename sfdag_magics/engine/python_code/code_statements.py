"""Statements about procedures and functions: CREATE, ALTER, DROP, DESCRIBE, SHOW.

Knows Snowflake's answers (docs: "CREATE PROCEDURE", "SHOW PROCEDURES"); of languages Python alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sfdag_magics.engine.borders.answers import (
    Result,
    SfType,
    SqlError,
    already_exists,
    unsupported,
)
from sfdag_magics.engine.borders.object_facts import Facts, FactsView, ObjectFact
from sfdag_magics.engine.borders.ports import SqlSession, Statement
from sfdag_magics.engine.borders.rowset import rowset, status
from sfdag_magics.engine.objects.code_definitions import (
    Definition,
    Parameter,
    read_definition,
    read_signature,
)
from sfdag_magics.engine.objects.show_filter import ShowFilter
from sfdag_magics.engine.objects.statement_reader import StatementReader
from sfdag_magics.engine.python_code.packages import check_packages, check_runtime
from sfdag_magics.sqltext import QualifiedName

PROCEDURE = "PROCEDURE"
FUNCTION = "FUNCTION"
_SNOWPARK = "snowflake-snowpark-python"
_TEXTS = (
    "arguments",
    "description",
    "catalog_name",
    "is_table_function",
    "valid_for_clustering",
    "is_secure",
    "secrets",
    "external_access_integrations",
)
_SHOWN = {
    "created_on": SfType.TIMESTAMP_LTZ,
    "name": SfType.TEXT,
    "schema_name": SfType.TEXT,
    "is_builtin": SfType.TEXT,
    "is_aggregate": SfType.TEXT,
    "is_ansi": SfType.TEXT,
    "min_num_arguments": SfType.FIXED,
    "max_num_arguments": SfType.FIXED,
    **dict.fromkeys(_TEXTS, SfType.TEXT),
}
_MODIFIERS = ("SCOPED", "LOCAL", "GLOBAL", "TEMP", "TEMPORARY", "VOLATILE")


class CodeStatements:
    """The handlers for one kind of object that has code: `PROCEDURE` or `FUNCTION`. Any thread.

    Args:
        warm: told the packages of what was created, before the first call needs them.
    """

    def __init__(self, kind: str, warm: Callable[[Sequence[str]], None]) -> None:
        self._kind = kind
        self._warm = warm

    def create(self, statement: Statement, session: SqlSession) -> Result:
        """CREATE [OR REPLACE | OR ALTER] [TEMPORARY] kind [IF NOT EXISTS] name (…) RETURNS …."""
        reader = StatementReader(statement)
        reader.expect("CREATE")
        replace = reader.accept("OR", "REPLACE")
        alter = reader.accept("OR", "ALTER")
        secure = reader.accept("SECURE")
        temporary = reader.accept_any(*_MODIFIERS)
        secure = reader.accept("SECURE") or secure
        reader.expect(self._kind)
        if_not_exists = reader.accept("IF", "NOT", "EXISTS")
        name = session.resolve(reader.object_name())
        definition = read_definition(reader)
        check_definition(definition, self._kind)
        detail = definition.detail() | {"secure": secure}
        with session.facts() as facts:
            existing = facts.find(self._kind, name, arguments=definition.signature)
            if existing is not None and if_not_exists:
                return status(f"{name.name} already exists, statement succeeded.")
            if existing is not None and alter:
                facts.change(existing, detail=detail, comment=definition.comment)
                self._warm(definition.packages)
                return status("Statement executed successfully.")
            if existing is not None and (existing.session_id is not None) == temporary:
                if not replace:
                    raise already_exists(name.sql())
                facts.remove(existing)
            facts.add(
                self._kind,
                name,
                detail=detail,
                comment=definition.comment,
                arguments=definition.signature,
                temporary=temporary,
            )
        self._warm(definition.packages)
        return status(f"Function {name.name} successfully created.")

    def alter(self, statement: Statement, session: SqlSession) -> Result:
        """ALTER kind [IF EXISTS] name (types) RENAME TO, SET or UNSET COMMENT, EXECUTE AS."""
        reader = StatementReader(statement)
        reader.expect("ALTER", self._kind)
        if_exists = reader.accept("IF", "EXISTS")
        name = session.resolve(reader.object_name())
        arguments = read_signature(reader)
        with session.facts() as facts:
            fact = facts.find(self._kind, name, arguments=arguments)
            if fact is None and not if_exists:
                raise self._unknown(name, arguments)
            if fact is not None:
                _change(reader, fact, facts, session)
        return status("Statement executed successfully.")

    def drop(self, statement: Statement, session: SqlSession) -> Result:
        """DROP kind [IF EXISTS] name (types)."""
        reader = StatementReader(statement)
        reader.expect("DROP", self._kind)
        if_exists = reader.accept("IF", "EXISTS")
        name = session.resolve(reader.object_name())
        arguments = read_signature(reader)
        _end(reader)
        with session.facts() as facts:
            fact = facts.find(self._kind, name, arguments=arguments)
            if fact is None and not if_exists:
                raise self._unknown(name, arguments)
            if fact is None:
                return status("Drop statement executed successfully.")
            facts.remove(fact)
        return status(f"{name.name} successfully dropped.")

    def describe(self, statement: Statement, session: SqlSession) -> Result:
        """DESCRIBE kind name (types): its properties, one a row."""
        reader = StatementReader(statement)
        reader.take()
        reader.expect(self._kind)
        name = session.resolve(reader.object_name())
        arguments = read_signature(reader)
        _end(reader)
        fact = session.catalogue().find(self._kind, name, arguments=arguments)
        if fact is None:
            raise self._unknown(name, arguments)
        properties = _properties(definition_of(fact), self._kind)
        return rowset(dict.fromkeys(("property", "value"), SfType.TEXT), properties)

    def show(self, statement: Statement, session: SqlSession) -> Result:
        """SHOW [USER] kinds [LIKE …] [IN …]; what Snowflake itself brings is not listed."""
        reader = StatementReader(statement)
        reader.expect("SHOW")
        reader.accept("TERSE")
        reader.accept("USER")
        reader.expect(f"{self._kind}S")
        shown = ShowFilter.read(reader, session)
        facts = session.catalogue().listed(self._kind, database=shown.database, schema=shown.schema)
        return rowset(_SHOWN, [_shown(fact) for fact in shown.of(facts)])

    def _unknown(self, name: QualifiedName, arguments: str) -> SqlError:
        return SqlError(
            f"SQL compilation error:\n{self._kind.title()} '{name.sql()}{arguments}' does not exist"
            " or not authorized.",
            code=2003,
            sqlstate="02000",
        )


def overloads(catalogue: FactsView, kind: str, name: QualifiedName) -> tuple[ObjectFact, ...]:
    """All procedures or functions of a fully qualified name; a temporary one hides its like."""
    found = [
        fact
        for fact in catalogue.listed(kind, database=name.database, schema=name.schema)
        if fact.name == name.name
    ]
    by_signature = {fact.arguments: fact for fact in found if fact.session_id is None}
    by_signature |= {fact.arguments: fact for fact in found if fact.session_id is not None}
    return tuple(by_signature.values())


def definition_of(fact: ObjectFact) -> Definition:
    """The definition a fact keeps."""
    detail = {name: value for name, value in fact.detail.items() if name != "secure"}
    return Definition.of(detail)


def check_definition(definition: Definition, kind: str) -> None:
    """See that this engine can run what was defined.

    Raises:
        SqlError: another language, a missing handler, a package that is not there.
    """
    if definition.language != "PYTHON":
        raise unsupported(f"A {kind.lower()} in LANGUAGE {definition.language}")
    if kind == FUNCTION and definition.returns is None:
        raise unsupported("A table function of the user's (RETURNS TABLE)")
    if not definition.handler:
        raise SqlError(
            "SQL compilation error:\nHANDLER must be specified for LANGUAGE PYTHON.", code=391531
        )
    if definition.source is None and not definition.imports:
        raise SqlError(
            f"SQL compilation error:\nThe {kind.lower()} has neither a body (AS '…') nor IMPORTS.",
            code=391531,
        )
    check_runtime(definition.runtime_version)
    check_packages(definition.packages)
    if kind == PROCEDURE and not any(
        text.strip().lower().startswith(_SNOWPARK) for text in definition.packages
    ):
        raise SqlError(
            f"SQL compilation error:\nPACKAGES of a Python procedure must name '{_SNOWPARK}'.",
            code=391531,
        )


def _change(reader: StatementReader, fact: ObjectFact, facts: Facts, session: SqlSession) -> None:
    if reader.accept("RENAME", "TO"):
        renamed = session.resolve(reader.object_name())
        if (renamed.database, renamed.schema) != (fact.database, fact.schema):
            raise unsupported(f"ALTER {fact.kind} … RENAME TO another schema")
        facts.change(fact, name=renamed.name)
    elif reader.accept("SET", "COMMENT", "="):
        facts.change(fact, comment=reader.string())
    elif reader.accept("UNSET", "COMMENT"):
        facts.change(fact, comment="")
    elif reader.accept("EXECUTE", "AS"):
        rights = "OWNER" if reader.accept("OWNER") else "CALLER"
        if rights == "CALLER":
            reader.expect("CALLER")
        facts.change(fact, detail=dict(fact.detail) | {"execute_as": rights})
    else:
        raise unsupported(f"ALTER {fact.kind} … {reader.rest()[:40]}")
    _end(reader)


def _end(reader: StatementReader) -> None:
    if not reader.at_end:
        raise reader.unexpected()


def _shown(fact: ObjectFact) -> tuple[object, ...]:
    definition = definition_of(fact)
    needed = sum(parameter.default is None for parameter in definition.parameters)
    returned = definition.returned
    return (
        fact.created_on,
        fact.name,
        fact.schema,
        "N",
        "N",
        "N",
        needed,
        len(definition.parameters),
        f"{fact.name}({_listed(definition.parameters)}) RETURN {returned}",
        fact.comment or f"user-defined {fact.kind.lower()}",
        fact.database,
        "Y" if definition.returns is None else "N",
        "N",
        "Y" if fact.detail.get("secure") else "N",
        None,
        None,
    )


def _listed(parameters: Sequence[Parameter]) -> str:
    names = [
        parameter.declared.canonical
        if parameter.default is None
        else f"DEFAULT {parameter.declared.canonical}"
        for parameter in parameters
    ]
    return ", ".join(names)


def _properties(definition: Definition, kind: str) -> list[tuple[str, str | None]]:
    written = ", ".join(f"{each.name} {each.declared.canonical}" for each in definition.parameters)
    nothing = "RETURNS NULL ON NULL INPUT" if definition.strict else "CALLED ON NULL INPUT"
    listed = [
        ("signature", f"({written})"),
        ("returns", definition.returned),
        ("language", definition.language),
        ("null handling", nothing),
        ("volatility", definition.volatility),
        ("execute as", definition.execute_as if kind == PROCEDURE else None),
        ("body", definition.source),
        ("imports", f"[{', '.join(definition.imports)}]"),
        ("handler", definition.handler),
        ("runtime_version", definition.runtime_version),
        ("packages", str(list(definition.packages))),
        ("installed_packages", str(list(definition.packages))),
        ("is_aggregate", "false"),
    ]
    return [(name, value) for name, value in listed if value is not None or name == "body"]
