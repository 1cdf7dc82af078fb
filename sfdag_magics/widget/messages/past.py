"""`sfdag_past`, and two runs beside each other. Knows shapes of messages, no behaviour."""

from __future__ import annotations

from typing import TypedDict


class PagePastRun(TypedDict):
    """One of the last runs.

    Attributes:
        group: its whole id, by which it is asked for; `id` is what people read.
        took: milliseconds of its last attempt; null while that goes on.
        origin: what it goes on from; empty for most.
        tasks: a letter for each of the tasks, whose states are in `PagePast.letters`; `.` for none.
    """

    group: str
    id: str
    state: str
    word: str
    attempt: int
    begun: int | None
    took: int | None
    differs: str
    origin: str
    tasks: str


class PagePast(TypedDict):
    """`sfdag_past`: the last runs of the graph, the newest last.

    Attributes:
        tasks: all tasks that any of them had.
        letters: `{letter: state}`.
        usual: milliseconds each task usually runs; null for one that never succeeded.
        lately: whether that is what it took the last time, as too few tell what is usual.
        usual_run: the same as `usual` of a whole run, and `lately_run` as `lately`.
        rows: of the run that is shown, rows that each task read and wrote; null where nobody tells.
        rows_of: the id of that run; another that a page shows by then has others.
        usual_rows: how many each task usually writes; null where nobody knows.
    """

    runs: list[PagePastRun]
    tasks: list[str]
    letters: dict[str, str]
    usual: list[int | None]
    lately: list[bool]
    lately_run: bool
    usual_run: int | None
    rows: list[list[int] | None]
    rows_of: str
    usual_rows: list[int | None]
    schedule: PageSchedule | None


class PageSchedule(TypedDict):
    """The graph's schedule, in `exact` as it is deployed; `due` is null where nobody knows it."""

    text: str
    exact: str
    on: bool
    due: int | None


class PageCompared(TypedDict):
    """A task in one of two runs; `value` is the beginning of what it returned or of its error."""

    state: str
    took: int | None
    value: str


class PageComparedTask(TypedDict):
    """A task in both of two runs; null for one that did not have it. `edited`: by its code."""

    name: str
    edited: bool
    runs: list[PageCompared | None]


class PageDifference(TypedDict):
    """What is not the same in two runs; `topic` is `config` or `code`."""

    topic: str
    what: str
    values: list[str]


class PageComparison(TypedDict):
    """The answer to `COMPARE`: what differs between two runs, what does not, and their tasks."""

    runs: list[PagePastRun]
    differences: list[PageDifference]
    same: str
    tasks: list[PageComparedTask]
