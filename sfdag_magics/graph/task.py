"""One task of a graph as the notebook describes it. Knows no other task and no place it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import timedelta
from enum import StrEnum
from typing import TypedDict, Unpack, cast

from sfdag_magics.errors import InputError, Problem
from sfdag_magics.graph.arguments.calls import tells_arguments, told_call
from sfdag_magics.graph.arguments.option_values import (
    duration_of,
    is_well,
    names_of,
    options_problems,
)
from sfdag_magics.graph.arguments.options_table import TASK_TAKES, of_graphs
from sfdag_magics.graph.grammar import CreateTask, parse_task_statement
from sfdag_magics.graph.names import check_task_name
from sfdag_magics.graph.rules import WAREHOUSE_SIZES, retries_problem, timeout_problem
from sfdag_magics.graph.source import FunctionSource
from sfdag_magics.graph.sql.sql_names import sql_name_problem
from sfdag_magics.graph.values.element import Element
from sfdag_magics.graph.values.signature import (
    Parameter,
    ParameterKind,
    parameters_of,
    return_annotation,
)
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import RUN_AGAIN, WHEN, OfCode, to_type
from sfdag_magics.sqltext import SqlTextError, split_statements, tokenize

_A_CONDITION = OfCode('--when "1 = 1"', "when='1 = 1'")


class TaskKind(StrEnum):
    """What a task's body is."""

    PYTHON = "python"
    SQL = "sql"
    #: It is deployed, and its cell was not run here: only its place in the graph is known.
    NOT_LOADED = "not loaded"


class TaskOptions(TypedDict, total=False):
    """What can be said of a task beside its code; the same for cells, decorators and objects.

    Attributes:
        after: names of the tasks it waits for.
        branch: its return value names the next task.
        finalizer: it runs when all others have ended.
        when: a Snowflake condition.
        timeout: it is cancelled when it has run so long; a `timedelta`, or a text such as `20m`.
        warehouse: where it runs; else on the graph's, the target's or the session's.
        serverless: the initial warehouse size of a serverless task.
        packages: what it needs beside what its code imports.
        comment: kept with the task.
        group: tasks of one group fold, run and retry together.
        retries: so often a Python task that raised is called again by itself, within its run.
        backoff: how long it waits before the first of these; each time twice as long.
        allow_secret: names that look like a secret and ship all the same.
        pickle: names of the notebook that ship as pickles, where they cannot ship as source.
    """

    after: Sequence[str]
    branch: bool
    finalizer: bool
    when: str | None
    timeout: timedelta | str | None
    warehouse: str | None
    serverless: str | None
    packages: Sequence[str]
    comment: str | None
    group: str | None
    retries: int
    backoff: timedelta | str | None
    allow_secret: Sequence[str]
    pickle: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlPlace:
    """Where a SQL task's text was written: its cell (`Cell [7] load`), and its first line there."""

    cell: str
    first_line: int = 1


