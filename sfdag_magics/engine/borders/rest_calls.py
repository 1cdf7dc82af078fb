"""A request for a REST resource and its answer, as they pass between protocol and meaning.

Knows no HTTP server and no resource.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, Protocol

from sfdag_magics.engine.borders.ports import SqlSession
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RestCall:
    """What was asked.

    Attributes:
        path: its parts as they were sent, percent-encoded: a name may have a slash or a colon.
        query: the parameters behind the path; of one that was sent twice, the last.
        body: as it was sent; empty where there is none.
        id: names the call in its answer and in logs.
    """

    method: str
    path: Sequence[str]
    query: Mapping[str, str]
    body: bytes
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RestAnswer:
    """What is answered: `body` is JSON, as Python has it."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


class Resources(Protocol):
    """All REST resources of one engine. Any thread."""

    def __call__(self, call: RestCall, session: SqlSession) -> RestAnswer:
        """Carry out what was asked, in a session; whatever the caller can cause is an answer."""
