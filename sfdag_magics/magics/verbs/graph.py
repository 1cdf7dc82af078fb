"""Verbs about the graph as it is described here: graph, show, validate, forget."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Any

from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.client.running.runs import Run
from sfdag_magics.errors import (
    BackendError,
    CaptureError,
    GraphError,
    InputError,
    Problem,
    SfdagError,
)
from sfdag_magics.graph.failure_notice import failure_notice, is_notice
from sfdag_magics.graph.grammar import OverlapPolicy
from sfdag_magics.graph.model import GraphOptions, Task, TaskGraph, TaskKind
from sfdag_magics.graph.names import counted, key_of
from sfdag_magics.graph.options import NONE
from sfdag_magics.graph.times.moments import typed_duration
from sfdag_magics.magics.reading.options import OptionParser, Options, duration
from sfdag_magics.magics.showing.records import checked_record, diagnosis_record, shape_record
from sfdag_magics.magics.showing.shapes import shape_seen
from sfdag_magics.magics.showing.views import FORMATS, as_text, show_live, show_static
from sfdag_magics.magics.verbs.verb import (
    ActsOn,
    Desk,
    Verb,
    config_from,
    config_options,
    json_text,
)
from sfdag_magics.render.placed import Direction
from sfdag_magics.workspace.answers.checking import Checked, validate
from sfdag_magics.workspace.answers.doctor import doctor

_DIRECTIONS = tuple(direction.value for direction in Direction)


def _whole_number(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(text)


def _overlap(text: str) -> OverlapPolicy:
    if text.upper() not in OverlapPolicy.__members__:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(OverlapPolicy)}")
    return OverlapPolicy(text.upper())


def _or_none(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Also `none`, which takes an option back."""

    def read_or_none(text: str) -> Any:  # noqa: ANN401 - what `read` gives
        return NONE if text.strip().lower() == NONE else read(text)

    return read_or_none


def _graph_options(parser: OptionParser) -> None:
    parser.word("name", help="the graph's name")
    parser.value(
        "--schedule", metavar="S", help='"0 5 * * * UTC", "1 day"; none takes it back', words=True
    )
    parser.value("--warehouse", metavar="W", help="of tasks that name none; none: serverless")
    parser.value("--stage", metavar="S", help="where the code is put")
    parser.names("--packages", metavar="P,P", help="packages every Python task needs")
    config_options(parser)
    parser.value(
        "--auto-retry", metavar="N", help="automatic retries", type=_or_none(_whole_number)
    )
    parser.value(
        "--overlap", metavar="POLICY", help="what if a run is still going", type=_or_none(_overlap)
    )
    parser.value(
        "--timeout", metavar="20m", help="of each task that names none", type=_or_none(duration)
    )
    parser.value("--graph-timeout", metavar="2h", help="of a whole run", type=_or_none(duration))
    parser.value("--packages-from", metavar="R", help="pypi (default), anaconda, or a repository")
    parser.flag("--unpinned", help="packages not in the versions that this notebook has")
    parser.value(
        "--suspend-after", metavar="N", help="failed runs in a row", type=_or_none(_whole_number)
    )
    parser.value("--comment", metavar="TEXT", help="kept with the root task", words=True)
    parser.names(
        "--notify", metavar="I,A", help="integrations and addresses to tell of a failure; none"
    )


_CONFIGURABLE = (
    "schedule",
    "warehouse",
    "stage",
    "packages",
    "auto_retry",
    "overlap",
    "timeout",
    "graph_timeout",
    "packages_from",
    "unpinned",
    "suspend_after",
    "comment",
)


def _graph(desk: Desk, options: Options) -> object:
    registry = desk.workspace.registry
    name = options.name or options.graph or registry.current.name
    desk.take_up(name)
    graph = registry.choose(name, {**_changes(options), **_config_changes(desk, name, options)})
    if "notify" in options.given:
        _notify(desk, graph, options)
    said = {key.replace("_", "-"): value for key, value in _options_said(graph.options).items()}
    if options.json:
        names = [task.name for task in graph.tasks]
        desk.notebook.write(json_text({"graph": graph.name, "tasks": names, "options": said}))
        return None
    parts = [f"{key} {_typed(value)}" for key, value in said.items()]
    tasks = _tasks_said(desk, graph)
    desk.say(options, " · ".join((f"graph {graph.name}: {tasks}", *parts)))
    return None


def _notify(desk: Desk, graph: TaskGraph, options: Options) -> None:
    """Put the task into the graph that tells of a failure, or take it out again."""
    to: Sequence[str] = options.notify
    finalizer = next((task for task in graph.tasks if task.finalizer), None)
    if [each.lower() for each in to] == [NONE]:
        if finalizer is not None and is_notice(finalizer):
            graph.forget(finalizer.name)
        return
    notice = failure_notice(graph.name, to)
    if finalizer is not None and not is_notice(finalizer):
        raise _another_finalizer(graph, finalizer, to)
    desk.workspace.registry.register(notice, graph=graph.name)
    desk.views.redraw(graph)
    said = f"✓ {notice.name}  finalizer of the graph: tells {listed(to)} of a failed attempt"
    desk.say(options, said)


