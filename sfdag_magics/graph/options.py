"""What a graph as a whole carries: its root's schedule, config and limits. Knows no task."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypedDict

from sfdag_magics.errors import InputError
from sfdag_magics.graph.grammar import OverlapPolicy
from sfdag_magics.graph.rules import auto_retry_problem, config_problem, timeout_problem
from sfdag_magics.graph.schedule import schedule_from_option


class GraphOptionChanges(TypedDict, total=False):
    """The options of a graph by name, those that are named; as in `GraphOptions`."""

    schedule: str | None
    warehouse: str | None
    config: Mapping[str, object]
    stage: str | None
    packages: tuple[str, ...]
    overlap: OverlapPolicy | None
    timeout: timedelta | None
    auto_retry: int | None
    suspend_after: int | None
    comment: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphOptions:
    """Options of a graph; None and empty are *not said*. Checked when it is made.

    Attributes:
        schedule: as Snowflake's SCHEDULE takes it; `1 day` is made `24 HOURS`.
        config: the graph's config, JSON values by key.
        stage: where the code is put.
        packages: packages every Python task needs.
        timeout: of each task that has none of its own.
        auto_retry: how often Snowflake retries a failed run by itself.
        suspend_after: after how many failed runs in a row the graph is suspended.

    Raises:
        InputError: a value does not fit.
    """

    schedule: str | None = None
    warehouse: str | None = None
    config: Mapping[str, object] = field(default_factory=dict)
    stage: str | None = None
    packages: tuple[str, ...] = ()
    overlap: OverlapPolicy | None = None
    timeout: timedelta | None = None
    auto_retry: int | None = None
    suspend_after: int | None = None
    comment: str | None = None

    def __post_init__(self) -> None:
        if self.schedule is not None:
            object.__setattr__(self, "schedule", schedule_from_option(self.schedule).to_text())
        problem = self._problem()
        if problem:
            raise InputError(f"graph options: {problem}", hint="%sfdag graph -h")

    def _problem(self) -> str | None:
        if self.timeout is not None and (problem := timeout_problem(self.timeout)):
            return problem
        if self.auto_retry is not None and (problem := auto_retry_problem(self.auto_retry)):
            return problem
        if self.suspend_after is not None and self.suspend_after < 0:
            return f"suspend-after is a number of failures, 0 for never, not {self.suspend_after}"
        try:
            return config_problem(json.dumps(self.config, allow_nan=False))
        except (TypeError, ValueError) as exc:
            return f"the config is not JSON: {exc}"

    def config_text(self) -> str | None:
        """The config as Snowflake's CONFIG takes it; None where there is none."""
        return json.dumps(self.config, ensure_ascii=False) if self.config else None
