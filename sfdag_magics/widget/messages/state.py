"""`sfdag_state` and `sfdag_tasks`: the run that is shown, its tasks and what is being done.

Knows shapes of messages, no behaviour. Tasks are told by their index in the graph, so that no name
becomes a key.
"""

from __future__ import annotations

from typing import NotRequired, TypedDict


class PageTask(TypedDict):
    """One task's state; times are milliseconds since 1970 by the clock of where it runs.

    Attributes:
        value: the beginning of what it returned, or the line that says why it failed.
        before: what it did in earlier attempts of the run, the first first.
        by_hand: what a person said of it instead of running it: `done by ana@lab: sent by mail`.
    """

    state: str
    scheduled: int | None
    started: int | None
    completed: int | None
    attempt: int
    value: NotRequired[str]
    error: NotRequired[str]
    place: NotRequired[str]
    progress: NotRequired[PageProgress]
    shown: NotRequired[int]
    before: NotRequired[list[PageBefore]]
    metric: NotRequired[PageMetric]
    by_hand: NotRequired[str]


class PageMetric(TypedDict):
    """A metric of a model's version that the task logged, against the default's.

    Attributes:
        mark: ▲, ▼ or = against the default, ★ of the default itself; empty where it has none.
        says: the version with all its metrics.
    """

    name: str
    number: str
    mark: str
    says: str


class PageBefore(TypedDict):
    """What a task did in an earlier attempt."""

    attempt: int
    state: str
    started: int
    completed: int | None


class PageProgress(TypedDict):
    """How far a task says it is; `share` is between 0 and 1, null where it does not say of what."""

    share: float | None
    text: str


class PageRun(TypedDict):
    """The run that is shown.

    Attributes:
        slot: of which slot of the schedule it is, in words; empty of none.
        origin: what it goes on from: `continues run 3f2a91c0`; empty for most.
    """

    state: str
    word: str
    attempt: int
    label: str
    id: str
    group: str
    differs: str
    slot: str
    origin: str
    note: str
    ran: int
    total: int
    begun: int | None
    started: int | None
    completed: int | None


class PageIntention(TypedDict):
    """What an action would do with the run that is shown, and how to type it.

    Attributes:
        title: where what it does is asked in a few words.
        refused: `says` is why it would be refused, and `command` what can be done.
    """

    says: str
    command: str
    title: NotRequired[str]
    refused: NotRequired[bool]


class PageQuestion(TypedDict):
    """What an action asks before it goes on.

    Attributes:
        name: has to be typed to agree; empty where a press is enough.
        command: the one that needs no answer.
    """

    id: str
    says: str
    name: str
    command: str


class PageTasks(TypedDict):
    """`sfdag_tasks`: all tasks as they once were, in the order of the graph's nodes.

    A state names it by its number, and has the tasks that are others by now.
    """

    number: int
    tasks: list[PageTask | None]


class PageState(TypedDict):
    """`sfdag_state`: everything that changes, whole.

    Attributes:
        base: the number of the `PageTasks` that `rows` differ from.
        rows: `{index: task}` of all that are others than there; null for one without any news.
        marks: `{index: word}` of what is to be said of tasks besides: `edited`, `not deployed`,
            `altered there`.
        heard: when the engine last answered; null before the first time.
        patience: milliseconds without news after which what is shown may no longer be true.
        following: a feed is asking for news.
        trouble: why there are no news, or empty.
        busy: the action that is being carried out, or empty.
        said: what the last action had to say, such as what was deployed for it, or empty.
        doing: what the action that is being carried out is at, or empty.
        backfill: how far a backfill has come that is going, or empty.
        newer: the sentence on a newer run than the one that is shown, or empty.
        unseen: what stands where the run's state would, while there is no run to show.
        unanswered: no run is shown and it is not known whether one is going: none is started.
        sight: why nothing is known of the graph, or that it was dropped; empty for most.
        dropped: the graph is not there any more: nothing of the run can be continued.
        watches: the view goes over to the graph's next run by itself.
        intentions: `{action: what it would do}` for the actions on the run that is shown.
        question: what the action that is being carried out asks; null where it asks nothing.
        refresh: milliseconds after which the log of a running task is worth asking for again.
        now: the clock of where the run is, when this was sent, as far as it is known.
    """

    run: PageRun | None
    base: int
    rows: dict[str, PageTask | None]
    marks: dict[str, str]
    heard: int | None
    patience: int
    following: bool
    trouble: str
    busy: str
    said: str
    doing: str
    backfill: str
    newer: str
    unseen: str
    unanswered: bool
    sight: str
    dropped: bool
    watches: bool
    intentions: dict[str, PageIntention]
    question: PageQuestion | None
    refresh: int
    now: int
