"""What a page may ask for and how it is read, and what it is replied. All else is no request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any, NotRequired, TypedDict, TypeGuard

from sfdag_magics.client.observing.proposals import RetryCode
from sfdag_magics.light_classes import dataclass


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
    #: The engine is started, or the target connected to, and looked at.
    CONNECT = "connect"
    #: Slots of the schedule are run, one after the other.
    FILL = "fill"
    #: What a run would be started with.
    FORM = "form"
    #: What a retry of the run that is shown would do.
    AGAIN = "again"
    #: What a deploy would change.
    PLAN = "plan"
    #: The slots of the graph's schedule, with what became of them.
    SLOTS = "slots"
    #: What a backfill would run.
    BACKFILL = "backfill"
    DETAIL = "detail"
    #: The last of what a task logged, or several, or with none of them all.
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
    #: One group of a folded graph as its tasks, and as one box again; `task` is one of them.
    UNFOLD = "unfold"
    FOLD = "fold"
    #: Somebody looks at the view, or (`whole`) has not the tasks a state speaks of; has no answer.
    LOOK = "look"


#: What changes something: each is done once for its id, and none while another is done.
ACTS = frozenset(
    {
        *(Ask.RUN, Ask.RETRY, Ask.STOP, Ask.DEPLOY),
        *(Ask.SUSPEND, Ask.RESUME, Ask.CONNECT, Ask.FILL),
    }
)

#: As a page of ours names its requests.
_ID = re.compile(r"[\w-]{1,80}", re.ASCII)
#: No request names more.
_MOST_RUNS = 2
_MOST_TASKS = 1000
_MOST_VALUES = 500
_LONGEST_TEXT = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A page's message, parsed.

    Attributes:
        task: an index into the graph's nodes, for what is asked of one.
        tasks: several of them, for `LOGS`.
        attempt: an earlier one, for `LOGS`, `SHOWN` and `CODE`.
        against: what the code is put beside, for `CODE`.
        level, whole, only: for `LOGS`: the least severity, whether it is for a file, and whether
            lines without the `text` that is searched are left out. For `FORM`, `whole` has the
            target asked what tasks read that are not loaded.
        runs: the ids of runs, for `SHOW` one, for `COMPARE` two, as for `CODE` of two runs; for
            `RETRY` and `STOP` the one that the page shows.
        values: `{config key: what was typed}`, for `FORM` and `RUN`; for `BACKFILL` and `FILL` of
            `start`, `end` and `reprocess`.
        code: for `AGAIN` and `RETRY`: which code runs.
        again, skip: for these as well: tasks that run again although they succeeded, and tasks that
            are said to stay skipped; then `values` are `{index: what is said to be returned}`, and
            the `text` says why.
        question: the id of what is answered, for `ANSWER`, with the `text` of the answer. For
            `DEPLOY`, the text is the mark of the plan that the page shows; for `RUN` the part of
            the graph that runs, such as `only train`.
    """

    id: str
    ask: Ask
    task: int | None = None
    tasks: tuple[int, ...] = ()
    attempt: int | None = None
    level: str = ""
    whole: bool = False
    only: bool = False
    against: str = ""
    runs: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    code: RetryCode = RetryCode.CURRENT
    again: tuple[int, ...] = ()
    skip: tuple[int, ...] = ()
    question: str = ""
    text: str = ""


def request_from_content(content: object) -> Request | None:
    """The request in a message's content, or None where it is not one of ours."""
    if not isinstance(content, dict):
        return None
    message_id, ask, task = content.get("id"), content.get("kind"), content.get("task")
    if not isinstance(message_id, str) or _ID.fullmatch(message_id) is None:
        return None  # it goes back to the page
    if not isinstance(ask, str) or ask not in set(Ask):
        return None
    values = _pairs(content.get("values", []))
    code = content.get("code", RetryCode.CURRENT.value)
    # To leave out what cannot be read would start another run than was meant.
    if values is None or not isinstance(code, str) or code not in set(RetryCode):
        return None
    question, text, level = (_text(content.get(key)) for key in ("question", "text", "level"))
    return Request(
        id=message_id,
        ask=Ask(ask),
        task=_index(task),
        tasks=_indexes(content.get("tasks")),
        attempt=_index(content.get("attempt")),
        level=level,
        whole=content.get("whole") is True,
        only=content.get("only") is True,
        against=_text(content.get("against")),
        runs=_texts(content.get("runs")),
        values=values,
        code=RetryCode(code),
        again=_indexes(content.get("again")),
        skip=_indexes(content.get("skip")),
        question=question,
        text=text,
    )


def _index(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _indexes(value: object) -> tuple[int, ...]:
    """Those in a list; a place that is none is -1, which no task has."""
    if not isinstance(value, list):
        return ()
    return tuple(-1 if (at := _index(each)) is None else at for each in value[:_MOST_TASKS])


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(_text, value[:_MOST_RUNS])) if isinstance(value, list) else ()


def _pairs(value: object) -> dict[str, str] | None:
    """`{key: text}` of a list of such pairs; None where it is anything else, or names one twice."""
    if not isinstance(value, list) or len(value) > _MOST_VALUES:
        return None
    pairs = [each for each in value if isinstance(each, list) and len(each) == 2]
    texts = {key: text for key, text in pairs if _is_text(key) and _is_text(text)}
    return texts if len(texts) == len(value) else None


def _text(value: object) -> str:
    return value if _is_text(value) else ""


def _is_text(value: object) -> TypeGuard[str]:
    """Whether it is one that can be sent on: a page may say half of a character."""
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        return False
    return not any("\ud800" <= each <= "\udfff" for each in value)
