"""What to type next, and other words that differ by the place where they are read.

A command is a value, `to_type("retry", run="3f2a91bc")`, that turns into text here alone: where the
magics are loaded, as a line of the notebook; in a script, a test or a scheduler, as the call on the
target or the graph that does the same; in a shell, whose own commands start and stop the engine, as
what is typed in a notebook. Knows words, and which of the places this process is; nothing of what
verbs do.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from sfdag_magics.light_classes import dataclass

#: What is no `%sfdag` but a command of a shell, wherever it is read.
OF_SHELLS = ("local", "demo")
#: Arguments as a line has them; the others are options of their own name.
_ON_A_LINE = {
    **dict.fromkeys(("run", "task", "name", "table", "file", "version"), "{}"),
    "graph": "-g {}",
    "target": "-t {}",
    "connection": "-c {}",
    "use": "use {}",
    "of": "--run {}",
    "set": "--set {}=…",
    "start": "--from {}",
    "form": "--as {}",
    "help": "-h",
}
#: Calls by the verb and the names of its arguments. `…` stands for what the script has already, its
#: graph or its run. Other verbs without arguments are calls of their own name, but the notebook's.
_IN_PYTHON = {
    ("run", "set"): 'target.run(…, config={{"{set}": …}})',
    ("run", "target"): 'open_target("{target}").run(…)',
    ("run", "help"): "help(target.run)",
    ("run", "to"): 'target.run(…, end=["{to}"])',
    ("run", "only", "inputs"): 'target.run(…, only=["{only}"], inputs="{inputs}")',
    ("retry", "run"): 'target.retry(run="{run}")',
    ("retry", "run", "start"): 'target.retry(run="{run}", start=["{start}"])',
    ("retry", "code"): "target.retry(…, {code})",
    ("retry", "run", "code"): 'target.retry(run="{run}", {code})',
    ("stop", "run"): 'target.stop(run="{run}")',
    ("stop", "run", "by_name"): 'target.stop(run="{run}", by_name=True)',
    ("stop", "by_name"): "target.stop(…, by_name=True)",
    ("status", "run"): 'target.status(run="{run}")',
    ("status", "graph"): 'target.status("{graph}")',
    ("logs", "task"): 'target.logs("{task}", …)',
    ("logs", "task", "of"): 'target.logs("{task}", run="{of}")',
    ("debug", "task"): 'target.debug("{task}", …)',
    ("why", "task"): 'target.why(…, task="{task}")',
    ("deploy", "now"): "target.deploy(…, now=True)",
    ("deploy", "prune"): "target.deploy(…, prune=True)",
    ("deploy", "suspended"): "target.deploy(…, suspended=True)",
    ("rollback", "version"): "target.rollback(…, version={version})",
    ("rollback", "now"): "target.rollback(…, now=True)",
    ("rollback", "list"): "target.versions(…)",
    ("show",): "target.status(…)",
    ("show", "format"): "print(target.status(…))",
    ("graphs",): "target.graphs()",
    ("graphs", "all"): "target.graphs(everywhere=True)",
    ("forget", "task"): 'graph.forget("{task}")',
    ("forget", "task", "graph"): 'graph.forget("{task}")',
    ("graph", "set"): 'graph.configure(config={{"{set}": …}})',
    ("graph", "config"): 'graph.configure(without={{"config"}})',
    ("graph", "schedule"): 'graph.configure(schedule="{schedule}")',
    ("graph", "warehouse"): 'graph.configure(warehouse="{warehouse}")',
    ("graph", "auto_retry"): "graph.configure(auto_retry={auto_retry})",
    ("graph", "unpinned"): "graph.configure(unpinned=True)",
    ("graph", "help"): "help(TaskGraph.configure)",
    ("graph", "name"): 'TaskGraph("{name}")',
    ("target",): "open_target(…)",
    ("target", "connection"): 'open_target(Target(name=…, connection="{connection}"))',
    ("target", "local"): 'open_target(Target(name=…, path="{local}"))',
    ("target", "use"): "open_target({use})",
    ("export", "form"): 'target.export(form="{form}")',
    ("export", "form", "notebook"): 'target.export(form="{form}", notebook="{notebook}")',
    ("models",): "target.models.all()",
    ("models", "name"): "target.models.versions({name!r})",
    ("models", "name", "plot"): "target.models.versions({name!r}).plot({plot!r})",
    ("models", "name", "promote"): "target.models.promote({promote!r}, {name!r})",
    ("models", "name", "rollback"): "target.models.roll_back({name!r})",
    ("load", "file"): 'target.load("{file}")',
    ("pull", "table", "target"): 'target.pull("{table}", "{target}")',
    ("import", "source"): 'target.import_from("{source}")',
    ("sftask", "allow_secret"): '@sftask(allow_secret=["{allow_secret}"])',
    ("sftask", "retries"): "@sftask(retries={retries})",
    ("sftask", "group"): '@sftask(group="{group}")',
    ("sftask", "packages"): '@sftask(packages=["{packages}"])',
}
#: The ways to run a part of a graph, as a line has them, and the same in a call.
PARTS = {"only": "only=[{!r}]", "from": "start=[{!r}]", "to": "end=[{!r}]", "group": "group={!r}"}
#: Values of a line that are arguments of their own in a call.
_AS_ARGUMENTS = {
    ("code", "deployed"): "current_code=False",
    ("code", "original"): "original_code=True",
}
_CALLED_BY_NAME = {
    *("validate", "plan", "deploy", "run", "retry", "stop", "status", "runs", "logs", "why"),
    *("doctor", "compare", "export", "backfill", "suspend", "resume", "drop", "rollback"),
}
#: What is typed into a graph's own text.
_OF_CODE = ("sftask", "graph")
#: The shells of this process in which `%sfdag` can be typed: who loads the magics adds theirs.
MAGICS: weakref.WeakSet[object] = weakref.WeakSet()
#: How many commands of a shell this process is just doing.
_commands = 0
#: How many of them act on a Python file, whose tasks have a decorator and no cells.
_python_files = 0
#: How many of them name no file: they ship nothing.
_without_file = 0


@dataclass(frozen=True, slots=True)
class Next:
    """A command or call that is offered; its text is as it is typed where this process shows it.

    Attributes:
        verb: its name, `sftask` for options of a cell or of the decorator.
        arguments: by their names; an option without a value has none.
    """

    verb: str
    arguments: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        is_call = _is_script() or (self.verb in _OF_CODE and _python_files)
        call = self._call() if is_call else None
        return call or self._line()

    def _line(self) -> str:
        if self.verb == "sftask":
            magic = "%%sftask …"
        else:
            magic = f"{'' if self.verb.split()[0] in OF_SHELLS else '%'}sfdag {self.verb}"
        return " ".join((magic, *(_option(name, value) for name, value in self.arguments)))

    def _call(self) -> str | None:
        """The call that does the same; None for what only a notebook or a shell has."""
        shape = (self.verb, *(name for name, _ in self.arguments))
        if shape in _IN_PYTHON:
            said = {each[0]: _AS_ARGUMENTS.get(each, each[1]) for each in self.arguments}
            return _IN_PYTHON[shape].format(**said)
        return (
            f"target.{self.verb}(…)" if shape[1:] == () and self.verb in _CALLED_BY_NAME else None
        )


@dataclass(frozen=True, slots=True)
class ByPlace:
    """What is said of cells, and what is said instead where there are none."""

    cells: str
    script: str = ""

    def __str__(self) -> str:
        return self.script if _is_script() else self.cells


@dataclass(frozen=True, slots=True)
class OfCode(ByPlace):
    """The same of what stands in a graph's own text: a Python file has no cells in a shell too."""

    def __str__(self) -> str:
        return self.script if _is_script() or _python_files else self.cells


