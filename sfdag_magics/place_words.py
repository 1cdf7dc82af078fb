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
from collections.abc import Iterator
from contextlib import contextmanager

from sfdag_magics.light_classes import dataclass

#: What is no `%sfdag` but a command of a shell, wherever it is read.
_OF_SHELLS = ("local", "demo")
#: Arguments as a line has them; the others are options of their own name.
_ON_A_LINE = {
    **dict.fromkeys(("run", "task", "name"), "{}"),
    "graph": "-g {}",
    "target": "-t {}",
    "connection": "-c {}",
    "use": "use {}",
    "set": "--set {}=…",
    "help": "-h",
}
#: Calls by the verb and the names of its arguments. `…` stands for what the script has already, its
#: graph or its run. Other verbs without arguments are calls of their own name, but the notebook's.
_IN_PYTHON = {
    ("run", "set"): 'target.run(…, config={{"{set}": …}})',
    ("run", "target"): 'open_target("{target}").run(…)',
    ("retry", "run"): 'target.retry(run="{run}")',
    ("retry", "code"): "target.retry(…, current_code=False)",
    ("stop", "run"): 'target.stop(run="{run}")',
    ("stop", "run", "by_name"): 'target.stop(run="{run}", by_name=True)',
    ("stop", "by_name"): "target.stop(…, by_name=True)",
    ("status", "run"): 'target.status(run="{run}")',
    ("status", "graph"): 'target.status("{graph}")',
    ("logs", "task"): 'target.logs("{task}", …)',
    ("why", "task"): 'target.why(…, task="{task}")',
    ("deploy", "now"): "target.deploy(…, now=True)",
    ("deploy", "prune"): "target.deploy(…, prune=True)",
    ("deploy", "suspended"): "target.deploy(…, suspended=True)",
    ("show",): "target.status(…)",
    ("graphs",): "target.graphs()",
    ("graphs", "all"): "target.graphs(everywhere=True)",
    ("forget", "task"): 'graph.forget("{task}")',
    ("forget", "task", "graph"): 'graph.forget("{task}")',
    ("graph", "set"): 'graph.configure(config={{"{set}": …}})',
    ("graph", "config"): 'graph.configure(without={{"config"}})',
    ("graph", "schedule"): 'graph.configure(schedule="{schedule}")',
    ("graph", "warehouse"): 'graph.configure(warehouse="{warehouse}")',
    ("graph", "unpinned"): "graph.configure(unpinned=True)",
    ("graph", "help"): "help(TaskGraph.configure)",
    ("graph", "name"): 'TaskGraph("{name}")',
    ("target",): "open_target(…)",
    ("target", "connection"): 'open_target(Target(name=…, connection="{connection}"))',
    ("target", "local"): 'open_target(Target(name=…, path="{local}"))',
    ("target", "use"): "open_target({use})",
    ("sftask", "allow_secret"): '@sftask(allow_secret=["{allow_secret}"])',
    ("sftask", "packages"): '@sftask(packages=["{packages}"])',
}
_CALLED_BY_NAME = {
    *("validate", "plan", "deploy", "run", "retry", "stop", "status", "runs", "logs", "why"),
    *("suspend", "resume", "drop"),
}
#: The shells of this process in which `%sfdag` can be typed: who loads the magics adds theirs.
MAGICS: weakref.WeakSet[object] = weakref.WeakSet()
#: How many commands of a shell this process is just doing.
_commands = 0


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
        call = self._call() if _is_script() else None
        return call or self._line()

    def _line(self) -> str:
        if self.verb == "sftask":
            magic = "%%sftask …"
        else:
            magic = f"{'' if self.verb.split()[0] in _OF_SHELLS else '%'}sfdag {self.verb}"
        return " ".join((magic, *(_option(name, value) for name, value in self.arguments)))

    def _call(self) -> str | None:
        """The call that does the same; None for what only a notebook or a shell has."""
        shape = (self.verb, *(name for name, _ in self.arguments))
        if shape in _IN_PYTHON:
            return _IN_PYTHON[shape].format(**dict(self.arguments))
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


#: Ends the advice to correct what stands in a cell.
RUN_IT = ByPlace(" and run its cell")
RUN_AGAIN = ByPlace(" and run the cell again")
#: Where the graphs are that are not deployed.
HERE = ByPlace("in this notebook", "here")
#: To drop what a graph has no more.
PRUNE = ByPlace("--prune", "prune=True")
#: The options of a task that are named where it does not fit the others.
AFTER, WHEN = ByPlace("--after", "after="), ByPlace("--when", "when=")
FINALIZER = ByPlace("--finalizer", "finalizer=True")
PACKAGES = ByPlace("--packages", "packages=")


def to_type(verb: str, **arguments: str | bool | None) -> Next:
    """What to type next, with the arguments that are known.

    >>> print(to_type("retry", run="3f2a91bc"), "or", to_type("stop", run=None))
    target.retry(run="3f2a91bc") or target.stop(…)
    """
    named = (
        (name, "" if value is True else str(value)) for name, value in arguments.items() if value
    )
    return Next(verb, tuple(named))


def after(task: str) -> ByPlace:
    """The option that names a task above, as it is typed for a task below it."""
    return ByPlace(f"--after {task}", f'after=["{task}"]')


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


def _is_script() -> bool:
    return not MAGICS and not _commands


def _option(name: str, value: str) -> str:
    shown = f"'{value}'" if " " in value else value
    named = f"--{name.replace('_', '-')} {{}}".strip()
    return _ON_A_LINE.get(name, named).format(shown).rstrip()


def _in_python(value: str) -> str:
    if value.startswith("'"):
        return value.strip("'")
    if re.fullmatch(r"\d{4}-.+", value):
        return f'"{value}"'
    return value.capitalize() if value in ("true", "false") else value
