"""What a graph as a whole carries: its root's schedule, config and limits. Knows no task."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import MISSING, Field, field, fields, replace
from datetime import timedelta
from json import dumps  # as it is now: a cell may put its own in the module
from typing import Any, TypedDict

from sfdag_magics.errors import InputError
from sfdag_magics.graph.arguments.calls import tells_arguments
from sfdag_magics.graph.arguments.option_values import duration_of, names_of, options_problem
from sfdag_magics.graph.arguments.options_table import GRAPH_TAKES, of_tasks
from sfdag_magics.graph.config import with_insisted
from sfdag_magics.graph.grammar import OverlapPolicy
from sfdag_magics.graph.rules import auto_retry_problem, config_problem, timeout_problem
from sfdag_magics.graph.sql.sql_names import sql_name_problem
from sfdag_magics.graph.times.schedule import schedule_from_option
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import to_type


class GraphOptionChanges(TypedDict, total=False):
    """The options of a graph by name, those that are named; as in `GraphOptions`."""

    schedule: str | None
    warehouse: str | None
    config: Mapping[str, object]
    stage: str | None
    packages: tuple[str, ...]
    overlap: OverlapPolicy | None
    timeout: timedelta | str | None
    graph_timeout: timedelta | str | None
    auto_retry: int | None
    suspend_after: int | None
    comment: str | None
    packages_from: str | None
    unpinned: bool | None
    keeps_config: bool
    without: AbstractSet[str]
    insisted: frozenset[str]


#: What an option is called that the graph is to have no longer, as in `--schedule none`.
NONE = "none"


@tells_arguments
@dataclass(frozen=True, slots=True, kw_only=True)
class GraphOptions:
    """Options of a graph; None and empty are *not said*. Checked when it is made.

    What is not said stays as it is where the graph is deployed; what is to go is in `without`.

    Attributes:
        schedule: as Snowflake's SCHEDULE takes it; `1 day` is made `24 HOURS`.
        config: the graph's config, JSON values by key; `+key` insists on one that no task declares.
        stage: where the code is put.
        packages: packages every Python task needs.
        packages_from: `pypi`, `anaconda`, or the name of an artifact repository.
        unpinned: packages come as their source has them, not in the notebook's versions.
        timeout: of each task that has none of its own.
        graph_timeout: of the root, which Snowflake applies to the run as a whole.
        auto_retry: how often Snowflake retries a failed run by itself.
        suspend_after: after how many failed runs in a row the graph is suspended.
        keeps_config: keys of the deployed config that are not in `config` stay as they are.
        without: names of the options that the graph is to have no longer; a schedule that is
            `none` is one.
        insisted: the keys of `config` that were written with a `+`.

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
    graph_timeout: timedelta | None = None
    auto_retry: int | None = None
    suspend_after: int | None = None
    comment: str | None = None
    packages_from: str | None = None
    unpinned: bool | None = None
    keeps_config: bool = False
    without: frozenset[str] = frozenset()
    insisted: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        _check_values({name: getattr(self, name) for name in GRAPH_TAKES})
        config, insisted = with_insisted(self.config or {})
        object.__setattr__(self, "config", config)
        object.__setattr__(self, "insisted", (self.insisted | insisted) & set(config))
        object.__setattr__(self, "timeout", duration_of(self.timeout))
        object.__setattr__(self, "graph_timeout", duration_of(self.graph_timeout))
        object.__setattr__(self, "packages", names_of(self.packages or ()))
        if self.overlap is not None:
            object.__setattr__(self, "overlap", OverlapPolicy(self.overlap))
        if self.schedule is not None and self.schedule.strip().lower() == NONE:
            object.__setattr__(self, "without", self.without | {"schedule"})
            object.__setattr__(self, "schedule", None)
        if self.schedule is not None:
            object.__setattr__(self, "schedule", schedule_from_option(self.schedule).to_text())
        problem = self._problem()
        if problem:
            raise InputError(f"graph options: {problem}", hint=to_type("graph", help=True))

    def changed(self, changes: GraphOptionChanges) -> GraphOptions:
        """These options with the named ones changed; what is said again is no longer taken back.

        Raises:
            InputError: there is no such option, or a value does not fit.
        """
        _check_values(changes)
        gone = frozenset(changes.get("without", ()))
        kept = self.without - {name for name, value in changes.items() if value is not None}
        nothing = {field.name: _default(field) for field in fields(self) if field.name in gone}
        named: dict[str, Any] = {**changes, **nothing, "without": kept | gone}
        return replace(self, **named)

    def _problem(self) -> str | None:
        if unknown := self.without - {field.name for field in fields(self)}:
            return f"{', '.join(sorted(unknown))} is no option that could be taken back"
        if problem := self._name_problem():
            return problem
        for timeout in (self.timeout, self.graph_timeout):
            if timeout is not None and (problem := timeout_problem(timeout)):
                return problem
        if self.auto_retry is not None and (problem := auto_retry_problem(self.auto_retry)):
            return problem
        if self.suspend_after is not None and self.suspend_after < 0:
            return f"suspend-after is a number of failures, 0 for never, not {self.suspend_after}"
        try:
            return config_problem(dumps(self.config, allow_nan=False))
        except (TypeError, ValueError, RecursionError) as exc:
            return f"the config is not JSON: {exc}"

    def _name_problem(self) -> str | None:
        stage = self.stage.removeprefix("@") if self.stage else None
        named = (
            ("warehouse", self.warehouse, False),
            ("stage", stage, True),
            ("packages-from", self.packages_from, True),
        )
        for option, name, qualified in named:
            if name is not None and (problem := sql_name_problem(name, qualified=qualified)):
                return f"{option}: {problem}"
        return None

    def config_text(self) -> str | None:
        """The config as Snowflake's CONFIG takes it; None where there is none."""
        return dumps(self.config, ensure_ascii=False) if self.config else None


def _check_values(options: Mapping[str, object]) -> None:
    if wrong := options_problem(options, GRAPH_TAKES, of_tasks):
        raise InputError(f"graph options: {wrong[0]}", hint=wrong[1])


def _default(of: Field[Any]) -> object:
    return of.default_factory() if of.default_factory is not MISSING else of.default
