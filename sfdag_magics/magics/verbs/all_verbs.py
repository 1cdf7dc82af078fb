"""All verbs of `%sfdag` by name, how a line finds its verb, and what is said without one."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sfdag_magics.client.connecting.activity import meanwhile
from sfdag_magics.errors import InputError, SfdagError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.names import nearest
from sfdag_magics.graph.states import GraphRunState
from sfdag_magics.magics.kernel.interrupted import Interrupted
from sfdag_magics.magics.kernel.left_out import LeftOut
from sfdag_magics.magics.reading.misplaced import Known
from sfdag_magics.magics.reading.options import OptionParser, Options
from sfdag_magics.magics.reading.words import joined_line, split_words, unquoted_value
from sfdag_magics.magics.showing.schemas import DOCUMENTS, ON_ERROR
from sfdag_magics.magics.verbs.about import ABOUT_VERBS
from sfdag_magics.magics.verbs.backfill import BACKFILL_VERBS
from sfdag_magics.magics.verbs.code import CODE_VERBS
from sfdag_magics.magics.verbs.compare import COMPARE_VERBS
from sfdag_magics.magics.verbs.debug import DEBUG_VERBS
from sfdag_magics.magics.verbs.deploy import DEPLOY_VERBS
from sfdag_magics.magics.verbs.export import EXPORT_VERBS
from sfdag_magics.magics.verbs.graph import GRAPH_VERBS
from sfdag_magics.magics.verbs.importing import IMPORT_VERBS
from sfdag_magics.magics.verbs.later import LATER_VERBS
from sfdag_magics.magics.verbs.logs import LOGS_VERBS
from sfdag_magics.magics.verbs.look import LOOK_VERBS
from sfdag_magics.magics.verbs.models import MODEL_VERBS
from sfdag_magics.magics.verbs.run import RUN_VERBS
from sfdag_magics.magics.verbs.simulate import SIMULATE_VERBS
from sfdag_magics.magics.verbs.verb import ActsOn, Desk, Verb, json_text
from sfdag_magics.magics.verbs.without_graph.local import LOCAL_VERBS
from sfdag_magics.magics.verbs.without_graph.rows import ROWS_VERBS
from sfdag_magics.place_words import OF_SHELLS
from sfdag_magics.render.shape_of import shape_of
from sfdag_magics.render.text import graph_text

#: Verbs of a kernel alone: in a shell there is none that outlives the command.
IN_A_NOTEBOOK = frozenset({"graph", "session", "forget"})
#: The order in which help leads with the verbs of every day.
_DAILY = ("graph", "show", "run", "retry", "why", "logs", "deploy", "status")


def _help_options(parser: OptionParser) -> None:
    parser.word("verb", help="the verb to explain")


def _help(desk: Desk, options: Options) -> object:
    if options.json:
        described = verb_named(options.verb) if options.verb else None
        whole = {"verbs": [_described(verb) for verb in VERBS.values()]}
        desk.notebook.write(json_text(_described(described) if described else whole))
        return None
    if options.verb:
        desk.notebook.say(verb_named(options.verb).parser().format_help())
        return None
    rest = [name for name in VERBS if name not in _DAILY]
    lines = ["%sfdag VERB · every day:", *map(_help_line, _DAILY), "also:", *map(_help_line, rest)]
    lines.append("a verb with -h shows its options and an example; %%sftask -h those of a cell")
    desk.notebook.say("\n".join(lines))
    return None


def _described(verb: Verb) -> dict[str, Any]:
    """A verb for programs: its options and what it prints with `--json`, as JSON Schema.

    In a shell it prints the error where it ends before there is anything else to tell.
    """
    return {
        "name": verb.name,
        "summary": verb.summary,
        "example": verb.example,
        "options": verb.parser().schema(),
        "in_shells": verb.name not in IN_A_NOTEBOOK,
        "prints": DOCUMENTS[verb.name],
        "prints_on_error": ON_ERROR,
    }


def _help_line(name: str) -> str:
    return f"  {name:<9} {VERBS[name].summary}"


VERBS: Mapping[str, Verb] = {
    verb.name: verb
    for verb in (
        *GRAPH_VERBS,
        *DEPLOY_VERBS,
        *SIMULATE_VERBS,
        *CODE_VERBS,
        *EXPORT_VERBS,
        *IMPORT_VERBS,
        *RUN_VERBS,
        *BACKFILL_VERBS,
        *LOOK_VERBS,
        *LOGS_VERBS,
        *COMPARE_VERBS,
        *DEBUG_VERBS,
        *MODEL_VERBS,
        *ROWS_VERBS,
        *LOCAL_VERBS,
        *LATER_VERBS,
        *ABOUT_VERBS,
        Verb(
            name="help",
            acts_on=frozenset(),
            summary="Lists the verbs, or explains one.",
            example="%sfdag help run",
            act=_help,
            options=_help_options,
        ),
    )
}


#: What people type who know other tools, and the verb that does it here.
_MEANT = {
    **dict.fromkeys(("rm", "remove", "del", "pop", "delete-task", "drop-task"), "forget"),
    **dict.fromkeys(("cancel", "kill", "abort", "interrupt", "end", "terminate"), "stop"),
    **dict.fromkeys(("diff", "changes", "dry-run", "dryrun", "preview", "sql"), "plan"),
    **dict.fromkeys(("history", "past", "stats", "results"), "runs"),
    **dict.fromkeys(("ls", "list", "dags", "tasks", "deployed", "schedules"), "graphs"),
    **dict.fromkeys(("start", "execute", "trigger", "test"), "run"),
    **dict.fromkeys(("rerun", "restart", "resume-run", "continue"), "retry"),
    **dict.fromkeys(("draw", "view", "display", "plot", "dag", "tree", "open"), "show"),
    **dict.fromkeys(("watch", "follow", "monitor", "inspect", "desc", "describe"), "show"),
    **dict.fromkeys(("explain", "error", "errors", "traceback"), "why"),
    **dict.fromkeys(("log", "output", "tail", "print"), "logs"),
    **dict.fromkeys(("check", "lint"), "validate"),
    **dict.fromkeys(("apply", "push", "publish", "upload", "update", "save", "ship"), "deploy"),
    **dict.fromkeys(("use", "env", "environment", "connect", "login", "connections"), "target"),
    **dict.fromkeys(("info", "state", "ps", "progress", "next"), "status"),
    **dict.fromkeys(("undo", "revert", "versions", "downgrade"), "rollback"),
    **dict.fromkeys(("pause", "unschedule", "disable"), "suspend"),
    **dict.fromkeys(("unpause", "unsuspend", "enable"), "resume"),
    **dict.fromkeys(("catchup", "catch-up", "slots", "missed", "calendar"), "backfill"),
    **dict.fromkeys(("schedule", "cron"), "graph"),
    **dict.fromkeys(("new", "create", "init", "config", "configure", "set", "options"), "graph"),
    **dict.fromkeys(("delete", "destroy", "undeploy", "purge"), "drop"),
    **dict.fromkeys(("code", "source", "package", "packages"), "bundle"),
    **dict.fromkeys(("convert", "migrate", "read"), "import"),
    **dict.fromkeys(("about", "release"), "version"),
    **dict.fromkeys(("grants", "privileges", "preflight", "permissions"), "doctor"),
    **dict.fromkeys(("model", "registry", "metrics", "experiments", "promote"), "models"),
    **dict.fromkeys(("otel", "telemetry", "spans", "lineage", "openlineage"), "trace"),
    **dict.fromkeys(("usage", "commands", "verbs", "man"), "help"),
}

#: What a verb needs behind it where nothing was typed; a name that is shown may not be there.
_NEEDED = {
    "forget": "NAME",
    **dict.fromkeys(("new", "create", "init"), "NAME"),
    **dict.fromkeys(("schedule", "cron"), '--schedule "0 5 * * * UTC"'),
    **dict.fromkeys(("config", "configure", "set", "options"), "--set KEY=VALUE"),
}

#: Verbs that are typed as options of other commands.
_AS_OPTIONS = {"-h": "help", "--help": "help", "-V": "version", "--version": "version"}


def verb_named(name: str, typed: str = "") -> Verb:
    """The verb of this name.

    Args:
        typed: what stands behind it in the line.

    Raises:
        InputError: there is none; offers the one that does what is meant, else the nearest.
    """
    if name in OF_SHELLS and name not in VERBS:
        raise InputError(
            f"{name} is a command of a shell, no verb of %sfdag",
            hint=f"!sfdag {name} {typed}".rstrip(),
        )
    if name.startswith("-"):
        raise InputError(f"%sfdag begins with a verb, not with {name}", hint="%sfdag help")
    found = VERBS.get(name)
    meant = VERBS.get(_MEANT.get(name.lower(), ""))
    if found is None and meant is not None:
        raise InputError(
            f"%sfdag has no verb {name!r}; {meant.name} {_lower_first(meant.summary)}",
            hint=f"%sfdag {meant.name} {_behind(name.lower(), meant.name, typed)}".rstrip(),
        )
    if found is None:
        near = nearest(name, VERBS)
        did = f"; did you mean {near}?" if near else ""
        raise InputError(f"%sfdag has no verb {name!r}{did}", hint="%sfdag help")
    return found


def _behind(guessed: str, meant: str, typed: str) -> str:
    """What stands behind the verb that is meant: what was typed, where that verb has a place."""
    needed = _NEEDED.get(guessed, _NEEDED.get(meant, ""))
    if needed.startswith("--") and not typed.startswith("-"):
        return needed
    try:
        VERBS[meant].parser().read(split_words(typed))
    except InputError:
        return needed
    return typed or needed


def _lower_first(summary: str) -> str:
    return summary[0].lower() + summary[1:].rstrip(".")


def carry_out(desk: Desk, line: str) -> object:
    """Do what a `%sfdag` line says and return the verb's value."""
    __tracebackhide__ = True  # as below
    joined = joined_line(line)
    typed = split_words(joined)
    words = desk.notebook.with_variables(typed)
    if not words:
        desk.notebook.say(overview(desk, desk.workspace.registry.current))
        return None
    words[0] = unquoted_value(words[0])
    words[0] = _AS_OPTIONS.get(words[0], words[0])
    verb = verb_named(words[0], joined.strip().removeprefix(words[0]).strip())
    parser = verb.parser()
    if {"-h", "--help"} & set(words[1:]):
        desk.notebook.say(parser.format_help())
        return None
    if desk.notebook.is_only_read and not verb.only_describes:
        return LeftOut(f"%sfdag {verb.name}")
    return _acted(desk, verb, parser.read(words[1:], lambda: known_names(desk), typed=typed[1:]))


