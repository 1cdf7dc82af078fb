"""Verbs that start and end runs: run, stop; `retry` is beside them."""

from __future__ import annotations

from datetime import UTC, datetime

from sfdag_magics.client.observing.intentions import stop_text
from sfdag_magics.client.parts.asked import (
    FROM,
    ONLY,
    TO,
    Asked,
    check_names_some,
    check_together,
)
from sfdag_magics.client.running.runs import Run
from sfdag_magics.magics.reading.options import OptionParser, Options
from sfdag_magics.magics.verbs.retry import RETRY
from sfdag_magics.magics.verbs.verb import (
    Desk,
    Verb,
    check_config,
    check_waits,
    config_from,
    config_options,
    json_text,
    replace_option,
    run_options,
    waits,
)
from sfdag_magics.magics.verbs.watching import tell_record, watch
from sfdag_magics.render.run_seen import headline
from sfdag_magics.workspace.parted.planning import Part
from sfdag_magics.workspace.starting import started


def _run_options(parser: OptionParser) -> None:
    config_options(parser)
    parser.names("--only", metavar="T,T", help="these tasks and no others")
    parser.names("--from", metavar="T,T", help="these tasks and what stands below them")
    parser.names("--to", metavar="T,T", help="these tasks and what stands above them")
    parser.value("--group", metavar="G", help="the tasks of a group", words=True)
    parser.value("--inputs", metavar="ID", help="the run whose values stand for what does not run")
    parser.flag("--reuse", help="leave out what is proven to return the same again")
    replace_option(parser)
    run_options(parser)


def _check_run(options: Options) -> None:
    check_waits(options)
    check_config(options)
    for option, name in ((ONLY, "only"), (FROM, "from"), (TO, "to")):
        if name in options.given:
            check_names_some(option, getattr(options, name))
    check_together(_part(options).asked)


def _part(options: Options) -> Part:
    return Part(
        asked=Asked(
            only=options.only, start=getattr(options, "from"), end=options.to, group=options.group
        ),
        inputs=options.inputs,
        reuse=options.reuse,
    )


def _run(desk: Desk, options: Options) -> object:
    graph = desk.graph(options)
    tasks = desk.workspace.readers(graph, options.set, options.target)
    config = config_from(options, desk.notebook, tasks)
    blocking = waits(desk, options)
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        desk.say(options, text)

    run = started(
        desk.workspace,
        graph,
        target=options.target,
        config=config,
        agrees=desk.agreeing(options),
        say=say,
        part=_part(options),
    )
    if isinstance(run, Run):
        watch(desk, graph, run, options, blocking=blocking)
    elif options.json:
        desk.notebook.write(json_text(None))
    elif options.quiet:  # that nothing runs, and of a no before it why
        for text in said[-2:] if run is None else [str(run)]:
            desk.notebook.say(desk.elsewhere(options).completed(text))
    # That nothing had to run was said; who keeps it has what would have been.
    return None if not run and desk.notebook.shows_values else run


def _stop_options(parser: OptionParser) -> None:
    parser.word("run", help="the start of a run's id; else the one that is executing")
    parser.flag("--by-name", help="cancel by the tasks' names: other runs are hit as well")


def _stop(desk: Desk, options: Options) -> object:
    run = desk.workspace.runs.to_stop(desk.graph(options), options.run, options.target)
    _stopped(desk, run, options)
    tell_record(desk, run, options)
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
        summary="Starts a run and follows it; here the notebook's edits are deployed first.",
        example="%sfdag run --set rows=1000",
        act=_run,
        check=_check_run,
        options=_run_options,
        daily=True,
    ),
    RETRY,
    Verb(
        name="stop",
        asks_production=True,
        summary="Cancels the run that is executing and no other; its finalizer still runs.",
        example="%sfdag stop",
        act=_stop,
        options=_stop_options,
    ),
)
