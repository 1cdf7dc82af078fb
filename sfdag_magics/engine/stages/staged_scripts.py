"""EXECUTE IMMEDIATE FROM: the statements of a staged file, one after the other in the session.

Snowflake docs: "EXECUTE IMMEDIATE FROM". What a statement did stays where a later one fails. Knows
the file's text and where its statements end; nothing of what they do.
"""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import Result, SqlError, unsupported
from sfdag_magics.engine.borders.ports import SqlSession, Statement
from sfdag_magics.engine.objects.statement_reader import StatementReader
from sfdag_magics.engine.stages.locations import locate
from sfdag_magics.engine.stages.stage_store import MissingFileError, StageStore
from sfdag_magics.sqltext import split_statements

#: The first line of a file that is a template of Jinja's.
_TEMPLATE = "--!jinja"


class StagedScripts:
    """The handler, over one store. Any thread."""

    def __init__(self, store: StageStore) -> None:
        self._store = store

    def execute(self, statement: Statement, session: SqlSession) -> Result:
        """EXECUTE IMMEDIATE FROM @stage/file: what its last statement answers."""
        reader = StatementReader(statement)
        reader.expect("EXECUTE", "IMMEDIATE", "FROM")
        location = reader.location()
        if reader.peek_words("USING") or reader.peek_words("DRY_RUN"):
            raise unsupported(f"EXECUTE IMMEDIATE FROM … {reader.identifier()}")
        if not reader.at_end:
            raise reader.unexpected()
        answer: Result | None = None
        for each in split_statements(self._text(location, session)):
            answer = session.execute(each)
        if answer is None:
            raise SqlError(f"SQL compilation error:\nThere is no statement in '{location}'.")
        return answer

    def _text(self, location: str, session: SqlSession) -> str:
        place = locate(location, session, session.catalogue())
        file = next((each for each in self._store.files(place) if each.name == place.prefix), None)
        if file is None:
            raise MissingFileError(place.prefix)
        with file.opened() as opened:
            text = opened.read().decode("utf-8", "replace")
        if text.startswith(_TEMPLATE):
            raise unsupported(
                f"EXECUTE IMMEDIATE FROM a template ('{location}' begins {_TEMPLATE})"
            )
        return text
