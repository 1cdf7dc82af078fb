"""What kernel and page tell each other, as it travels. Knows shapes of messages, no behaviour.

Kernel → page: the traits `sfdag_graph` (once per shape), `sfdag_tasks` (all of them, when
many changed), `sfdag_state` (whole, each time a new one, with the tasks that are others by now)
and `sfdag_past` (when a run began or ended), and one `Reply` to each request. Page → kernel:
`Request`s, and never a trait: two writers lose updates. Tasks are told by their index in the graph,
so that no name becomes a key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any, NotRequired, TypedDict

from sfdag_magics.light_classes import dataclass


class PageNode(TypedDict):
    """A task's box; coordinates are pixels. `tile` is what it says where it is drawn small.

    `absence` says why the notebook has no cell of it; empty where it has one.
    """

    name: str
    mark: str
    absence: str
    x: float
    y: float
    width: float
    height: float
    tile: NotRequired[str]


class PageEdge(TypedDict):
    """An arrow; `tail`, `head` are indexes of nodes, `d` an SVG path, empty where none is drawn."""

    tail: int
    head: int
    kind: str
    d: str


class PageGroup(TypedDict):
    """The box around a group of tasks, or the frame around tasks that are drawn as tiles."""

    name: str
    x: float
    y: float
    width: float
    height: float


class PageFold(TypedDict):
    """A box that stands for a group, or for a task of none; `tasks` are indexes of nodes."""

    title: str
    tasks: list[int]
    x: float
    y: float
    width: float
    height: float


class PageFolded(TypedDict):
    """The graph with its groups folded; the edges' ends are indexes of `boxes`."""

    width: float
    height: float
    boxes: list[PageFold]
    edges: list[PageEdge]


class PageGraph(TypedDict):
    """`sfdag_graph`: where everything stands; `folded` where it is large and has groups."""

    name: str
    width: float
    height: float
    nodes: list[PageNode]
    edges: list[PageEdge]
    groups: list[PageGroup]
    frames: list[PageGroup]
    folded: NotRequired[PageFolded]


class PageTask(TypedDict):
    """One task's state; times are milliseconds of the kernel's clock, since 1970.

    Attributes:
        value: the beginning of what it returned, or the line that says why it failed.
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


class PageProgress(TypedDict):
    """How far a task says it is; `share` is between 0 and 1, null where it does not say of what."""

    share: float | None
    text: str


class PageRun(TypedDict):
    """The run that is shown."""

    state: str
    word: str
    attempt: int
    label: str
    id: str
    group: str
    differs: str
    note: str
    ran: int
    total: int
    begun: int | None
    started: int | None
    completed: int | None


class PageIntention(TypedDict):
    """What an action would do with the run that is shown, and how to type it.

    Attributes:
        refused: `says` is why it would be refused, and `command` what can be done.
    """

    says: str
    command: str
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
        marks: `{index: word}` of what is to be said of tasks besides: `edited`, `not deployed`.
        heard: when the engine last answered; null before the first time.
        patience: milliseconds without news after which what is shown may no longer be true.
        following: a feed is asking for news.
        trouble: why there are no news, or empty.
        busy: the action that is being carried out, or empty.
        said: what the last action had to say, such as what was deployed for it, or empty.
        doing: what the action that is being carried out is at, or empty.
        newer: the sentence on a newer run than the one that is shown, or empty.
        unseen: what stands where the run's state would, while there is no run to show.
        unanswered: no run is shown and it is not known whether one is going: none is started.
        sight: why nothing is known of the graph, or that it was dropped; empty for most.
        dropped: the graph is not there any more: nothing of the run can be continued.
        watches: the view goes over to the graph's next run by itself.
        intentions: `{action: what it would do}` for the actions on the run that is shown.
        question: what the action that is being carried out asks; null where it asks nothing.
        refresh: milliseconds after which the log of a running task is worth asking for again.
        now: the kernel's clock when this was sent.
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


class PagePastRun(TypedDict):
    """One of the last runs.

    Attributes:
        group: its whole id, by which it is asked for; `id` is what people read.
        took: milliseconds of its last attempt; null while that goes on.
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
    tasks: str


class PagePast(TypedDict):
    """`sfdag_past`: the last runs of the graph, the newest last.

    Attributes:
        tasks: all tasks that any of them had.
        letters: `{letter: state}`.
        usual: milliseconds each task usually runs; null for one that never succeeded.
        usual_run: the same of a whole run.
    """

    runs: list[PagePastRun]
    tasks: list[str]
    letters: dict[str, str]
    usual: list[int | None]
    usual_run: int | None
    schedule: PageSchedule | None


class PageSchedule(TypedDict):
    """The graph's schedule as it is deployed; `due` is null where nobody knows the next run."""

    text: str
    on: bool
    due: int | None


class PageFormRow(TypedDict):
    """A config key of a run's form; see `FormRow`."""

    key: str
    type: str
    choices: list[str]
    base: str
    of: str
    last: str | None
    text: str
    problem: str
    readers: list[str]


class PageForm(TypedDict):
    """The answer to `FORM`: the rows, what is wrong besides, the command, what happens first."""

    rows: list[PageFormRow]
    problems: list[str]
    command: str
    note: str


class PageAgainTask(TypedDict):
    """A task in a retry; `took` is what it ran or usually runs, null where nobody knows."""

    name: str
    state: str
    took: int | None
    mark: str