@dataclass(frozen=True, slots=True)
class OfKernel(OfCode):
    """What is to be done with a cell where a kernel has it: a command of a shell runs them all."""

    def __str__(self) -> str:
        return self.script if _commands else OfCode.__str__(self)


@dataclass(frozen=True, slots=True)
class OfShipping(ByPlace):
    """What ships what was corrected, and how that is typed in a shell where no file was named."""

    def __str__(self) -> str:
        return self.script if _without_file else self.cells


#: Ends the advice to correct what stands in a cell.
RUN_IT = OfKernel(" and run its cell")
RUN_AGAIN = OfKernel(" and run the cell again")
#: How a task that failed is made good, before it goes on.
CORRECT = OfKernel("correct the cell, run it", "correct it")
#: What goes on, or begins anew, with what was corrected.
RETRY_IT = OfShipping("%sfdag retry", "sfdag retry NOTEBOOK.ipynb")
DEPLOY_IT = OfShipping("%sfdag deploy", "sfdag deploy NOTEBOOK.ipynb")
RUN_ANEW = OfShipping("%sfdag run", "sfdag run NOTEBOOK.ipynb")
#: Where the graphs are that are not deployed.
HERE = OfKernel("in this notebook", "here")
#: To drop what a graph has no more.
PRUNE = ByPlace("--prune", "prune=True")
#: What shows a graph live.
SHOW = ByPlace("%sfdag show", "target.live(…)")
#: How a backfill is asked for: of a range, cut by a length, of all that ran as well.
RANGE = ByPlace("%sfdag backfill START END", "target.backfill(start=…, end=…)")
EVERY = ByPlace(
    '%sfdag backfill START END --every "1 day"', 'target.backfill(start=…, end=…, every="1 day")'
)
REPROCESS_ALL = ByPlace("--reprocess all", 'reprocess="all"')
REPROCESS_FAILED = ByPlace("--reprocess failed", 'reprocess="failed"')
LENGTH = ByPlace("--every", "every=")
ONE_AT_A_TIME = ByPlace("without --max-active", "max_active=1")
OVERLAP = OfCode(
    "%sfdag graph --overlap ALLOW_ALL_OVERLAP", 'graph.configure(overlap="ALLOW_ALL_OVERLAP")'
)
#: The options of a task that are named where it does not fit the others.
AFTER, WHEN = OfCode("--after", "after="), OfCode("--when", "when=")
FINALIZER = OfCode("--finalizer", "finalizer=True")
PACKAGES, PICKLE = OfCode("--packages", "packages="), OfCode("--pickle", "pickle=")


