"""What the writers of values share. Knows no type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

#: Why a large value is not one text that nobody looks into.
NOT_SEEN_THROUGH = "something in it looks like a secret"


class NoExpression(Exception):  # noqa: N818 - an answer of the writers to each other, no fault
    """A value, or a part of it, cannot be written.

    Attributes:
        part: what cannot.
        why: to be read behind it; empty where its type alone says it.
    """

    def __init__(self, part: object, why: str = "") -> None:
        super().__init__(type(part).__name__)
        self.part = part
        self.why = why


class Parts(Protocol):
    """Writes the parts of a value."""

    def part(self, value: object) -> str:
        """An expression for a part; raises `NoExpression`."""

    def module(self, name: str) -> str:
        """Make sure that the module is imported; answers with how to spell it."""


#: Writes a value of one type.
Write = Callable[[Any, Parts], str]


def call(parts: Parts, function: str, *arguments: object, **keywords: object) -> str:
    """`module.function(…)`, the module imported; without a module it is a built-in one."""
    module, _, name = function.rpartition(".")
    shown = [parts.part(argument) for argument in arguments]
    shown += [f"{key}={parts.part(value)}" for key, value in keywords.items()]
    head = f"{parts.module(module)}.{name}" if module else name
    return f"{head}({', '.join(shown)})"