def _another_finalizer(graph: TaskGraph, finalizer: Task, to: Sequence[str]) -> InputError:
    """Why the own finalizer has to tell: text of others is not put into what a user wrote."""
    made = f"failure_notice({graph.name!r}, {[*to]!r}).body"
    tells = f"TELL = {made} in a cell, and session.sql(TELL).collect() in {finalizer.name}"
    if finalizer.kind is TaskKind.SQL:
        tells = f"print({made}), and that block in {finalizer.name}, between its own begin and end"
    return InputError(
        f"--notify: Snowflake lets a graph have one finalizer and runs nothing after it, and that"
        f" of {graph.name} is {finalizer.name}, so it has to tell itself",
        hint=f"from sfdag_magics import failure_notice; {tells}",
    )


def _typed(value: object) -> object:
    return typed_duration(value) if isinstance(value, timedelta) else value


def _tasks_said(desk: Desk, graph: TaskGraph) -> str:
    """How many tasks it has; of a graph whose cells were not run, how many are deployed.

    A target that nobody has asked yet, as after a restart of the kernel, may have some.
    """
    deployed = 0 if graph.tasks else desk.workspace.there.count(graph)
    if deployed:
        return f"{deployed} deployed, none loaded here"
    unnamed = desk.workspace.registry.unnamed
    elsewhere = counted(len(unnamed.tasks), "task") if unnamed and unnamed.tasks else ""
    none = "no tasks yet" if deployed == 0 else "no tasks loaded here yet"
    own = counted(len(graph.tasks), "task") if graph.tasks else none
    return own + (
        f" · {elsewhere} in graph {unnamed.name}, which nobody named: run their cells again"
        if unnamed and elsewhere
        else ""
    )


def _changes(options: Options) -> dict[str, Any]:
    """The options that are named; those that are `none` are taken back."""
    named = {key: getattr(options, key) for key in _CONFIGURABLE if key in options.given}
    gone = {key for key, value in named.items() if value in (NONE, (NONE,))}
    gone |= {"config"} if options.config == NONE and not options.set else set()
    changes = {key: value for key, value in named.items() if key not in gone}
    return changes | ({"without": frozenset(gone)} if gone else {})


def _config_changes(desk: Desk, name: str, options: Options) -> dict[str, Any]:
    """`--config` says the whole configuration, `--set` only some keys of it."""
    if not options.given & {"config", "set"} or (options.config == NONE and not options.set):
        return {}  # taken back whole, if at all
    registry = desk.workspace.registry
    tasks = registry.tasks_of(name)
    whole = None if options.config == NONE else options.config
    named = config_from(Options(config=whole, set=options.set), desk.notebook, tasks)
    TaskGraph(name, tasks=tasks).check_typed_config(named)
    if options.config:
        return {"config": named, "keeps_config": False, "insisted": frozenset()}
    before = registry.options_of(name)
    keeps = before.keeps_config or not before.config
    # Said again without a plus, a key is no longer insisted on.
    kept = {f"+{k}" if k in before.insisted else k: v for k, v in before.config.items()}
    named_before = {key.removeprefix("+") for key in named}
    kept = {key: value for key, value in kept.items() if key.removeprefix("+") not in named_before}
    return {"config": {**kept, **named}, "keeps_config": keeps, "insisted": frozenset()}


def _options_said(options: GraphOptions) -> dict[str, Any]:
    said = {key: getattr(options, key) for key in (*_CONFIGURABLE, "config")}
    said |= dict.fromkeys(sorted(options.without), NONE)
    return {key: value for key, value in said.items() if value not in (None, (), {})}


def _show_options(parser: OptionParser) -> None:
    parser.flag("--static", help="the picture, not the live view")
    parser.value("--direction", metavar="D", help=", ".join(_DIRECTIONS), choices=_DIRECTIONS)
    parser.value("--format", metavar="F", help=", ".join(FORMATS), choices=FORMATS)
    parser.value("--run", metavar="ID", help="one run, by the start of its id; else the newest")


def _check_show(options: Options) -> None:
    if options.json and options.format:
        raise InputError(
            "--json and --format each say what is printed", hint="leave one of them out"
        )


def _show(desk: Desk, options: Options) -> object:
    graph, runs = desk.graph(options), desk.workspace.runs
    named: Run | None = None
    if options.run is not None:
        named = runs.find(graph, options.run, options.target, past=True)
    form = options.format or ("" if desk.notebook.draws else "text")
    if options.json:
        run = named or runs.newest_there(graph, options.target)
        seen = run.snapshot if run is not None else None
        desk.notebook.write(json_text(shape_record(shape_seen(graph, run), seen)))
    elif form:
        run = named or runs.newest_there(graph, options.target)
        unseen = desk.workspace.places.sight(options.target).plain
        desk.notebook.say(as_text(graph, run, form, options, unseen=unseen))
    elif options.static or options.no_widget or not desk.notebook.is_attended:
        run = named or runs.newest_there(graph, options.target)
        show_static(graph, run, unseen=desk.workspace.places.sight(options.target).plain)
    else:
        # What others started is found in the background: the picture must not wait for it.
        shown = named or runs.known(graph, options.target)
        show_live(desk, graph, shown, options, follows_graph=named is None)
    # What was drawn is all there is to see, but for who keeps it: `g = %sfdag show`.
    return None if desk.notebook.shows_values else (named or graph)