@tells_arguments
@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task: build it with `python_task` or `sql_task`, which check it.

    Attributes:
        name: as the notebook spells it; names are told apart without regard to case.
        body: the SQL of a SQL task; empty for a Python task.
        source: the function of a Python task; None for a SQL task.
        written: where a SQL task's text stands, if it stands in a cell; moving it changes nothing.
        parameters: what the function asks for, in order.
        returns: the source text of the function's return annotation, or None.
        element: which element of a map it is of; None for a task that stands alone.

    The rest is as in `TaskOptions`.
    """

    name: str
    kind: TaskKind
    body: str = ""
    source: FunctionSource | None = None
    written: SqlPlace | None = field(default=None, compare=False)
    parameters: tuple[Parameter, ...] = ()
    returns: str | None = None
    after: tuple[str, ...] = ()
    branch: bool = False
    finalizer: bool = False
    when: str | None = None
    timeout: timedelta | None = None
    warehouse: str | None = None
    serverless: str | None = None
    packages: tuple[str, ...] = ()
    comment: str | None = None
    group: str | None = None
    retries: int = 0
    backoff: timedelta | None = None
    allow_secret: tuple[str, ...] = ()
    pickle: tuple[str, ...] = ()
    element: Element | None = None

    @property
    def values(self) -> tuple[Parameter, ...]:
        """The parameters that receive another task's return value, or those of all of a map."""
        return tuple(p for p in self.parameters if p.kind is ParameterKind.VALUE)

    @property
    def config_keys(self) -> tuple[Parameter, ...]:
        """The parameters that are keys of the graph's config."""
        return tuple(p for p in self.parameters if p.kind is ParameterKind.CONFIG)

    @property
    def place(self) -> str | None:
        """The cell it was written in, if it is known."""
        if self.written is not None:
            return self.written.cell
        return self.source.cell if self.source else None

    def line_text(self, line: int) -> str:
        """Where a line of its SQL stands, from 1: `Cell [7] load, line 3`."""
        if self.written is None:
            return f"line {line} of its SQL"
        return f"{self.written.cell}, line {self.written.first_line + line - 1}"


@told_call
def python_task(
    source: FunctionSource, name: str | None = None, **options: Unpack[TaskOptions]
) -> Task:
    """A task whose body is a function; its name defaults to the function's.

    Raises:
        InputError: the name or an option does not fit, or the function takes *args or **kwargs.
    """
    if not isinstance(source, FunctionSource):
        raise InputError(
            f"python_task takes the text of a function, and this is {type(source).__name__}",
            hint="@sftask above the def makes it a task, or task_function(text) its text",
        )
    function = source.node
    return _task(
        Task(
            name=name or source.name,
            kind=TaskKind.PYTHON,
            source=source,
            parameters=parameters_of(function),
            returns=return_annotation(function),
        ),
        options,
    )


@told_call
def sql_task(
    name: str, body: str, *, written: SqlPlace | None = None, **options: Unpack[TaskOptions]
) -> Task:
    """A task whose body is one SQL statement, one CALL or one Scripting block.

    Args:
        written: the cell of the text, for messages.

    Raises:
        InputError: the name or an option does not fit, or the body is not one statement.
    """
    try:
        tokens = tokenize(body)
    except SqlTextError as exc:
        raise InputError(f"{name}: {exc}", hint=f"close it{RUN_AGAIN}") from exc
    while tokens and tokens[-1].text == ";":
        tokens = tokens[:-1]
    if not tokens:
        raise InputError(f"{name}: the cell has no SQL", hint="write one statement, or BEGIN … END")
    if (count := len(split_statements(body))) > 1:
        raise InputError(
            f"{name}: the cell has {count} statements, and a task runs one",
            hint="put BEGIN before them and END behind them, or make a cell of each",
        )
    # A comment at the end would swallow what the statement is followed by, and is not kept.
    kept = body[: tokens[-1].end].strip()
    if written is not None:
        above = body[: body.index(kept)].count("\n")
        written = replace(written, first_line=written.first_line + above)
    return _task(Task(name=name, kind=TaskKind.SQL, body=kept, written=written), options)


def _task(task: Task, options: TaskOptions) -> Task:
    """The task with its options, checked."""
    check_task_name(task.name)
    _check_options(task, options)
    return Task(
        name=task.name,
        kind=task.kind,
        body=task.body,
        source=_allowing(task.source, options),
        written=task.written,
        parameters=task.parameters,
        returns=task.returns,
        after=names_of(options.get("after") or ()),
        branch=bool(options.get("branch")),
        finalizer=bool(options.get("finalizer")),
        when=options.get("when"),
        timeout=duration_of(options.get("timeout")),
        warehouse=options.get("warehouse"),
        serverless=_size(options.get("serverless")),
        packages=names_of(options.get("packages") or ()),
        comment=options.get("comment"),
        group=options.get("group"),
        retries=options.get("retries") or 0,
        backoff=duration_of(options.get("backoff")),
        allow_secret=names_of(options.get("allow_secret") or ()),
        pickle=names_of(options.get("pickle") or ()),
    )


