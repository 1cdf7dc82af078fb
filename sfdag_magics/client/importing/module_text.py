"""Graphs as a Python file that `sfdag run FILE` reads: `@sftask` and `sql_task`. Pure."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from sfdag_magics.client.exporting.as_module import (
    graph_options,
    says_all,
    task_call,
    task_options,
)
from sfdag_magics.client.exporting.python_text import (
    call_text,
    free_name,
    keywords_text,
    lines_text,
    spelled,
    uses,
    value_text,
)
from sfdag_magics.client.importing.cells import in_order
from sfdag_magics.graph.model import FunctionSource, Task, TaskGraph

_OURS = ["GraphOptions", "TaskGraph", "sftask", "sql_task"]

#: A graph and the cells of plain Python that its tasks need.
Part = tuple[TaskGraph, Sequence[str]]


def module_text(head: Sequence[str], parts: Sequence[Part]) -> str:
    """The file.

    Args:
        head: what is said of it, in lines.
    """
    codes = [text for graph, code in parts for text in (*code, *_functions(graph))]
    taken = {name for text in codes for name in _names(text)}
    names = spelled({"datetime": ["timedelta"], "sfdag_magics": _OURS}, taken)
    futures, others = _futures(["\n\n\n".join(code) for _, code in parts])
    blocks: list[str] = []
    for index, (graph, _) in enumerate(parts):
        variable = free_name("graph" if not index else f"graph_{index + 1}", taken)
        blocks += [*others[index], *_File(graph, variable, names.__getitem__).blocks()]
    body = "\n\n\n".join(blocks)
    used = [line for line in map(partial(_what_is_used, body=body), names.imports) if line]
    said = [f"# {' '.join(line.split())}" for line in head]
    return "\n".join([*said, "", *futures, *used, "", "", body, ""])


class _File:
    """One graph's part of a file."""

    def __init__(self, graph: TaskGraph, variable: str, say: Callable[[str], str]) -> None:
        self._graph = graph
        self._variable = variable
        self._say = say

    def blocks(self) -> Iterator[str]:
        """Its definitions, in order."""
        arguments = [value_text(self._graph.name)]
        if options := graph_options(self._graph.options):
            said = keywords_text(options, self._say)
            arguments.append(call_text(self._say("GraphOptions"), said, 1))
        yield f"{self._variable} = {call_text(self._say('TaskGraph'), arguments)}"
        for task in in_order(self._graph):
            if not says_all(self._graph, task):
                continue
            yield self._sql(task) if task.source is None else self._python(task, task.source)

    def _sql(self, task: Task) -> str:
        arguments = [value_text(task.name), lines_text(task.body)]
        arguments += keywords_text(task_options(task), self._say)
        made = call_text(self._say("sql_task"), arguments, 1)
        return call_text(f"{self._variable}.add", [made])

    def _python(self, task: Task, source: FunctionSource) -> str:
        call = task_call(self._graph, task, [f"graph={self._variable}"], self._say)
        lines = source.text.rstrip("\n").split("\n")
        first = min([source.node.lineno, *(d.lineno for d in source.node.decorator_list)]) - 1
        return "\n".join((*lines[:first], f"@{call}", *lines[first:]))


def _functions(graph: TaskGraph) -> Iterator[str]:
    yield from (task.source.text for task in graph.tasks if task.source is not None)


def _names(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.alias):
            yield node.asname or node.name.partition(".")[0]


def _futures(codes: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Imports from `__future__`, which stand first, and the code of each part without them."""
    found: dict[str, None] = {}
    others = []
    for code in codes:
        lines = code.split("\n")
        future = [line for line in lines if line.startswith("from __future__ import")]
        found |= dict.fromkeys(future)
        rest = "\n".join(line for line in lines if line not in future).strip("\n")
        others.append([rest] if rest else [])
    return list(found), others


def _what_is_used(line: str, body: str) -> str:
    """An import without the names that nothing uses; empty where that is all of them."""
    start, found, names = line.partition(" import ")
    if not found or not start.startswith("from "):
        return line if any(uses([body], name) for name in _names(line)) else ""
    used = [name for name in names.split(", ") if uses([body], name)]
    return f"{start} import {', '.join(used)}" if used else ""
