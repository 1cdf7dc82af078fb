"""How a run is started, continued and ended: one way for verb and button, with the same questions.

Knows what is asked and said first; what is done then, the workspace knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sfdag_magics.client.observing.intentions import listed, stop_text
from sfdag_magics.client.observing.questions import Agrees
from sfdag_magics.client.parts.nothing_to_run import NothingToRun
from sfdag_magics.client.parts.retried import RetryAsked
from sfdag_magics.client.running.runs import Run
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.place_words import to_type
from sfdag_magics.workspace.left_as_deployed import left_as_deployed
from sfdag_magics.workspace.parted.planning import Part
from sfdag_magics.workspace.parted.retry_words import retry_lines
from sfdag_magics.workspace.workspace import Workspace

Say = Callable[[str], None]


def started(
    workspace: Workspace,
    graph: TaskGraph,
    *,
    target: str | None,
    config: Mapping[str, Any] | None = None,
    typed: str = "",
    agrees: Agrees,
    say: Say,
    part: Part | None = None,
) -> Run | NothingToRun | None:
    """The run that was started; None where somebody did not agree to what was asked.

    Args:
        typed: how the configuration is typed, for the command that asks nothing.
        part: what of the graph runs; else all of it.
    """
    there = workspace.places.target(target)
    command = " ".join(filter(None, (str(to_type("run", target=there.name)), typed)))
    question = workspace.places.question(f"run {graph.name} there", target, instead=command)
    if there.production and not agrees(question):
        say("not started")
        return None
    edited = () if there.is_embedded else workspace.shipped.not_shipped(graph, target)
    if edited:
        say(f"runs what is deployed; edited and not deployed: {listed(edited)}")
    run = workspace.run(graph, say, target=target, config=config, agrees=agrees, part=part)
    if run is None:
        say("not started")
    return run


def continued(
    workspace: Workspace,
    graph: TaskGraph,
    run: Run,
    *,
    target: str | None,
    current_code: bool = True,
    original_code: bool = False,
    asked: RetryAsked | None = None,
    agrees: Agrees,
    say: Say,
) -> Run | None:
    """The run in which it goes on; None where somebody did not agree to what was asked."""
    plan = workspace.retries.plan(
        run,
        graph,
        target,
        current_code=current_code,
        original_code=original_code,
        asked=asked,
    )
    left = left_as_deployed(workspace.registry, graph, run, plan.gone) if current_code else None
    if left and left.says:
        say(left.says)
    for line in retry_lines(plan):
        say(line)
    return workspace.retries.retry(run, graph, target, plan=plan, agrees=agrees, say=say)


def stopped(
    workspace: Workspace, run: Run, *, target: str | None, agrees: Agrees, say: Say
) -> bool:
    """Whether the run was ended; in production its name is asked for first."""
    what = f"{stop_text(run.snapshot)}, on {run.place}"
    command = str(to_type("stop", run=run.snapshot.short_id))
    question = workspace.places.question(what, target, instead=command)
    if question.name and not agrees(question):
        say("not stopped")
        return False
    run.stop(say=say, agrees=agrees)
    return True
