"""Where a run of a bridge comes from: a run in which tasks give recorded values instead of running.

It stands in the configuration of the run, so whoever finds the run knows it. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any

from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.graph.names import short_run
from sfdag_magics.light_classes import dataclass

#: Under what our key of a run's configuration says it.
NOTED_BRIDGE = "bridge"
#: What a bridge's root is called behind the graph's own root, and its tasks behind that.
_BRIDGE = "_SFDAG_BRIDGE"


class LineageKind(StrEnum):
    """What a bridge is made for."""

    RETRY = "retry"
    PART = "part"


class ByHand(StrEnum):
    """What a person said of a task instead of running it."""

    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """What a bridge runs, and what stands for the other tasks.

    Attributes:
        root_id: of the bridge's root, by which the run's rows are found; empty before it is made.
        of: the id of the run that it goes on from; None where nothing is needed of one.
        continues: of a retry the ids of the runs before it, the newest first.
        runs: the tasks that run.
        kept: `{task: the id of the run that its value comes from}`; empty ids are said by hand.
        skipped: the tasks that stay skipped.
        forced: those that ran whatever their condition says: a person named them.
        archive: where the code lies that its Python tasks run, where that is not the deployed one.
        by_hand: what a person said of tasks; `who` and `because` say who did and why.
        said_in: the id of the run in which that was said; empty where it is this one.
    """

    kind: LineageKind
    root_id: str = ""
    of: str | None = None
    continues: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()
    kept: Mapping[str, str] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()
    forced: tuple[str, ...] = ()
    archive: str = ""
    by_hand: Mapping[str, ByHand] = field(default_factory=dict)
    who: str = ""
    because: str = ""
    said_in: str = ""

    @property
    def tasks(self) -> frozenset[str]:
        """All tasks that the bridge has."""
        return frozenset((*self.runs, *self.kept, *self.skipped))

    @property
    def text(self) -> str:
        """The run's origin in a few words: `continues run 3f2a91c0`."""
        run = f"run {short_run(self.of)}" if self.of else ""
        if self.kind is LineageKind.RETRY:
            return f"continues {run}{self._by_hand_text}"
        sources = dict.fromkeys(short_run(each) for each in self.kept.values() if each)
        several = "run" if len(sources) == 1 else "runs"
        inputs = f", with what {several} {', '.join(sources)} returned" if sources else ""
        return f"only {listed(self.runs) or 'nothing'}{inputs}{self._by_hand_text}"

    @property
    def _by_hand_text(self) -> str:
        if not self.by_hand:
            return ""
        said = ", ".join(f"{task} {said} by {self._by}" for task, said in self.by_hand.items())
        return f"; {said}: {self.because}"

    @property
    def _by(self) -> str:
        return f"{self.who} in run {short_run(self.said_in)}" if self.said_in else self.who

    @property
    def said(self) -> dict[str, str]:
        """`{task: what a person said of it, and why}`: `done by ana@lab: sent by mail`."""
        how = {task: f"{said} by {self._by}" for task, said in self.by_hand.items()}
        return {task: f"{each}: {self.because}" for task, each in how.items()}

    def noted(self) -> dict[str, Any]:
        """It as a run's configuration notes it."""
        said = {
            "kind": str(self.kind),
            "root": self.root_id,
            "of": self.of,
            "continues": list(self.continues),
            "runs": list(self.runs),
            "kept": dict(self.kept),
            "skipped": list(self.skipped),
            "forced": list(self.forced),
            "archive": self.archive,
            "by_hand": {task: str(each) for task, each in self.by_hand.items()},
            "who": self.who,
            "because": self.because,
            "said_in": self.said_in,
        }
        return {key: value for key, value in said.items() if value}


def bridge_name(root: str) -> str:
    """What the root of a graph's bridge is called, beside the graph's own."""
    return f"{root}{_BRIDGE}"


def bridged_root(name: str) -> str | None:
    """The root that a bridge's root of this name stands for; None for other names."""
    return name.removesuffix(_BRIDGE) if name.endswith(_BRIDGE) else None


def lineage_of(own: object) -> Lineage | None:
    """What our key of a configuration says; a config by hand may say anything under it."""
    noted = own.get(NOTED_BRIDGE) if isinstance(own, Mapping) else None
    if not isinstance(noted, Mapping):
        return None
    try:
        return Lineage(
            kind=LineageKind(noted["kind"]),
            root_id=str(noted["root"]),
            of=noted.get("of"),
            continues=tuple(map(str, noted.get("continues", ()))),
            runs=tuple(map(str, noted.get("runs", ()))),
            kept={str(task): str(run) for task, run in noted.get("kept", {}).items()},
            skipped=tuple(map(str, noted.get("skipped", ()))),
            forced=tuple(map(str, noted.get("forced", ()))),
            archive=str(noted.get("archive", "")),
            by_hand={str(t): ByHand(said) for t, said in noted.get("by_hand", {}).items()},
            who=str(noted.get("who", "")),
            because=str(noted.get("because", "")),
            said_in=str(noted.get("said_in", "")),
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