def to_type(verb: str, **arguments: str | bool | None) -> Next:
    """What to type next, with the arguments that are known.

    >>> print(to_type("retry", run="3f2a91bc"), "or", to_type("stop", run=None))
    target.retry(run="3f2a91bc") or target.stop(…)
    """
    named = (
        (name, "" if value is True else str(value)) for name, value in arguments.items() if value
    )
    return Next(verb, tuple(named))


def from_tasks(starts: Iterable[str], run: str | None = None, key: str | None = None) -> ByPlace:
    """What runs these tasks anew and what stands below them: of a run a retry, else a new run.

    Args:
        key: of the configuration, to which the new run gives a value.
    """
    names = [*starts]
    if run is not None:
        return ByPlace(
            f"%sfdag retry {run} --from {','.join(names)}",
            f'target.retry(run="{run}", start={names})',
        )
    line, call = f"%sfdag run --from {','.join(names)}", f"target.run(…, start={names}"
    if key is not None:
        return ByPlace(f"{line} --set {key}=…", f'{call}, config={{"{key}": …}})')
    return ByPlace(line, f"{call})")


def after(task: str) -> OfCode:
    """The option that names a task above, as it is typed for a task below it."""
    return OfCode(f"--after {task}", f'after=["{task}"]')


def graph_option(name: str, example: str) -> OfCode:
    """How an option of a graph is said, with an example as it is written in Python."""
    call = f"TaskGraph(…, {name}={example}) or graph.configure({name}={example})"
    return OfCode(f"%sfdag graph --{name.replace('_', '-')} …", call)


def task_option(name: str, example: str) -> OfCode:
    """The same of an option of a task."""
    return OfCode(f"%%sftask --{name.replace('_', '-')} …", f"@sftask({name}={example})")


def run_with(
    line: str, arguments: str, config: Mapping[str, object], part: tuple[str, str] | None = None
) -> ByPlace:
    """How a run is started with these values of its configuration.

    Args:
        line: the command without them.
        arguments: what is typed behind it.
        config: what a call is told for the same.
        part: which part of the graph runs, by one of `PARTS` and a name.
    """
    way, name = part or ("", "")
    call = ", ".join(
        (
            "target.run(…",
            *([PARTS[way].format(name)] if way else []),
            *([f"config={dict(config)!r}"] if config else []),
        )
    )
    words = (line, arguments, f"--{way} {_as_a_word(name)}" if way else "")
    return ByPlace(" ".join(filter(None, words)), f"{call})")


def retry_with(line: str, arguments: str, options: Mapping[str, object]) -> ByPlace:
    """How a run is retried with more than what failed. Args as of `run_with`."""
    said = ", ".join(f"{name}={value!r}" for name, value in options.items())
    return ByPlace(f"{line} {arguments}".rstrip(), f"target.retry({said})")


def backfill_with(line: str, arguments: str, options: Mapping[str, object]) -> ByPlace:
    """How the slots of a range are run. Args as of `run_with`."""
    said = "".join(f", {name}={value!r}" for name, value in options.items())
    return ByPlace(f"{line} {arguments}".rstrip(), f"target.backfill(…{said})")


def setting(key: str, value: str) -> str:
    """How a value is given to a key of the configuration.

    Args:
        key: its name.
        value: as it stands on a line, such as `3`, `true`, `'[1, 2]'` or `2026-01-31`.
    """
    return str(ByPlace(f"--set {key}={value}", f'config={{"{key}": {_in_python(value)}}}'))


@contextmanager
def in_a_shell() -> Iterator[None]:
    """While a command of a shell is done, in this process."""
    global _commands
    _commands += 1
    try:
        yield
    finally:
        _commands -= 1


@contextmanager
def on_a_python_file() -> Iterator[None]:
    """While a command of a shell is done on the graphs of a Python file."""
    global _python_files
    _python_files += 1
    try:
        yield
    finally:
        _python_files -= 1


@contextmanager
def on_no_file() -> Iterator[None]:
    """While a command of a shell is done on what is deployed alone."""
    global _without_file
    _without_file += 1
    try:
        yield
    finally:
        _without_file -= 1


def _is_script() -> bool:
    return not MAGICS and not _commands


def _option(name: str, value: str) -> str:
    shown = f"'{value}'" if " " in value or '"' in value else value
    named = f"--{name.replace('_', '-')} {{}}".strip()
    return _ON_A_LINE.get(name, named).format(shown).rstrip()


def _as_a_word(name: str) -> str:
    """A name as one word of a line, quoted where it would be read as more."""
    if re.fullmatch(r"[\w.:/@,+-]+", name):
        return name
    inside = re.sub(r"(\\*)('|$)", lambda found: found[1] * 2 + ("\\'" if found[2] else ""), name)
    return f"'{inside}'"


def _in_python(value: str) -> str:
    if value.startswith("'"):
        return value.strip("'")
    if re.fullmatch(r"\d{4}-.+", value):
        return f'"{value}"'
    return value.capitalize() if value in ("true", "false") else value
