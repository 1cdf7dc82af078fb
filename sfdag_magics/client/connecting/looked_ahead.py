"""Several looks in one request, where the target takes them so, for who then asks one by one.

What is read of a target is asked for by small functions, each with its statement. Whoever knows
which of them come next has their statements asked at once, and hands them the answers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from json import dumps  # as it is now: a cell may put its own in the module
from typing import Any

from sfdag_magics.client.connecting.backend import Backend, Row
from sfdag_magics.errors import BackendError
from sfdag_magics.sqltext import quoted_string

#: Of the embedded engine only (`engine/sql/statements/several_looks.py`).
_LOOK = "SYSTEM$SFDAG_LOOK"


class LookedAhead:
    """Answers of one backend, as they were when they were asked.

    Args:
        statements: asked at once; by a target that takes one at a time, when they are wanted.
    """

    def __init__(self, backend: Backend, statements: Sequence[str] = ()) -> None:
        self._backend = backend
        self._answers: dict[str, Sequence[Row] | BackendError] = {}
        self.ask(statements)

    def carry_out(self, script: Sequence[str], statements: Sequence[str]) -> None:
        """Carry out a script, and ask these behind it."""
        self._take(statements, self._backend.script(script, statements))

    def ask(self, statements: Sequence[str]) -> None:
        """Ask these at once as well."""
        wanted = [*dict.fromkeys(sql for sql in statements if sql not in self._answers)]
        self._take(wanted, self._backend.looks(wanted) if wanted else None)

    def _take(
        self, statements: Sequence[str], found: Sequence[Sequence[Row] | BackendError] | None
    ) -> None:
        if found is not None:
            self._answers |= dict(zip(statements, found, strict=True))

    def answered(self, sql: str) -> Sequence[Row] | None:
        """What was answered already; None where it was not asked, or refused."""
        answer = self._answers.get(sql)
        return None if isinstance(answer, BackendError) else answer

    def rows(self, sql: str) -> Sequence[Row]:
        """See `Backend`."""
        answer = self._answers.get(sql)
        if answer is None:
            return self._backend.rows(sql)
        if isinstance(answer, BackendError):
            raise answer
        return answer


def look_statement(statements: Sequence[str]) -> str:
    """The statement that asks all of them."""
    return f"SELECT {_LOOK}({quoted_string(dumps([*statements]))}) AS LOOKED"


def told_looks(answer: str) -> list[Sequence[Row] | BackendError]:
    """What it answers, by the text that it gives."""
    return [_told(each) for each in json.loads(answer)]


def _told(answer: Mapping[str, Any]) -> Sequence[Row] | BackendError:
    if "error" in answer:
        return BackendError(answer["error"], code=answer["code"], sqlstate=answer["sqlstate"])
    names = [name for name, _ in answer["columns"]]
    moments = [kind.startswith("TIMESTAMP") for _, kind in answer["columns"]]
    return [
        {
            name: datetime.fromisoformat(value) if is_moment and value is not None else value
            for name, is_moment, value in zip(names, moments, row, strict=True)
        }
        for row in answer["rows"]
    ]
