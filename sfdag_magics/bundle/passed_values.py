"""Whether what a task returns arrives as what the task below takes, by the types themselves.

Annotations are read as the code that ships reads them (`shipped.form_of`): through aliases, classes
of the notebook, `Annotated`. What the text of annotations says alone, `graph.returns` knows.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from typing import Any

from sfdag_magics.bundle.shipped.container_forms import Items, Keyed, Record, Row
from sfdag_magics.bundle.shipped.form_of import Open, form_of
from sfdag_magics.bundle.shipped.forms import Choice, Either, Form, Nothing, UntoldError
from sfdag_magics.errors import Problem
from sfdag_magics.graph.model import FunctionSource, Parameter, Task, TaskGraph

#: What is read as which other number without a loss.
_NUMBERS: Mapping[str, tuple[str, ...]] = {
    "bool": ("bool",),
    "int": ("int", "float", "Decimal"),
    "float": ("float", "Decimal"),
    "Decimal": ("Decimal",),
}
#: Types of numpy that round what Python's float holds.
_NARROW = ("float16", "float32")


def problems_of_values(graph: TaskGraph, task: Task) -> Iterator[Problem]:
    """What a task returns or takes that does not travel, or arrives as something else."""
    if task.returns is not None:
        yield from _untold(task, task.returns, f"says that it returns {task.returns}")
    for parameter in task.values:
        if parameter.annotation is not None:
            said = f"takes {parameter.name} as {parameter.annotation}"
            yield from _untold(task, parameter.annotation, said)
        if parameter.name in graph:
            yield from _other_type(graph.task(parameter.name), task, parameter)


def notes_of_values(graph: TaskGraph, task: Task) -> Iterator[str]:
    """What arrives as another type because nobody says one: `False` as a text, which is true."""
    for parameter in task.values:
        name, said = parameter.name, parameter.annotation
        if said is not None and not _is_there(task, said):
            yield (
                f"{said} names nothing in the notebook: {name} arrives as text, or as JSON's lists "
                "and dicts"
            )
        above = graph.task(name) if name in graph else None
        if above is None or above.source is None or above.branch:
            continue
        form = _form(task, said)
        if above.returns is not None:
            if isinstance(form, Open) and isinstance(_sent(above), Open):
                yield (
                    f"{name} says {above.returns} of what it returns, which arrives as text, or as "
                    f"JSON's lists and dicts: a tuple as a list, a date as text. Say what it is: "
                    f"def {task.name}({name}: tuple)"
                )
        elif said is None:
            yield (
                f"{name} arrives as text, or as JSON's lists and dicts: annotate it, "
                f"def {task.name}({name}: bool), or what {name} returns"
            )
        elif isinstance(form, Either) and "str" in form.tokens and not form.is_raw:
            yield (
                f"a text that {name} returns and that looks like a number arrives as one: annotate "
                f"what it returns, def {name}(…) -> {said}"
            )


def problems_of_config(graph: TaskGraph, config: Mapping[str, object]) -> Iterator[Problem]:
    """Values of a configuration that a task would not read, by the types themselves."""
    for task in graph.tasks:
        for parameter in task.config_keys:
            value = config.get(parameter.name)
            if value is None or parameter.annotation is None:
                continue
            try:
                whole_form(_kind(task, parameter.annotation)).read(
                    value, f"config key {parameter.name!r}"
                )
            except (ValueError, TypeError) as exc:
                yield Problem(
                    task=task.name,
                    message=str(exc),
                    hint=f"--set {parameter.name}=… as {parameter.annotation}",
                )


def read_as(graph: TaskGraph, task: Task, parameter: Parameter) -> str | None:
    """As what a value is read where the task above says more of it than the parameter does."""
    if parameter.name not in graph:
        return None
    sent = _sent(graph.task(parameter.name))
    taken = _form(task, parameter.annotation)
    says_more = sent is not None and taken is not None and _says_more(sent, taken)
    return sent.said if says_more and sent is not None and sent.standard else None


def _untold(task: Task, annotation: str, said: str) -> Iterator[Problem]:
    try:
        whole_form(_kind(task, annotation))
    except UntoldError as exc:
        yield Problem(task=task.name, message=f"{said}: {exc}", hint=exc.hint)


def _walk(form: Form, met: set[Any]) -> None:
    """Look at all forms inside of one; raises UntoldError."""
    if isinstance(form, Record | Row) and form.kind is not tuple:
        if form.kind in met:
            return
        met.add(form.kind)
    inner = form.fields.values() if isinstance(form, Record) else ()
    items = form.items if isinstance(form, Row) else ()
    for each in (*form.parts, *inner, *items):
        _walk(each, met)


def _other_type(above: Task, task: Task, parameter: Parameter) -> Iterator[Problem]:
    sent, taken = _sent(above), _form(task, parameter.annotation)
    if sent is None or taken is None:
        return
    said = "text" if above.branch else above.returns
    if not is_readable(sent, taken):
        yield Problem(
            task=task.name,
            message=f"takes {parameter.name} as {parameter.annotation}, and {above.name} "
            f"says that it returns {said}",
            hint=f"annotate both alike: def {task.name}({parameter.name}: "
            f"{'str' if above.branch else above.returns})",
        )
    elif _says_more(sent, taken) and not sent.standard and not _is_json(sent):
        how = (
            "without saying as what"
            if parameter.annotation is None
            else f"as {parameter.annotation}"
        )
        yield Problem(
            task=task.name,
            message=f"takes {parameter.name} {how}, and would get JSON's types where {above.name} "
            f"returns {above.returns}",
            hint=f"def {task.name}({parameter.name}: {above.returns})",
        )


def is_readable(sent: Form, taken: Form) -> bool:
    """Whether each value of a form can be read by another, as what that one says."""
    if isinstance(sent, Open) or isinstance(taken, Open) or _is_same(sent, taken):
        return True
    if sent.is_raw is not taken.is_raw and "str" in sent.tokens | taken.tokens:
        return False  # `5` and `"5"`: one stands without quotes
    return _reads(sent, taken)


def _reads(sent: Form, taken: Form) -> bool:
    if isinstance(sent, Open) or isinstance(taken, Open) or _is_same(sent, taken):
        return True
    if isinstance(sent, Either):
        return all(_reads(arm, taken) for arm in sent.parts)
    if isinstance(sent, Choice) and sent.kind is None:
        return all(_takes(taken, value, tree) for value, tree in sent.values)
    if isinstance(taken, Either):
        return any(_reads(sent, arm) for arm in taken.parts)
    if isinstance(sent, Nothing) or isinstance(taken, Nothing):
        return False
    if isinstance(sent, Choice):
        return not isinstance(taken, Choice) and taken.kind in sent.kind.__mro__
    if isinstance(taken, Choice):  # which of its values it is is seen when there is one
        return sent.kind in {type(tree) for _, tree in taken.values}
    if sent.tokens == {"list"}:
        return taken.tokens == {"list"} and _rows_read(sent, taken)
    if sent.tokens == {"dict"}:
        return taken.tokens == {"dict"} and _mappings_read(sent, taken)
    return _scalars_read(sent.kind, taken.kind)


def _is_same(sent: Form, taken: Form) -> bool:
    return sent.said == taken.said and sent.kind is taken.kind


def _takes(taken: Form, value: object, tree: object) -> bool:
    """Whether a form has one value of a `Literal`."""
    if isinstance(taken, Either):
        return any(_takes(arm, value, tree) for arm in taken.parts)
    if isinstance(taken, Choice):
        return any(type(own) is type(tree) and own == tree for _, own in taken.values)
    return isinstance(taken, Open) or taken.kind is type(value)


def _rows_read(sent: Form, taken: Form) -> bool:
    if isinstance(taken, Row) and taken.kind is not tuple:
        return False  # a class, and not the same one
    own, wanted = _inside(sent), _inside(taken)
    if isinstance(sent, Row) and isinstance(taken, Row) and len(own) != len(wanted):
        return False
    if isinstance(sent, Items):
        own = own * max(1, len(wanted))
    if isinstance(taken, Items):
        wanted = wanted * max(1, len(own))
    return all(map(_reads, own, wanted))


def _inside(form: Form) -> tuple[Form, ...]:
    return form.items if isinstance(form, Row) else form.parts


def _mappings_read(sent: Form, taken: Form) -> bool:
    if isinstance(taken, Record):
        return issubclass(taken.kind, dict) and _fields_read(sent, taken)
    if not isinstance(taken, Keyed):
        return False  # a class, and not the same one
    if isinstance(sent, Record):
        return all(_reads(field, taken.value) for field in sent.fields.values())
    if not isinstance(sent, Keyed):
        return isinstance(taken.value, Open)
    return _reads(sent.key, taken.key) and _reads(sent.value, taken.value)


def _fields_read(sent: Form, taken: Record) -> bool:
    """Whether a TypedDict reads what a mapping has."""
    if isinstance(sent, Keyed):
        return all(_reads(sent.value, field) for field in taken.fields.values())
    if not isinstance(sent, Record) or not issubclass(sent.kind, dict):
        return False
    has_required = taken.required <= sent.required
    return has_required and all(
        name in taken.fields and _reads(field, taken.fields[name])
        for name, field in sent.fields.items()
    )


def _scalars_read(sent: Any, taken: Any) -> bool:  # noqa: ANN401 - two types
    if taken.__name__ in _NARROW:
        return sent is taken
    if sent in (bool, int, float) or taken.__module__ == "numpy" or sent.__module__ == "numpy":
        return _base(taken) in _NUMBERS.get(_base(sent), ())
    is_text = issubclass(sent, str) and issubclass(taken, str)
    is_path = hasattr(sent, "parts") and hasattr(taken, "parts")
    return is_text or is_path or {sent, taken} == {bytes, bytearray}


def _base(kind: Any) -> str:  # noqa: ANN401 - a type
    """The Python number that a type of numpy is, by its name; any other type by its own."""
    if kind.__module__ != "numpy":
        return str(kind.__name__)
    names = [each.__name__ for each in kind.__mro__]
    known = {"bool": "bool", "bool_": "bool", "integer": "int", "floating": "float"}
    return next((known[name] for name in names if name in known), names[0])


def _says_more(sent: Form, taken: Form) -> bool:
    """Whether a form is one of another that leaves open what is in it."""
    if isinstance(taken, Open):
        return not isinstance(sent, Open)
    if type(sent) is not type(taken) or sent.kind is not taken.kind:
        return (
            isinstance(sent, Row) and sent.kind is tuple and taken.said == "tuple[typing.Any, ...]"
        )
    pairs = list(zip(sent.parts, taken.parts, strict=False))
    inside = [_says_more(*pair) for pair in pairs]
    alike = all(
        more or own.said == other.said for more, (own, other) in zip(inside, pairs, strict=True)
    )
    return any(inside) and alike


def _is_json(form: Form) -> bool:
    """Whether values come out of JSON as they were, whoever reads them."""
    if isinstance(form, Record):
        return issubclass(form.kind, dict) and all(map(_is_json, form.fields.values()))
    plain = form.kind in (bool, int, float, str, list, dict, type(None), Any)
    return (plain or isinstance(form, Either)) and all(map(_is_json, form.parts))


def _sent(task: Task) -> Form | None:
    """The form of what a task returns, as far as it is told."""
    if task.branch:
        return form_of(str)
    return _form(task, task.returns) if task.source is not None else None


def _form(task: Task, annotation: str | None) -> Form | None:
    """The form of an annotation; None where its values do not travel, which is said elsewhere."""
    try:
        return whole_form(_kind(task, annotation))
    except UntoldError:
        return None


def whole_form(kind: Any) -> Form:  # noqa: ANN401 - any annotation
    """The form of a type, all that is in it included; raises UntoldError."""
    try:
        form = form_of(kind)
        _walk(form, set())
    except UntoldError:
        raise
    except Exception as exc:
        raised = type(exc).__name__
        message = f"a type whose own code raises {raised} when it is looked at"
        raise UntoldError(message, "return the parts of it that matter") from exc
    return form


def _kind(task: Task, annotation: str | None) -> Any:  # noqa: ANN401 - any annotation
    """What an annotation is in the notebook; Any where it is none, or names what is not there."""
    if annotation is None or task.source is None or not _is_there(task, annotation):
        return Any
    return _hint(task.source, annotation)


def _is_there(task: Task, annotation: str) -> bool:
    """Whether the names of an annotation are there."""
    if task.source is None:
        return True
    try:
        _hint(task.source, annotation)
    except Exception:  # noqa: BLE001 - an annotation is the user's code; it says nothing
        return False
    return True


def _hint(source: FunctionSource, annotation: str) -> Any:  # noqa: ANN401 - any annotation
    """What an annotation is; raises what its code raises."""
    alone = types.SimpleNamespace(__annotations__={"it": annotation})
    return typing.get_type_hints(alone, dict(source.namespace()))["it"]
