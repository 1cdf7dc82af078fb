"""The model registry's statements: models, their versions, metadata and default.

Knows what `snowflake.ml.registry` and `SHOW MODELS` need (Snowflake docs: "CREATE MODEL", "ALTER
MODEL", "SHOW VERSIONS IN MODEL"). A model with all its versions is one object of the catalogue, so
that a change of it is whole or not at all. Knows nothing of what is inside a model's files: they
are copied from the stage they were uploaded to, and nothing here unpickles them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from sfdag_magics.engine.borders.answers import (
    Result,
    SqlError,
    already_exists,
    does_not_exist,
    unsupported,
)
from sfdag_magics.engine.borders.object_facts import Facts, FactsView, ObjectFact
from sfdag_magics.engine.borders.ports import (
    ModelMethods,
    SqlFeature,
    SqlSession,
    Statement,
    StatementHandler,
)
from sfdag_magics.engine.borders.rowset import like, rowset, status
from sfdag_magics.engine.models.methods import MANIFEST, methods_of
from sfdag_magics.engine.objects.model_versions import (
    FUNCTION_COLUMNS,
    KIND,
    MODEL_COLUMNS,
    VERSION_COLUMNS,
    StoredModel,
    Version,
    model_row,
    version_row,
)
from sfdag_magics.sqltext import QualifiedName, TokenReader

#: The file in which the registry's client describes a model, and reads it back (`model_spec`).
SPECIFICATION = "model/model.yaml"


class ModelFiles(Protocol):
    """Where the files of model versions live."""

    def copied(self, location: str, session: SqlSession, version_id: str) -> None:
        """Copy everything under a stage location into a version of its own.

        Raises:
            SqlError: the stage does not exist, or nothing lies there.
        """

    def duplicated(self, source_id: str, version_id: str) -> None:
        """Copy the files of one version to another."""

    def text(self, version_id: str, name: str) -> str | None:
        """A version's file as text; None where there is no such file."""

    def removed(self, version_ids: tuple[str, ...]) -> None:
        """Delete the files of versions that are gone."""


