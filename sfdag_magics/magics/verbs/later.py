"""Verbs for what happens to a deployed graph later: suspend, resume, drop."""

from __future__ import annotations

from collections.abc import Callable

from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.deploying.lifecycle import check_droppable, drop, resume, suspend
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.graph.names import counted
from sfdag_magics.magics.reading.options import OptionParser, Options
from sfdag_magics.magics.showing.records import later_record
from sfdag_magics.magics.verbs.verb import Desk, Verb, json_text


def _name(parser: OptionParser) -> None:
    parser.word("name", help="the graph; else the current one")


def _there(desk: Desk, options: Options) -> DeployedGraph:
    options.graph = options.name or options.graph
    graph = desk.graph(options)
    return desk.workspace.there.deployed(graph, options.target)


def _suspend(desk: Desk, options: Options) -> object:
    _schedule(desk, options, suspend, "suspend")
    return None


def _resume(desk: Desk, options: Options) -> object:
    _schedule(desk, options, resume, "resume")
    return None


def _schedule(
    desk: Desk, options: Options, do: Callable[[Backend, DeployedGraph], str], verb: str
) -> None:
    backend, graph = desk.workspace.places.backend(options.target), _there(desk, options)
    what = f"{verb} graph {graph.name} on {backend.place}"
    is_meant = desk.means(what, f"%sfdag {verb}", options)
    said = do(backend, graph) if is_meant else "nothing done"
    _tell(desk, options, graph, verb, said, done=is_meant)


def _tell(
    desk: Desk, options: Options, graph: DeployedGraph, verb: str, said: str, *, done: bool
) -> None:
    if options.json:
        place = desk.workspace.places.backend(options.target).place
        desk.notebook.write(json_text(later_record(graph, place, verb, said, done=done)))
    else:
        desk.say(options, said)


def _drop(desk: Desk, options: Options) -> object:
    backend, graph = desk.workspace.places.backend(options.target), _there(desk, options)
    check_droppable(backend, graph)
    tasks = counted(len(graph.tasks), "task")
    what = f"graph {graph.name} with {tasks} and its code from {backend.place}"
    question = desk.workspace.places.question(f"drop {what}", options.target, instead="%sfdag drop")
    if not desk.agrees(question, options):
        _tell(desk, options, graph, "drop", "not dropped", done=False)
        return None
    said = drop(backend, graph)
    desk.workspace.dropped(graph.name, options.target)
    desk.views.dropped(graph.name, desk.workspace.places.target(options.target).name)
    _tell(desk, options, graph, "drop", said, done=True)
    return None


LATER_VERBS = (
    Verb(
        name="suspend",
        asks_production=True,
        summary="Stops the schedule of a deployed graph; runs in flight go on.",
        example="%sfdag suspend -t prod",
        act=_suspend,
        options=_name,
    ),
    Verb(
        name="resume",
        asks_production=True,
        summary="Starts the schedule of a deployed graph again.",
        example="%sfdag resume -t prod",
        act=_resume,
        options=_name,
    ),
    Verb(
        name="drop",
        asks_production=True,
        summary="Takes a deployed graph away, with its code; asks first.",
        example="%sfdag drop mortgage",
        act=_drop,
        options=_name,
    ),
)
