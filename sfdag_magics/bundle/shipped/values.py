"""A return value as text and back, by the form of its type. Knows no session and no task.

Texts travel as they are, everything else as JSON. Ships with the code: Python 3.9.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import json
import pathlib
import types
import typing
import uuid
from typing import Any

from .form_of import Open, form_of, hints_of
from .forms import Form, UntoldError, misfit
from .json_text import json_text, json_tree

#: What a return value is called in errors.
VALUE = "the return value"
_HINT = "write it to a table and return the table's name"
#: What the types of `Form.said` are made of.
_MODULES = (collections, datetime, decimal, pathlib, typing, uuid)


def encode(value: Any, form: Form, max_bytes: int) -> str | None:  # noqa: ANN401 - whatever a task returns
    """The text that `value` travels as; None for None.

    Raises:
        ValueError: it is none of the form's, or is too large.
        TypeError: it has no JSON form.
    """
    try:
        tree = form.write(value, VALUE)
        raw = isinstance(tree, str) and (form.is_raw or isinstance(form, Open))
        text = None if tree is None else tree if raw else json_text(tree)
    except RecursionError:
        raise ValueError(f"{VALUE} holds itself, or is nested too deep: {_HINT}") from None
    if text is not None:
        _must_fit(text, tree, max_bytes)
    return text


def decode(text: str | None, form: Form, where: str = VALUE) -> Any:  # noqa: ANN401 - what the form says
    """The value that `text` stands for; `where` names it in an error.

    Raises:
        ValueError: it is none of the form's.
    """
    if isinstance(form, Open):
        has_parts = text is not None and text[:1] in ("{", "[") and is_json(text)
        return form.read(json_tree(text), where) if text is not None and has_parts else text
    if text is None:
        return form.read(None, where)
    if form.is_raw:
        return form.read(_unquoted(text) if form.kind is not str else text, where)
    try:
        tree = json_tree(text)
    except ValueError:  # of a sender that says no type: SQL, say
        if "str" not in form.tokens:
            raise misfit(text, where, form.said) from None
        tree = text
    return form.read(tree, where)


def first_change(value: Any, read: Any, where: str, *, is_told: bool = False) -> str | None:  # noqa: ANN401 - any values
    """Where a part of a value arrives as another type, for want of an annotation.

    Args:
        is_told: whether an annotation says what the whole is: one of `Sequence` may be a tuple.
    """
    counts = where != VALUE or (is_told and isinstance(read, (list, dict)))
    if is_told and isinstance(read, (int, float)) and _is_number(value):
        return None  # the annotation says which number it is
    if counts and type(value) is not type(read):
        return f"{where} is a {type(value).__name__}, and arrives as a {type(read).__name__}"
    pairs: Any = ()
    if isinstance(value, dict) and isinstance(read, dict):
        pairs = ((f"[{key!r}]", value[key], each) for key, each in read.items() if key in value)
    elif isinstance(value, (list, tuple)) and isinstance(read, (list, tuple)):
        pairs = ((f"[{i}]", *each) for i, each in enumerate(zip(value, read)))  # noqa: B905 - Python 3.9
    found = (first_change(own, there, where + part, is_told=is_told) for part, own, there in pairs)
    return next((each for each in found if each is not None), None)


def _is_number(value: Any) -> bool:  # noqa: ANN401 - any value
    return isinstance(value, (int, float)) or hasattr(value, "dtype")


def form_of_parameter(function: Any, parameter: dict[str, Any]) -> Form:  # noqa: ANN401 - the user's function
    """The form of what a parameter is given: by its annotation, else by the task above."""
    own = _form_or_open(hints_of(function).get(parameter["name"], Any))
    above = parameter.get("read_as") or (isinstance(own, Open) and parameter.get("produced"))
    return form_by_text(above) if above else own


def form_of_each(function: Any, parameter: dict[str, Any]) -> Form:  # noqa: ANN401 - as above
    """The form of each value of a list that a parameter is given: by what it is a list of."""
    inside = typing.get_args(_without_none(hints_of(function).get(parameter["name"], Any)))
    own = _form_or_open(inside[0]) if inside else Open()
    above = parameter.get("read_as") or (isinstance(own, Open) and parameter.get("produced"))
    return form_by_text(above) if above else own


def _without_none(kind: Any) -> Any:  # noqa: ANN401 - any annotation
    """`list[int]` of `list[int] | None`."""
    arms = [each for each in typing.get_args(kind) if each is not type(None)]
    is_union = typing.get_origin(kind) is typing.Union or type(kind).__name__ == "UnionType"
    return arms[0] if is_union and len(arms) == 1 else kind


def form_of_return(function: Any) -> Form:  # noqa: ANN401 - the user's function
    """The form of what a function returns."""
    return _form_or_open(hints_of(function).get("return", Any))


def form_by_text(said: str) -> Form:
    """The form of a type of Python's own, by how it is written."""
    names = {name: each for module in _MODULES for name, each in vars(module).items()}
    names.update((module.__name__, module) for module in _MODULES)
    try:
        kind = eval(said, names)  # noqa: S307 - an annotation of the user's own code
        if isinstance(kind, str):
            kind = eval(kind, names)  # noqa: S307 - as above
        is_module = isinstance(kind, types.ModuleType)  # `datetime`, where the class is meant
        return form_of(getattr(kind, kind.__name__) if is_module else kind)
    except Exception:  # noqa: BLE001 - it says nothing here
        return Open()


def form_of_key(function: Any, name: str) -> Form:  # noqa: ANN401 - the user's function
    """The form of a key of the configuration; raises UntoldError."""
    return form_of(hints_of(function).get(name, Any))


def _form_or_open(kind: Any) -> Form:  # noqa: ANN401 - any annotation
    try:
        return form_of(kind)
    except UntoldError:
        return Open()


def is_json(text: str) -> bool:
    """Whether a text can be read as JSON."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _must_fit(text: str, tree: Any, max_bytes: int) -> None:  # noqa: ANN401 - a tree
    try:
        size = len(text.encode())
    except UnicodeEncodeError as exc:
        half = text[exc.start]
        raise ValueError(
            f"{VALUE} has {half!r}, half of a character, which no text can carry"
        ) from None
    if size <= max_bytes:
        return
    parts = tree.items() if isinstance(tree, dict) else []
    sizes = {key: len(json_text(each).encode()) for key, each in parts}
    largest = max(sizes, key=sizes.__getitem__, default=None)
    most = f", {sizes[largest]:,} of them in {largest!r}" if largest is not None else ""
    raise ValueError(
        f"{VALUE} has {size:,} bytes{most}; Snowflake's limit is {max_bytes:,}: {_HINT}"
    )


def _unquoted(text: str) -> str:
    return str(json.loads(text)) if text[:1] == '"' and is_json(text) else text