class Models:
    """The handlers. One per engine; any thread."""

    def __init__(
        self,
        files: ModelFiles,
        new_id: Callable[[], str],
        methods: ModelMethods | None = None,
    ) -> None:
        self._files = files
        self._new_id = new_id
        self._methods = methods

    def feature(self) -> SqlFeature:
        """What this adds to SQL."""
        statements: dict[str, StatementHandler] = {
            "CREATE MODEL": self._create,
            "ALTER MODEL": self._alter,
            "DROP MODEL": self._drop,
            "SHOW MODELS": self._show_models,
            "SHOW VERSIONS": self._show_versions,
            "SHOW FUNCTIONS IN MODEL": self._show_functions,
        }
        return SqlFeature(
            statements=statements,
            functions={"SYSTEM$ML_PLATFORM_CAPABILITIES": lambda _arguments, _session: "{}"},
            model_methods=self._methods,
            objects_dropped=self._dropped_with_others,
        )

    def comment(self, statement: Statement, session: SqlSession) -> Result:
        """COMMENT [IF EXISTS] ON MODEL name IS '…'."""
        reader = TokenReader(statement.text, statement.tokens)
        reader.expect("COMMENT")
        if_exists = reader.accept("IF", "EXISTS")
        reader.expect("ON", "MODEL")
        name = session.resolve(reader.qualified_name())
        reader.expect("IS")
        text = reader.string()
        with session.facts() as facts:
            fact = facts.find(KIND, name)
            if fact is None and not if_exists:
                raise does_not_exist("Model", name.sql())
            if fact is not None:
                facts.change(fact, comment=text)
        return status("Statement executed successfully.")

    def _create(self, statement: Statement, session: SqlSession) -> Result:
        reader = TokenReader(statement.text, statement.tokens)
        reader.expect("CREATE")
        or_replace = reader.accept("OR", "REPLACE")
        reader.expect("MODEL")
        if_not_exists = reader.accept("IF", "NOT", "EXISTS")
        name = session.resolve(reader.qualified_name())
        if reader.peek_words("WITH", "LIVE"):
            raise unsupported("CREATE MODEL … WITH LIVE VERSION")
        version_name = reader.identifier() if reader.accept("WITH", "VERSION") else "VERSION_1"
        with session.facts() as facts:
            existing = facts.find(KIND, name)
            if existing is not None and if_not_exists:
                return status(f"{name.name} already exists, statement succeeded.")
            if existing is not None and not or_replace:
                raise already_exists(name.sql())
            version = self._version_from(reader, session, facts, version_name)
            if existing is not None:
                facts.remove(existing)
            model = StoredModel(default=version.name, versions=(version,))
            facts.add(KIND, name, detail=model.detail())
        if existing is not None:
            self._files.removed(tuple(each.files for each in StoredModel.of(existing).versions))
        return status(f"Model {name.name} successfully created.")

    def _version_from(
        self, reader: TokenReader, session: SqlSession, facts: Facts, name: str
    ) -> Version:
        """Reads `FROM @stage/path` or `FROM MODEL m VERSION v` and copies the files."""
        version = Version(name=name, files=self._new_id(), created_on=datetime.now(UTC).isoformat())
        reader.expect("FROM")
        if reader.accept("MODEL"):
            source_name = session.resolve(reader.qualified_name())
            reader.expect("VERSION")
            source = _found(facts, source_name)[1].version(reader.identifier())
            self._files.duplicated(source.files, version.files)
            return replace(version, metadata=source.metadata)
        self._files.copied(reader.rest(), session, version.files)
        return version

    def _alter(self, statement: Statement, session: SqlSession) -> Result:
        reader = TokenReader(statement.text, statement.tokens)
        reader.expect("ALTER", "MODEL")
        if_exists = reader.accept("IF", "EXISTS")
        name = session.resolve(reader.qualified_name())
        gone: tuple[str, ...] = ()
        with session.facts() as facts:
            if if_exists and facts.find(KIND, name) is None:
                return status("Statement executed successfully.")
            fact, model = _found(facts, name)
            if reader.accept("RENAME", "TO"):
                facts.change(fact, name=session.resolve(reader.qualified_name()).name)
            elif reader.accept("SET", "COMMENT"):
                reader.expect("=")
                facts.change(fact, comment=reader.string())
            else:
                changed = self._changed(reader, session, facts, model)
                facts.change(fact, detail=changed.detail())
                kept = {version.files for version in changed.versions}
                gone = tuple(old.files for old in model.versions if old.files not in kept)
        self._files.removed(gone)
        return status("Statement executed successfully.")

    def _changed(
        self, reader: TokenReader, session: SqlSession, facts: Facts, model: StoredModel
    ) -> StoredModel:
        if reader.accept("SET", "DEFAULT_VERSION"):
            reader.expect("=")
            return replace(model, default=model.version(reader.identifier()).name)
        if reader.accept("ADD", "VERSION"):
            added = reader.identifier()
            if any(version.name == added for version in model.versions):
                raise already_exists(added)
            version = self._version_from(reader, session, facts, added)
            return replace(model, versions=(*model.versions, version))
        if reader.accept("DROP", "VERSION"):
            return _without(model, model.version(reader.identifier()))
        if reader.accept("MODIFY", "VERSION") or reader.accept("VERSION"):
            return _with_modified(reader, model, model.version(reader.identifier()))
        raise unsupported(f"ALTER MODEL … {reader.rest()[:40]}")

    def _drop(self, statement: Statement, session: SqlSession) -> Result:
        reader = TokenReader(statement.text, statement.tokens)
        reader.expect("DROP", "MODEL")
        if_exists = reader.accept("IF", "EXISTS")
        name = session.resolve(reader.qualified_name())
        with session.facts() as facts:
            fact = facts.find(KIND, name)
            if fact is None and if_exists:
                return status("Drop statement executed successfully.")
            fact, model = _found(facts, name)
            facts.remove(fact)
        self._files.removed(tuple(version.files for version in model.versions))
        return status(f"{name.name} successfully dropped.")

    def _dropped_with_others(self, facts: Sequence[ObjectFact]) -> None:
        """The files of models that went with their schema."""
        for fact in facts:
            if fact.kind == KIND:
                self._files.removed(
                    tuple(version.files for version in StoredModel.of(fact).versions)
                )

    def _show_models(self, statement: Statement, session: SqlSession) -> Result:
        reader = TokenReader(statement.text, statement.tokens)
        reader.expect("SHOW", "MODELS")
        pattern = like(reader.string() if reader.accept("LIKE") else None)
        database, schema = _scope(reader, session)
        listed = session.catalogue().listed(KIND, database=database, schema=schema)
        shown = [model_row(fact) for fact in listed if pattern.match(fact.name)]
        return rowset(MODEL_COLUMNS, shown)

    def _show_versions(self, statement: Statement, session: SqlSession) -> Result:
        reader = TokenReader(statement.text, statement.tokens)
        reader.expect("SHOW", "VERSIONS")
        pattern = like(reader.string() if reader.accept("LIKE") else None)
        reader.expect("IN", "MODEL")
        name = session.resolve(reader.qualified_name())
        fact, model = _found(session.catalogue(), name)
        shown = [
            version_row(fact, model, version, self._files.text(version.files, SPECIFICATION))
            for version in model.versions
            if pattern.match(version.name)
        ]
        return rowset(VERSION_COLUMNS, shown)

    def _show_functions(self, statement: Statement, session: SqlSession) -> Result:
        """A row for each method of a version, from which the client learns how to call it."""
        reader = TokenReader(statement.text, statement.tokens)
        reader.expect("SHOW", "FUNCTIONS", "IN", "MODEL")
        name = session.resolve(reader.qualified_name())
        reader.expect("VERSION")
        version = _found(session.catalogue(), name)[1].version(reader.identifier())
        shown = f"version {version.name} of model {name.sql()}"
        methods = methods_of(self._files.text(version.files, MANIFEST), shown)
        rows = [
            (each.name, name.name, version.name, each.signature, each.returns) for each in methods
        ]
        return rowset(FUNCTION_COLUMNS, rows)


