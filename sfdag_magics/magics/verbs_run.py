"""Verbs that act on runs: run, retry, stop."""

from __future__ import annotations

from datetime import UTC, datetime

from sfdag_magics.client.runs import Run
from sfdag_magics.client.snapshot import RunSnapshot
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.magics.follow import follow
from sfdag_magics.magics.options import OptionParser, Options
from sfdag_magics.magics.verb import (
    Desk,
    Verb,
    config_from,
    config_options,
    ended,
    run_options,
    waits,
)
from sfdag_magics.magics.views import show_live, show_static
from sfdag_magics.render.run_seen import headline


def _run_options(parser: OptionParser) -> None:
    config_options(parser)
    run_options(parser)


def _run(desk: Desk, options: Options) -> object:
    graph = desk.graph(options)
    config = config_from(options, desk.notebook.variables)
    workspace = desk.workspace
    blocking = waits(desk, options)
    if not workspace.places.target(options.target).is_embedded:
        _name_the_unshipped(desk, graph, options)
    run = workspace.run(graph, desk.sayer(options), target=options.target, config=config)
    _watch(desk, graph, run, options, blocking=blocking)
    return run


def _name_the_unshipped(desk: Desk, graph: TaskGraph, options: Options) -> None:
    edited = desk.workspace.not_shipped(graph, options.target)
    if edited:
        desk.say(options, f"runs what is deployed; edited and not deployed: {', '.join(edited)}")


def _watch(desk: Desk, graph: TaskGraph, run: Run, options: Options, *, blocking: bool) -> None:
    """The live view for a person, lines for a machine, and the picture that stays."""
    live = desk.notebook.is_attended and not options.no_widget
    if live:
        show_live(desk, graph, run, options)
    if not blocking:
        if not live:
            desk.say(options, f"{run.snapshot.label} started on {run.place}: %sfdag status")
        return
    try:
        follow(run, desk.sayer(options))
    finally:
        if not live and not options.quiet:
            show_static(graph, run)


def _retry_options(parser: OptionParser) -> None:
    parser.word("run", help="the start of a run's id; else the last run")
    parser.value(
        "--code",
        metavar="C",
        help="current (the notebook's, default) or original",
        choices=("current", "original"),
    )
    parser.flag("--preview", help="only say what would run")
    run_options(parser)


def _retry(desk: Desk, options: Options) -> object:
    graph = desk.graph(options)
    blocking = waits(desk, options)
    run = desk.workspace.find_run(graph, options.run, options.target)
    seen = ended(desk, run, options)
    if not seen.failed:
        desk.say(options, f"nothing failed in {seen.label}: nothing to retry · %sfdag run")
        return run
    current = options.code != "original"
    desk.say(options, _preview(seen, _edited(desk, graph, options) if current else ()))
    if options.preview:
        return run
    if current and not _ship(desk, graph, options):
        return run
    run.retry(current_code=False)
    _watch(desk, graph, run, options, blocking=blocking)
    return run


def _edited(desk: Desk, graph: TaskGraph, options: Options) -> tuple[str, ...]:
    return desk.workspace.not_shipped(graph, options.target)


def _preview(seen: RunSnapshot, edited: tuple[str, ...]) -> str:
    """What a retry does with each task, by its state in the attempt that failed."""
    again = {DisplayState.FAILED, DisplayState.CANCELLED, DisplayState.BLOCKED}
    reused = {DisplayState.SUCCEEDED, DisplayState.REUSED}
    tasks = [task for task in seen.tasks.values() if not task.is_finalizer]
    groups = (
        ("runs", [task.name for task in tasks if task.state in again]),
        ("reused", [task.name for task in tasks if task.state in reused]),
        ("stays skipped", [task.name for task in tasks if task.state is DisplayState.SKIPPED]),
        ("with edited code", [name for name in edited if name in seen.tasks]),
    )
    parts = [f"{what}: {', '.join(names)}" for what, names in groups if names]
    return f"retry of {seen.label} · " + " · ".join(parts)


def _ship(desk: Desk, graph: TaskGraph, options: Options) -> bool:
    """Ship the current code; False when a person said no."""
    workspace = desk.workspace
    plan = workspace.plan(graph, options.target)
    if plan.touched:
        names = ", ".join(change.name for change in plan.touched)
        desk.say(
            options,
            f"only code is shipped with a retry; not applied to the graph: {names} "
            "(%sfdag deploy, then %sfdag run)",
        )
    if not plan.changes_code:
        return True
    if workspace.places.target(options.target).production and not desk.confirm(plan, options):
        return False
    workspace.ship_code(graph, plan, options.target)
    desk.say(options, f"new code: {', '.join(plan.edited) or graph.name} · {plan.place}")
    return True


def _stop_options(parser: OptionParser) -> None:
    parser.word("run", help="the start of a run's id; else the last run")


def _stop(desk: Desk, options: Options) -> object:
    run = desk.workspace.find_run(desk.graph(options), options.run, options.target)
    seen = run.refresh()
    if seen.is_over:
        desk.say(options, f"{seen.label} is over: {seen.state.lower()}")
        return run
    question = f"cancel {seen.label} on {run.place}? [y/N]"
    if not options.yes:
        answer = desk.notebook.ask(question, instead="%sfdag stop --yes")
        if answer.lower() not in {"y", "yes"}:
            return run
    seen = run.stop()
    desk.say(options, f"{seen.label}: {headline(seen, total=len(seen.tasks), now=_now())}")
    return run


def _now() -> datetime:
    return datetime.now(UTC)


RUN_VERBS = (
    Verb(
        name="run",
        summary="Starts a run and follows it; here the notebook's edits are deployed first.",
        example="%sfdag run --set rows=1000",
        act=_run,
        options=_run_options,
        daily=True,
    ),
    Verb(
        name="retry",
        summary="Continues a failed run from where it failed, with the code as it is now.",
        example="%sfdag retry --preview",
        act=_retry,
        options=_retry_options,
        daily=True,
    ),
    Verb(
        name="stop",
        summary="Cancels a run; its finalizer still runs.",
        example="%sfdag stop --yes",
        act=_stop,
        options=_stop_options,
    ),
)
