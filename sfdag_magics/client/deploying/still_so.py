"""Whether a graph is still what a plan was made from, looked at with the turn taken.

A new graph is not looked at: the CREATE TASK of its root is refused where there is one by now.
"""

from __future__ import annotations

from dataclasses import replace

from sfdag_magics.client.code.deployed_code import read_code, show_code
from sfdag_magics.client.connecting.backend import Answering, Backend
from sfdag_magics.client.deploying.journal import Journal
from sfdag_magics.client.deploying.plan import Plan
from sfdag_magics.client.observing.deployed import (
    NOTED_OPTIONS,
    DeployedGraph,
    read_graph,
    show_graph,
)
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.errors import BackendError, ConnectError
from sfdag_magics.place_words import to_type


class OutdatedError(Exception):
    """The graph is no longer as a plan remembered it, and nothing was done. No user sees this.

    Attributes:
        now: the graph as it was read; None where it is not there.
    """

    def __init__(self, now: DeployedGraph | None) -> None:
        super().__init__("a plan remembered the graph otherwise")
        self.now = now


def looks_of(plan: Plan) -> list[str]:
    """The statements by which that is seen."""
    if plan.makes_graph:
        return []
    graph = [show_graph(plan.root)] if _reads_graph(plan) else []
    return [*graph, *([show_code(plan.procedure)] if plan.changes_code else [])]


def _reads_graph(plan: Plan) -> bool:
    return bool(plan.touched or plan.stops or plan.is_remembered)


def check_nobody_was_faster(backend: Backend, plan: Plan, answers: Answering) -> None:
    """Refuse a plan that was made from what is no longer there.

    Args:
        answers: those of `looks_of`, which may have been asked already.

    Raises:
        BackendError: somebody deployed since, or ended a deploy that it was to complete.
        OutdatedError: as `check_graph`.
    """
    for journal in plan.journals:
        if not lies_there(backend, journal):
            raise _overtaken(f"graph {plan.graph}", [f"{journal.who} has ended a deploy"])
    if plan.makes_graph:
        return
    if _reads_graph(plan):
        check_graph(answers, plan)
    if plan.changes_code:
        code = read_code(answers, plan.procedure)
        if code != plan.before_code:
            was, now_is = plan.before_code.tasks, code.tasks
            edited = [name for name in {**was, **now_is} if was.get(name) != now_is.get(name)]
            raise _overtaken(f"the code of graph {plan.graph}", edited or ["its packages"])


def check_graph(backend: Answering, plan: Plan) -> None:
    """The same of the tasks alone.

    Raises:
        BackendError: somebody deployed since the plan looked.
        OutdatedError: it did not look, and remembered another graph.
    """
    now = read_graph(backend, plan.root)
    if is_same(plan.before, now):
        return
    if plan.is_remembered:
        raise OutdatedError(now)
    raise _overtaken(f"graph {plan.graph}", _different(plan.before, now))


def _overtaken(what: str, names: list[str]) -> BackendError:
    return BackendError(
        f"{what} was changed by somebody else since it was planned: {listed(names)}; "
        "nothing of yours was deployed",
        hint=f"{to_type('plan')} shows what differs now, and what of theirs yours would replace",
    )


def is_same(before: DeployedGraph | None, now: DeployedGraph | None) -> bool:
    """Whether both are the same, but for what was asked for beside SHOW TASKS."""
    if before is not None and now is not None and NOTED_OPTIONS not in now.mark:
        mark = {key: said for key, said in before.mark.items() if key != NOTED_OPTIONS}
        return replace(before, mark=mark) == now
    return before == now


def _different(before: DeployedGraph | None, now: DeployedGraph | None) -> list[str]:
    tasks = [graph.tasks if graph else {} for graph in (before, now)]
    names = dict.fromkeys((*tasks[0], *tasks[1]))
    found = [name for name in names if tasks[0].get(name) != tasks[1].get(name)]
    return found or ["its root"]


def lies_there(backend: Backend, journal: Journal) -> bool:
    """Whether a journal is still there: who completes a deploy for another removes it."""
    try:
        return bool(backend.download(journal.location))
    except ConnectError:
        raise
    except BackendError:
        return False
