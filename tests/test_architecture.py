"""The direction of imports, and how many files a folder holds.

Which room may import from which stands in `tests/rooms.py`: may be skipped, never reversed. Reads
the imports with `ast`; nothing of the package is imported. A planted wrong import is found: see the
last tests.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.rooms import ENGINE_ROOMS, FLOOR_ROOMS, FOREIGN, PACKAGE, ROOMS, UPWARD
from tests.test_repository import tracked

ROOT = Path(__file__).parent.parent / PACKAGE
#: What a reader takes in of a folder; where there is more, a room in it has no name yet.
MOST_FILES = 22


def imported_by(node: ast.AST, module: str) -> Iterator[str]:
    """The full names of all modules that a node imports, if it is an import."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            base = ".".join([*module.split(".")[: -node.level], base]).rstrip(".")
        yield from (f"{base}.{alias.name}" for alias in node.names)
    elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "import_module":
        named = [each.value for each in node.args if isinstance(each, ast.Constant)]
        yield from (each for each in named if isinstance(each, str))


def is_within(name: str, rooms: set[str]) -> bool:
    """Whether a dotted name lies in one of the rooms."""
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def room_of(name: str, rooms: Mapping[str, set[str]]) -> str | None:
    """The room a dotted name lies in."""
    return next((room for room in rooms if is_within(name, {room})), None)


def violations(modules: Mapping[str, ast.Module]) -> list[str]:
    """Every import against the direction; `modules` are by name without the package's own."""
    return [
        f"{module} imports {imported}"
        for module, tree in modules.items()
        for node in ast.walk(tree)
        for imported in imported_by(node, f"{PACKAGE}.{module}")
        if not _is_allowed(module, imported)
    ]


def _is_allowed(module: str, imported: str) -> bool:
    own = imported.removeprefix(f"{PACKAGE}.")
    if own != imported:
        return (module, own) in UPWARD or _own_is_allowed(module, own)
    return imported == PACKAGE or _foreign_is_allowed(module, imported)


def _own_is_allowed(module: str, imported: str) -> bool:
    for rooms in (ROOMS, ENGINE_ROOMS):
        here, there = room_of(module, rooms), room_of(imported, rooms)
        if here is None or there is None or here == there:
            continue
        if not is_within(imported, rooms[here]):
            return False
    return _floor_is_allowed(module, imported)


def _floor_is_allowed(module: str, imported: str) -> bool:
    """Whether a room imports from its own house only what stands below it; not from the door."""
    room = room_of(module, FLOOR_ROOMS)
    if room is None or not is_within(imported, {room.rpartition(".")[0]}):
        return True
    return is_within(imported, {room} | FLOOR_ROOMS[room])


def _foreign_is_allowed(module: str, imported: str) -> bool:
    top = imported.split(".")[0]
    return top not in FOREIGN or is_within(module, FOREIGN[top])


def crowded(files: Iterable[str]) -> dict[str, int]:
    """The folders of the package that hold more files than one looks through, and how many."""
    held = Counter(Path(name).parent for name in files if name.startswith(f"{PACKAGE}/"))
    return {str(folder): count for folder, count in held.items() if count > MOST_FILES}


@pytest.fixture(scope="module")
def package() -> dict[str, ast.Module]:
    """Every module of the package by dotted name, without the package's own."""
    return {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): ast.parse(path.read_text("utf-8"))
        for path in sorted(ROOT.rglob("*.py"))
    }


def test_no_import_goes_against_the_direction(package: dict[str, ast.Module]):
    assert violations(package) == []


def test_every_module_lies_in_a_room(package: dict[str, ast.Module]):
    homeless = [
        module
        for module in package
        if room_of(module, ROOMS) is None
        or (module.startswith("engine.") and room_of(module, ENGINE_ROOMS) is None)
    ]
    assert homeless == []


def test_no_own_module_is_imported_inside_a_function(package: dict[str, ast.Module]):
    inner = {
        f"{module}:{node.lineno}"
        for module, tree in package.items()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom | ast.Import)
        and any(is_within(name, {PACKAGE}) for name in imported_by(node, f"{PACKAGE}.{module}"))
    }
    assert inner == set()


def test_every_module_opens_with_what_it_knows(package: dict[str, ast.Module]):
    assert [module for module, tree in package.items() if not ast.get_docstring(tree)] == []


def test_no_folder_holds_more_files_than_one_looks_through():
    assert crowded(tracked()) == {}


def test_a_planted_file_too_many_is_found():
    planted = [f"{PACKAGE}/graph/planted_{number}.py" for number in range(MOST_FILES)]
    assert crowded(planted) == {}
    assert crowded([*planted, f"{PACKAGE}/graph/README.md"]) == {f"{PACKAGE}/graph": 23}


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("graph.model", "from sfdag_magics.engine.sql.sessions import session"),
        ("graph.model", "from ..client import runs"),
        ("render.svg", "import sfdag_magics.client.running.runs"),
        ("client.runs", "from sfdag_magics.engine import process"),
        ("engine.scheduler.core", "from sfdag_magics.engine.store import runlog"),
        ("engine.wire.app", "from sfdag_magics.engine.sql import sql_engine"),
        ("engine.sql.values.types", "from sfdag_magics.engine.sql.names import scope"),
        ("engine.sql.sessions.session", "from sfdag_magics.engine.sql import handlers"),
        ("engine.borders.answers", "from sfdag_magics.engine.limits.budget import Budget"),
        ("engine.store.duck", "from sfdag_magics.engine.directory import rendezvous"),
        ("engine.tasks.service", "import duckdb"),
        ("widget.held.actions", "from sfdag_magics.widget.told.data_told import pretty"),
        ("widget.told.told_state", "from sfdag_magics.widget.asked.desk import Desk"),
        ("client.deploy", "def f():\n    from IPython import get_ipython"),
        ("graph.model", "importlib.import_module('sfdag_magics.workspace.pictures')"),
    ],
)
def test_a_planted_wrong_import_is_found(module, source):
    assert len(violations({module: ast.parse(source)})) >= 1


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("client.connect", "from sfdag_magics.engine.directory import rendezvous"),
        ("magics.show", "from sfdag_magics.widget.view import show"),
        ("engine.process", "from sfdag_magics.engine.sql import open_engine"),
        ("engine.stages.locations", "from sfdag_magics.engine.borders.answers import Result"),
    ],
)
def test_a_right_import_is_not(module, source):
    assert violations({module: ast.parse(source)}) == []
