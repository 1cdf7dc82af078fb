"""A part of a graph is run: which tasks, with which recorded values for the others. Starts it.

Knows what is asked of the target and said first; what a bridge is, the client knows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from sfdag_magics.client.code.deployed_code import noted_definitions
from sfdag_magics.client.observing.bridges.lineage import Lineage, LineageKind
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.parts.asked import Asked, Selected, selected
from sfdag_magics.client.parts.bridge_plan import BridgePlan, forced
from sfdag_magics.client.parts.frames_there import hint_to_make
from sfdag_magics.client.parts.nothing_to_run import NothingToRun, nothing_to_run
from sfdag_magics.client.parts.recorded import (
    Recorded,
    lacking,
    newest_with,
    recorded,
    said_before,
    skipped,
)
from sfdag_magics.client.parts.reuse import Reads, Verdict, verdicts
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import InputError
from sfdag_magics.graph.config import keys_read
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import counted, key_of, short_run
from sfdag_magics.graph.topology import Topology
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import ByPlace, from_tasks, to_type

Say = Callable[[str], None]
#: So many of the last runs are looked at, a few first: those of a large graph have many rows.
_LOOKED_BACK = (5, 50)
INPUTS = ByPlace("--inputs", "inputs=")
#: Of so many tasks a part is offered again by their names.
_MOST_NAMED = 8
_CLEANS = ByPlace("--only {},{} runs it as well", "only=[…, {1!r}] runs it as well")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a run is to be of, where it is not of the whole graph.

    Attributes:
        asked: the tasks; of nothing the whole graph.
        inputs: the start of the id of the run whose values stand for what does not run.
        reuse: leave out what is proven to give the same again.
    """

    asked: Asked = Asked()
    inputs: str | None = None
    reuse: bool = False

    def __bool__(self) -> bool:
        return bool(self.asked) or self.reuse or self.inputs is not None

    def tasks_of(self, graph: TaskGraph, groups: Mapping[str, Collection[str]]) -> tuple[str, ...]:
        """The tasks that may run, by a graph as it will stand. Raises as `selected` does."""
        return selected(self.asked, graph, groups).runs


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPlanning:
    """What the plan of a part is made from.

    Attributes:
        config: all that the run will have.
        said: the keys of it that are said for this run alone.
        code: `{task: hash of its code}` as a run notes it.
        recent: the last runs, so many.
        named: the run whose id begins so.
        lost: the tables of frames of some runs that are no more.
    """

    graph: TaskGraph
    deployed: DeployedGraph
    config: Mapping[str, Any]
    code: Mapping[str, str]
    recent: Callable[[int], Sequence[RunSnapshot]]
    named: Callable[[str], Run]
    lost: Callable[[Sequence[RunSnapshot]], frozenset[str]]
    said: Collection[str] = ()

    def plan(self, part: Part, say: Say) -> BridgePlan | NothingToRun:
        """The bridge of a part; says what runs and what stands for the rest.

        Raises:
            InputError: no such task or group, or nothing recorded of a task whose value is needed.
        """
        if part.inputs is not None and not (part.asked or part.reuse):
            raise InputError(
                f"{INPUTS} is of a run of a part of the graph, and none is named",
                hint=to_type("run", only="TASK", inputs=part.inputs),
            )
        if "hash" not in self.deployed.mark:
            raise InputError(
                f"graph {self.deployed.name!r} was not made here: of its tasks not all is known",
                hint=f"{to_type('deploy')} takes it over",
            )
        chosen = selected(part.asked, self.deployed, groups_of(self.graph, self.deployed))
        return self._with_inputs(part, self._without_reused(part, chosen, say), say)

    def _without_reused(
        self, part: Part, chosen: Selected, say: Say
    ) -> tuple[Selected, Mapping[str, Verdict]]:
        """What is left to run, and what is known of the rest."""
        if not part.reuse:
            return chosen, {}
        recent = self.recent(_LOOKED_BACK[-1])
        found = verdicts(
            self.deployed,
            recent,
            self.reads(),
            self.config,
            definitions=noted_definitions(self.deployed),
            lost=self.lost(recent),
        )
        for line in verdict_lines(found, chosen.runs):
            say(line)
        runs = tuple(n for n in chosen.runs if n not in found or found[n].runs)
        return Selected(runs=runs, named=chosen.named), found

    def reads(self) -> dict[str, Reads]:
        """What each deployed task is made of; of one without its cell any key may be read."""
        keys = {key_of(task.name): keys_read(task) for task in self.graph.tasks}
        code = {key_of(name): digest for name, digest in self.code.items()}
        return {
            name: Reads(code=code.get(key_of(name), ""), keys=keys.get(key_of(name)))
            for name in self.deployed.tasks
        }

    def _with_inputs(
        self, part: Part, found: tuple[Selected, Mapping[str, Verdict]], say: Say
    ) -> BridgePlan | NothingToRun:
        chosen, known = found
        reused = {name: v.value for name, v in known.items() if v.value is not None}
        finalizers = {name for name, task in self.deployed.tasks.items() if task.is_finalizer}
        if not {*chosen.runs} - (finalizers - chosen.named):
            nothing = nothing_to_run(self.deployed, known)
            say(str(nothing))
            return nothing
        idle = [name for name, verdict in known.items() if verdict.stays_skipped]
        needed = needed_by(chosen.runs, self.deployed)
        given, seen = self._inputs(part, needed, reused)
        above = Topology(self.deployed.parents).ancestors(*chosen.runs)
        kept = {
            name: given[name]
            for name in self.deployed.tasks
            if (name in above or name in reused) and name in given and name not in chosen.runs
        }
        lineage = Lineage(
            kind=LineageKind.PART,
            of=seen.group_id if seen is not None else None,
            runs=chosen.runs,
            kept={name: value.run for name, value in kept.items()},
            forced=forced(self.deployed, chosen.named),
            skipped=tuple(
                name
                for name in self.deployed.tasks
                if name in above and name in {*(skipped(seen) if seen else ()), *idle}
                if name not in chosen.runs
            ),
            **said_before(seen, [name for name, value in kept.items() if not value.run]),
        )
        plan = BridgePlan(graph=self.deployed, lineage=lineage, kept=kept, named=chosen.named)
        for line in (*part_lines(plan, self.graph), *self._unread(chosen.runs)):
            say(line)
        return plan

    def _unread(self, runs: Collection[str]) -> list[str]:
        """Which keys are said for this run that none of its tasks reads, and who would."""
        reads = {name: each.keys for name, each in self.reads().items()}
        return [line for key in self.said for line in unread_lines(key, reads, runs)]

    def _inputs(
        self, part: Part, needed: Sequence[str], reused: Mapping[str, Recorded]
    ) -> tuple[Mapping[str, Recorded], RunSnapshot | None]:
        """`{task: what it gave}`, and the run it is of where one was looked for."""
        left = [name for name in needed if name not in reused]
        if part.inputs is not None:
            seen: RunSnapshot | None = self.named(part.inputs).refresh()
            lost = self.lost([seen] if seen is not None else [])
        else:
            seen, lost = self._newest_with(left) if left else (None, frozenset())
        given = {**(recorded(seen, lost) if seen is not None else {}), **reused}
        if missing := lacking(given, needed):
            raise self._nothing_recorded(seen, missing)
        return given, seen

    def _newest_with(self, needed: Collection[str]) -> tuple[RunSnapshot | None, frozenset[str]]:
        """The run, and the frames of those looked at that are no more."""
        lost = frozenset[str]()
        for last in _LOOKED_BACK:
            recent = self.recent(last)
            lost = self.lost(recent)
            if (seen := newest_with(recent, needed, lost)) is not None:
                return seen, lost
        return None, lost

    def _nothing_recorded(self, seen: RunSnapshot | None, missing: Sequence[str]) -> InputError:
        recent = [seen] if seen is not None else self.recent(_LOOKED_BACK[0])
        lost = self.lost(recent)
        gone = {n for each in recent for n in missing if _returned(each, n) in lost}
        makes = hint_to_make(self.deployed, missing, recent, lost) if gone else ""
        if seen is None:
            return _nowhere_recorded(self.deployed, missing, makes)
        states = ", ".join(f"{name} {_became(seen, name, lost)}" for name in missing)
        return InputError(
            f"{seen.label} has nothing of {listed(missing)} to go on from: {states}",
            hint=makes or f"another run ({to_type('runs')}), or {to_type('run', to=missing[-1])}",
        )


