"""What names of a program stand for, as far as it can be known without running it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import field
from datetime import timedelta

from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that is known when the program runs.

    Attributes:
        text: the expression, as it is written.
    """

    text: str


class Partly(str):
    """A text of which some is known when the program runs: that stands in it as `{expression}`."""

    unknown: tuple[str, ...]

    def __new__(cls, text: str, unknown: tuple[str, ...]) -> Partly:
        """The text with the expressions that are not known."""
        made = super().__new__(cls, text)
        made.unknown = unknown
        return made


@dataclass(frozen=True, slots=True)
class Library:
    """Something of a module that is no part of the program, by its full name."""

    path: str

    @property
    def name(self) -> str:
        """The last part."""
        return self.path.rpartition(".")[2]


class Scope:
    """Names of a module or a function, and those around it."""

    def __init__(self, around: Scope | None = None) -> None:
        self.names: dict[str, object] = {}
        self.around = around
        #: Those that `global` and `nonlocal` say stand further out.
        self.outer: set[str] = set()

    def get(self, name: str) -> object:
        """What a name stands for; None of Python's is here.

        Raises:
            KeyError: nothing.
        """
        if name in self.names:
            return self.names[name]
        if self.around is None:
            raise KeyError(name)
        return self.around.get(name)

    def put(self, name: str, value: object) -> None:
        """Let a name stand for a value."""
        if name in self.outer and self.around is not None:
            self.around.put(name, value)
        else:
            self.names[name] = value


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """A file of the program.

    Attributes:
        name: as it is imported; empty for the program itself.
    """

    name: str
    text: str
    tree: ast.Module = field(repr=False)
    scope: Scope = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function of the program."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    module: Module
    scope: Scope = field(repr=False)

    @property
    def name(self) -> str:
        """Its name; a lambda has none."""
        return "<lambda>" if isinstance(self.node, ast.Lambda) else self.node.name


@dataclass(frozen=True, slots=True)
class Cron:
    """A schedule of Snowflake's own API."""

    expression: object
    zone: object


@dataclass(frozen=True, slots=True)
class Procedure:
    """A call of a function or procedure as a task's definition."""

    function: object
    options: Mapping[str, object]


@dataclass(slots=True, eq=False)
class Dag:
    """A `DAG` on its way."""

    name: object
    options: Mapping[str, object]
    line: int
    tasks: dict[str, DagTask] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class DagTask:
    """A `DAGTask` on its way, or a `Task` of its own, which has no DAG.

    Attributes:
        conditions: those that branches above it add, the last one first.
    """

    name: object
    definition: object
    options: dict[str, object]
    dag: Dag | None
    line: int
    is_branch: bool = False
    above: list[DagTask] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)

    @property
    def is_finalizer(self) -> bool:
        """Whether it runs at the end of all."""
        return self.options.get("is_finalizer") is True


def is_known(value: object) -> bool:
    """Whether all of a value is known: plain data, in which nothing has to be run."""
    if isinstance(value, Mapping):
        return all(is_known(key) and is_known(each) for key, each in value.items())
    if isinstance(value, (list, tuple, set, frozenset)):
        return all(map(is_known, value))
    return value is None or (isinstance(value, _PLAIN) and not isinstance(value, Partly))


_PLAIN = (str, bytes, bool, int, float, complex, timedelta, slice, Cron)
