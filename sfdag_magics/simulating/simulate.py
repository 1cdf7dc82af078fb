"""Simulates a graph: plays each way that it can take, and says what decides each task's fate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sfdag_magics.engine.scheduler.graphs import GraphSpec
from sfdag_magics.errors import InputError
from sfdag_magics.graph.branches import answers_of
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.states import (
    DisplayState,
    GraphRunState,
    TaskRunFact,
    TaskState,
    display_states,
)
from sfdag_magics.simulating.assumed import Assumed
from sfdag_magics.simulating.playing import Play
from sfdag_magics.simulating.simulation import Fate, Simulation, Way
from sfdag_magics.simulating.spec import spec_of

#: More ways nobody reads.
MOST_WAYS = 64


def simulate(graph: TaskGraph, assumed: Assumed) -> Simulation:
    """What a run would come to: one way, or one for each answer of branches left open.

    Raises:
        GraphError: the graph cannot run; carries all problems.
        InputError: there are more than `MOST_WAYS`.
    """
    graph.check()
    ways: list[Way] = []
    notes: dict[str, None] = {}
    for answers, play in _plays(graph, spec_of(graph), assumed, {}):
        if len(ways) == MOST_WAYS:
            raise InputError(
                f"graph {graph.name!r} has more than {MOST_WAYS} ways to go",
                hint=f"say what some of its branches answer: {', '.join(graph.branches)}",
            )
        ways.append(_way(graph, answers, play))
        notes |= dict.fromkeys(_notes(play))
    return Simulation(graph=graph, ways=tuple(ways), notes=tuple(notes))


def _plays(
    graph: TaskGraph, spec: GraphSpec, assumed: Assumed, answers: Mapping[str, str]
) -> Iterator[tuple[Mapping[str, str], Play]]:
    """Each run to its end; where a branch is undecided, one for each answer it can give."""
    play = Play(graph, spec, assumed)
    undecided = play.play()
    if undecided is None:
        yield answers, play
        return
    for arm in _possible(graph, undecided):
        answered = assumed.answering(undecided, arm)
        yield from _plays(graph, spec, answered, {**answers, undecided: arm})


def _possible(graph: TaskGraph, branch: str) -> tuple[str, ...]:
    """The candidates that its code can be seen to answer with, else all."""
    arms, said = graph.branches[branch], answers_of(graph.task(branch))
    return arms if said.is_open else tuple(arm for arm in arms if arm in said.names)


def _way(graph: TaskGraph, answers: Mapping[str, str], play: Play) -> Way:
    states = play.states()
    parents = {name: graph.predecessors(name) for name in states}
    facts = {name: TaskRunFact(state=state) for name, state in states.items()}
    shown = display_states(parents, facts, run_over=True)
    tasks = {
        name: Fate(state=shown[name], why=_why(graph, name, states, shown, play)) for name in states
    }
    run = play.run
    return Way(
        answers=answers,
        state=run.state if run else GraphRunState.SKIPPED,
        attempts=run.attempt if run else 1,
        tasks=tasks,
    )


def _why(
    graph: TaskGraph,
    name: str,
    states: Mapping[str, TaskState | None],
    shown: Mapping[str, DisplayState],
    play: Play,
) -> str:
    if name in play.raised:
        return f"its condition fails: {play.raised[name]}"
    if states[name] is TaskState.FAILED:
        return "as assumed"
    if states[name] is TaskState.SKIPPED:
        return _why_skipped(graph, name, play)
    if states[name] is None:
        above = [each for each in graph.predecessors(name) if shown[each] is shown[name]]
        above += [each for each in graph.predecessors(name) if shown[each] is DisplayState.FAILED]
        return f"below {above[-1]}" if above else ""
    return ""


def _why_skipped(graph: TaskGraph, name: str, play: Play) -> str:
    for branch, arms in graph.branches.items():
        answer = play.answer(branch)
        if name in arms and answer != name:
            return f"{branch} answers {answer}"
    return f"not met: {graph.task(name).when}"


def _notes(play: Play) -> Iterator[str]:
    for name, unknown in play.taken_as_met.items():
        yield f"{name}: its condition asks {unknown}, which is not known here; taken as met"
