"""`@sftask(...)` and `sftask(function, ...)`: a task without a cell magic. Imports no IPython.

For plain modules, tests, loops, and front ends that dislike cell magics. The options are those of
`%%sftask`.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar, Unpack, overload

from sfdag_magics.bundle import lines_of
from sfdag_magics.errors import InputError
from sfdag_magics.graph.maps import mapped_tasks
from sfdag_magics.graph.model import FunctionSource, TaskGraph, TaskOptions, python_task
from sfdag_magics.workspace.decorated.enclosed import check_enclosed, names_seen
from sfdag_magics.workspace.decorated.made_twice import MadeByLines, line_that_calls
from sfdag_magics.workspace.decorated.refused import Refused
from sfdag_magics.workspace.registry import REGISTRY, Registry

Function = TypeVar("Function", bound=Callable[..., Any])
Elements = Sequence[Any] | Mapping[str, Any]


#: The options, a line each, as `TaskOptions` describes them.
_OPTIONS = "Options:\n" + inspect.cleandoc(TaskOptions.__doc__ or "").partition("Attributes:\n")[2]


class _LeftOut:
    """What an option is that nobody gave, as a signature shows it."""

    def __repr__(self) -> str:
        return "..."


_LEFT_OUT = _LeftOut()


def _signature() -> inspect.Signature:
    """How the decorator is called: each option is keyword-only and may be left out."""
    called = inspect.signature(TaskDecorator.__call__)
    own = [each for name, each in called.parameters.items() if name not in ("self", "options")]
    keyword = inspect.Parameter.KEYWORD_ONLY
    options = [
        inspect.Parameter(name, keyword, default=_LEFT_OUT, annotation=kind.__forward_arg__)
        for name, kind in TaskOptions.__annotations__.items()
    ]
    return called.replace(parameters=[*own, *options])


class TaskDecorator:
    """Makes functions tasks of a graph, and leaves them as they are: `@sftask`, `sftask(f, …)`."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._made = MadeByLines()
        # What `sftask?` and completion show: each option by its name.
        called = inspect.getdoc(type(self).__call__)
        self.__doc__ = f"{type(self).__doc__}\n\n{called}\n\n{_OPTIONS}"
        self.__signature__ = _signature()

    @overload
    def __call__(
        self,
        function: Function,
        *,
        name: str | None = None,
        graph: str | TaskGraph | None = None,
        **options: Unpack[TaskOptions],
    ) -> Function: ...

    @overload
    def __call__(
        self,
        function: None = None,
        *,
        name: str | None = None,
        graph: str | TaskGraph | None = None,
        **options: Unpack[TaskOptions],
    ) -> Callable[[Function], Function]: ...

    def __call__(
        self,
        function: Function | None = None,
        *,
        name: str | None = None,
        graph: str | TaskGraph | None = None,
        **options: Unpack[TaskOptions],
    ) -> Function | Callable[[Function], Function]:
        """Make a function a task and return it unchanged; without one, return the decorator.

        One function can be several tasks: `sftask(clean, name="clean_b", after=["b"])`.

        Args:
            function: the function; its source is what is shipped.
            name: the task's name; else the function's.
            graph: a graph or its name; else the current one.
            options: those of `TaskOptions`.

        Raises:
            InputError: the source cannot be read, or a name or option does not fit.
        """

        line = line_that_calls()

        def register(made: Function) -> Function:
            with self._gathering(made, name, graph):
                task = python_task(source_of(made), name, **options)
                self._made.check(line, [task], graph)
                self._registry.register(task, graph=graph)
            return made

        return register if function is None else register(function)

    @overload
    def map(
        self,
        function: Function,
        *,
        over: Elements,
        name: str | None = None,
        graph: str | TaskGraph | None = None,
        **options: Unpack[TaskOptions],
    ) -> Function: ...

    @overload
    def map(
        self,
        function: None = None,
        *,
        over: Elements,
        name: str | None = None,
        graph: str | TaskGraph | None = None,
        **options: Unpack[TaskOptions],
    ) -> Callable[[Function], Function]: ...

    def map(
        self,
        function: Function | None = None,
        *,
        over: Elements,
        name: str | None = None,
        graph: str | TaskGraph | None = None,
        **options: Unpack[TaskOptions],
    ) -> Function | Callable[[Function], Function]:
        """Make a function a task for each element of a list, and return it unchanged.

        Its first parameter that is no session and no context receives the element. A task below
        with a parameter of the map's name receives the list of what they returned, in the order of
        `over`. Made again, it takes the tasks out that it makes no more.

        Args:
            function: as for `sftask`.
            over: a list, whose tasks are `score_1`, `score_2` …, or a dict, whose keys name them.
                Each element travels as JSON.
            name: of the map, and of the group that its tasks are; else the function's.
            graph: a graph or its name; else the current one.
            options: those of `TaskOptions`, for each of the tasks.

        Raises:
            InputError: the source cannot be read, `over` has no element or one that JSON cannot
                carry, or a name or option does not fit.
        """
        line = line_that_calls()

        def register(made: Function) -> Function:
            with self._gathering(made, name, graph):
                tasks = mapped_tasks(source_of(made), over, name, **options)
                self._made.check(line, tasks, graph)
                self._registry.register_map(tasks, graph=graph)
            return made

        return register if function is None else register(function)

    @contextmanager
    def _gathering(
        self, function: object, name: str | None, graph: str | TaskGraph | None
    ) -> Iterator[None]:
        """Inside, what is wrong is remembered where a file is read as a whole, else raised."""
        try:
            yield
        except InputError as error:
            if not self._registry.gathers:
                raise
            task = name or getattr(function, "__name__", None)
            code = getattr(function, "__code__", None)
            place = f"{Path(code.co_filename).name}, line {code.co_firstlineno}" if code else ""
            refused = Refused(
                error=error,
                place=place,
                task=task,
                names=(task,) if task else (),
                graph=graph.name if isinstance(graph, TaskGraph) else graph,
            )
            self._registry.refuse(f"{place} {task}", refused)


