"""The direction of imports, as `sfdag_magics` promises it: may be skipped, never reversed.

Reads the imports with `ast`; nothing of the package is imported. A planted wrong import is found:
see the last tests.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

PACKAGE = "sfdag_magics"
ROOT = Path(__file__).parent.parent / PACKAGE

#: Which rooms a room may import from; its own is always allowed.
ROOMS: dict[str, set[str]] = {
    "errors": set(),
    "sqltext": set(),
    "graph": {"errors", "sqltext"},
    "bundle": {"graph", "errors", "sqltext"},
    "render": {"graph", "errors"},
    "client": {
        "bundle",
        "graph",
        "errors",
        "sqltext",
        "engine.rendezvous",
        "engine.safe_directory",
    },
    "widget": {"render", "client", "graph", "errors"},
    "magics": {"widget", "render", "client", "bundle", "graph", "errors", "sqltext"},
    "cli": {"client", "errors"},
    "__main__": {"cli"},
    "__init__": {"magics", "client", "bundle", "graph", "errors"},
    "engine": {"graph", "errors", "sqltext"},
}
#: The same inside the engine; the vocabulary below stands under all of its rooms.
ENGINE_VOCABULARY = {
    f"engine.{name}"
    for name in (
        "answers",
        "ports",
        "redaction",
        "tickets",
        "rowset",
        "runs",
        "rendezvous",
        "budget",
        "json_text",
    )
}
ENGINE_ROOMS: dict[str, set[str]] = {
    "engine.answers": set(),
    "engine.ports": {"engine.answers"},
    "engine.rowset": {"engine.answers"},
    "engine.runs": {"engine.answers", "engine.ports"},
    "engine.json_text": set(),
    "engine.redaction": set(),
    "engine.tickets": {"engine.ports", "engine.redaction"},
    "engine.rendezvous": set(),
    "engine.safe_directory": set(),
    "engine.budget": set(),
    "engine.store": ENGINE_VOCABULARY,
    "engine.scheduler": ENGINE_VOCABULARY,
    "engine.workers": ENGINE_VOCABULARY,
    "engine.objects": ENGINE_VOCABULARY | {"engine.workers"},
    "engine.files": ENGINE_VOCABULARY | {"engine.objects"},
    "engine.stages": ENGINE_VOCABULARY | {"engine.objects", "engine.files"},
    "engine.copying": ENGINE_VOCABULARY | {"engine.objects", "engine.files", "engine.stages"},
    "engine.python_code": ENGINE_VOCABULARY
    | {"engine.objects", "engine.stages", "engine.store", "engine.workers"},
    "engine.models": ENGINE_VOCABULARY | {"engine.objects", "engine.stages"},
    "engine.sql": ENGINE_VOCABULARY | {"engine.store", "engine.objects"},
    "engine.tasks": ENGINE_VOCABULARY | {"engine.scheduler", "engine.store"},
    "engine.wire": ENGINE_VOCABULARY,
    "engine.features": ENGINE_VOCABULARY | {"engine.files", "engine.stages", "engine.copying"},
    "engine.__init__": set(),
    "engine.process": {"engine"},
    "engine.__main__": {"engine.process"},
}
#: The floors of `engine.sql`, the lowest first: which of those below it a room knows.
_SQL_FLOORS: dict[str, str] = {
    "values": "",
    "functions": "values",
    "reading": "values functions",
    "names": "values functions reading",
    "checking": "values reading names",
    "results": "values reading names",
    "stored": "values reading results",
    "sessions": "reading results stored",
    "rewriting": "values functions reading names checking",
    "translating": "values functions reading names checking results sessions rewriting",
    "statements": "values reading names results stored sessions translating",
    "ddl": "values reading names checking results stored sessions translating statements",
    "show": "reading stored sessions",
    "scripting": "reading results sessions",
}
SQL_ROOMS: dict[str, set[str]] = {
    f"engine.sql.{room}": {f"engine.sql.{below}" for below in known.split()}
    for room, known in _SQL_FLOORS.items()
}
#: Foreign packages that only some rooms may touch.
FOREIGN: dict[str, set[str]] = {
    "duckdb": {"engine.sql", "engine.store"},
    "sqlglot": {"engine.sql", "engine.store"},
    "fakesnow": {"engine.sql", "engine.store"},
    "sqlite3": {"engine.store"},
    "starlette": {"engine.wire", "engine.process"},
    "uvicorn": {"engine.wire", "engine.process"},
    "snowflake": {"client", "engine.workers", "bundle.runtime"},
    "IPython": {"magics"},
    "anywidget": {"widget"},
    "graphviz": {"graph"},
    "pygraphviz": {"render"},
}


def imports_of(source: str, module: str) -> Iterator[str]:
    """The full names of all modules `source` imports, wherever in the file."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*module.split(".")[: -node.level], base]).rstrip(".")
            yield from (f"{base}.{alias.name}" for alias in node.names)


