"""Runs one task of the archive it ships in: the handler of a graph's stored procedure. Python 3.9.

Fills the function's parameters from the task graph by SQL, runs it, sets its return value. Code is
compiled under the names and lines of the notebook's cells, so a traceback shows where it was
written. Knows what the archive says of a task; knows nothing of how that was made.
"""

from __future__ import annotations
import __future__

import ast
import importlib
import inspect
import json
import logging
import os
import re
import sys
import types
from collections.abc import Callable
from typing import Any

from .context import TaskContext
from .form_of import Open
from .inputs import NOT_IN_A_TASK, read_inputs
from .local_modules import use_local_modules
from .main_module import MainModule, main_put_back, remember_lines
from .names_here import names_here
from .printed import LoadingTime, printed_as_records
from .trying import Tries
from .values import VALUE, decode, encode, first_change, form_of_return

_LOG = logging.getLogger("sfdag")
#: What tasks are called; nothing else leads to a file.
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def run(session: Any, task: str) -> str | None:  # noqa: ANN401 - a Snowpark session
    """Run `task` and answer with its return value as text; the stored procedure's handler."""
    try:
        entry = find_entry(task)
    except LookupError as exc:
        exc.__traceback__ = None
        raise
    use_local_modules(entry.get("local"), unpack=bool(entry.get("unpack")))
    # All in this one frame: a bare `raise` adds none, so that no traceback shows one of ours.
    with main_put_back(), printed_as_records():
        context = TaskContext(session, entry["name"])
        with LoadingTime(entry["name"]):
            function = load_function(entry, names_here(context, lambda: read_manifest()["graph"]))
        tries = Tries(entry)
        while True:
            try:
                inputs = read_inputs(entry, session, context, function)
            except Exception as exc:
                # Nothing of the task has run yet: where it is written is all there is to show.
                exc.__traceback__ = _where_defined(function)
                exc.__cause__ = exc.__context__ = None
                raise
            try:
                value = call_function(function, inputs)
                break
            except BaseException as exc:
                if not tries.again(exc, session):
                    exc.__traceback__ = _from_the_notebook(exc)
                    raise
            finally:
                context.end_telling()
        try:
            if entry.get("frame"):
                graph = read_manifest()["graph"]
                write: Any = importlib.import_module(".frames", __package__).written
                text: str | None = write(entry["name"], value, session, context, graph)
            else:
                text = _text(entry, value, function, entry["max_return_bytes"])
        except Exception as exc:
            # A frame is computed first when it is written: what fails then is the task's.
            exc.__traceback__ = _where_defined(function)
            raise
        if entry.get("drops_frames"):
            importlib.import_module(".frames", __package__).drop_of_run(session, context)
    if text is not None:
        _set_return_value(context, text)
    return text


def find_entry(task: str) -> dict[str, Any]:
    """What a task needs to run. Reads nothing of others: a graph may have a thousand."""
    if _NAME.fullmatch(task):
        try:
            return _read_json(f"tasks/{task.lower()}.json")
        except OSError:
            pass  # as of a task that there is not
    known = ", ".join(read_manifest()["tasks"])
    raise LookupError(
        f"{task!r} has no code in what is deployed (there is code of: {known}); "
        "run its cell in the notebook, then %sfdag deploy"
    )


def read_manifest() -> dict[str, Any]:
    """The graph's name, and those of the tasks that there is code of."""
    return _read_json("manifest.json")


def _read_json(path: str) -> dict[str, Any]:
    """What a file beside this one says, in a folder or in a zip archive."""
    found: dict[str, Any] = json.loads(_read(path))
    return found


def _read(path: str) -> str:
    """A file beside this one, as `pkgutil.get_data` finds it, which asks more before."""
    loader: Any = getattr(sys.modules[__name__].__spec__, "loader", None)
    place = __file__[: -len(os.path.basename(__file__))]
    data: bytes = loader.get_data(f"{place}{path}")
    return data.decode("utf-8")


def load_function(entry: dict[str, Any], spelled: Callable[[str], str] = str) -> Any:  # noqa: ANN401 - the task's function
    """The task's function, with its helpers, in a `__main__` of its own.

    Args:
        spelled: turns its code into what is compiled, line by line the same.

    Raises whatever the module's code raises.
    """
    module = MainModule(entry["name"], _of_other_tasks(entry))
    sys.modules["__main__"] = module  # dataclasses and pickle look their module up
    try:
        _run_pieces(entry, module, spelled)
    except BaseException as exc:
        exc.__traceback__ = _from_the_notebook(exc)
        raise
    return getattr(module, entry["function"])


