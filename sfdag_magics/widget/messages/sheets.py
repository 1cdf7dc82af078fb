"""`sfdag_actions`, and what an action's sheet has. Knows shapes of messages, no behaviour."""

from __future__ import annotations

from typing import TypedDict


class PageActions(TypedDict):
    """`sfdag_actions`: `{verb: its command}` of what this view can start, and where.

    Attributes:
        anew: what shows the same, whichever graph and target are chosen.
        back: what brings a live view of the same back, in a kernel that knows nothing of it.
        model: the widget's id, by which its host knows whether a kernel is behind it.
        session: the kernel's, which stands in all it says; empty where there is none.
        others: `[another target, the command that shows the graph there]`.
        check: what says what is wrong with the graph.
        first: how a graph gets its first task: what to do, and the task.
    """

    place: str
    anew: str
    back: str
    model: str
    session: str
    others: list[list[str]]
    check: str
    first: list[str]
    commands: dict[str, str]


class PageFormRow(TypedDict):
    """A config key of a run's form; see `FormRow`."""

    key: str
    type: str
    choices: list[str]
    base: str
    of: str
    computed: str
    last: str | None
    text: str
    problem: str
    readers: list[str]


class PageForm(TypedDict):
    """The answer to `FORM`: the rows, what is wrong besides, the command, what happens first.

    Attributes:
        runs: `[a task or the others, what is so here, what runs]`, for who looks before a run.
        going: that a run goes on now, where it was asked for the whole.
    """

    rows: list[PageFormRow]
    problems: list[str]
    command: str
    note: str
    runs: list[list[str]]
    going: str


class PageAgainTask(TypedDict):
    """A task in a retry; `took` is what it ran or usually runs, null where nobody knows.

    Attributes:
        by_hand: a person says so, and `state` is what they say.
    """

    name: str
    state: str
    took: int | None
    mark: str
    by_hand: bool


class PageCell(TypedDict):
    """What a task's cell was when it was last run: `text` begins at the place that is named."""

    name: str
    place: str
    text: str


class PageAgain(TypedDict):
    """The answer to `AGAIN`: what a retry does with each task.

    Attributes:
        expected, usual: milliseconds of the retry and of a whole run, null where nobody knows.
        config: `[key, the run's value, the notebook's now or null where it is the same]`.
        code: which runs, as a `RetryCode`: the one asked for, or what is deployed where none of it
            comes from the notebook.
        note: that another choice of code would be the same; empty where it would not.
        left: what does not come from the notebook, and what brings it along; empty where all does.
        is_all: none of its code comes from the notebook.
        cleaned: what a finalizer that ran may have removed of what is kept; empty where none did.
        refused: why it would be refused with the notebook's code; empty where it would not.
        by: that it goes on in a run of its own, and why; empty where the service retries.
        problem: what is wrong with what is chosen; empty where nothing is.
        cells: those of the tasks that failed, as they were run, where the notebook has them.
    """

    title: str
    again: list[PageAgainTask]
    kept: list[PageAgainTask]
    skipped: list[PageAgainTask]
    finalizers: list[PageAgainTask]
    expected: int | None
    usual: int | None
    config: list[list[str | None]]
    code: str
    note: str
    left: str
    is_all: bool
    cleaned: str
    refused: str
    by: str
    problem: str
    command: str
    cells: list[PageCell]


class PagePlan(TypedDict):
    """The answer to `PLAN`: what `%sfdag plan` says; `mark` is sent with the deploy of it.

    Attributes:
        rows: `[the graph or a task, how it changes, what of it]`; of many the first.
        left: so many rows more.
        warnings: what somebody may not want.
        schedule: what becomes of a schedule that is not on; empty where nothing does.
        text: all of it, as the verb says it.
    """

    rows: list[list[str]]
    left: int
    warnings: list[str]
    schedule: str
    text: str
    empty: bool
    mark: str
    command: str