def carry_out_words(desk: Desk, name: str, words: Sequence[str]) -> object:
    """Do what a verb and its words say, as a shell has split them; return the verb's value."""
    verb = verb_named(name)
    parser = verb.parser()
    if {"-h", "--help"} & set(words):
        desk.notebook.say(parser.format_help())
        return None
    return _acted(desk, verb, parser.read(words, lambda: known_names(desk)))


def check_words(name: str, words: Sequence[str]) -> Options:
    """Read what stands behind a verb before anything is known of its graph.

    Raises:
        InputError: as their parser has it, or it cannot be meant.
    """
    verb = verb_named(name)
    options = verb.parser().read(words, lambda: Known(options=_having()))
    verb.check(options)
    return options


def _acted(desk: Desk, verb: Verb, options: Options) -> object:
    with desk.notebook.waiting(quiet=options.quiet or options.json):
        __tracebackhide__ = True  # a verb may call what is the user's
        meanwhile(f"%sfdag {verb.name}")
        try:
            if ActsOn.TARGET in verb.acts_on and options.mine:
                options.target = desk.workspace.places.mine(options.target)
            verb.check(options)
            _say_of_target(desk, options)
            value = verb.act(desk, options)
        except SfdagError as error:
            with contextlib.suppress(InputError):  # the file of targets may be what is wrong
                desk.elsewhere(options).complete(error)
            raise
        except Interrupted:  # the verb itself said what goes on
            raise
        except KeyboardInterrupt as interrupt:
            said = f"%sfdag {verb.name} no longer waits; what it began goes on: %sfdag status"
            raise Interrupted(desk.elsewhere(options).completed(said)) from interrupt
    desk.notebook.drew(value)
    # Nothing stands beside a JSON document.
    return None if options.json and desk.notebook.shows_values else value


