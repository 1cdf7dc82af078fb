"""A bridge is made, run and taken away; also one that a kernel left behind which is gone.

Only one stands beside a graph at a time: its name is the graph's, by which its runs are found when
it is gone. Whoever looks at the graph sees it, for it is listed beside the graph's own tasks.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.deploying.deploy import batches
from sfdag_magics.client.deploying.journal import Journal, held, own_journal
from sfdag_magics.client.deploying.plan import Step
from sfdag_magics.client.observing import attempts, history
from sfdag_magics.client.observing.bridges.bridged import bridge_root
from sfdag_magics.client.observing.bridges.found import bridge_runs
from sfdag_magics.client.observing.bridges.lineage import NOTED_BRIDGE
from sfdag_magics.client.observing.deployed import (
    ALREADY_EXISTS,
    DeployedGraph,
    Leftover,
    procedure_of,
    read_graph,
)
from sfdag_magics.client.parts.bridge_plan import BridgePlan
from sfdag_magics.client.running.begun import start_run
from sfdag_magics.client.running.noted_slots import note_of_run
from sfdag_magics.client.running.runs import Retrying, Run
from sfdag_magics.errors import BackendError, InputError
from sfdag_magics.graph.grammar import DropTask
from sfdag_magics.graph.names import short_run
from sfdag_magics.place_words import to_type
from sfdag_magics.sqltext import QualifiedName

#: Statements of one request to the embedded engine, as in a deploy.
_TOGETHER = 50
#: So long the making of a bridge may take where nobody here can see whether it goes on.
_MAKING_S = 300
#: What the root notes of a bridge with a procedure of its own.
_HAS_OWN_CODE = "code"


def begin(
    backend: Backend,
    plan: BridgePlan,
    *,
    config: Mapping[str, Any],
    code: Mapping[str, str] | None,
    retrying: Retrying | None,
) -> Run:
    """Make the bridge and start its run; it is taken away when the run is seen to be over.

    Args:
        config: all of the run's: the bridge has none of its own.
        code: as of `start_run`.

    Raises:
        InputError: another bridge of the graph runs, or is being made.
        BackendError: the target refuses; nothing of it is left there.
    """
    # What was planned with may be what this kernel's last deploy left, which no bridge was beside.
    clear(backend, read_graph(backend, plan.graph.root) or plan.graph, for_another=True)
    journal = own_journal("", secrets.token_hex(8), ())
    has_own = {_HAS_OWN_CODE: True} if plan.code is not None else {}
    plan = replace(plan, maker={**_noted(journal), **has_own})
    with held(journal), _nothing_left(backend, plan):
        _make(backend, plan)
        there = read_graph(backend, plan.graph.root)
        if there is None or there.leftover is None:
            raise _was_taken_away(plan.graph)
        plan = replace(plan, lineage=replace(plan.lineage, root_id=there.leftover.root_id))
        left = there.leftover
        return start_run(
            backend,
            plan.bridge,
            config=config,
            code={name: said for name, said in (code or {}).items() if name in plan.lineage.tasks},
            retrying=retrying,
            noted={NOTED_BRIDGE: plan.lineage.noted(), **_slot(backend, plan)},
            over=lambda: _drop_quietly(backend, left),
        )


def _slot(backend: Backend, plan: BridgePlan) -> Mapping[str, Any]:
    """The slot of the run that it goes on from: the bridge itself has no schedule to read it by."""
    graph, of = plan.graph, plan.lineage.of
    if of is None:
        return note_of_run(None, graph.schedule, datetime.now(UTC), graph.name)
    rows = history.root_rows_named(backend, graph, of)
    row = next((row for row in rows if row.attempt == 1), None)
    row = row or next((each.row for each in bridge_runs(backend, graph, start=of)), None)
    if row is None:
        return {}
    return note_of_run(row.config, graph.schedule, row.scheduled, graph.name)


def clear(backend: Backend, graph: DeployedGraph, *, for_another: bool = False) -> None:
    """Take away a bridge that stands beside the graph and that nobody needs any more.

    Args:
        for_another: another is to be made, so that one that is needed is in the way.

    Raises:
        InputError: one is in the way.
    """
    left = graph.leftover
    if left is None:
        return
    as_graph = replace(graph, root=left.root, root_id=left.root_id)
    going = attempts.graph_states(backend, as_graph, "STATE IN ('SCHEDULED', 'EXECUTING')")
    maker = _maker(left)
    is_being_made = maker.is_going_on or (not maker.has_broken_off and _is_new(left))
    if going and for_another:
        run = short_run(going[0].group_id)
        raise InputError(
            f"run {run} of a part of {graph.name} is going, and one runs at a time",
            hint=f"{to_type('status', run=run)}, or {to_type('stop', run=run)}",
        )
    if is_being_made and for_another:
        raise InputError(
            f"{maker.who} is just beginning a run of a part of {graph.name}",
            hint=f"the same again; {to_type('status')} shows the run",
        )
    if not going and not is_being_made:
        drop(backend, left)


def drop(backend: Backend, left: Leftover) -> None:
    """Take the tasks of a bridge away, its root last; what they ran stays in the history."""
    names = [*reversed(left.stored), left.root.name]
    statements = [DropTask(name=_beside(left.root, n), if_exists=True).to_sql() for n in names]
    if left.mark.get(_HAS_OWN_CODE):  # before its root, by which what is left is found
        own = procedure_of(left.root).sql()
        statements.insert(-1, f"DROP PROCEDURE IF EXISTS {own}(VARCHAR)")
    for batch in batches(_steps(statements), most=_TOGETHER if backend.is_embedded else 1):
        backend.script([step.text for step in batch])


def _drop_quietly(backend: Backend, left: Leftover) -> None:
    with contextlib.suppress(BackendError, InputError):  # the next who looks finds it again
        drop(backend, left)


@contextlib.contextmanager
def _nothing_left(backend: Backend, plan: BridgePlan) -> Iterator[None]:
    """What was made goes where the rest is refused; what another made stays."""
    try:
        yield
    except BackendError as error:
        if error.code == ALREADY_EXISTS:
            raise InputError(
                f"somebody else is just beginning a run of a part of {plan.graph.name}: "
                f"{bridge_root(plan.graph.root).sql()} is there",
                hint=f"the same again; {to_type('status')} shows the run",
            ) from error
        with contextlib.suppress(BackendError):
            there = read_graph(backend, plan.graph.root)
            if there is not None and there.leftover is not None:
                drop(backend, there.leftover)
        raise


def _make(backend: Backend, plan: BridgePlan) -> None:
    steps = _steps(plan.statements())
    done = 0
    for batch in batches(steps, most=_TOGETHER if backend.is_embedded else 1):
        done += len(batch)
        doing("making the bridge", f"statement {done} of {len(steps)}")
        if len(batch) == 1:
            backend.rows(batch[0].text)
        else:
            backend.script([step.text for step in batch])


def _steps(statements: list[str]) -> list[Step]:
    return [Step(text=text) for text in statements]


def _beside(root: QualifiedName, stored: str) -> QualifiedName:
    return replace(root, name=stored)


def _noted(journal: Journal) -> dict[str, object]:
    return {
        "by": journal.token,
        "who": journal.who,
        "machine": journal.machine,
        "process": journal.process,
        "at": int(time.time()),
    }


def _is_new(left: Leftover) -> bool:
    """Whether it may still be in the making on another machine."""
    return time.time() - int(left.mark.get("at", 0)) < _MAKING_S


def _maker(left: Leftover) -> Journal:
    """Who made it; as far as its mark tells."""
    said = left.mark
    return Journal(
        location="",
        token=str(said.get("by", "")),
        who=str(said.get("who", "somebody else")),
        machine=str(said.get("machine", "")),
        process=int(said.get("process", 0)),
    )


def _was_taken_away(graph: DeployedGraph) -> BackendError:
    return BackendError(
        f"the bridge of {graph.name} was taken away before its run began",
        hint="the same again",
    )
