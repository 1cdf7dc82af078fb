"""The README's map of the package, drawn from the table of rooms: `python -m tests.package_map`.

An arrow says "knows", a dashed one "knows single modules of"; those that follow from others are
left out.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.rooms import ENGINE_ROOMS, ENGINE_VOCABULARY, FLOORS, PACKAGE, ROOMS

ROOT = Path(__file__).parent.parent / PACKAGE
#: Single modules that start or hold the rest; they are no rooms.
_STARTERS = {
    "__main__",
    "__init__",
    "engine.process",
    "engine.composition",
    "engine.__main__",
    "engine.__init__",
}
#: What stands over the tables of folders: longer than what a newcomer looks for.
_SUMMARY = "What each folder holds"
#: Houses within houses with a table of their own.
_APART = ("engine.sql",)


def package_map() -> str:
    """The Mermaid drawing, and what each room, and each folder of a house, holds."""
    rooms = {room: _folders(known) for room, known in ROOMS.items() if room not in _STARTERS}
    engine = {
        room.removeprefix("engine."): {
            name.removeprefix("engine.") for name in known - ENGINE_VOCABULARY
        }
        for room, known in ENGINE_ROOMS.items()
        if _is_folder(room) and room not in ENGINE_VOCABULARY
    }
    drawn = ["```mermaid", "flowchart TD", *_drawn(rooms, "")]
    drawn += ["subgraph in_engine [engine]", *_drawn(engine, "engine_"), "end", "```", ""]
    listed = _listed(f"`{PACKAGE}`", [room for room in ROOMS if room not in _STARTERS])
    for house in (*ROOMS, *_APART):
        if inner := list(_within(house)):
            listed += _listed(f"`{_path(house)}`{_order(house)}", inner)
    folded = [f"<details><summary>{_SUMMARY}</summary>", "", *listed, "</details>"]
    return "\n".join([*drawn, *folded])


def _folders(known: set[str]) -> set[str]:
    return {name.split(".")[0] for name in known}


def _drawn(rooms: Mapping[str, set[str]], mark: str) -> list[str]:
    """Each room and its arrows; `mark` keeps the names of two drawings apart."""
    nodes = [f"  {mark}{room}_room[{room}]" for room in rooms]
    return nodes + [
        f"  {mark}{room}_room {_arrow(room, below)} {mark}{below}_room"
        for room in rooms
        for below in sorted(_directly(room, rooms))
    ]


def _arrow(room: str, below: str) -> str:
    return "-->" if below in ROOMS.get(room, {below}) else "-.->"


def _directly(room: str, rooms: Mapping[str, set[str]]) -> set[str]:
    """What a room knows, but for what those know that it knows."""
    known = rooms[room]
    return known - {name for below in known for name in rooms.get(below, set())}


def _listed(title: str, rooms: list[str]) -> list[str]:
    rows = [f"| `{_path(room)}` | {_opening(ROOT / _path(room))} |" for room in rooms]
    return [f"| {title} | |", "| --- | --- |", *rows, ""]


def _within(house: str) -> Iterator[str]:
    """The rooms in a house and in these, each table's order kept, what has none by name."""
    known = [*FLOORS.get(house, ()), *_tabled(house)]
    there = sorted(file.parent.name for file in (ROOT / _path(house)).glob("*/__init__.py"))
    for name in dict.fromkeys([*(each for each in known if each in there), *there]):
        room = f"{house}.{name}"
        yield room
        if room not in _APART:
            yield from _within(room)


def _tabled(house: str) -> list[str]:
    """The rooms of the engine stand in a table that names them in full."""
    begins = f"{house}."
    return [room.removeprefix(begins) for room in ENGINE_ROOMS if room.startswith(begins)]


def _order(house: str) -> str:
    return ", from below" if house in FLOORS or _tabled(house) else ""


def _is_folder(room: str) -> bool:
    return (ROOT / _path(room)).is_dir()


def _path(room: str) -> str:
    return room.replace(".", "/")


def _opening(room: Path) -> str:
    file = room / "__init__.py" if room.is_dir() else room.with_suffix(".py")
    said = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
    return said.splitlines()[0]


if __name__ == "__main__":
    sys.stdout.write(f"{package_map()}\n")