def _say_of_target(desk: Desk, options: Options) -> None:
    """Before anything is done on it: that the verbs mean another target than they did."""
    if options.target:
        return
    with contextlib.suppress(InputError):  # the file of targets may be what is wrong
        if turned := desk.workspace.places.turned():
            before, now = turned
            desk.say(
                options,
                f"verbs mean target {now} from now on and no longer {before}, as sfdag.toml or "
                f"SFDAG_TARGET says · %sfdag target use {before} goes back",
            )


def known_names(desk: Desk) -> Known:
    """What a word that does not belong may be: all that is known without asking a target."""
    registry = desk.workspace.registry
    targets: Collection[str] = ()
    with contextlib.suppress(InputError):  # the file of targets may be what is wrong
        targets = desk.workspace.places.targets.known
    return Known(
        tasks=[task.name for task in registry.current.tasks],
        graphs=[graph.name for graph in registry.graphs],
        targets=targets,
        options=_having(),
    )


def _having() -> Mapping[str, Collection[str]]:
    """The verbs that have an option, as they are typed."""
    having: dict[str, list[str]] = {}
    for verb in VERBS.values():
        for flag in verb.parser().flags:
            having.setdefault(flag, []).append(f"%sfdag {verb.name}")
    return having


def overview(desk: Desk, graph: TaskGraph) -> str:
    """The graph and the command that makes sense next; asks no target."""
    run = desk.workspace.runs.known(graph)
    seen = run.snapshot if run else None
    return f"{graph_text(shape_of(graph), seen)}\nnext: {_next(desk, graph)}"


def _next(desk: Desk, graph: TaskGraph) -> str:
    if not graph.tasks:
        return "%%sftask above a function makes the cell a task · %sfdag help"
    if graph.validate():
        return "%sfdag validate"
    run = desk.workspace.runs.known(graph)
    if run is None or desk.workspace.shipped.not_shipped(graph):
        failed = run is not None and run.state is GraphRunState.FAILED
        return "%sfdag retry" if failed else "%sfdag run"
    after = {
        GraphRunState.FAILED: "%sfdag why",
        GraphRunState.EXECUTING: "%sfdag status",
        GraphRunState.SUCCEEDED: "%sfdag runs",  # a run deploys what it runs
    }
    return after.get(run.state, "%sfdag run")