def is_within(name: str, rooms: set[str]) -> bool:
    """Whether a dotted name lies in one of the rooms."""
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def room_of(name: str, rooms: Mapping[str, set[str]]) -> str | None:
    """The room a dotted name lies in."""
    return next((room for room in rooms if is_within(name, {room})), None)


def violations(sources: Mapping[str, str]) -> list[str]:
    """Every import against the direction; `sources` maps a module (without package) to its text."""
    found = []
    for module, source in sources.items():
        for imported in imports_of(source, f"{PACKAGE}.{module}"):
            own = imported.removeprefix(f"{PACKAGE}.")
            allowed = (
                _own_is_allowed(module, own)
                if own != imported
                else imported == PACKAGE or _foreign_is_allowed(module, imported)
            )
            if not allowed:
                found.append(f"{module} imports {imported}")
    return found


def _own_is_allowed(module: str, imported: str) -> bool:
    if room_of(module, SQL_ROOMS) and _is_of_the_sql_door(imported):
        return False
    for rooms in (ROOMS, ENGINE_ROOMS, SQL_ROOMS):
        here, there = room_of(module, rooms), room_of(imported, rooms)
        if here is None or there is None or here == there:
            continue
        if not is_within(imported, rooms[here]):
            return False
    return True


def _is_of_the_sql_door(imported: str) -> bool:
    return is_within(imported, {"engine.sql"}) and room_of(imported, SQL_ROOMS) is None


def _foreign_is_allowed(module: str, imported: str) -> bool:
    top = imported.split(".")[0]
    return top not in FOREIGN or is_within(module, FOREIGN[top])


def package_sources() -> dict[str, str]:
    """Every module of the package by dotted name, without the package's own."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path.read_text("utf-8")
        for path in sorted(ROOT.rglob("*.py"))
    }


def test_no_import_goes_against_the_direction():
    assert violations(package_sources()) == []


def test_every_module_lies_in_a_room():
    homeless = [
        module
        for module in package_sources()
        if room_of(module, ROOMS) is None
        or (module.startswith("engine.") and room_of(module, ENGINE_ROOMS) is None)
    ]
    assert homeless == []


def test_no_own_module_is_imported_inside_a_function():
    inner = [
        f"{module}:{node.lineno}"
        for module, source in package_sources().items()
        for function in ast.walk(ast.parse(source))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom | ast.Import)
        and any(
            name == PACKAGE or name.startswith(f"{PACKAGE}.")
            for name in imports_of(ast.unparse(node), f"{PACKAGE}.{module}")
        )
    ]
    assert inner == []


def test_every_module_opens_with_what_it_knows():
    silent = [
        m for m, source in package_sources().items() if not ast.get_docstring(ast.parse(source))
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("graph.model", "from sfdag_magics.engine.sql.sessions import session"),
        ("graph.model", "from ..client import runs"),
        ("render.svg", "import sfdag_magics.client.runs"),
        ("client.runs", "from sfdag_magics.engine import process"),
        ("engine.scheduler.core", "from sfdag_magics.engine.store import runlog"),
        ("engine.wire.app", "from sfdag_magics.engine.sql import sql_engine"),
        ("engine.sql.values.types", "from sfdag_magics.engine.sql.names import scope"),
        ("engine.sql.sessions.session", "from sfdag_magics.engine.sql import handlers"),
        ("engine.tasks.service", "import duckdb"),
        ("client.deploy", "def f():\n    from IPython import get_ipython"),
    ],
)
def test_a_planted_wrong_import_is_found(module, source):
    assert len(violations({module: source})) >= 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("client.connect", "from sfdag_magics.engine import rendezvous"),
        ("magics.show", "from sfdag_magics.widget.view import show"),
        ("engine.process", "from sfdag_magics.engine.sql import open_engine"),
        ("engine.stages.locations", "from sfdag_magics.engine.answers import Result"),
    ],
)
def test_a_right_import_is_not(module, source):
    assert violations({module: source}) == []