def groups_of(
    graph: TaskGraph, deployed: DeployedGraph | None = None
) -> dict[str, tuple[str, ...]]:
    """`{group: its tasks}` of a graph's cells, and as those that it has no cell of are deployed."""
    groups = {task.name: task.group for task in graph.tasks}
    there = deployed.tasks if deployed is not None else {}
    groups |= {name: task.group for name, task in there.items() if name not in graph}
    found: dict[str, tuple[str, ...]] = {}
    for name, group in groups.items():
        if group is not None:
            found[group] = (*found.get(group, ()), name)
    return found


def needed_by(runs: Collection[str], deployed: DeployedGraph) -> tuple[str, ...]:
    """The tasks right above those that run: without a value of theirs these would not."""
    own_rule = {
        name
        for name, task in deployed.tasks.items()
        if "SYSTEM$PREDECESSORS_STATE" in (task.condition or "").upper()
    }
    above = (p for name in runs if name not in own_rule for p in deployed.parents[name])
    return tuple(dict.fromkeys(name for name in above if name not in runs))


def part_lines(plan: BridgePlan, graph: TaskGraph) -> list[str]:
    """What a run of a part does, in lines."""
    lineage, deployed = plan.lineage, plan.graph
    by_run: dict[str, list[str]] = {}
    for name, run in lineage.kept.items():
        by_run.setdefault(run, []).append(name)
    lines = [f"runs {listed(lineage.runs)}, {counted(len(deployed.tasks), 'task')} in the graph"]
    made = by_run.pop("", [])  # no run returned it
    lines += [
        f"  with what run {short_run(run)} returned: {listed(n)}" for run, n in by_run.items()
    ]
    lines += [f"  with a value made by hand: {name}, {lineage.said.get(name)}" for name in made]
    if lineage.forced:
        each = "its condition says" if len(lineage.forced) == 1 else "their conditions say"
        lines.append(f"  whatever {each}: {listed(lineage.forced)}")
    left = [n for n, t in deployed.tasks.items() if t.is_finalizer and n not in lineage.runs]
    for name in left:
        runs = ",".join(lineage.runs) if len(lineage.runs) <= _MOST_NAMED else "…"
        lines.append(f"  the finalizer {name} does not run: {str(_CLEANS).format(runs, name)}")
    return lines


