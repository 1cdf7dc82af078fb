"""A session in which a task asks of its run what a recorded attempt was told.

The functions by which a task asks (`SYSTEM$GET_PREDECESSOR_RETURN_VALUE` and its kin) are replaced
in the text of each statement by what was recorded; all else is the session's. So `TaskContext`,
ours and Snowflake's, works here, and SQL that calls them itself. Knows no notebook.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sfdag_magics.graph.names import key_of, last_part
from sfdag_magics.graph.sql.when import READS_RETURN_VALUE
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import Token, TokenKind, quoted_string, tokenize

_SETS_VALUE = "SYSTEM$SET_RETURN_VALUE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What an attempt of a task was told.

    Attributes:
        task: the task's full name; `root` that of its graph's.
        values: `{stored name of a task above: what it returned}`.
        config: the run's, with what this package noted.
    """

    task: str
    root: str
    group_id: str | None
    scheduled: datetime | None
    values: Mapping[str, str | None]
    config: Mapping[str, Any]

    def answer(self, function: str, argument: str | None) -> str | None:
        """What a function of tasks answers with, as SQL text; None for one that is none."""
        if function == READS_RETURN_VALUE:
            return _text(self._value(argument))
        if function == "SYSTEM$GET_TASK_GRAPH_CONFIG":
            return _text(self._config(argument))
        if function == "SYSTEM$CURRENT_USER_TASK_NAME":
            return _text(self.task)
        if function == "SYSTEM$TASK_RUNTIME_INFO":
            return _text(self._info((argument or "").upper()))
        return None

    def _value(self, name: str | None) -> str | None:
        if name is None:
            return next(iter(self.values.values()), None)
        return self.values.get(key_of(last_part(name)))

    def _config(self, path: str | None) -> str | None:
        if path is None:
            return json.dumps(self.config) if self.config else None
        found: Any = self.config
        for part in path.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        return found if isinstance(found, str) or found is None else json.dumps(found)

    def _info(self, name: str) -> str | None:
        known = {
            "CURRENT_TASK_NAME": self.task,
            "CURRENT_ROOT_TASK_NAME": self.root,
            "CURRENT_TASK_GRAPH_RUN_GROUP_ID": self.group_id,
            "CURRENT_TASK_GRAPH_ORIGINAL_SCHEDULED_TIMESTAMP": str(self.scheduled or "") or None,
        }
        return known.get(name)


def _text(value: str | None) -> str:
    return "NULL" if value is None else quoted_string(value)


def recorded_session(session: Any, recorded: Recorded) -> Any:  # noqa: ANN401 - a Snowpark Session
    """A session like `session`, over the same connection, whose `sql` answers as recorded.

    Values that a task sets are selected and not kept.
    """
    other = copy.copy(session)
    asks: Callable[..., Any] = session.sql

    def sql(query: str, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - of Session.sql
        return asks(as_recorded(query, recorded), *arguments, **options)

    other.sql = sql
    return other


def as_recorded(query: str, recorded: Recorded) -> str:
    """A statement with what a task asks of its run replaced by what was recorded."""
    if "SYSTEM$" not in query.upper():
        return query
    parts, done = [], 0
    for start, end, instead in _replaced(tokenize(query), recorded):
        parts += [query[done:start], instead]
        done = end
    return "".join([*parts, query[done:]])


def _replaced(tokens: tuple[Token, ...], recorded: Recorded) -> Iterator[tuple[int, int, str]]:
    """`(start, end, what stands there instead)`, in order."""
    for place, token in enumerate(tokens):
        before = tokens[place - 1] if place and tokens[place - 1].word == "CALL" else None
        if before is not None and token.word == _SETS_VALUE:
            yield before.start, token.end, "SELECT"
            continue
        call = tokens[place + 1 : place + 4]
        argument = call[1].value if len(call) > 1 and call[1].kind is TokenKind.STRING else None
        closing = place + (2 if argument is None else 3)
        is_call = bool(call) and call[0].text == "(" and len(tokens) > closing
        if not is_call or tokens[closing].text != ")":
            continue
        instead = recorded.answer(token.word, argument)
        if instead is not None and before is not None:
            yield before.start, tokens[closing].end, f"SELECT {instead}"
        elif instead is not None:
            yield token.start, tokens[closing].end, instead
