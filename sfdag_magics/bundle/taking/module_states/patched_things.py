"""What functions of the notebook, or of modules beside it, put into modules and classes of others.

Whoever set it, and however: `setattr` in a helper, `vars(math)[…] = …`, a decorator that extends
`pandas.DataFrame`. Found in the things themselves; reads no text.
"""

from __future__ import annotations

import builtins
import functools
import sys
import types
from collections.abc import Iterator, Mapping
from functools import lru_cache

from sfdag_magics.bundle.inspection import attributes_of, is_a, module_of
from sfdag_magics.bundle.modules import is_local, is_own
from sfdag_magics.bundle.own_builtins import as_cells_left_them
from sfdag_magics.bundle.taking.used.not_there import OF_FRONT_ENDS
from sfdag_magics.bundle.written.functions_in import functions_in

_WRAPPERS = (staticmethod, classmethod, property, functools.partial)
#: Whose instances stand for something else while a test runs.
_MOCKS = "unittest.mock"


#: `(owner, what it is called, attribute, value, module of the value)`.
PutThere = tuple[object, str, str, object, str]


class PutInto:
    """Finds what was put into things of others.

    Args:
        namespace: the notebook's names.
    """

    def __init__(self, namespace: Mapping[str, object]) -> None:
        self._namespace = namespace
        self._beside = _modules_beside()
        self._here = str(namespace.get("__name__", "__main__"))
        self._makers = {id(vars(module)): name for name, module in self._beside.items()}
        self._makers[id(namespace)] = self._here
        #: Types whose instances are of others, whatever they hold: most of what libraries have.
        self._of_others: set[type] = set()

    def found(self) -> Iterator[PutThere]:
        """All of it, module by module."""
        for called, owner in self._owners():
            is_beside = module_of_owner(owner) in self._beside
            kept = as_cells_left_them() if owner is builtins else attributes_of(owner)
            for name, value in list(kept.items()):
                kind = type(value)
                if kind in self._of_others or (
                    kind is types.FunctionType and id(value.__globals__) not in self._makers
                ):
                    continue
                maker = self._maker_of(value)
                if not maker or (owner is builtins and name in OF_FRONT_ENDS):
                    continue
                if maker == self._here or not is_beside:
                    yield owner, called, name, value, maker

    def _owners(self) -> Iterator[tuple[str, object]]:
        """Modules and classes of others that the notebook, or a module beside it, has by name."""
        met: set[int] = set()
        for names in (self._namespace, *map(vars, self._beside.values())):
            for called, value in list(names.items()):
                kind = type(value)
                is_owner = kind is types.ModuleType or issubclass(kind, type)
                if not is_owner or id(value) in met:  # what many modules have is looked at once
                    continue
                for path, owner in self._with_classes(called, value):
                    if id(owner) not in met:
                        met.add(id(owner))
                        yield path, owner
        yield "builtins", builtins

    def _with_classes(self, called: str, value: object) -> Iterator[tuple[str, object]]:
        if type(value) is types.ModuleType and self._is_of_others(value.__name__):
            yield called, value
            top = value.__name__.partition(".")[0]
            for name, kind in list(vars(value).items()):
                if is_a(kind, type) and module_of(kind).partition(".")[0] == top:
                    yield f"{called}.{name}", kind
        elif is_a(value, type) and self._is_of_others(module_of(value)):
            yield called, value

    def _is_of_others(self, module: str) -> bool:
        known = module in (self._here, "builtins", _MOCKS)
        return not known and not is_own(module) and module in sys.modules

    def _maker_of(self, value: object) -> str:
        """The module of the user's that a value is from; empty for what is of others."""
        kind = type(value)
        if kind is types.FunctionType:
            return self._makers.get(id(value.__globals__), "")  # type: ignore[attr-defined]  # a function
        if kind in _WRAPPERS:
            return next(filter(None, map(self._maker_of, functions_in(value))), "")
        if is_a(value, type):
            return self._own(module_of(value))
        home = module_of(kind)
        maker = self._here if home == _MOCKS else self._own(home)
        if not maker:
            self._of_others.add(kind)
        return maker

    def _own(self, module: str) -> str:
        return module if module == self._here or module in self._beside else ""


def module_of_owner(owner: object) -> str:
    """The module that an owner of attributes is, or is from; empty for other things."""
    if is_a(owner, types.ModuleType):
        return owner.__name__
    return module_of(owner) if is_a(owner, type) else ""


def _modules_beside() -> dict[str, types.ModuleType]:
    """The loaded modules that lie in folders of the user's."""
    tops: dict[str, bool] = {}
    found = {}
    for name, module in list(sys.modules.items()):
        top = name.partition(".")[0]
        if top not in tops:
            tops[top] = _is_beside(top, str(getattr(sys.modules.get(top), "__file__", None)))
        if tops[top] and type(module) is types.ModuleType:
            found[name] = module
    return found


@lru_cache(maxsize=4_096)
def _is_beside(top: str, _file: str) -> bool:
    return is_local(top)