def unread_lines(
    key: str, reads: Mapping[str, Collection[str] | None], runs: Collection[str]
) -> list[str]:
    """What is said of a key that only tasks read which do not run; else nothing.

    Args:
        reads: `{task: the keys that it reads}`; None where that may be any.
        runs: the tasks that run.
    """
    may = [name for name, keys in reads.items() if keys is None or key in keys]
    surely = [name for name in may if reads[name] is not None] or may
    if not may or {*may} & {*runs}:
        return []
    does = "does" if len(surely) == 1 else "do"
    again = from_tasks(surely, key=key)
    reading = "reads" if reads[surely[0]] is not None else "may read"
    verb = reading if len(surely) == 1 else reading.replace("reads", "read")
    return [f"  note: only {listed(surely)} {verb} {key}, and {does} not run: {again}"]


def verdict_lines(found: Mapping[str, Verdict], asked: Collection[str]) -> list[str]:
    """Which tasks are reused, by which proof, and why each other one runs."""
    lines = ["reused where code, configuration and inputs are those of the last success"]
    lines[0] += "; tables that tasks read are not compared"
    for name, verdict in found.items():
        if verdict.value is not None:
            lines.append(f"  {name} reused: {verdict.reason}")
        elif name in asked:
            lines.append(f"  {name} {'runs: ' if verdict.runs else ''}{verdict.reason}")
    return lines


def _returned(seen: RunSnapshot, name: str) -> str | None:
    return seen.tasks[name].return_value if name in seen.tasks else None


def _became(seen: RunSnapshot, name: str, lost: Collection[str]) -> str:
    if name not in seen.tasks:
        return "was not part of it"
    gone = "returned a frame, whose table a run dropped as it succeeded"
    return gone if _returned(seen, name) in lost else seen.tasks[name].state.word


def _nowhere_recorded(deployed: DeployedGraph, missing: Sequence[str], makes: str) -> InputError:
    """Args: makes: how frames that are no more are made again; empty where none is."""
    to = to_type("run", to=missing[-1])
    return InputError(
        f"nothing is recorded of {listed(missing)}: no run of {deployed.name} has a value of "
        f"{'it' if len(missing) == 1 else 'all of them'}"
        f"{'; the table of a frame goes with a run that succeeds' if makes else ''}",
        hint=makes or f"{to} makes one, or run the whole graph: {to_type('run')}",
    )
