"""What cells told modules for the rest of their process, as notes: a task's was told nothing.

Reads the calls at the top of cells; what they did is not asked.
"""

from __future__ import annotations

import abc
import ast
import codecs
import logging
import os
import re
import signal
import sys
import types
import warnings
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from sfdag_magics.bundle.inspection import attribute_of, attributes_of, is_a, module_of
from sfdag_magics.bundle.modules import import_of_object, is_local
from sfdag_magics.bundle.taking.used.names_used import last_name
from sfdag_magics.bundle.written.as_written import as_written
from sfdag_magics.bundle.written.cell_texts import first_name, parsed_or_none
from sfdag_magics.bundle.written.cells import Cells

#: How functions begin that tell a module something for the rest of the process.
_TELLING = (
    *("register", "set_", "add_", "enable", "disable", "install", "configure", "setbuf", "seterr"),
    "parallel_config",
)
#: Those whose effect is read and set there (`switches`), by the packages that have them.
_CARRIED = {"set_option", "set_options", "set_config", "set_printoptions", "set_int_max_str_digits"}
_CARRIED |= {"set_eng_float_format", "seterr", "seterrcall"}
_READ = {"pandas", "numpy", "sklearn", "xgboost", "sys"}
#: Where matplotlib keeps its colour maps; those of cells are registered there, too.
_COLOUR_MAPS = "matplotlib.cm"
#: Seeds are told of by themselves.
_SEEDS = {"seed", "manual_seed", "manual_seed_all", "set_seed", "seed_everything", "set_state"}

#: What changes a process, and words of code that may count on it.
_CHANGING: dict[str, object] = {
    "chdir": os.chdir,
    "captureWarnings": logging.captureWarnings,
    "codecs.register": codecs.register,
    "register_error": codecs.register_error,
    "addLevelName": logging.addLevelName,
    "setLogRecordFactory": logging.setLogRecordFactory,
    "setLoggerClass": logging.setLoggerClass,
    "umask": os.umask,
    "signal.signal": signal.signal,
    "filterwarnings": warnings.filterwarnings,
    "simplefilter": warnings.simplefilter,
}
#: Where `logging` keeps what these set.
_KEPT_IN_LOGGING = {"setLoggerClass": "_loggerClass", "setLogRecordFactory": "_logRecordFactory"}
#: What a line with % is to Python.
_MAGIC = "run_line_magic"
#: Functions whose answer is each process's own.
_OTHERWISE = frozenset(
    (
        *("perf_counter", "perf_counter_ns", "monotonic", "process_time", "getpid", "get_ident"),
        *("getcwd", "mkdtemp", "mkstemp", "gethostname", "node"),
    )
)
#: A name behind a point.
_ATTRIBUTE = re.compile(r"\.\s*(\w+)")
_DECODES = ("encod", "decod", "open(", "read_", "codecs")
_IMPORTS = ("sys.path", "import_module", "__import__", "find_spec")
_COUNTS_ON = {
    "chdir": ("cwd", "open(", "Path(", "listdir", "glob", "abspath", "exists", "read_", "to_csv"),
    "captureWarnings": ("warn",),
    "codecs.register": _DECODES,
    "register_error": _DECODES,
    "addLevelName": ("log",),
    "setLogRecordFactory": ("log",),
    "setLoggerClass": ("log",),
    "umask": ("open(", "umask", "mkdir", "write_", "to_csv", "chmod"),
    "signal.signal": ("signal",),
    "filterwarnings": ("catch_warnings", "warnings.filters"),
    "simplefilter": ("catch_warnings", "warnings.filters"),
    **dict.fromkeys(("sys.path.append", "sys.path.insert", "sys.path.extend"), _IMPORTS),
}


def registered_notes(
    texts: Iterable[str],
    cells: Cells,
    modules: Iterable[str],
    namespace: Mapping[str, object],
) -> Iterator[str]:
    """Calls at the top of cells that tell a module something, which only those processes know."""
    tops = {module.partition(".")[0] for module in modules}
    whole = "\n".join(texts)
    for cell in cells.where(_called_at_the_top):
        for call in _called_at_the_top(cell.text):
            called, name = call.func, last_name(call.func)
            if not name.startswith(_TELLING) or name in whole or _is_of_file(called, namespace):
                continue  # what the state of a file's module is by now is told of by itself
            if _travels_with_its_class(call, namespace):
                continue
            home = _home_of(called, namespace)
            top = home.partition(".")[0]
            if name in _SEEDS or (name in _CARRIED and top in _READ):
                continue
            if home == _COLOUR_MAPS or _only_sets(as_written(called, namespace)):
                continue
            if top in tops:
                yield (
                    f"{ast.unparse(called)}(…) in {cell.place} does not count where the task runs: "
                    "call it in the task"
                )


