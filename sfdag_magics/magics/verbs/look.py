"""Verbs that look at what is deployed and at runs: graphs, status, runs, why."""

from __future__ import annotations

from dataclasses import replace

from sfdag_magics.client.observing.outlook import outlooks
from sfdag_magics.graph.states import DisplayState
from sfdag_magics.magics.kernel.here import explained
from sfdag_magics.magics.reading.options import OptionParser, Options, count
from sfdag_magics.magics.showing.next_step import what_next
from sfdag_magics.magics.showing.records import (
    cause_record,
    graph_record,
    no_run_record,
    run_record,
    schedule_record,
    usual_record,
)
from sfdag_magics.magics.showing.shapes import shape_of_run
from sfdag_magics.magics.verbs.verb import ActsOn, Desk, Verb, json_text
from sfdag_magics.render.run_seen import which_run
from sfdag_magics.render.shape_of import shape_of
from sfdag_magics.render.text import graph_text
from sfdag_magics.workspace.answers.listings import (
    GraphListing,
    schedule_line,
    stats_line,
)
from sfdag_magics.workspace.answers.looking import cause_of, recent_runs, status
from sfdag_magics.workspace.left_behind import without_cell


def _status_options(parser: OptionParser) -> None:
    parser.word("run", help="the start of a run's id; else the newest")


def _status(desk: Desk, options: Options) -> object:
    graph = desk.graph(options)
    found = status(desk.workspace, graph, options.run, options.target)
    deployed, seen, ran = found.deployed, found.seen, found.other_code
    if options.json:
        of_run = run_record(replace(seen, older=tuple(ran))) if seen else no_run_record(deployed)
        of_run["continued_by"] = list(found.continued)
        of_run["usual"] = usual_record(found.usual)
        of_run["missed"] = found.missed.count
        desk.notebook.write(json_text({**of_run, **schedule_record(deployed, found.due)}))
        return found.run
    place = desk.workspace.places.backend(options.target).place
    shape = shape_of_run(shape_of(graph), deployed, seen)
    which = f"{which_run(seen)} · {place}" if seen else place
    completed = desk.elsewhere(options).completed
    scheduled, *told = map(completed, (schedule_line(deployed, found.due, found.seen), *found.told))
    gone = (f"note: {note}" for note in without_cell(desk.workspace.registry, graph))
    desk.notebook.say(
        "\n".join(
            (which, scheduled, graph_text(shape, seen, usual=found.usual_words), *told, *gone)
        )
    )
    return found.run


def _graphs_options(parser: OptionParser) -> None:
    parser.flag("--all", help="of every schema, not only the target's")


def _graphs(desk: Desk, options: Options) -> object:
    backend = desk.workspace.places.backend(options.target)
    found = GraphListing(outlooks(backend, everywhere=options.all))
    if options.json:
        desk.notebook.write(json_text([graph_record(each) for each in found]))
    elif found:
        desk.notebook.say(f"{backend.place}\n{found}")
    else:
        more = "" if options.all else "; %sfdag graphs --all looks in every schema"
        desk.notebook.say(f"no graph is deployed on {backend.place}{more}")
    return found


def _runs_options(parser: OptionParser) -> None:
    parser.value("--last", metavar="N", help="how many; else 20", type=count)
    parser.flag("--stats", help="how often it succeeds and how long it takes")


def _runs(desk: Desk, options: Options) -> object:
    graph = desk.graph(options)
    found = recent_runs(desk.workspace, graph, options.target, last=options.last or 20)
    if options.json:
        desk.notebook.write(json_text([run_record(seen) for seen in found]))
    else:
        desk.notebook.say(str(found) if found else f"graph {graph.name} has no run yet")
        if found and (pages := desk.workspace.places.snowsight(options.target)):
            root = desk.workspace.there.seen_by_runs(graph, options.target).root
            desk.notebook.say(f"in Snowsight: {pages.task(root)}")
        if options.stats and found:
            desk.notebook.say(stats_line(found))
    return found


def _why_options(parser: OptionParser) -> None:
    parser.word("task", help="the task to explain; else the first that failed")
    parser.value("--run", metavar="ID", help="the start of a run's id; else the newest")


def _why(desk: Desk, options: Options) -> object:
    graph = desk.graph(options)
    run = desk.workspace.runs.find(graph, options.run, options.target, begun=True, past=True)
    cause = cause_of(desk.workspace, graph, run, options.task, options.target)
    cause = explained(cause, desk.notebook, graph)
    if options.json:
        desk.notebook.say(json_text(cause_record(cause)))
        return cause
    failed = cause.task is not None and cause.task.state is DisplayState.FAILED
    # Of an older run, a retry would continue another one.
    goes_on = failed and cause.is_over and options.run is None
    after = f"\n  next: {what_next(run, cause)}" if goes_on else ""
    desk.notebook.say(desk.elsewhere(options).completed(f"{cause}{after}"))
    return cause


LOOK_VERBS = (
    Verb(
        name="graphs",
        acts_on=frozenset({ActsOn.TARGET}),
        summary="Lists the deployed graphs with their schedule, next run and last run.",
        example="%sfdag graphs --all",
        act=_graphs,
        options=_graphs_options,
    ),
    Verb(
        name="status",
        summary="Shows the state of a run, task by task, and the graph's schedule.",
        example="%sfdag status --json",
        act=_status,
        options=_status_options,
        daily=True,
    ),
    Verb(
        name="runs",
        summary="Lists the runs of the graph, the newest first.",
        example="%sfdag runs --last 10 --stats",
        act=_runs,
        options=_runs_options,
    ),
    Verb(
        name="why",
        summary="Explains a failed run: the first task that failed, where, and what followed.",
        example="%sfdag why",
        act=_why,
        options=_why_options,
        daily=True,
    ),
)
