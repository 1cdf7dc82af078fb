"""Colour maps that matplotlib was told of in this kernel: by a cell, or by a library's import.

A setting or a call names them by a text; a new process knows such a name once the library that has
the map is imported there, or the map is registered again. Imports nothing that is not loaded.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Collection, Iterator
from typing import Any

from sfdag_magics.bundle.inspection import attributes_of, is_a, module_of
from sfdag_magics.bundle.taking.module_states.switches import OF_MATPLOTLIB, Setting, is_used


def colour_map_settings(words: Collection[str], texts: Collection[str]) -> Iterator[Setting]:
    """What lets a task of these modules and texts find the maps that it, or a setting, names."""
    matplotlib: Any = sys.modules.get("matplotlib")
    if matplotlib is None or not is_used(OF_MATPLOTLIB, words, texts):
        return
    registry = getattr(matplotlib, "colormaps", None)
    known, own = getattr(registry, "_cmaps", {}), getattr(registry, "_builtin_cmaps", ())
    chosen = dict.get(matplotlib.rcParams, "image.cmap")
    for name, each in [(n, known[n]) for n in known if n not in own]:
        home = _home_of(name, each)
        if not home:
            yield Setting(module="matplotlib", function="colormaps.unregister", arguments=(name,))
            yield Setting(
                module="matplotlib",
                function="colormaps.register",
                arguments=(each,),
                keywords={"name": name},
            )
        elif name == chosen or any(f"{mark}{name}{mark}" in t for t in texts for mark in "'\""):
            yield Setting(
                module="matplotlib",
                function="colormaps.get_cmap",
                arguments=(name,),
                imports=(home,),
            )


def _home_of(name: str, colour_map: object) -> str:
    """The module of a library that has a map by its name, and so registers it as it is imported."""
    if id(colour_map) not in _HOMES:
        home = next(_homes(name, colour_map), "")
        if not home:
            return ""
        _HOMES[id(colour_map)] = colour_map, home
    return _HOMES[id(colour_map)][1]


def _homes(name: str, colour_map: object) -> Iterator[str]:
    for home, module in list(sys.modules.items()):
        if home == "__main__" or not is_a(module, types.ModuleType):
            continue
        there = attributes_of(module).get(name)
        is_map = type(there) is type(colour_map) and module_of(type(there)) == "matplotlib.colors"
        if is_map and there == colour_map:
            yield home


#: `{id of a map: (the map, its module)}`: looked for among all modules once, not for each task.
_HOMES: dict[int, tuple[object, str]] = {}