def _only_sets(called: object) -> bool:
    """Whether a function sets what matplotlib keeps, which is read there: `sns.set_style`."""
    code = attribute_of(called, "__code__")
    return is_a(code, types.CodeType) and "rcParams" in code.co_names


def _travels_with_its_class(call: ast.Call, namespace: Mapping[str, object]) -> bool:
    """Whether an abstract class was told of classes of the notebook: they ship with that."""
    match call:
        case ast.Call(func=ast.Attribute(value=owner, attr="register"), args=[ast.Name(id=given)]):
            kind, home = namespace.get(given), namespace.get("__name__", "__main__")
            is_abstract = is_a(as_written(owner, namespace), abc.ABCMeta)
            return is_abstract and is_a(kind, type) and module_of(kind) == home
    return False


def given_methods_notes(
    texts: Iterable[str], cells: Cells, namespace: Mapping[str, object]
) -> Iterator[str]:
    """Calls at the top of cells by which a library gave classes of pandas methods of its own."""
    whole = "\n".join(texts)
    used = _givers_of(_ATTRIBUTE.findall(whole)) if "pandas" in sys.modules else set()
    for cell in cells.where(_called_at_the_top) if used else ():
        for called in (call.func for call in _called_at_the_top(cell.text)):
            home, said = _home_of(called, namespace), ast.unparse(called)
            if home.partition(".")[0] in used and f"{said}(" not in whole:
                yield (
                    f"{said}(…) in {cell.place} does not count where the task runs: "
                    "call it in the task"
                )


def _home_of(called: ast.expr, namespace: Mapping[str, object]) -> str:
    """The module that a call tells something: of what has the method, or of a plain function."""
    if not isinstance(called, ast.Attribute):
        return str(attribute_of(as_written(called, namespace), "__module__", ""))
    owner = as_written(called.value, namespace)
    if is_a(owner, types.ModuleType):
        return owner.__name__
    name = first_name(called)
    first = namespace.get(name)
    is_given_out = is_a(first, types.ModuleType, type) or bool(  # no object of the notebook: `ax`
        isinstance(called.value, ast.Name) and import_of_object(name, first)
    )
    return module_of(owner if is_a(owner, type) else type(owner)) if is_given_out else ""


def _givers_of(names: Iterable[str]) -> set[str]:
    """The installed packages that put methods of these names into classes of pandas."""
    found = set()
    names = set(names)
    kinds = [getattr(sys.modules["pandas"], name, None) for name in ("DataFrame", "Series")]
    for kept in map(attributes_of, kinds):
        for value in map(kept.get, names):
            if not is_a(value, types.FunctionType):
                continue
            home = str(value.__module__)
            package = home.partition(".")[0]
            if package not in ("pandas", "__main__") and not is_local(home):
                found.add(package)
    return found


def decorated_notes(
    texts: Iterable[str],
    cells: Cells,
    modules: Iterable[str],
    namespace: Mapping[str, object],
) -> Iterator[str]:
    """Classes and functions that a decorator of an installed module registered, and do not ship."""
    tops = {module.partition(".")[0] for module in modules}
    whole = "\n".join(texts)
    for cell in cells.where(_registered):
        for defined, decorator in _registered(cell.text):
            home = str(attribute_of(as_written(decorator, namespace), "__module__"))
            is_used = home.partition(".")[0] in tops and not is_local(home)
            if is_used and defined not in whole:
                yield (
                    f"@{ast.unparse(decorator)} above {defined} in {cell.place} does not count "
                    f"where the task runs: name {defined} in the task"
                )


@lru_cache(maxsize=16_384)  # see below
def _registered(text: str) -> tuple[tuple[str, ast.expr], ...]:
    """`(name, decorator)` of what a cell defines under a decorator that registers."""
    tree = parsed_or_none(text) if "register" in text else None
    return tuple(
        (node.name, called)
        for node in (tree.body if tree is not None else ())
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        for each in node.decorator_list
        for called in [each.func if isinstance(each, ast.Call) else each]
        if last_name(called).startswith("register") and "accessor" not in last_name(called)
    )


