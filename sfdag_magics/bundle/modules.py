"""Modules a task uses: how they are imported, and where they lie. Imports nothing."""

from __future__ import annotations

import sys
import sysconfig
import types
from collections.abc import Container
from functools import lru_cache
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec, PathFinder
from pathlib import Path

from sfdag_magics.bundle.inspection import attribute_of, attributes_of, is_a, module_of, name_of
from sfdag_magics.bundle.taking.used.names_used import attribute_chains

_INSTALLED = tuple(
    Path(path).resolve()
    for path in {
        sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")
    }
)
_PACKAGE_FOLDERS = {"site-packages", "dist-packages"}  # Debian's are in none of the above
_OWN = "sfdag_magics"


def import_of_module(name: str, module: types.ModuleType, text: str) -> tuple[str, ...]:
    """The import lines that give `text` the module under `name`, submodules it reaches too."""
    full = module.__name__
    if "." in full and name == full.partition(".")[0]:
        line = f"import {full}"
    else:
        line = f"import {full}" if full == name else f"import {full} as {name}"
    submodules = {
        found
        for chain in attribute_chains(text, name)
        if (found := _deepest_module(full, chain)) is not None
    }
    return (line, *(f"import {submodule}" for submodule in sorted(submodules)))


def import_of_object(
    name: str, value: object, without: Container[tuple[str, str]] = ()
) -> str | None:
    """The line that imports `value` under `name` from where it is public, or None.

    Args:
        without: `(module, attribute)` of what was put there after the module was imported.
    """
    for module_name in _modules_of(value):
        for candidate in _shortest_first(module_name):
            for attribute in dict.fromkeys((name, name_of(value) or name, *_written_as(value))):
                # Not getattr: a lazy module would import more, or fail.
                if (candidate, attribute) in without:
                    continue
                if vars(sys.modules.get(candidate, _EMPTY)).get(attribute, _EMPTY) is value:
                    renamed = "" if attribute == name else f" as {name}"
                    return f"from {candidate} import {attribute}{renamed}"
    return _import_of_built_in(name, value) if is_a(value, type) else None


def _written_as(value: object) -> tuple[str, ...]:
    """What a function's own text calls it: `total_ordering` gives its own other names."""
    found = attribute_of(value, "__qualname__") if is_a(value, types.FunctionType) else None
    return (found,) if type(found) is str else ()


def _import_of_built_in(name: str, kind: type) -> str | None:
    """The line for a type of Python's own that no module has by its name: of functions, frames."""
    public = ((each, there) for each, there in vars(types).items() if there is kind)
    for attribute, _there in public:
        return f"from types import {attribute}{'' if attribute == name else f' as {name}'}"
    return None


def name_in_module(value: object) -> str | None:
    """The name that the module of a value's class has for it: a constant such as `pytz.utc`."""
    for module_name in _modules_of(value):
        for candidate in _shortest_first(module_name):
            for name, there in list(vars(sys.modules.get(candidate, _EMPTY)).items()):
                if there is value and module_name != "builtins":
                    return name
    return None


def is_local(module_name: str) -> bool:
    """Whether a module lies in a folder of the user's, not in an installation."""
    return bool(folders_of(module_name.partition(".")[0]) or file_of(module_name))


@lru_cache(maxsize=1024)  # asked of what is loaded, which stays where it is
def is_of_user(module_name: str) -> bool:
    """Whether a loaded module is the notebook, or one beside it."""
    return module_name == "__main__" or is_local(module_name)


def is_there(module_name: str) -> bool:
    """Whether a module's top package can be imported in this kernel; imports nothing."""
    top = module_name.partition(".")[0]
    return is_standard(top) or top in sys.modules or _spec_of(top) is not None


def installed_part(module_name: str) -> str:
    """The part of a module's name that one installs: `snowflake.ml`, as many share `snowflake`."""
    name, *rest = module_name.split(".")
    spec = _spec_of(name)
    is_shared = spec is not None and spec.origin is None
    folders = list(spec.submodule_search_locations or ()) if spec is not None and is_shared else []
    for part in rest:
        places = [Path(folder, part) for folder in folders]
        folders = [str(each) for each in places if each.is_dir()]
        is_module = any(each.with_suffix(".py").is_file() for each in places)
        if not folders and not is_module:
            break  # a name in a module, or of one distribution
        name = f"{name}.{part}"
        if any((each / "__init__.py").is_file() for each in places):
            break
    return name


def is_own(module_name: str) -> bool:
    """Whether a module is this package's, which is not there where tasks run."""
    return module_name.partition(".")[0] == _OWN


