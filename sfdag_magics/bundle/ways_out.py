"""What to do instead of shipping a value: hints by type. Knows names of types, imports none."""

from __future__ import annotations

import sys
import types

from sfdag_magics.bundle.inspection import is_a, module_of, place_in_module
from sfdag_magics.graph.displayed import size_text
from sfdag_magics.place_words import to_type

_ANYTHING = (
    "make it inside the function, or let it be a return value of a task above, a table, "
    "or a config key"
)
_OF_PLAIN = "make it inside the function, of plain values: they travel"
#: Whose types are those of data.
_DATA = ("builtins", "collections", "datetime", "decimal", "numpy", "pandas", "pyarrow")
_FILE = "put the file on a stage, and open it inside the task"
_BY_TYPE = {
    "pandas.core.frame.DataFrame": "write it to a table and read it there: session.table(…)",
    "pandas.DataFrame": "write it to a table and read it there: session.table(…)",
    "pandas.core.series.Series": "write it to a table and read it there: session.table(…)",
    "pandas.Series": "write it to a table and read it there: session.table(…)",
    "numpy.ndarray": "write it to a table, or make it inside the function",
    "list": "write it to a table or a file on a stage, or make it inside the function",
    "dict": "write it to a table or a file on a stage, or make it inside the function",
    "str": "write it to a file on a stage, or make it inside the function",
    "bytes": "write it to a file on a stage, or make it inside the function",
    "sklearn.utils._bunch.Bunch": "call what made it inside the task: load_digits(), say",
    "snowflake.snowpark.column.Column": "make it inside the function, of names: F.col(…)",
    "re.Match": "keep what it found: match.group(…), match.groupdict()",
    "memoryview": "keep what it shows: bytes(…)",
    "posix.DirEntry": "keep what it says: entry.path, entry.name",
    "jinja2.environment.Template": "keep its text, and make it inside the function: Template(…)",
    "xgboost.core.DMatrix": "make it inside the function, of data that travels",
    "dict_keys": "keep what it shows: list(…)",
    "dict_values": "keep what it shows: list(…)",
    "dict_items": "keep what it shows: list(…)",
    "_io.TextIOWrapper": _FILE,
    "_io.BufferedReader": _FILE,
    "_io.BufferedRandom": _FILE,
    "_io.BufferedWriter": _FILE,
    "_io.FileIO": _FILE,
}
#: What belongs to this process, whatever it is made of.
_NEVER = {
    "snowflake.snowpark.session.Session": "take it as a parameter: def f(session, …)",
    "snowflake.connector.connection.SnowflakeConnection": "take a parameter: def f(session, …)",
    "snowflake.snowpark.dataframe.DataFrame": "name its table and read it: session.table(…)",
    "snowflake.snowpark.table.Table": "name the table and read it in the task: session.table(…)",
}
_HERE = "make it inside the function"
#: Of plain parts, which mean a process, memory or a folder of this machine.
_NEVER |= dict.fromkeys(
    (
        "subprocess.Popen",
        "multiprocessing.shared_memory.SharedMemory",
        "tempfile.TemporaryDirectory",
    ),
    _HERE,
)
_DRAWN = "draw it inside the task, and save it to a stage"
_NEVER |= dict.fromkeys(
    ("matplotlib.figure.Figure", "matplotlib.axes._axes.Axes", "matplotlib.axes.Axes"), _DRAWN
)
_MOCKS = ("unittest.mock",)
#: Packages of notebooks, whose objects mean nothing elsewhere.
_ONLY_HERE = ("IPython.", "ipykernel.", "ipywidgets.")
#: What runs, waits or is connected in this process: no value that anything could hand on.
_RUNNING = frozenset(
    {"_thread", "threading", "socket", "ssl", "sqlite3", "asyncio", "_asyncio", "concurrent"}
    | {"multiprocessing", "subprocess", "weakref", "contextvars", "_contextvars", "_queue"}
    | {"select", "selectors", "mmap", "tempfile", "argparse"}
)
_RUNNING_TYPES = frozenset(("coroutine", "frame", "traceback", "async_generator"))
_OF_CODE = (type, types.FunctionType, types.MethodType, types.ModuleType)


def type_name(value: object) -> str:
    """The full name of a value's type, without `builtins`."""
    kind = type(value)
    return f"{module_of(kind)}.{place_in_module(kind)}".removeprefix("builtins.")


def never_travels(value: object) -> bool:
    """Whether values of this type belong to this process, whatever they hold."""
    module = module_of(type(value))
    return type_name(value) in _NEVER or module.startswith(_ONLY_HERE) or module in _MOCKS


def way_out(*values: object) -> str:
    """What to do instead of taking a value, or else a part of it, from the notebook."""
    stream = _stream(values[0])
    if stream:
        return f"name it inside the function: {stream}"
    found = next((found for found in map(_way_out, values) if found), "")
    return found or (_ANYTHING if _is_data(values[0]) else _OF_PLAIN)


def _is_data(value: object) -> bool:
    """Whether a table, or what one task gives another, can hold such a thing."""
    return module_of(type(value)).partition(".")[0] in _DATA


def _stream(value: object) -> str:
    names = ("stdout", "stderr", "stdin")
    return next((f"sys.{name}" for name in names if getattr(sys, name) is value), "")


def _way_out(value: object) -> str:
    if _stream(value):
        return _HERE
    module = module_of(type(value))
    if module.partition(".")[0] in _RUNNING or type_name(value) in _RUNNING_TYPES:
        return _HERE
    if module.startswith(_ONLY_HERE):
        return "take what you need of it in plain values: list(…), str(…)"
    if is_a(value, type):
        return "make it inside the function, or write it with class in a cell"
    if hasattr(type(value), "fit") or hasattr(type(value), "predict"):
        return "log it to the registry, or put it on a stage, and load it in the task"
    return (_NEVER | _BY_TYPE).get(type_name(value), "")


def way_out_of_secret(name: str) -> str:
    """What to do instead of shipping something that looks like a secret."""
    read = "read it inside the task from a Snowflake secret"
    if not name:
        return read
    return f"{read}, or, if it is none: {to_type('sftask', allow_secret=name)}"


def described(value: object) -> str:
    """A value by type and size, such as `a pandas.DataFrame of 1.6 MB`; never by content.

    What is small is so for other reasons than its size: of a function, that says nothing.
    """
    if is_a(value, type):
        return f"the class {module_of(value)}.{place_in_module(value)}".replace(" builtins.", " ")
    name = type_name(value)
    kind = f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
    if is_a(value, *_OF_CODE):
        return kind
    try:
        size = sys.getsizeof(value)
    except Exception:  # noqa: BLE001 - a `__sizeof__` of somebody's own
        return kind
    return f"{kind} of {size_text(size)}" if size >= 1000 else kind
