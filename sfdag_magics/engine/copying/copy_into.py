"""COPY INTO: which of its two directions a statement means."""

from __future__ import annotations

from sfdag_magics.engine.borders.answers import Result
from sfdag_magics.engine.borders.ports import SqlSession, Statement
from sfdag_magics.engine.copying.copy_load import CopyLoad
from sfdag_magics.engine.copying.copy_unload import CopyUnload
from sfdag_magics.engine.objects.statement_reader import StatementReader
from sfdag_magics.engine.stages.stage_store import StageStore
from sfdag_magics.sqltext import TokenKind


class CopyInto:
    """The handler of `COPY INTO`, over one store. Any thread."""

    def __init__(self, store: StageStore) -> None:
        self._load = CopyLoad(store)
        self._unload = CopyUnload(store)

    def copy(self, statement: Statement, session: SqlSession) -> Result:
        """Unload where the target is a location (`@…` or a string), else load a table."""
        reader = StatementReader(statement)
        reader.expect("COPY", "INTO")
        target = reader.peek()
        is_location = target is not None and (
            target.text == "@" or target.kind in (TokenKind.STRING, TokenKind.DOLLAR_STRING)
        )
        direction = self._unload if is_location else self._load
        return direction.copy(statement, session)
