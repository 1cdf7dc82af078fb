"""From a location as SQL writes it to the stage meant: `@db.s.stage/path`, `@~`, `@%table`, and
`snow://model/db.s.model/versions/v1/path` for the files of a model.

Knows how stages are named and found in the catalogue; knows nothing of their files.
"""

from __future__ import annotations

import hashlib
import re

from sfdag_magics.engine.borders.answers import SqlError, does_not_exist
from sfdag_magics.engine.borders.object_facts import FactsView, ObjectFact
from sfdag_magics.engine.borders.ports import SqlSession
from sfdag_magics.engine.files.file_formats import FileFormat
from sfdag_magics.engine.objects.model_versions import StoredModel
from sfdag_magics.engine.objects.statement_reader import MODEL_URL, name_from_text
from sfdag_magics.engine.stages.stage_store import StageLocation
from sfdag_magics.sqltext import QualifiedName, SqlTextError, sql_identifier

KIND = "STAGE"
#: How the ids of stages begin that nobody creates: a user's and a table's.
ALWAYS_THERE = ("user-", "table-")
_OF_VERSIONS = "model-"
_MODEL = re.compile(
    r'((?:"(?:[^"]|"")*"|[^/"])+)/versions/("(?:[^"]|"")*"|[^/]+)(?:/(.*))?', re.DOTALL
)
_SPLIT = re.compile(r'@((?:"(?:[^"]|"")*"|[^/"])+)(?:/(.*))?', re.DOTALL)


def locate(text: str, session: SqlSession, facts: FactsView) -> StageLocation:
    """The place that `@stage/path` means in this session.

    Raises:
        SqlError: it is not a location, or there is no such stage or table.
    """
    if text.startswith(MODEL_URL):
        return _model_version(text, session, facts)
    found = _SPLIT.fullmatch(text.strip())
    if found is None:
        raise SqlError(f"SQL compilation error:\ninvalid stage location: '{text}'")
    written, path = found[1], found[2] or ""
    if written == "~":
        return StageLocation(stage_id=f"user-{_digest(session.user)}", prefix=path)
    if "%" in written:
        return StageLocation(stage_id=_table_stage(written, session), prefix=path)
    fact = stage_fact(_name(written), session, facts)
    shown = fact.name.lower() if sql_identifier(fact.name) == fact.name else fact.name
    return StageLocation(stage_id=fact.id, prefix=path, listed_as=f"{shown}/")


def stage_name(text: str, session: SqlSession, facts: FactsView) -> str:
    """The full name of a named stage; of others, which have none, how `text` says it."""
    found = _SPLIT.fullmatch(text.strip())
    if found is None or found[1] == "~" or "%" in found[1]:
        return text.strip() if found is None else f"@{found[1]}"
    fact = stage_fact(_name(found[1]), session, facts)
    return QualifiedName(fact.name, fact.schema, fact.database).sql()


def version_stage(files: str) -> str:
    """The id of the directory that a model version's files are kept in."""
    return f"{_OF_VERSIONS}{files}"


def is_of_version(stage_id: str) -> bool:
    """Whether a directory is that of a model version, whose files never change."""
    return stage_id.startswith(_OF_VERSIONS)


def _model_version(text: str, session: SqlSession, facts: FactsView) -> StageLocation:
    found = _MODEL.fullmatch(text.removeprefix(MODEL_URL))
    if found is None:
        raise SqlError(f"SQL compilation error:\ninvalid location: '{text}'")
    name = session.resolve(_name(found[1]))
    fact = facts.find("MODEL", name)
    if fact is None:
        raise does_not_exist("Model", name.sql())
    written = found[2] if found[2].startswith('"') else f'"{found[2]}"'
    try:
        version = StoredModel.of(fact).version(_name(written).name)
    except SqlError:
        version = StoredModel.of(fact).version(found[2].upper())
    return StageLocation(
        stage_id=version_stage(version.files),
        prefix=found[3] or "",
        listed_as=f"versions/{version.name}/",
        read_only=True,
    )


def stage_fact(name: QualifiedName, session: SqlSession, facts: FactsView) -> ObjectFact:
    """The named stage.

    Raises:
        SqlError: there is none of that name.
    """
    resolved = session.resolve(name)
    fact = facts.find(KIND, resolved)
    if fact is None:
        raise does_not_exist("Stage", resolved.sql())
    return fact


def default_format(text: str, session: SqlSession, facts: FactsView) -> FileFormat | None:
    """The file format that a named stage was created with; None for user and table stages."""
    found = _SPLIT.fullmatch(text.strip())
    if found is None or found[1] == "~" or "%" in found[1]:
        return None
    detail = stage_fact(_name(found[1]), session, facts).detail.get("file_format")
    return None if detail is None else FileFormat.of(detail)


def _table_stage(written: str, session: SqlSession) -> str:
    """The id of a table's own stage; it belongs to the table's name."""
    name = session.resolve(_name(written.replace("%", "", 1)))
    session.describe(f"SELECT * FROM {name.sql()}")  # noqa: S608 - the name is quoted
    return f"table-{_digest(name.sql())}"


def _name(written: str) -> QualifiedName:
    try:
        return name_from_text(written)
    except SqlTextError as problem:
        raise SqlError(f"SQL compilation error:\ninvalid stage location: '@{written}'") from problem


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
