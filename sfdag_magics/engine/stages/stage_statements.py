"""Statements about stages and the files in them: CREATE, ALTER, DROP, SHOW, DESCRIBE, LIST, REMOVE.

Knows what they answer (Snowflake docs: "CREATE STAGE", "LIST", "REMOVE"); knows no transfer, no
reading of files.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from sfdag_magics.engine.borders.answers import (
    Result,
    SfType,
    SqlError,
    already_exists,
    unsupported,
)
from sfdag_magics.engine.borders.object_facts import FactsView, ObjectFact
from sfdag_magics.engine.borders.ports import SqlSession, Statement
from sfdag_magics.engine.borders.rowset import rowset, status
from sfdag_magics.engine.files.file_formats import (
    FileFormat,
    format_from_options,
    format_properties,
)
from sfdag_magics.engine.objects.show_filter import ShowFilter
from sfdag_magics.engine.objects.statement_reader import (
    OptionValue,
    StatementReader,
    name_from_text,
    truth,
)
from sfdag_magics.engine.stages.locations import KIND, locate, stage_fact
from sfdag_magics.engine.stages.stage_store import (
    MissingFileError,
    StagedFile,
    StageLocation,
    StageStore,
)

#: Options of external stages, which live in a cloud's storage.
_EXTERNAL = ("URL", "STORAGE_INTEGRATION", "CREDENTIALS", "AWS_ACCESS_POINT_ARN")
_SHOWN = {
    "created_on": SfType.TIMESTAMP_LTZ,
    **dict.fromkeys(
        (
            "name",
            "database_name",
            "schema_name",
            "url",
            "has_credentials",
            "has_encryption_key",
            "owner",
            "comment",
            "region",
            "type",
            "cloud",
            "notification_channel",
            "storage_integration",
            "endpoint",
            "owner_role_type",
            "directory_enabled",
        ),
        SfType.TEXT,
    ),
}


class StageStatements:
    """The handlers, over one store. Any thread."""

    def __init__(self, store: StageStore) -> None:
        self._store = store

    def create(self, statement: Statement, session: SqlSession) -> Result:
        """CREATE [OR REPLACE | OR ALTER] [TEMPORARY] STAGE [IF NOT EXISTS] name: internal ones.

        OR ALTER leaves the files; an option that is not said is as it was never said.
        """
        reader = StatementReader(statement)
        reader.expect("CREATE")
        replace = reader.accept("OR", "REPLACE")
        alter = reader.accept("OR", "ALTER")
        temporary = reader.accept_any("SCOPED", "LOCAL", "GLOBAL", "TEMP", "TEMPORARY", "VOLATILE")
        reader.expect("STAGE")
        if_not_exists = reader.accept("IF", "NOT", "EXISTS")
        name = session.resolve(reader.object_name())
        options = reader.options()
        comment = str(options.pop("COMMENT", ""))
        replaced: ObjectFact | None = None
        with session.facts() as facts:
            detail = _detail({}, options, session, facts)
            existing = facts.find(KIND, name)
            if existing is not None and if_not_exists:
                return status(f"{name.name} already exists, statement succeeded.")
            if existing is not None and alter:
                facts.change(existing, detail=detail, comment=comment)
                return status("Statement executed successfully.")
            if existing is not None and (existing.session_id is not None or not temporary):
                if not replace:
                    raise already_exists(name.sql())
                facts.remove(existing)
                replaced = existing
            facts.add(KIND, name, detail=detail, comment=comment, temporary=temporary)
        if replaced is not None:
            self._store.remove_stage(replaced.id)
        return status(f"Stage area {name.name} successfully created.")

    def alter(self, statement: Statement, session: SqlSession) -> Result:
        """ALTER STAGE [IF EXISTS] name RENAME TO other | SET options | REFRESH."""
        reader = StatementReader(statement)
        reader.expect("ALTER", "STAGE")
        if_exists = reader.accept("IF", "EXISTS")
        name = reader.object_name()
        with session.facts() as facts:
            if if_exists and facts.find(KIND, session.resolve(name)) is None:
                return status("Statement executed successfully.")
            fact = stage_fact(name, session, facts)
            if reader.accept("RENAME", "TO"):
                renamed = session.resolve(reader.object_name())
                if (renamed.database, renamed.schema) != (fact.database, fact.schema):
                    raise unsupported("ALTER STAGE … RENAME TO another schema")
                facts.change(fact, name=renamed.name)
            elif reader.accept("SET"):
                options = reader.options()
                comment = options.pop("COMMENT", None)
                facts.change(
                    fact,
                    detail=_detail(fact.detail, options, session, facts),
                    comment=None if comment is None else str(comment),
                )
            elif not reader.accept("REFRESH"):
                raise unsupported(f"ALTER STAGE … {reader.rest()[:40]}")
        return status("Statement executed successfully.")

    def drop(self, statement: Statement, session: SqlSession) -> Result:
        """DROP STAGE [IF EXISTS] name; its files go when the catalogue has let it go."""
        reader = StatementReader(statement)
        reader.expect("DROP", "STAGE")
        if_exists = reader.accept("IF", "EXISTS")
        name = reader.object_name()
        with session.facts() as facts:
            if if_exists and facts.find(KIND, session.resolve(name)) is None:
                return status("Drop statement executed successfully.")
            fact = stage_fact(name, session, facts)
            facts.remove(fact)
        self._store.remove_stage(fact.id)
        return status(f"{fact.name} successfully dropped.")

    def dropped(self, facts: Iterable[ObjectFact]) -> None:
        """The files of stages that went with their schema or session."""
        for fact in facts:
            if fact.kind == KIND:
                self._store.remove_stage(fact.id)

    def show(self, statement: Statement, session: SqlSession) -> Result:
        """SHOW STAGES [LIKE …] [IN …]."""
        reader = StatementReader(statement)
        reader.expect("SHOW")
        reader.accept("TERSE")
        reader.expect("STAGES")
        wanted = ShowFilter.read(reader, session)
        found = session.catalogue().listed(KIND, database=wanted.database, schema=wanted.schema)
        return rowset(_SHOWN, [_shown(fact) for fact in wanted.of(found)])

    def describe(self, statement: Statement, session: SqlSession) -> Result:
        """DESCRIBE STAGE name: its properties with their defaults."""
        reader = StatementReader(statement)
        reader.take()
        reader.expect("STAGE")
        text = reader.location()[1:] if reader.peek_words("@") else None
        name = reader.object_name() if text is None else name_from_text(text)
        fact = stage_fact(name, session, session.catalogue())
        detail = fact.detail.get("file_format")
        described = FileFormat() if detail is None else FileFormat.of(detail)
        rows = [
            *(("STAGE_FILE_FORMAT", *row) for row in format_properties(described)),
            ("STAGE_COPY_OPTIONS", "ON_ERROR", "String", "ABORT_STATEMENT", "ABORT_STATEMENT"),
            ("STAGE_COPY_OPTIONS", "PURGE", "Boolean", "false", "false"),
            ("STAGE_LOCATION", "URL", "String", "", ""),
            (
                "DIRECTORY",
                "ENABLE",
                "Boolean",
                str(bool(fact.detail.get("directory"))).lower(),
                "false",
            ),
        ]
        names = (
            "parent_property",
            "property",
            "property_type",
            "property_value",
            "property_default",
        )
        return rowset(dict.fromkeys(names, SfType.TEXT), rows)

    def list_files(self, statement: Statement, session: SqlSession) -> Result:
        """LIST @stage/prefix [PATTERN = '…']: name, size, MD5 and time of each file."""
        reader = StatementReader(statement)
        reader.take()
        location, files = self._files(reader, session)
        columns = {
            "name": SfType.TEXT,
            "size": SfType.FIXED,
            "md5": SfType.TEXT,
            "last_modified": SfType.TEXT,
        }
        rows = []
        for file in files:
            modified = f"{file.modified:%a, %d %b %Y %H:%M:%S} GMT"
            with contextlib.suppress(MissingFileError):  # another removed it just now
                rows.append((location.listed_as + file.name, file.size, file.md5(), modified))
        return rowset(columns, rows)

    def remove_files(self, statement: Statement, session: SqlSession) -> Result:
        """REMOVE @stage/prefix [PATTERN = '…']."""
        reader = StatementReader(statement)
        reader.take()
        location, files = self._files(reader, session)
        location.for_writing()
        self._store.remove(files)
        self._store.give_up(location)
        rows = [(location.listed_as + file.name, "removed") for file in files]
        return rowset({"name": SfType.TEXT, "result": SfType.TEXT}, rows)

    def _files(
        self, reader: StatementReader, session: SqlSession
    ) -> tuple[StageLocation, list[StagedFile]]:
        location = locate(reader.location(), session, session.catalogue())
        options = reader.options()
        pattern = options.pop("PATTERN", None)
        if options:
            raise SqlError(f"SQL compilation error:\ninvalid parameter '{next(iter(options))}'")
        files = matching(
            self._store.files(location),
            location.listed_as,
            None if pattern is None else str(pattern),
        )
        return location, files


def matching(files: Iterable[StagedFile], listed_as: str, pattern: str | None) -> list[StagedFile]:
    """The files whose whole listed name the regular expression matches; all without one.

    Raises:
        SqlError: the pattern is not a regular expression.
    """
    if pattern is None:
        return list(files)
    try:
        wanted = re.compile(pattern, re.DOTALL)
    except re.error as problem:
        raise SqlError(
            f"Invalid regular expression: '{pattern}', {problem}", code=100048, sqlstate="2201B"
        ) from problem
    return [
        file
        for file in files
        if wanted.fullmatch(listed_as + file.name) or wanted.fullmatch(file.name)
    ]


def _detail(
    before: Mapping[str, Any],
    options: dict[str, OptionValue],
    session: SqlSession,
    facts: FactsView,
) -> dict[str, Any]:
    """What the catalogue keeps of a stage, changed by a statement's options."""
    detail = dict(before)
    for key, value in options.items():
        if key in _EXTERNAL:
            raise unsupported(f"An external stage ({key} = …)")
        if key == "FILE_FORMAT":
            detail["file_format"] = format_from_options(value, session, facts).detail()
        elif key == "DIRECTORY" and isinstance(value, Mapping):
            detail["directory"] = truth(value.get("ENABLE", False))
        elif key == "COPY_OPTIONS":
            raise unsupported("COPY_OPTIONS of a stage")
        elif key != "ENCRYPTION":  # files here are the user's own, in a directory only for them
            raise SqlError(f"SQL compilation error:\ninvalid parameter '{key}'")
    return detail


def _shown(fact: ObjectFact) -> tuple[Any, ...]:
    kind = "INTERNAL" if fact.session_id is None else "INTERNAL TEMPORARY"
    directory = "Y" if fact.detail.get("directory") else "N"
    return (
        fact.created_on,
        fact.name,
        fact.database,
        fact.schema,
        "",
        "N",
        "N",
        fact.owner,
        fact.comment,
        None,
        kind,
        None,
        None,
        None,
        None,
        "ROLE",
        directory,
    )
