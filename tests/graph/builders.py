"""Builders the tests of graphs share: a graph out of the text of its cells."""

from __future__ import annotations

from itertools import pairwise

from sfdag_magics.graph.model import TaskGraph, python_task, task_function


def task(text, name=None, cell="Cell 1", **options):
    return python_task(task_function(text, cell=cell), name, **options)


def graph_of(*cells, name="mortgage"):
    """A graph of cells: a text, or a pair of text and options."""
    graph = TaskGraph(name)
    for index, cell in enumerate(cells, start=1):
        text, options = cell if isinstance(cell, tuple) else (cell, {})
        graph.add(task(text, cell=f"Cell {index}", **options))
    return graph


def chain(edges):
    """A graph of plain tasks: `chain("a -> b, a -> c")`."""
    above = {}
    for edge in edges.split(","):
        names = [part.strip() for part in edge.split("->")]
        for name in names:
            above.setdefault(name, [])
        for tail, head in pairwise(names):
            above[head].append(tail)
    return graph_of(*((f"def {n}(session): ...", {"after": a}) for n, a in above.items()))
