"""Verbs that act on runs: run, retry, stop."""

from __future__ import annotations

from datetime import UTC, datetime

from sfdag_magics.client.observing.intentions import LeftAsDeployed, retry_text, stop_text
from sfdag_magics.client.running.runs import Run
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.magics.kernel.here import explained
from sfdag_magics.magics.reading.options import OptionParser, Options
from sfdag_magics.magics.showing.follow import follow
from sfdag_magics.magics.showing.records import retry_record, run_record
from sfdag_magics.magics.showing.views import show_live, show_static
from sfdag_magics.magics.verbs.verb import (
    Desk,
    Verb,
    config_from,
    config_options,
    ended,
    json_text,
    run_options,
    waits,
)
from sfdag_magics.render.run_seen import headline
from sfdag_magics.workspace.left_as_deployed import left_as_deployed
from sfdag_magics.workspace.starting import started


def _run_options(parser: OptionParser) -> None:
    config_options(parser)
    run_options(parser)


def _run(desk: Desk, options: Options) -> object:
    graph = desk.graph(options)
    config = config_from(options, desk.notebook, graph.tasks)
    blocking = waits(desk, options)
    run = started(
        desk.workspace,
        graph,
        target=options.target,
        config=config,
        agrees=desk.agreeing(options),
        say=desk.sayer(options),
    )
    if run is not None:
        _watch(desk, graph, run, options, blocking=blocking)
    elif options.json:
        desk.notebook.write(json_text(None))
    return run


def _watch(desk: Desk, graph: TaskGraph, run: Run, options: Options, *, blocking: bool) -> None:
    """The live view for a person, lines for a machine, and the picture that stays."""
    hidden = options.no_widget or options.json
    live = desk.notebook.is_attended and desk.notebook.draws and not hidden
    view = show_live(desk, graph, run, options) if live else None
    if not blocking:
        if not live:
            desk.say(options, f"{run.snapshot.label} started on {run.place}: %sfdag status")
        _tell_record(desk, run, options)
        return
    try:
        follow(
            run,
            desk.sayer(options),
            explain=lambda cause: explained(cause, desk.notebook),
            view=view,
        )
    finally:
        _tell_record(desk, run, options)
        if not live and not options.quiet and not options.json and desk.notebook.draws:
            show_static(graph, run)


def _tell_record(desk: Desk, run: Run, options: Options) -> None:
    """The run as JSON, where that is asked for."""
    if options.json:
        desk.notebook.write(json_text(run_record(run.snapshot)))


def _retry_options(parser: OptionParser) -> None:
    parser.word("run", help="the start of a run's id; else the newest")
    parser.value(
        "--code",
        metavar="C",
        help="current (the notebook's, default) or original",
        choices=("current", "original"),
    )
    parser.flag("--preview", help="only say what would run")
    run_options(parser)


def _retry(desk: Desk, options: Options) -> object:
    graph, workspace = desk.graph(options), desk.workspace
    blocking = waits(desk, options)
    run = workspace.runs.find(graph, options.run, options.target, begun=True)
    seen = ended(desk, run, options)
    if not seen.failed:
        desk.say(options, f"nothing failed in {seen.label}: nothing to retry · %sfdag run")
        _tell_record(desk, run, options)
        return run
    current = options.code != "original"
    plan = workspace.retries.plan(run, graph, options.target, current_code=current)
    edited = plan.edited if plan is not None else ()
    left = left_as_deployed(workspace.registry, graph, run) if current else LeftAsDeployed()
    desk.say(options, retry_text(seen, edited, left.tasks))
    if left.says:
        desk.say(options, f"  note: {left.says}")
    if options.preview:
        if options.json:
            desk.notebook.write(json_text(retry_record(seen, edited, left.tasks)))
        return run
    retried = workspace.retries.retry(
        run,
        graph,
        options.target,
        plan=plan,
        agrees=desk.agreeing(options),
        say=desk.sayer(options),
    )
    if retried:
        _watch(desk, graph, run, options, blocking=blocking)
    else:
        _tell_record(desk, run, options)
    return run


def _stop_options(parser: OptionParser) -> None:
    parser.word("run", help="the start of a run's id; else the one that is executing")
    parser.flag("--by-name", help="cancel by the tasks' names: other runs are hit as well")


def _stop(desk: Desk, options: Options) -> object:
    run = desk.workspace.runs.to_stop(desk.graph(options), options.run, options.target)
    _stopped(desk, run, options)
    _tell_record(desk, run, options)
    return run


def _stopped(desk: Desk, run: Run, options: Options) -> None:
    seen = run.refresh()
    if seen.is_over:
        desk.say(options, f"{seen.label} is over: {seen.note or seen.state.lower()}")
        return
    command = " ".join(filter(None, ("%sfdag stop", seen.short_id)))
    what = f"{stop_text(seen)}, on {run.place}"
    question = desk.workspace.places.question(what, options.target, instead=command)
    if not desk.agrees(question, options):
        desk.say(options, "not stopped")
        return
    # A yes beforehand is to the end of this run, not to that of others.
    asks = desk.notebook.is_attended and not options.yes
    agrees = desk.agreeing(options) if asks else None
    seen = run.stop(by_name=options.by_name, say=desk.sayer(options), agrees=agrees)
    how = headline(seen, now=datetime.now(UTC))
    desk.say(options, f"{seen.label}: {how}{f' · {seen.note}' if seen.note else ''}")


RUN_VERBS = (
    Verb(
        name="run",
        asks_production=True,
        has_json=True,
        summary="Starts a run and follows it; here the notebook's edits are deployed first.",
        example="%sfdag run --set rows=1000",
        act=_run,
        options=_run_options,
        daily=True,
    ),
    Verb(
        name="retry",
        asks_production=True,
        has_json=True,
        summary="Continues a failed run from where it failed, with the code as it is now.",
        example="%sfdag retry --preview",
        act=_retry,
        options=_retry_options,
        daily=True,
    ),
    Verb(
        name="stop",
        asks_production=True,
        has_json=True,
        summary="Cancels the run that is executing and no other; its finalizer still runs.",
        example="%sfdag stop",
        act=_stop,
        options=_stop_options,
    ),
)
