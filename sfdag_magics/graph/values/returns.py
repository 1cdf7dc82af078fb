"""Whether what a task returns is what the task below takes, by their annotations' texts. Pure.

For a task whose cell was not run here: of two that were, `bundle.passed_values` compares the types.
Only types that everybody spells alike are compared; of an alias or a class of the notebook the text
says nothing, and where the task runs the value is read by what the annotation is.
"""

from __future__ import annotations

from sfdag_magics.graph.values.annotations import arms_of, head_of

#: What may be read as what, by the bare names of the types.
_READABLE: dict[str, set[str]] = {
    "bool": {"bool"},
    "int": {"int", "float", "Decimal"},
    "float": {"float", "Decimal"},
    "Decimal": {"Decimal"},
    "str": {"str"},
    "bytes": {"bytes", "bytearray"},
    "date": {"date"},
    "datetime": {"datetime"},
    "time": {"time"},
    "timedelta": {"timedelta"},
    "dict": {"dict", "Mapping"},
    "list": {"list", "tuple", "set", "frozenset", "Sequence"},
}
_SAME = {
    "Dict": "dict",
    "List": "list",
    "Tuple": "list",
    "tuple": "list",
    "Set": "list",
    "set": "list",
    "FrozenSet": "list",
    "frozenset": "list",
    "Sequence": "list",
    "Mapping": "dict",
}


def is_readable(returned: str | None, taken: str | None) -> bool:
    """Whether a value that is annotated as `returned` can be read as `taken`; unknown ones can."""
    made, wanted = _bare(returned), _bare(taken)
    if made is None or wanted is None or wanted in ("Any", "object"):
        return True
    readable = _READABLE.get(_SAME.get(made, made))
    known = {name for names in _READABLE.values() for name in names} | _SAME.keys()
    if readable is None or wanted not in known:
        return True
    return wanted in readable or _SAME.get(wanted, wanted) in readable


def _bare(annotation: str | None) -> str | None:
    """The name of a type without its arguments, and without None; None where it is a union."""
    arms = [arm for arm in arms_of(annotation or "None") if arm != "None"]
    return head_of(arms[0])[0] if len(arms) == 1 else None
