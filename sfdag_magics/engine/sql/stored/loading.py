"""COPY's rows, the history of its files and the note of its answer, as one statement's writes.

Knows what is written around the INSERT of a COPY; knows no stage and no file format.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from sfdag_magics.engine.borders.answers import Result
from sfdag_magics.engine.borders.object_facts import FilesLoaded, LoadedFile
from sfdag_magics.engine.sql.stored.lost_answers import noted_answer
from sfdag_magics.engine.sql.stored.transaction import Answers, Note, Write, note_of
from sfdag_magics.engine.store import loads
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What stands around the writes of a statement that another one carries out.

    Attributes:
        note: of the outer statement, None where it is not noted.
    """

    before: tuple[Write, ...]
    after: tuple[Write, ...]
    note: Note | None

    def writes(self, inner: tuple[Write, ...]) -> tuple[Write, ...]:
        """All writes in order."""
        return (*self.before, *inner, *self.after)

    def inner(self, answers: Answers) -> Answers:
        """What the writes between answered."""
        return answers[len(self.before) : len(answers) - len(self.after)]


def around(files: FilesLoaded, answer: Result, query_id: str) -> Around:
    """The writes around the rows of `files`; `query_id` is empty where nothing is noted."""
    before: tuple[Write, ...] = ()
    if files.seen is not None:
        seen = {
            name: None if found is None else found.loaded_on.astimezone(UTC).replace(tzinfo=None)
            for name, found in files.seen.items()
        }
        before = (Write(sql=loads.CHECK, parameters=loads.checked(files.table_id, seen)),)
    after: tuple[Write, ...] = ()
    if files.contents:
        parameters = loads.added(files.table_id, files.contents)
        after = (Write(sql=loads.ADD, parameters=parameters, fresh=True),)
    record = Write(sql=loads.ADD_COPIED, parameters=loads.copied_added(files.copied), fresh=True)
    noted = note_of(query_id, noted_answer(answer)) if query_id else None
    note = None if noted is None else lambda _: noted
    return Around(before=before, after=(*after, record), note=note)


def forgetting(table_id: str) -> Write:
    """Lets a table load all files again."""
    return Write(sql=loads.FORGET, parameters={"table_id": table_id}, fresh=True)


def known(rows: Sequence[Mapping[str, Any]]) -> dict[str, LoadedFile]:
    """The answer of `store.loads.KNOWN` by file."""
    return {
        row["file"]: LoadedFile(
            content=row["content"], loaded_on=row["loaded_at"].replace(tzinfo=UTC)
        )
        for row in rows
    }