def _validate_options(parser: OptionParser) -> None:
    parser.flag("--strict", help="what may surprise is wrong as well")


def _validate(desk: Desk, options: Options) -> object:
    graph = desk.graph(options)
    try:
        found = _checked(desk, graph, options)
    except (GraphError, CaptureError) as error:
        if options.json:
            desk.notebook.write(json_text(checked_record(graph, problems=error.problems)))
        raise
    if options.json:
        desk.notebook.write(json_text(checked_record(graph, found)))
        return None
    tasks = counted(len(graph.tasks), "task")
    desk.say(options, f"✓ graph {graph.name}: {tasks}, nothing wrong")
    if found.not_loaded:
        names = listed(found.not_loaded)
        desk.say(options, f"  deployed, and their cells were not run here: {names}")
    if found.unread:
        place = desk.workspace.places.target(options.target).name
        unread = f"  {place} is not open and did not read the SQL of {listed(found.unread)}: "
        desk.say(options, f"{unread}%sfdag plan shows it")
    for note in found.notes:
        desk.say(options, f"  note: {note}")
    return None


def _checked(desk: Desk, graph: TaskGraph, options: Options) -> Checked:
    found = validate(desk.workspace, graph, options.target)
    if found.notes and options.strict:
        problems = tuple(Problem(task=None, message=note) for note in found.notes)
        raise GraphError(
            f"graph {graph.name!r} may surprise",
            problems=problems,
            hint="correct what is named, or %sfdag validate without --strict",
        )
    return found


def _doctor(desk: Desk, options: Options) -> object:
    found = doctor(desk.workspace, desk.graph(options), options.target)
    if options.json:
        desk.notebook.write(json_text(diagnosis_record(found)))
    if found.is_refused:
        first, *rest = str(found).splitlines()
        again = "once that is there, %sfdag doctor once more"
        raise BackendError("\n".join([f"a deploy would be refused: {first}", *rest]), hint=again)
    if not options.json:
        desk.say(options, str(found))
    return None if desk.notebook.shows_values else found


def _forget_options(parser: OptionParser) -> None:
    parser.word("task", help="the task", required=True)


def _forget(desk: Desk, options: Options) -> object:
    graph = desk.graph(options)
    names = desk.workspace.deploys.forget(options.task, graph, options.target)
    desk.views.redraw(graph)
    after = _what_drops(desk, graph, names, options)
    are = f"{names[0]} is" if len(names) == 1 else f"{listed(names)} are"
    said = f"{are} no longer in graph {graph.name}; {after}"
    if options.json:
        told = {"graph": graph.name, "tasks": list(names), "said": said}
        desk.notebook.write(json_text(told))
    else:
        desk.say(options, said)
    return None


def _what_drops(desk: Desk, graph: TaskGraph, names: Collection[str], options: Options) -> str:
    """What takes a forgotten task away where it is deployed: a graph without tasks is refused."""
    if graph.tasks and not desk.workspace.places.was_opened(options.target):
        return "where it is deployed, %sfdag deploy drops it"  # no engine starts to find out
    try:
        there = desk.workspace.there.found(graph, options.target)
    except SfdagError:  # where it may be deployed cannot be asked now
        return "where it is deployed, %sfdag deploy drops it"
    if there is None:
        return "nothing of the graph is deployed"
    if desk.workspace.deploys.leaves_nothing(graph, there):
        return "no task is left: %sfdag drop takes what is deployed away"
    is_there = bool({*map(key_of, names)} & {*map(key_of, there.tasks)})
    return "%sfdag deploy drops it" if is_there else "it was not deployed"


GRAPH_VERBS = (
    Verb(
        name="graph",
        only_describes=True,
        acts_on=frozenset({ActsOn.GRAPH}),
        summary="Names the current graph; options that are named change, the others stay.",
        example='%sfdag graph mortgage --schedule "USING CRON 0 5 * * * UTC" --warehouse ML',
        act=_graph,
        options=_graph_options,
        daily=True,
    ),
    Verb(
        name="show",
        summary="Shows the graph, and the state of its run where there is one.",
        example="%sfdag show --static",
        act=_show,
        check=_check_show,
        options=_show_options,
        daily=True,
    ),
    Verb(
        name="validate",
        summary="Finds everything wrong with the graph, without running it.",
        example="%sfdag validate --strict",
        act=_validate,
        options=_validate_options,
    ),
    Verb(
        name="doctor",
        summary="Tells what a deploy needs of the target and is missing, with the GRANT for it.",
        example="%sfdag doctor -t prod",
        act=_doctor,
    ),
    Verb(
        name="forget",
        only_describes=True,
        summary="Takes a task out of the graph, loaded here or not; the next deploy drops it.",
        example="%sfdag forget train",
        act=_forget,
        options=_forget_options,
    ),
)