def source_of(function: Callable[..., Any]) -> FunctionSource:
    """Where a function was written, its `@sftask` lines blanked.

    Raises:
        InputError: it is no plain function, sets what it encloses, or its source is not there.
    """
    if not isinstance(function, types.FunctionType) or function.__name__ == "<lambda>":
        kind = "a lambda" if isinstance(function, types.FunctionType) else repr(function)
        raise InputError(f"{kind} is no function with a name", hint="def train(session): …")
    try:
        lines, first_line = inspect.getsourcelines(function)
    except (OSError, TypeError) as error:
        raise InputError(
            f"the source of {function.__name__} cannot be read",
            hint="write it in a cell or a module",
        ) from error

    # What a decorator of another module put around it sees the names of that module.
    written: types.FunctionType = inspect.unwrap(function)
    check_enclosed(written)

    def place_of(filename: str) -> str:
        return _place(filename, written.__globals__)

    return FunctionSource(
        name=function.__name__,
        text=_without_decorator(textwrap.dedent("".join(lines))),
        cell=place_of(written.__code__.co_filename),
        first_line=first_line,
        namespace=lambda: names_seen(written),
        place_of=place_of,
    )


def _without_decorator(text: str) -> str:
    """The text with the lines of `@sftask` empty, so that line numbers stay true."""
    lines = lines_of(text)
    for node in ast.parse(text).body:
        for decorator in getattr(node, "decorator_list", []):
            if "sftask" in _last_words(decorator):
                for number in range(decorator.lineno - 1, decorator.end_lineno):
                    lines[number] = ""
    return "\n".join(lines)


def _last_words(decorator: ast.expr) -> list[str]:
    """`sftask` of `@sfdag_magics.sftask`, and of `@sftask.map(…)`."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    words = ast.unparse(called).split(".")
    return words[-2:] if words[-1] == "map" else words[-1:]


def _place(filename: str, names: Mapping[str, Any]) -> str:
    """How a traceback names a place by its code's file name: a notebook's cell, or the file."""
    shell = names.get("get_ipython")
    if shell is not None:
        named = shell().compile.format_code_name(filename)  # ("Cell", "In[7]") for a cell
        if named is not None:
            return f"Cell {named[1].removeprefix('In')}"
    return Path(filename).name


#: The decorator of this process's registry.
sftask = TaskDecorator(REGISTRY)