def _found(facts: FactsView, name: QualifiedName) -> tuple[ObjectFact, StoredModel]:
    fact = facts.find(KIND, name)
    if fact is None:
        raise does_not_exist("Model", name.sql())
    return fact, StoredModel.of(fact)


def _without(model: StoredModel, version: Version) -> StoredModel:
    if version.name == model.default:
        raise SqlError(
            f"SQL compilation error:\nCannot drop version '{version.name}': it is the default"
            " version of the model. Set another default first."
        )
    return replace(model, versions=tuple(each for each in model.versions if each != version))


def _with_modified(reader: TokenReader, model: StoredModel, version: Version) -> StoredModel:
    if reader.accept("UNSET", "ALIAS"):
        return model.with_changed(replace(version, aliases=()))
    reader.expect("SET")
    if reader.accept("ALIAS"):
        reader.expect("=")
        return model.with_changed(replace(version, aliases=(reader.identifier(),)))
    if reader.accept("COMMENT"):
        reader.expect("=")
        return model.with_changed(replace(version, comment=reader.string()))
    reader.expect("METADATA")
    reader.expect("=")
    return model.with_changed(replace(version, metadata=_json_object(reader.string())))


def _json_object(text: str) -> str:
    try:
        is_object = isinstance(json.loads(text), dict)
    except ValueError:
        is_object = False
    if not is_object:
        raise SqlError("SQL compilation error:\nMETADATA of a model version must be a JSON object.")
    return text


def _scope(reader: TokenReader, session: SqlSession) -> tuple[str | None, str | None]:
    """IN ACCOUNT | DATABASE [d] | [SCHEMA] [s]; without IN the current schema."""
    if not reader.accept("IN"):
        return session.database, session.schema
    if reader.accept("ACCOUNT"):
        return None, None
    if reader.accept("DATABASE"):
        return (session.database if reader.at_end else reader.identifier()), None
    reader.accept("SCHEMA")
    if reader.at_end:
        return session.database, session.schema
    name = reader.qualified_name()
    return name.schema or session.database, name.name
