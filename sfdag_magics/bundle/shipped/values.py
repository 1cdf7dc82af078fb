"""Return values as text and back. Knows JSON and annotations; knows no session and no task.

A `str` travels as it is, everything else as JSON. It is read back by the receiver's annotation,
else by the producer's, else as JSON where that is unambiguous. Ships with the code: Python 3.9.
"""

from __future__ import annotations

import ast
import datetime
import decimal
import json
import math
from collections.abc import Callable
from typing import Any

_TIMES = (datetime.date, datetime.time)
_HINT = "write it to a table and return the table's name"


def encode(value: Any, max_bytes: int) -> str | None:  # noqa: ANN401 - whatever a task returns
    """The text that `value` travels as; None for None.

    Raises:
        ValueError: it has a NaN or is too large.
        TypeError: it has no JSON form.
    """
    if value is None:
        return None
    if isinstance(value, str):
        text = str.__str__(value)  # the text itself, also of an enum or a numpy string
    elif isinstance(value, _TIMES) and value == value:
        text = value.isoformat()
    else:
        text = json.dumps(_plain(value, "the return value"))
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > max_bytes:
        raise ValueError(
            f"the return value has {size:,} bytes, Snowflake's limit is {max_bytes:,}: {_HINT}"
        )
    return text


def _plain(value: Any, where: str) -> Any:  # noqa: ANN401 - any value in, JSON's types out
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(
                f"{where} is {value}, which JSON cannot carry: return None or leave it out"
            )
        return value
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(
                    f"{where} has the key {key!r}: JSON keys are strings, use str({key!r})"
                )
        return {key: _plain(item, f"{where}[{key!r}]") for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item, f"{where}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, _TIMES) and value == value:  # pandas' NaT is none
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return _plain(_number(value), where)
    if hasattr(value, "dtype") and getattr(value, "shape", None) == ():
        return _plain(value.item(), where)  # a numpy scalar
    kind = type(value)
    raise TypeError(
        f"{where} is a {kind.__module__}.{kind.__qualname__}, which JSON cannot carry: {_HINT}"
    )


def _number(value: decimal.Decimal) -> int | float:
    if value.is_finite() and value == value.to_integral_value():
        return int(value)
    return float(value)


def decode(text: str | None, *annotations: str | None) -> Any:  # noqa: ANN401 - what the annotation says
    """The value that `text` stands for, by the first annotation that says a type.

    Raises:
        ValueError: the text is not what the annotation says.
    """
    if text is None:
        return None
    for annotation in annotations:
        wanted = _wanted(annotation)
        if wanted in _READERS:
            try:
                return _READERS[wanted](text)
            except (ValueError, TypeError, KeyError) as exc:
                raise ValueError(f"{_shortened(text)} is not {annotation}: {exc}") from exc
    return json.loads(text) if text[:1] in ("{", "[") and _is_json(text) else text


def is_ambiguous(text: str | None, *annotations: str | None) -> bool:
    """Whether `text` was kept as text although it could be a number, for want of an annotation."""
    if text is None or any(_wanted(annotation) in _READERS for annotation in annotations):
        return False
    return text[:1] not in ("{", "[") and _is_json(text)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _wanted(annotation: str | None) -> str | None:
    """The bare name of the type: `Optional[Dict[str, int]]` and `'dict | None'` are `dict`."""
    if annotation is None:
        return None
    try:
        node: Any = ast.parse(annotation.strip("'\" "), mode="eval").body
    except SyntaxError:
        return None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        arms = [ast.unparse(arm) for arm in (node.left, node.right)]
        arms = [arm for arm in arms if arm != "None"]
        return _wanted(arms[0]) if len(arms) == 1 else None
    if isinstance(node, ast.Subscript):
        head = _wanted(ast.unparse(node.value))
        return _wanted(ast.unparse(node.slice)) if head == "Optional" else head
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def _json_of(*kinds: type) -> Callable[[str], Any]:
    def read(text: str) -> Any:  # noqa: ANN401 - one of `kinds`
        value = json.loads(text)
        if isinstance(value, bool) is not (bool in kinds) or not isinstance(value, kinds):
            raise ValueError(f"it is a {type(value).__name__}")
        return value

    return read


def _unquoted(text: str) -> str:
    return str(json.loads(text)) if text[:1] == '"' else text


_READERS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "bool": _json_of(bool),
    "int": _json_of(int),
    "float": lambda text: float(_json_of(int, float)(text)),
    "dict": _json_of(dict),
    "Dict": _json_of(dict),
    "Mapping": _json_of(dict),
    "list": _json_of(list),
    "List": _json_of(list),
    "Sequence": _json_of(list),
    "tuple": lambda text: tuple(_json_of(list)(text)),
    "Tuple": lambda text: tuple(_json_of(list)(text)),
    "Decimal": decimal.Decimal,
    "date": lambda text: datetime.date.fromisoformat(_unquoted(text)),
    "datetime": lambda text: datetime.datetime.fromisoformat(_unquoted(text)),
}


def _shortened(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")


def checked_config(value: Any, annotation: str | None) -> Any:  # noqa: ANN401 - a JSON value
    """A config value as its parameter's annotation wants it: an int for a float is made one.

    Raises:
        ValueError: it is of another type.
    """
    kinds = _CONFIG_KINDS.get(_wanted(annotation) or "")
    if value is None or kinds is None:
        return value
    fits = isinstance(value, kinds) and isinstance(value, bool) is (bool in kinds)
    if not fits:
        raise ValueError(f"{_shortened(json.dumps(value))} is not {annotation}")
    if float in kinds:
        return float(value)
    return tuple(value) if _wanted(annotation) in ("tuple", "Tuple") else value


_CONFIG_KINDS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
    "dict": (dict,),
    "Dict": (dict,),
    "list": (list,),
    "List": (list,),
    "tuple": (list,),
    "Tuple": (list,),
}
