"""What a task function's parameters ask for. Reads syntax trees; runs nothing.

`session` (or annotated `Session`) is the Snowpark session, `ctx` (or `TaskContext`) the task
context; a required positional parameter names a task above and receives its return value; one with
a default is a config key; a keyword-only one without default is a config key that must be given.
"""

from __future__ import annotations

import ast
from enum import StrEnum

from sfdag_magics.errors import InputError
from sfdag_magics.light_classes import dataclass

FunctionNode = ast.FunctionDef


class ParameterKind(StrEnum):
    """Where a parameter's value comes from."""

    SESSION = "session"
    CONTEXT = "context"
    VALUE = "value"
    CONFIG = "config"
    #: An element of the map that the task is of.
    GIVEN = "given"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a task function.

    Attributes:
        name: as the function spells it; for VALUE, the task it reads; for CONFIG, the key.
        annotation: the source text of its annotation, or None.
        default: the source text of its default; None where the value must be given.
    """

    name: str
    kind: ParameterKind
    annotation: str | None = None
    default: str | None = None


#: The source text of a default that there is and that nobody here knows: any type may have it.
UNKNOWN_DEFAULT = "(None)"

_BY_NAME = {"session": ParameterKind.SESSION, "ctx": ParameterKind.CONTEXT}
_BY_ANNOTATION = {"Session": ParameterKind.SESSION, "TaskContext": ParameterKind.CONTEXT}


def parameters_of(function: FunctionNode) -> tuple[Parameter, ...]:
    """The parameters of a task function, in order.

    Raises:
        InputError: it takes *args or **kwargs, which name nothing.
    """
    arguments = function.args
    starred = arguments.vararg or arguments.kwarg
    if starred is not None:
        star = "*" if starred is arguments.vararg else "**"
        raise InputError(
            f"{function.name}: {star}{starred.arg} names no task and no config key",
            hint="write one parameter for each task or config key that is read",
        )
    positional = [*arguments.posonlyargs, *arguments.args]
    missing = len(positional) - len(arguments.defaults)
    defaults: list[ast.expr | None] = [*[None] * missing, *arguments.defaults]
    found = [
        _parameter(*pair, required=ParameterKind.VALUE)
        for pair in zip(positional, defaults, strict=True)
    ]
    named = zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    found += [_parameter(*pair, required=ParameterKind.CONFIG) for pair in named]
    return tuple(found)


def return_annotation(function: FunctionNode) -> str | None:
    """The source text of the function's return annotation, or None."""
    return _text(function.returns)


def _parameter(
    argument: ast.arg, default: ast.expr | None, *, required: ParameterKind
) -> Parameter:
    annotation = _text(argument.annotation)
    last_word = (annotation or "").strip("'\"").rpartition(".")[2]
    kind = _BY_NAME.get(argument.arg) or _BY_ANNOTATION.get(last_word)
    if kind is None:
        kind = required if default is None else ParameterKind.CONFIG
    return Parameter(name=argument.arg, kind=kind, annotation=annotation, default=_text(default))


def _text(node: ast.expr | None) -> str | None:
    """The node as text in one spelling, so that `.1` and `0.1` are equal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        return repr(node.value)
    return None if node is None else ast.unparse(node)