class PageAgain(TypedDict):
    """The answer to `AGAIN`: what a retry does with each task.

    Attributes:
        expected, usual: milliseconds of the retry and of a whole run, null where nobody knows.
        config: `[key, the run's value, the notebook's now or null where it is the same]`.
        refused: why it would be refused with the notebook's code; empty where it would not.
    """

    title: str
    again: list[PageAgainTask]
    kept: list[PageAgainTask]
    skipped: list[PageAgainTask]
    finalizers: list[PageAgainTask]
    expected: int | None
    usual: int | None
    config: list[list[str | None]]
    original: bool
    refused: str
    command: str


class PagePlan(TypedDict):
    """The answer to `PLAN`: what `%sfdag plan` says; `mark` is sent with the deploy of it."""

    text: str
    empty: bool
    mark: str
    command: str


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
    values: list[str | None]


class PageComparison(TypedDict):
    """The answer to `COMPARE`: what differs between two runs, what does not, and their tasks."""

    runs: list[PagePastRun]
    differences: list[PageDifference]
    same: str
    tasks: list[PageComparedTask]


class PageActions(TypedDict):
    """`sfdag_actions`: `{verb: its command}` of what this view can start, and where.

    Attributes:
        anew: what brings a live view of the same back, in a kernel that knows nothing of it.
        model: the widget's id, by which its host knows whether a kernel is behind it.
        session: the kernel's, which stands in all it says; empty where there is none.
    """

    place: str
    anew: str
    model: str
    session: str
    commands: dict[str, str]


class Reply(TypedDict):
    """To a request: at once an ack, and later, where there is one, the answer or the refusal."""

    id: str
    kind: str
    detail: NotRequired[dict[str, Any]]
    error: NotRequired[str]


class Ask(StrEnum):
    """What a page may ask for."""

    RUN = "run"
    RETRY = "retry"
    STOP = "stop"
    DEPLOY = "deploy"
    SUSPEND = "suspend"
    RESUME = "resume"
    #: What a run would be started with.
    FORM = "form"
    #: What a retry of the run that is shown would do.
    AGAIN = "again"
    #: What a deploy would change.
    PLAN = "plan"
    DETAIL = "detail"
    #: The last of what a task logged, or with no task of what all did.
    LOGS = "logs"
    #: What a task showed.
    SHOWN = "shown"
    #: The code that a task ran, beside another version of it.
    CODE = "code"
    #: The tables that a task's return value names; with one of the names as `text`, its rows.
    TABLES = "tables"
    #: To a question that stands in the state; `text` is what was typed or pressed.
    ANSWER = "answer"
    #: One of the last runs in this view.
    SHOW = "show"
    #: Two of the last runs beside each other.
    COMPARE = "compare"
    #: Somebody looks at the view, or (`whole`) has not the tasks a state speaks of; has no answer.
    LOOK = "look"


#: What changes something: each is done once for its id, and none while another is done.
ACTS = frozenset({Ask.RUN, Ask.RETRY, Ask.STOP, Ask.DEPLOY, Ask.SUSPEND, Ask.RESUME})

#: No request names more.
_MOST_RUNS = 2
_MOST_VALUES = 500
_LONGEST_VALUE = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A page's message, parsed.

    Attributes:
        task: an index into the graph's nodes, for what is asked of one.
        attempt: an earlier one, for `LOGS`, `SHOWN` and `CODE`.
        against: what the code is put beside, for `CODE`.
        level, whole: for `LOGS`: the least severity, and whether it is for a file; `text` is
            searched.
        runs: the ids of runs, for `SHOW` one and for `COMPARE` two; for `RETRY` and `STOP` the one
            that the page shows.
        values: `{config key: what was typed}`, for `FORM` and `RUN`.
        original: for `AGAIN` and `RETRY`: what is deployed, not the notebook's code.
        question: the id of what is answered, for `ANSWER`, with the `text` of the answer. For
            `DEPLOY`, the text is the mark of the plan that the page shows.
    """

    id: str
    ask: Ask
    task: int | None = None
    attempt: int | None = None
    level: str = ""
    whole: bool = False
    against: str = ""
    runs: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    original: bool = False
    question: str = ""
    text: str = ""


def request_from_content(content: object) -> Request | None:
    """The request in a message's content, or None where it is not one of ours."""
    if not isinstance(content, dict):
        return None
    message_id, ask, task = content.get("id"), content.get("kind"), content.get("task")
    if not isinstance(message_id, str) or not isinstance(ask, str) or ask not in set(Ask):
        return None
    values = _pairs(content.get("values", []))
    if values is None:  # to leave out what cannot be read would start another run than was meant
        return None
    question, text, level = (_text(content.get(key)) for key in ("question", "text", "level"))
    return Request(
        id=message_id,
        ask=Ask(ask),
        task=_index(task),
        attempt=_index(content.get("attempt")),
        level=level,
        whole=content.get("whole") is True,
        against=_text(content.get("against")),
        runs=_texts(content.get("runs")),
        values=values,
        original=content.get("original") is True,
        question=question,
        text=text,
    )


def _index(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(_text, value[:_MOST_RUNS])) if isinstance(value, list) else ()


def _pairs(value: object) -> dict[str, str] | None:
    """`{key: text}` of a list of such pairs; None where it is anything else, or names one twice."""
    if not isinstance(value, list) or len(value) > _MOST_VALUES:
        return None
    pairs = [each for each in value if isinstance(each, list) and len(each) == 2]
    texts = {
        key: text
        for key, text in pairs
        if isinstance(key, str) and isinstance(text, str) and len(text) <= _LONGEST_VALUE
    }
    return texts if len(texts) == len(value) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