def _allowing(source: FunctionSource | None, options: TaskOptions) -> FunctionSource | None:
    allowed = frozenset(names_of(options.get("allow_secret") or ()))
    pickled = frozenset(names_of(options.get("pickle") or ()))
    return source and replace(source, allow_secret=allowed, pickled=pickled)


def _check_options(task: Task, options: TaskOptions) -> None:
    """Refuse options that do not fit, all of them at once.

    Raises:
        InputError: of the first one; `problems` holds the others.
    """
    said = cast("Mapping[str, object]", options)
    fitting = {name: value for name, value in said.items() if is_well(name, value, TASK_TAKES)}
    rules = _broken_rules(task, cast("TaskOptions", fitting))
    wrong = [*options_problems(said, TASK_TAKES, of_graphs), *rules]
    if not wrong:
        return
    (message, hint), *others = wrong
    raise InputError(
        f"{task.name}: {message}",
        hint=hint,
        problems=tuple(Problem(task=None, message=each, hint=way) for each, way in others),
    )


def _broken_rules(task: Task, options: TaskOptions) -> Iterator[tuple[str, str]]:
    """What options of the right types say that cannot be, and what to write instead."""
    timeout, warehouse = duration_of(options.get("timeout")), options.get("warehouse")
    if timeout is not None and (problem := timeout_problem(timeout)):
        yield problem, str(OfCode("--timeout 20m", "timeout='20m'"))
    backoff = duration_of(options.get("backoff"))
    yield from _wrong_retries(task, options.get("retries") or 0, backoff)
    yield from _wrong_condition(options.get("when"))
    if warehouse is not None and (problem := sql_name_problem(warehouse)):
        said = OfCode("--warehouse", "warehouse")
        yield f"{said}: {problem}", str(OfCode("--warehouse ML", 'warehouse="ML"'))
    if options.get("branch") and options.get("finalizer"):
        yield (
            "a finalizer is no branch, as nothing comes after it",
            str(OfCode("leave out --branch or --finalizer", "leave out branch= or finalizer=")),
        )
    if warehouse and options.get("serverless"):
        yield (
            "it runs on a warehouse or serverless, not on both",
            str(OfCode("leave out --warehouse or --serverless", "leave out one of the two")),
        )
    size = options.get("serverless")
    if size is not None and _size(size) not in WAREHOUSE_SIZES:
        yield f"{size!r} is no warehouse size", "XSMALL, SMALL, MEDIUM, LARGE, XLARGE"


def _wrong_retries(
    task: Task, retries: int, backoff: timedelta | None
) -> Iterator[tuple[str, str]]:
    if task.kind is TaskKind.SQL and (retries or backoff):
        yield (
            "a SQL task is sent as it is written, and the service has no retries of one task",
            "EXCEPTION WHEN OTHER in a BEGIN … END block, CALL SYSTEM$WAIT(30) and the "
            f"statement again; or {to_type('graph', auto_retry='2')}, of the whole run",
        )
    elif problem := retries_problem(retries, backoff):
        yield problem, str(to_type("sftask", retries="3"))


def _wrong_condition(when: str | None) -> Iterator[tuple[str, str]]:
    """What would not stay within WHEN: an open quote or bracket, a clause of its own."""
    if when is None:
        return
    try:
        read = parse_task_statement(f"CREATE TASK t WHEN {when}\nAS SELECT 1")
    except SqlTextError as exc:
        yield f"{WHEN} {when!r}: {exc}", str(_A_CONDITION)
        return
    if not isinstance(read, CreateTask) or read.condition != when.strip():
        yield f"{WHEN} {when!r} is more than a condition", str(_A_CONDITION)


def _size(size: str | None) -> str | None:
    return size and size.upper().replace("-", "")
