"""SQL that the target cannot read: it is asked by EXPLAIN, which compiles and carries nothing out.

That a table is not there says nothing before a run, which may make it: what counts is a syntax
error, a type that is none, and a function that nobody knows and no task above can make. What
EXPLAIN does not take (a CALL, most DDL) is not asked about, but for a new table's types. Of a block
those of its statements are asked about that use none of its variables; a constant text that is
executed immediately is read as if it stood there.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from sfdag_magics.client.checking.column_types import doubtful_types
from sfdag_magics.client.connecting.activity import doing
from sfdag_magics.client.connecting.backend import Backend
from sfdag_magics.client.connecting.looked_ahead import LookedAhead
from sfdag_magics.client.observing.deployed import DeployedGraph
from sfdag_magics.errors import BackendError, ConnectError, Problem
from sfdag_magics.graph.model import Task, TaskGraph, TaskKind
from sfdag_magics.graph.names import key_of
from sfdag_magics.graph.sql.condition import check_expression
from sfdag_magics.graph.sql.sql_block import immediate_text, statements_in
from sfdag_magics.graph.sql.sql_body import body_problem, line_of
from sfdag_magics.graph.sql.when import not_allowed
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import OfKernel
from sfdag_magics.sqltext import SqlTextError, Token, bare_statement, tokenize

_RUN_IT = OfKernel(", and run its cell")
#: Snowflake's codes of a text that it cannot read, and of a type that it does not have.
_UNREADABLE = frozenset({1003, 2040})
#: Of a function that it does not find.
_UNKNOWN_FUNCTION = frozenset({2140, 2141})
_WHERE = re.compile(r"error line (\d+) at position -?\d+\s+(.+)")
#: Words of SQL that may make a function, whatever else it says.
_MAKES_FUNCTIONS = frozenset({"FUNCTION", "CALL", "IMMEDIATE", "CLONE", "UNDROP"})
_QUERIES = frozenset({"SELECT", "WITH"})
#: What EXPLAIN takes.
_EXPLAINED = _QUERIES | {"INSERT", "UPDATE", "DELETE", "MERGE"}
#: Forms of these that it may not take: a procedure behind WITH, pipes, inserts into several tables.
_NOT_EXPLAINED = frozenset({"PROCEDURE", "->>"})
_SEVERAL_TABLES = frozenset({"ALL", "FIRST"})
_OPENING, _CLOSING = "([{", ")]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A text to ask about: the task's SQL from some line on, or its condition.

    Attributes:
        in_block: whether other statements of the task are carried out before it.
    """

    task: Task
    sql: str
    line: int = 0
    in_block: bool = False

    def place(self, line: int) -> str:
        """Where a line of it stands, for people."""
        return self.task.line_text(self.line + line - 1) if self.line else "--when"

    @property
    def question(self) -> str:
        """The statement that asks."""
        return f"EXPLAIN {self.sql}"

    @property
    def maker(self) -> str:
        """Who may make what is not there yet, for people."""
        return "a statement before it or a task above" if self.in_block else "a task above"


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlRead:
    """What the target said of the SQL: what is wrong, and what only a run can tell."""

    problems: tuple[Problem, ...]
    notes: tuple[str, ...]


def sql_read(
    backend: Backend,
    graph: TaskGraph,
    before: DeployedGraph | None,
    answers: LookedAhead,
    more: Sequence[str] = (),
) -> SqlRead:
    """What the target cannot read of the SQL that is not deployed yet.

    Args:
        answers: what is asked of the backend, at once where it takes that.
        more: statements that will be wanted next, asked with these where there are any.

    Raises:
        ConnectError: nothing answered.
    """
    problems: list[Problem] = []
    notes: list[str] = []
    asked = [each for task in graph.tasks for each in _to_ask(task, before)]
    if asked:
        doing("checking the SQL", f"1 of {len(asked)}")
        answers.ask([*(each.question for each in asked), *more])
    for number, each in enumerate(asked, 1):
        doing("checking the SQL", f"{number} of {len(asked)}")
        try:
            answers.rows(each.question)
        except ConnectError:
            raise
        except BackendError as error:
            if error.code in _UNREADABLE:
                problems.append(_problem(each, error, backend.place, "correct it there"))
            elif error.code in _UNKNOWN_FUNCTION and _may_be_made(graph, each):
                what = _place_and_reason(error)[1]
                notes.append(f"{each.task.name}: {what}, unless {each.maker} makes it")
            elif error.code in _UNKNOWN_FUNCTION:
                way_out = "correct its name there, or create it first"
                problems.append(_problem(each, error, backend.place, way_out))
    return SqlRead(problems=tuple(problems), notes=tuple(notes))