def process_notes(
    texts: Iterable[str], cells: Cells, namespace: Mapping[str, object]
) -> Iterator[str]:
    """Calls of cells that change the process itself, where code counts on what they change."""
    whole = "\n".join(texts)
    for cell in cells.where(_called_as_it_runs):
        for called in _called_as_it_runs(cell.text):
            told = _told(called, namespace)
            counts = any(word in whole for word in _COUNTS_ON.get(told, ()))
            if counts and told not in whole and not _is_set_there(told, namespace):
                yield (
                    f"{_said(called)} in {cell.place} does not count where the task runs: "
                    f"{_instead(called)}"
                )


def _is_set_there(told: str, namespace: Mapping[str, object]) -> bool:
    """Whether it put something of the notebook into `logging`, which is set in a task as well."""
    kept = attributes_of(logging).get(_KEPT_IN_LOGGING.get(told, ""))
    home = str(attribute_of(kept, "__module__"))
    return home == namespace.get("__name__", "__main__")


def _instead(called: ast.Call) -> str:
    if last_name(called.func) == _MAGIC:  # which no function can call
        return "call os.chdir(…) in the task, to a folder that is there"
    return "call it in the task"


def _said(called: ast.Call) -> str:
    """A call as the cell has it, which may be a line magic."""
    if last_name(called.func) == _MAGIC:
        return "%" + " ".join(str(e.value) for e in called.args if isinstance(e, ast.Constant))
    return ast.unparse(called)


def anew_notes(text: str, module: str) -> Iterator[str]:
    """What a module asks as it is imported, and is answered otherwise each time."""
    tree = parsed_or_none(text) if any(name in text for name in _OTHERWISE) else None
    for node in tree.body if tree is not None else ():
        for call in _running_calls(node) if isinstance(node, ast.Assign | ast.AnnAssign) else ():
            if last_name(call.func) in _OTHERWISE:
                yield (
                    f"the module {module} asks {ast.unparse(call)} as it is imported, and gets "
                    "another answer where the task runs"
                )


def calls_at_import(text: str) -> Iterator[ast.Call]:
    """The calls of a module that run as it is imported."""
    tree = parsed_or_none(text)
    return _running_calls(tree) if tree is not None else iter(())


def _is_of_file(node: ast.expr, namespace: Mapping[str, object]) -> bool:
    """Whether an expression goes through a module beside the notebook."""
    first = next((namespace.get(e.id) for e in ast.walk(node) if isinstance(e, ast.Name)), None)
    return (
        isinstance(node, ast.Attribute)
        and is_a(first, types.ModuleType)
        and is_local(first.__name__)
    )


def _told(called: ast.Call, namespace: Mapping[str, object]) -> str:
    """What a call changes, if it is one of those."""
    node = called.func
    match called:
        case ast.Call(func=ast.Attribute(attr=attr), args=[ast.Constant(value=name), _]):
            if attr == _MAGIC:
                return "chdir" if name in ("cd", "pushd", "popd") else ""
    if isinstance(node, ast.Attribute) and as_written(node.value, namespace) is sys.path:
        return f"sys.path.{node.attr}"
    function = as_written(node, namespace)
    return next((name for name, each in _CHANGING.items() if each is function), "")


@lru_cache(maxsize=16_384)  # see below
def _called_as_it_runs(text: str) -> tuple[ast.Call, ...]:
    """The calls of a cell that may be of those, and are not inside of its functions."""
    words = (_MAGIC, *(name.rpartition(".")[2] for name in _COUNTS_ON))
    counts = any(word in text for word in words)
    tree = parsed_or_none(text) if counts else None
    return tuple(_running_calls(tree)) if tree is not None else ()


def _running_calls(node: ast.AST) -> Iterator[ast.Call]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return
    if isinstance(node, ast.Call):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from _running_calls(child)


@lru_cache(maxsize=16_384)  # the cells of a long day: asked for each task, and most tell nothing
def _called_at_the_top(text: str) -> tuple[ast.Call, ...]:
    tree = parsed_or_none(text)
    return tuple(_calls(tree.body)) if tree is not None else ()


def _calls(statements: Iterable[ast.stmt]) -> Iterator[ast.Call]:
    for node in statements:
        match node:
            case ast.Expr(value=ast.Call(func=ast.Attribute() | ast.Name() as called) as call):
                if any(isinstance(each, ast.Name) for each in ast.walk(called)):
                    yield call
