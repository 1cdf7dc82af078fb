"""fakesnow's two useful modules, without the rest of it. Knows how to import, nothing of SQL.

`import fakesnow` imports Snowflake's connector with pandas and boto3 for its own fake of it: two
thirds of the engine's cold start (*measured:* 2.5 of 3.4 s) for code that is never called. So its
packages are entered without running their `__init__`, and the connector, which the two modules
name only in error paths that are not used here, is not imported either.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.machinery import PathFinder
from types import ModuleType

__all__ = ["macros", "transforms"]

_NOT_NEEDED = ("snowflake.connector", "snowflake.connector.errors")


def _entered(name: str, path: list[str] | None) -> ModuleType:
    """The package `name` as found on `path`, with nothing in it yet."""
    spec = PathFinder.find_spec(name, path)
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    package = ModuleType(name)
    package.__path__ = list(spec.submodule_search_locations)
    return package


@contextmanager
def _instead_of_what_is_not_loaded() -> Iterator[None]:
    """Stand-ins, only while the two modules are imported; what is loaded already is used."""
    fakesnow = _entered("fakesnow", None)
    inner = _entered("fakesnow.transforms", list(fakesnow.__path__))
    stand_ins = {name: ModuleType(name) for name in _NOT_NEEDED}
    stand_ins |= {"fakesnow": fakesnow, "fakesnow.transforms": inner}
    added = [name for name in stand_ins if name not in sys.modules]
    sys.modules.update({name: stand_ins[name] for name in added})
    try:
        yield
    finally:
        for name in added:
            del sys.modules[name]


with _instead_of_what_is_not_loaded():
    macros = import_module("fakesnow.macros")
    transforms = import_module("fakesnow.transforms.transforms")
