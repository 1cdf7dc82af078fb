"""The direction of imports, and how many files a folder holds.

Which room may import from which stands in `tests/rooms.py`: may be skipped, never reversed. Reads
the imports with `ast`; nothing of the package is imported. A planted wrong import is found: see the
last tests.
"""

from __future__ import annotations

import ast
import gc
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from itertools import accumulate
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


@cache
def around(name: str) -> frozenset[str]:
    """A dotted name, and all that it lies in."""
    return frozenset(accumulate(name.split("."), "{}.{}".format))


def is_within(name: str, rooms: set[str]) -> bool:
    """Whether a dotted name lies in one of the rooms."""
    return not around(name).isdisjoint(rooms)


def room_of(name: str, rooms: Mapping[str, set[str]]) -> str | None:
    """The room a dotted name lies in."""
    return next((room for room in rooms if room in around(name)), None)


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


def circle(modules: Mapping[str, ast.Module]) -> list[str]:
    """Modules of which each imports the next one, the last the first; none where all have an order.

    Who imports a module has its folder's door opened first, so that is counted as well; but a door
    that only hands out what is behind it is not above that.
    """
    names = {module.removesuffix(".__init__"): tree for module, tree in modules.items()}
    graph = {name: {*_modules_of(name, tree, names)} for name, tree in names.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        found: list[str] = error.args[1]
        return found
    return []


def _modules_of(name: str, tree: ast.Module, known: Collection[str]) -> Iterator[str]:
    for node in ast.walk(_without_types(tree)):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        for imported in imported_by(node, f"{PACKAGE}.{name}"):
            opened = around(imported.removeprefix(f"{PACKAGE}.")) - around(name)
            yield from (each for each in opened if each in known)


def _without_types(tree: ast.Module) -> ast.Module:
    """The module as it runs: what stands below `if TYPE_CHECKING` is read by tools alone."""
    kept = [node for node in tree.body if not isinstance(node, ast.If)]
    return ast.Module(body=kept, type_ignores=[])


def importing_doors(modules: Mapping[str, ast.Module]) -> list[str]:
    """The engine's folders that import something as they are entered."""
    return [
        module
        for module, tree in modules.items()
        if module.startswith("engine.") and module.endswith(".__init__")
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(tree))
    ]


def crowded(files: Iterable[str]) -> dict[str, int]:
    """The folders of the package that hold more files than one looks through, and how many."""
    held = Counter(Path(name).parent for name in files if name.startswith(f"{PACKAGE}/"))
    return {str(folder): count for folder, count in held.items() if count > MOST_FILES}


@pytest.fixture(scope="module")
def package() -> Iterator[dict[str, ast.Module]]:
    """Every module of the package by dotted name, without the package's own."""
    gc.disable()  # looked through as they come, a million nodes take four times as long
    yield {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): ast.parse(path.read_text("utf-8"))
        for path in sorted(ROOT.rglob("*.py"))
    }
    gc.enable()


def test_no_import_goes_against_the_direction(package: dict[str, ast.Module]):
    assert violations(package) == []


def test_no_modules_import_each_other_in_a_circle(package: dict[str, ast.Module]):
    assert circle(package) == []


def test_a_planted_circle_is_found():
    lines = {
        "graph.one": "from sfdag_magics.graph.two import Two",
        "graph.two": "import sfdag_magics.graph.three.inside",
        "graph.three.__init__": "from sfdag_magics.graph import one",
        "graph.three.inside": "from sfdag_magics.graph import three",
    }
    planted = {module: ast.parse(line) for module, line in lines.items()}
    assert {*circle(planted)} == {"graph.one", "graph.two", "graph.three"}
    del planted["graph.three.__init__"]
    assert circle(planted) == []


def test_a_door_of_the_engine_opens_nothing_else(package: dict[str, ast.Module]):
    # Who asks for one module would load those of its whole room, and those import this one.
    assert importing_doors(package) == []
    planted = ast.parse("from sfdag_magics.engine.tasks.service import TaskService")
    assert importing_doors({"engine.tasks.__init__": planted}) == ["engine.tasks.__init__"]


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
        ("graph.model", "importlib.import_module('sfdag_magics.workspace.answers.pictures')"),
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
