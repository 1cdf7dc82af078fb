"""The places of the package that raise what a user has caused, read from its source."""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

PACKAGE = Path(__file__).parents[3] / "sfdag_magics"
#: The engine answers over the wire, in Snowflake's words; its errors have tests of their own.
ROOMS = ("bundle", "client", "graph", "magics", "widget")
#: Of the error tree's first split: what was typed, and what was described.
ERRORS = {"InputError", "CaptureError", "GraphError", "NoSuchTaskError"}
#: What only the live view's page asks, by file and function: reached by the tests of the widget, of
#: `magics/showing/chosen`, `magics/showing/slots_chosen` and of `workspace/seen_code`.
OF_THE_PAGE = {
    ("client/running/ran_lines.py", "of"),
    ("client/running/ran_lines.py", "_entry"),
    ("client/running/ran_lines.py", "_of_run"),
    ("client/running/runs.py", "last_good_lines"),
    ("client/running/runs.py", "first_rows"),
    ("magics/showing/chosen.py", "ship"),
    ("magics/showing/chosen.py", "run_chosen"),
    ("magics/showing/chosen.py", "part_of"),
    ("magics/showing/slots_chosen.py", "_asked"),
    ("magics/showing/slots_chosen.py", "backfill_begun"),
    ("widget/asked/answering.py", "_proposed"),
    ("widget/held/standing.py", "check"),
    ("widget/asked/acting.py", "started"),
}

#: What only calls from Python ask, by values that are typed nowhere: reached by the tests of
#: `workspace/open_target` and of `graph/failure_notice`.
OF_PYTHON = {
    *(("client/running/meant.py", name) for name in ("check_of", "run_id", "graph")),
    ("graph/failure_notice.py", "_check_list"),
}


@dataclass(frozen=True)
class Place:
    """One `raise`: its file relative to the package, and its lines."""

    file: str
    first: int
    last: int

    def __str__(self):
        return f"{self.file}:{self.first}"


@functools.cache  # every case asks for them
def places() -> frozenset[Place]:
    return frozenset(
        place
        for room in ROOMS
        for path in sorted((PACKAGE / room).rglob("*.py"))
        for place in _places_in(path)
    )


def _places_in(path: Path) -> set[Place]:
    file, text = str(path.relative_to(PACKAGE)), path.read_text("utf-8")
    if not any(error in text for error in ERRORS):
        return set()  # unread: to parse all files takes seconds
    tree = ast.parse(text)
    asked = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and (file, node.name) in OF_THE_PAGE | OF_PYTHON
        for inner in ast.walk(node)
    }
    return {
        Place(file, node.lineno, node.end_lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and _error_of(node) in ERRORS and node not in asked
    }


def _error_of(node: ast.Raise) -> str:
    raised = node.exc.func if isinstance(node.exc, ast.Call) else None
    return raised.id if isinstance(raised, ast.Name) else ""


def place_of(trace: TracebackType | None, known: frozenset[Place]) -> Place | None:
    """Where an error was raised: the innermost frame that stands on one of the places."""
    found = None
    while trace is not None:
        file, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        found = next(
            (
                p
                for p in known
                if file.endswith(f"sfdag_magics/{p.file}") and p.first <= line <= p.last
            ),
            found,
        )
        trace = trace.tb_next
    return found
