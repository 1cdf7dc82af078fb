"""Events as JSON text for the log, and back. Graphs and earlier attempts are written as references.

A graph is named by (root id, version) and the attempts before a retry by (group id, attempt): both
are remembered elsewhere, and a log that repeated them would grow with the size of the graphs.
"""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import datetime
from typing import Any, Protocol

from sfdag_magics.engine.scheduler import events
from sfdag_magics.engine.scheduler.events import EarlierAttempts, Event
from sfdag_magics.engine.scheduler.graphs import GraphSpec

_KINDS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        events.GraphStarted,
        events.GraphStopped,
        events.RunRequested,
        events.RetryRequested,
        events.CancelRequested,
        events.DataCame,
        events.DataLookedFor,
        events.Tick,
        events.ClockSetBack,
        events.EngineRestarted,
        events.WorkersWarming,
        events.WorkersReady,
        events.ConditionEvaluated,
        events.ConditionFailed,
        events.TaskSucceeded,
        events.TaskFailed,
        events.TaskCancelled,
        events.TimedOut,
    )
}


_FIELDS = {kind: tuple(field.name for field in fields(kind)) for kind in _KINDS.values()}


class References(Protocol):
    """Finds again what an event only names."""

    def graph(self, root_id: str, version: int) -> GraphSpec:
        """A version of a graph."""

    def earlier(self, group_id: str, attempt: int) -> EarlierAttempts:
        """A run group as it was when this attempt was its last."""


def text_from_event(event: Event) -> str:
    """The event's fields as JSON; its kind is its class name."""
    return _ENCODED({name: getattr(event, name) for name in _FIELDS[type(event)]})


def event_from_text(kind: str, text: str, references: References) -> Event:
    """The event that was written as `text`."""

    def decoded(found: dict[str, Any]) -> object:
        match found:
            case {"$time": moment}:
                return datetime.fromisoformat(moment)
            case {"$names": names}:
                return frozenset(names)
            case {"$graph": [root_id, version]}:
                return references.graph(root_id, version)
            case {"$earlier": [group_id, attempt]}:
                return references.earlier(group_id, attempt)
            case _:
                return found

    return _KINDS[kind](**json.loads(text, object_hook=decoded))


def _encoded(value: object) -> object:
    match value:
        case datetime():
            return {"$time": value.isoformat()}
        case frozenset():
            return {"$names": sorted(value)}
        case GraphSpec():
            return {"$graph": [value.root_id, value.version]}
        case EarlierAttempts():
            return {"$earlier": [value.last.group_id, value.last.attempt]}
        case _:
            raise TypeError(f"{type(value).__name__} has no place in the log")


# `json.dumps` makes an encoder for each text
_ENCODED = json.JSONEncoder(default=_encoded, ensure_ascii=False).encode