def _run_pieces(
    entry: dict[str, Any], module: types.ModuleType, spelled: Callable[[str], str] = str
) -> None:
    lines = _read(entry["module"]).split("\n")
    flags = 0
    for name in entry["futures"]:
        flags |= getattr(__future__, name).compiler_flag
    for first, count, cell, cell_line in entry["pieces"]:
        piece = lines[first - 1 : first - 1 + count]
        remember_lines(cell, cell_line, piece)
        text = "\n" * (cell_line - 1) + spelled("\n".join(piece)) + "\n"
        placed: Any = text
        if cell_line < 1:  # lines of ours stand above the first one of the cell
            placed = ast.increment_lineno(ast.parse(text), cell_line - 1)
        code = compile(placed, cell, "exec", flags=flags, dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102 - the user's own code, which is what we are for


def _of_other_tasks(entry: dict[str, Any]) -> Callable[[str], Any]:
    """Finds what other tasks of the graph define: a pickle names functions and classes only."""
    loaded: dict[str, types.ModuleType] = {}

    def find(name: str) -> Any:  # noqa: ANN401 - a function or class
        defined = re.compile(rf"^(?:class|def) {re.escape(name)}\b|^{re.escape(name)} =", re.M)
        for task in read_manifest()["tasks"]:
            other = find_entry(task)
            if task != entry["name"] and defined.search(_read(other["module"])):
                if other["name"] not in loaded:
                    loaded[other["name"]] = types.ModuleType("__main__")
                    _run_pieces(other, loaded[other["name"]])
                return getattr(loaded[other["name"]], name)
        raise AttributeError(f"module '__main__' has no attribute {name!r}")

    return find


def call_function(function: Any, inputs: dict[str, Any]) -> Any:  # noqa: ANN401 - the user's function
    """Call `function` with `inputs`, and with its defaults for what is not there."""
    if type(function) is types.FunctionType and not function.__code__.co_posonlyargcount:
        code = function.__code__
        own = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        if not vars(function):  # nothing that says another signature
            return function(**{name: inputs[name] for name in own if name in inputs})
    positional, named = [], {}
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
            positional.append(inputs.get(name, parameter.default))
        elif name in inputs:
            named[name] = inputs[name]
    return function(*positional, **named)


def _text(entry: dict[str, Any], value: Any, function: Any, most: int) -> str | None:  # noqa: ANN401 - the user's
    """A return value as text, as the function's annotation says."""
    if entry["answers"]:
        return _answer(entry, value)
    form = form_of_return(function)
    try:
        text = encode(value, form, most)
        read, is_told = decode(text, form), not isinstance(form, Open)
        _note_another_type(entry["name"], first_change(value, read, VALUE, is_told=is_told))
    except (TypeError, ValueError) as exc:
        said = getattr(function, "__annotations__", {}).get("return")
        if said is None:
            raise
        shown = said if isinstance(said, str) else form.said
        raise ValueError(f"{entry['name']} says that it returns {shown}: {exc}") from None
    return text


def _note_another_type(task: str, found: str | None) -> None:
    if found is not None:
        _LOG.warning("%s: %s; say its type on both sides: -> …", task, found)


def _answer(entry: dict[str, Any], value: Any) -> str:  # noqa: ANN401 - whatever a branch returns
    """A branch's answer as its task is spelled."""
    spelled: dict[str, str] = {name.upper(): name for name in entry["answers"]}
    if not isinstance(value, str) or value.upper() not in spelled:
        raise ValueError(
            f"branch {entry['name']} answered {value!r}, which is none of the tasks after it: "
            + ", ".join(entry["answers"])
        )
    return spelled[value.upper()]


def _set_return_value(context: TaskContext, text: str) -> None:
    try:
        context.set_return_value(text)
    except Exception as exc:
        if NOT_IN_A_TASK not in str(exc):
            raise


def _where_defined(function: Any) -> Any:  # noqa: ANN401 - the task's function, a traceback
    """A traceback that ends where `function` is defined, for what its value is to blame for."""
    code = getattr(function, "__code__", None)
    if code is None:
        return None
    place = "\n" * (code.co_firstlineno - 1) + "raise ValueError"
    try:
        raising = compile(place, code.co_filename, "exec").replace(co_name=code.co_name)
        exec(raising, {})  # noqa: S102 - two words of our own
    except ValueError as placed:
        return _from_the_notebook(placed)


def _from_the_notebook(exc: BaseException) -> Any:  # noqa: ANN401 - a traceback
    """The traceback without the frames of this file at its start."""
    trace, own = exc.__traceback__, _from_the_notebook.__code__.co_filename
    while trace is not None and trace.tb_frame.f_code.co_filename == own:
        trace = trace.tb_next
    return trace