def is_standard(module_name: str) -> bool:
    """Whether a module is of the standard library."""
    top = module_name.partition(".")[0]
    return top in sys.stdlib_module_names or top in sys.builtin_module_names


_EMPTY = types.ModuleType("empty")


def _deepest_module(full: str, chain: tuple[str, ...]) -> str | None:
    """The longest `full.b.c` along a chain of attributes that is a module of its own."""
    found = None
    for attribute in chain:
        full = f"{full}.{attribute}"
        if full not in sys.modules:
            break
        found = full
    return found


def _modules_of(value: object) -> tuple[str, ...]:
    owner = type(attribute_of(value, "__self__"))  # `random.random` is a method of a hidden object
    names = (attribute_of(value, "__module__"), module_of(type(value)), module_of(owner))
    if f"{module_of(type(value))}.{type(value).__name__}" == "numpy.ufunc":
        names = (*names, *_homes_of_ufunc(value))
    # In a kernel, the notebook itself is the module `__main__`.
    return tuple(n for n in dict.fromkeys(names) if type(n) is str and n != "__main__")


def _homes_of_ufunc(value: object) -> list[str]:
    """The modules that give out a function on arrays, which does not say whose it is: scipy's."""
    own = name_of(value)
    known = [
        home
        for home, module in list(sys.modules.items())
        if is_a(module, types.ModuleType) and attributes_of(module).get(own) is value
    ]
    public = [home for home in known if not any(part[:1] == "_" for part in home.split("."))]
    return sorted(public, key=lambda home: (home.count("."), home))


def _shortest_first(module_name: str) -> tuple[str, ...]:
    parts = module_name.split(".")
    return tuple(".".join(parts[: count + 1]) for count in range(len(parts)))


def _spec_of(name: str) -> ModuleSpec | None:
    """The spec of a module that is below no other. Imports nothing."""
    loaded: ModuleSpec | None = getattr(sys.modules.get(name), "__spec__", None)
    found = loaded or PathFinder.find_spec(name)
    if found is not None:
        return found
    # An editable install may have a finder of its own.
    editable = [each for each in sys.meta_path if _module_of(each).startswith("__editable__")]
    specs = (each.find_spec(name, None) for each in editable)
    return next((spec for spec in specs if spec is not None), None)


def _module_of(finder: object) -> str:
    return str(getattr(finder, "__module__", ""))  # such finders are classes


def file_of(module_name: str) -> Path | None:
    """The file of a local top-level module that is no package; a compiled one as well."""
    spec = _local_spec(module_name.partition(".")[0])
    if spec is None or spec.submodule_search_locations or spec.origin is None:
        return None
    return Path(spec.origin).resolve()


def folders_of(top: str) -> tuple[Path, ...]:
    """The folders of a local package; one without `__init__.py` may have several."""
    spec = _local_spec(top)
    if spec is None:
        return ()
    found = [Path(each).resolve() for each in spec.submodule_search_locations or ()]
    return tuple(each for each in found if not _is_installed(each))


def _local_spec(top: str) -> ModuleSpec | None:
    """The spec of a module, unless it is known to be Python's, ours or an installed one."""
    if is_own(top) or top in ("__main__", *sys.builtin_module_names):
        return None
    spec = _spec_of(top)
    if spec is None or (spec.origin is None and not spec.submodule_search_locations):
        return None
    if spec.origin is not None and (
        not spec.origin.endswith((".py", *EXTENSION_SUFFIXES)) or _lies_installed(spec.origin)
    ):
        return None
    return spec


@lru_cache(maxsize=1024)  # asked of each import of each task: where a file lies, it stays
def _lies_installed(origin: str) -> bool:
    return _is_installed(Path(origin).resolve())


def installations() -> list[str]:
    """The places that modules are imported from where pip puts them, in any folder."""
    places = [Path(each) for each in sys.path if each]
    return [
        str(place)
        for place in places
        if _PACKAGE_FOLDERS & set(place.parts) or any(place.glob("*.dist-info"))
    ]


def _is_installed(path: Path) -> bool:
    """Whether a module or package lies where pip puts them: `--target` may name any folder."""
    inside = any(map(path.is_relative_to, _INSTALLED))
    return inside or bool(_PACKAGE_FOLDERS & set(path.parts)) or _is_recorded(path)


@lru_cache(maxsize=1024)  # asked of what is loaded, which stays where it is
def _is_recorded(path: Path) -> bool:
    """Whether what pip wrote down beside a module, or beside its package, tells of it."""
    places = [path, path.parent] if path.name == "__init__.py" else [path]
    return any(
        place.name
        in record.read_text("utf-8", "replace").replace("/", "\n").replace(",", "\n").split()
        for place in places
        for record in place.parent.glob("*.dist-info/RECORD")
    )