def _may_be_made(graph: TaskGraph, asked: _Asked) -> bool:
    """Whether a function that is not there may be when the task runs."""
    task = asked.task
    above = graph.topology.ancestors(task.name)
    return any(
        each.kind is not TaskKind.SQL or _MAKES_FUNCTIONS & {t.word for t in tokenize(each.body)}
        for each in graph.tasks
        if each.name in above
        or (task.finalizer and each is not task)
        or (asked.in_block and each is task)
    )


def _problem(asked: _Asked, error: BackendError, place: str, way_out: str) -> Problem:
    line, what = _place_and_reason(error)
    return Problem(
        task=asked.task.name,
        message=f"{place} cannot read its SQL: {what} ({asked.place(line)})",
        hint=f"{way_out}{_RUN_IT}",
    )


def _place_and_reason(error: BackendError) -> tuple[int, str]:
    found = _WHERE.search(error.message)
    line, what = (int(found[1]), found[2]) if found else (1, error.message.rpartition("\n")[2])
    return line, what.rstrip(".")


def _to_ask(task: Task, before: DeployedGraph | None) -> Iterator[_Asked]:
    """What is not deployed yet, as far as it can be a statement or a condition at all."""
    there = _deployed(task, before)
    new = there is None or there[0] != bare_statement(task.body)
    if task.kind is TaskKind.SQL and new and body_problem(task.body) is None:
        yield from _statements_to_ask(task, task.body)
    if task.kind is TaskKind.NOT_LOADED or task.when is None or not _is_condition(task.when):
        return
    if there is None or there[1] != task.when:
        yield _Asked(task=task, sql=f"SELECT 1 WHERE {task.when}")


def _is_condition(text: str) -> bool:
    try:
        check_expression(text)
        return not_allowed(text) is None
    except SqlTextError:
        return False


def _statements_to_ask(task: Task, text: str, *, in_block: bool = False) -> Iterator[_Asked]:
    """What to ask about the statement or the block that a text is."""
    try:
        tokens = tokenize(text)
    except SqlTextError:  # in a text within one: where it runs that is told
        return
    within = statements_in(tokens, _EXPLAINED | {"CREATE", "EXECUTE"})
    in_block = in_block or within is not None
    for part in (tokens,) if within is None else within:
        inner = immediate_text(text, part)
        if inner is None:
            yield from _parts_to_ask(task, text, part, in_block=in_block)
        else:
            yield from _statements_to_ask(task, inner, in_block=in_block)


def _parts_to_ask(
    task: Task, text: str, tokens: Sequence[Token], *, in_block: bool
) -> Iterator[_Asked]:
    """What of one statement EXPLAIN takes, and the types of a table that it makes."""
    for kind in doubtful_types(tokens):
        line = line_of(text, kind.start)
        yield _Asked(task=task, sql=f"SELECT NULL::{kind.text}", line=line, in_block=in_block)
    start = _explained_from(tokens)
    if start is not None:
        sql = text[start : tokens[-1].end if in_block else None]
        yield _Asked(task=task, sql=sql, line=line_of(text, start), in_block=in_block)


def _deployed(task: Task, before: DeployedGraph | None) -> tuple[str, str | None] | None:
    """The SQL and the condition that are deployed of a task, which the target has read."""
    there = before.tasks.values() if before is not None else ()
    found = (each for each in there if key_of(each.name) == key_of(task.name))
    return next(((bare_statement(each.definition), each.condition) for each in found), None)


def _explained_from(tokens: Sequence[Token]) -> int | None:
    """Where in a statement the part begins that EXPLAIN takes; None where it has none."""
    first = next((token for token in tokens if token.text != "("), None)
    if first is None or _NOT_EXPLAINED & {token.word or token.text for token in tokens}:
        return None
    if first.word == "INSERT" and _SEVERAL_TABLES & {token.word for token in tokens[1:3]}:
        return None
    if first.word in _EXPLAINED:
        return tokens[0].start
    return _query_start(tokens) if first.word == "CREATE" else None


def _query_start(tokens: Sequence[Token]) -> int | None:
    """Where the query of CREATE … AS SELECT begins."""
    depth = 0
    for token, following in itertools.pairwise(tokens):
        depth += (token.text in _OPENING) - (token.text in _CLOSING)
        if depth == 0 and token.word == "AS" and following.word in _QUERIES:
            return following.start
    return None
