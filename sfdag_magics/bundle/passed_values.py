"""Whether what a task returns arrives as what the task below takes, by the types themselves.

Annotations are read as the code that ships reads them (`shipped.form_of`): through aliases, classes
of the notebook, `Annotated`. What the text of annotations says alone, `graph.values.returns` knows.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from json import loads  # as it is now: a cell may put its own in the module
from typing import Any

from sfdag_magics.bundle.evident_types import evident_return
from sfdag_magics.bundle.readable import inside, is_readable
from sfdag_magics.bundle.returned_types import Inside, types_inside
from sfdag_magics.bundle.secrets import is_secret, secrets_in_data
from sfdag_magics.bundle.shipped.container_forms import Record, Row
from sfdag_magics.bundle.shipped.form_of import Open, form_of
from sfdag_magics.bundle.shipped.forms import Either, Form, UntoldError
from sfdag_magics.bundle.shipped.frames import frame_kind
from sfdag_magics.bundle.shipped.values import decode
from sfdag_magics.bundle.ways_out import way_out_of_secret
from sfdag_magics.errors import Problem
from sfdag_magics.graph.maps import of_each
from sfdag_magics.graph.model import FunctionSource, Parameter, ParameterKind, Task, TaskGraph
from sfdag_magics.place_words import setting


def problems_of_values(graph: TaskGraph, task: Task) -> Iterator[Problem]:
    """What a task returns or takes that does not travel, or arrives as something else."""
    yield from _secret_element(task)
    if task.returns is not None and frame_of(task, task.returns) is None:
        yield from _untold(task, task.returns, f"says that it returns {task.returns}")
    for parameter in task.values:
        if frame_taken(graph, task, parameter) is not None:
            yield from _no_table(graph, task, parameter)
            continue
        if parameter.annotation is not None:
            said = f"takes {parameter.name} as {parameter.annotation}"
            yield from _untold(task, parameter.annotation, said)
        yield from _other_type(graph, task, parameter)


def frame_of(task: Task, annotation: str | None) -> str | None:
    """Of which library an annotation is a frame, also one that may be None; None for others."""
    if annotation is None or task.source is None or task.branch:
        return None
    kind = _kind(task, annotation)
    is_union = typing.get_origin(kind) in (typing.Union, types.UnionType)
    arms = [each for each in typing.get_args(kind) if each is not type(None)] if is_union else []
    return frame_kind(arms[0] if len(arms) == 1 else kind)


def frame_taken(graph: TaskGraph, task: Task, parameter: Parameter) -> str | None:
    """As a frame of which library a parameter receives the table that a task above names."""
    if parameter.kind is not ParameterKind.VALUE:
        return None
    each = parameter if parameter.name in graph else of_each(parameter)
    if each is None or each.annotation is not None:
        return frame_of(task, each.annotation) if each is not None else None
    above = producer_of(graph, parameter)
    return frame_of(above, above.returns) if above is not None else None


def passing_frames(graph: TaskGraph) -> tuple[str, ...]:
    """The tasks that return a frame."""
    return tuple(task.name for task in graph.tasks if frame_of(task, task.returns) is not None)


def _secret_element(task: Task) -> Iterator[Problem]:
    """An element of a map is as readable as the code that it ships with."""
    element = task.element
    if element is None or not element.text or element.parameter in task.allow_secret:
        return
    name, value = element.parameter, loads(element.text)
    inside = [each.name for each in secrets_in_data(element.text)]
    if is_secret(name, value) or inside:
        what = f"{name!r} holds {inside[0]!r}, which" if inside and inside[0] else f"{name!r}"
        yield Problem(
            task=task.name,
            message=f"the element that it is given as {what} looks like a secret, and code is "
            "readable where it is deployed",
            hint=way_out_of_secret(name),
        )


def _no_table(graph: TaskGraph, task: Task, parameter: Parameter) -> Iterator[Problem]:
    """A frame is read from the table that the task above names, as a text or by its own frame."""
    above = producer_of(graph, parameter)
    if above is None or above.source is None or above.returns is None:
        return
    sent = _sent(above)  # of a frame its table's name
    if sent is not None and not is_readable(sent, form_of(str)):
        yield Problem(
            task=task.name,
            message=f"takes {parameter.name} as {parameter.annotation}, and {above.name} returns "
            f"{above.returns}, which names no table",
            hint=f"def {above.name}(…) -> {parameter.annotation}, or the name of a table: -> str",
        )


def notes_of_values(graph: TaskGraph, task: Task) -> Iterator[str]:
    """What arrives as another type because nobody says one: `False` as a text, which is true."""
    finalizer = graph.finalizer
    if frame_of(task, task.returns) and (finalizer is None or finalizer.source is None):
        yield (
            "each run leaves the table of the frame that it returns: a finalizer in Python drops "
            "it once the run has succeeded, as in @sftask(finalizer=True), def clean(): …"
        )
    for parameter in task.values:
        name, said = parameter.name, parameter.annotation
        if said is not None and not _is_there(task, said):
            yield (
                f"{said} names nothing in the notebook: {name} arrives as text, or as JSON's lists "
                "and dicts"
            )
        above = producer_of(graph, parameter)
        if above is None or above.source is None or above.branch:
            continue
        if frame_taken(graph, task, parameter) is not None:
            continue
        if name not in graph:
            yield from _notes_of_map(task, parameter, above)
            continue
        form = _form(task, said)
        if (lost := _lost_inside(above, form)) is not None:
            yield (
                f"{name} returns a {lost.type_name} inside of a dict or list "
                f"({_place(above.source, lost.line)}), and nobody says so: it arrives as JSON's, a "
                f"tuple as a list, a date as text. Say what is in it: def {task.name}({name}: …)"
            )
        elif above.returns is not None:
            if isinstance(form, Open) and isinstance(_sent(above), Open):
                yield (
                    f"{name} says {above.returns} of what it returns, which arrives as text, or as "
                    f"JSON's lists and dicts: a tuple as a list, a date as text. Say what it is: "
                    f"def {task.name}({name}: tuple)"
                )
        elif said is None and returned_by(above) is None:
            yield (
                f"{name} arrives as text, or as JSON's lists and dicts: annotate it, "
                f"def {task.name}({name}: bool), or what {name} returns"
            )
        elif isinstance(form, Either) and "str" in form.tokens and not form.is_raw:
            yield (
                f"a text that {name} returns and that looks like a number arrives as one: annotate "
                f"what it returns, def {name}(…) -> {said}"
            )


def _notes_of_map(task: Task, parameter: Parameter, above: Task) -> Iterator[str]:
    each = of_each(parameter)
    is_said = returned_by(above) is not None
    if not is_said and each is not None and each.annotation is None:
        name = parameter.name
        yield (
            f"each of {name} arrives as text, or as JSON's lists and dicts: annotate them, "
            f"def {task.name}({name}: list[float]), or what {name} returns"
        )


def _lost_inside(above: Task, taken: Form | None) -> Inside | None:
    """What a task returns in a container, by its text, where neither side says of what type."""
    sent = _sent(above)
    if above.source is None or taken is None or sent is None:
        return None
    if not (_leaves_open(sent) and _leaves_open(taken)):
        return None
    return types_inside(above.source.node, above.source.namespace())


def _leaves_open(form: Form) -> bool:
    """Whether a form says nothing of what is in it, or of a part of that."""
    fields = form.fields.values() if isinstance(form, Record) else ()
    parts = (*form.parts, *inside(form), *fields)
    return isinstance(form, Open) or any(
        _leaves_open(each) for each in parts if each is not form and not isinstance(each, Record)
    )


def _place(source: FunctionSource, line: int) -> str:
    return f"{source.cell}, line {source.first_line + line - 1}"


def problems_of_config(
    graph: TaskGraph, config: Mapping[str, object], *, told: Iterable[Problem] = ()
) -> Iterator[Problem]:
    """Values of a configuration that a task would not read, by the types themselves.

    Args:
        told: what is known to be wrong: of a key it is said once.
    """
    told = [*told]
    for task in graph.tasks:
        for parameter in task.config_keys:
            value = config.get(parameter.name)
            if value is None or parameter.annotation is None:
                continue
            if any(f"{parameter.name!r}" in each.message for each in told):
                continue
            try:
                whole_form(_kind(task, parameter.annotation)).read(
                    value, f"config key {parameter.name!r}"
                )
            except (ValueError, TypeError) as exc:
                yield Problem(
                    task=task.name,
                    message=str(exc),
                    hint=f"{setting(parameter.name, '…')} as {parameter.annotation}",
                )


def read_as(graph: TaskGraph, task: Task, parameter: Parameter) -> str | None:
    """As what a value is read where the task above says more of it than the parameter does."""
    above, taken = producer_of(graph, parameter), _taken_of_each(graph, task, parameter)
    sent = _sent(above) if above is not None else None
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


def _other_type(graph: TaskGraph, task: Task, parameter: Parameter) -> Iterator[Problem]:
    above, taken = producer_of(graph, parameter), _taken_of_each(graph, task, parameter)
    sent = _sent(above) if above is not None else None
    if above is None or sent is None or taken is None:
        return
    said = "text" if above.branch else above.returns
    spelled = "str" if above.branch else above.returns
    alike = f"{parameter.name}: {spelled if parameter.name in graph else f'list[{spelled}]'}"
    if not is_readable(sent, taken):
        yield Problem(
            task=task.name,
            message=f"takes {parameter.name} as {parameter.annotation}, and {above.name} "
            f"says that it returns {said}",
            hint=f"annotate both alike: def {task.name}({alike})",
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
            hint=f"def {task.name}({alike})",
        )


def producer_of(graph: TaskGraph, parameter: Parameter) -> Task | None:
    """The task whose value a parameter receives; of a map, whose tasks are alike, its first."""
    if parameter.kind is not ParameterKind.VALUE:
        return None
    named = graph.means(parameter.name)
    return graph.task(named[0]) if named else None


def returned_by(producer: Task) -> str | None:
    """What a task says that it returns, or else shows by its text."""
    if producer.returns is not None or producer.source is None or producer.branch:
        return producer.returns
    return evident_return(producer.source.node, producer.source.namespace())


def _taken_of_each(graph: TaskGraph, task: Task, parameter: Parameter) -> Form | None:
    """As what a value is read; of a map's, each of the list."""
    each = parameter if parameter.name in graph else of_each(parameter)
    return _form(task, each.annotation) if each is not None else None


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


def misread(graph: TaskGraph, task: Task, text: str) -> str:
    """Why a text cannot stand for what a task returns: its type, or how a task below takes it.

    Empty where it can, or where nobody says what it is.
    """
    forms = [_sent(task)]
    for below in graph.tasks:
        taken = [each for each in below.values if each.name == task.name and each.annotation]
        frames = [frame_taken(graph, below, each) is not None for each in taken]
        forms += [
            form_of(str) if is_frame else _form(below, each.annotation)
            for each, is_frame in zip(taken, frames, strict=True)
        ]
    for form in forms:
        try:
            if form is not None:
                decode(text, form, f"what {task.name} is said to have returned")
        except (ValueError, TypeError) as error:
            return str(error)
    return ""


def _sent(task: Task) -> Form | None:
    """The form of what a task returns, as far as it is told; of a frame its table's name."""
    if task.branch or frame_of(task, task.returns) is not None:
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
