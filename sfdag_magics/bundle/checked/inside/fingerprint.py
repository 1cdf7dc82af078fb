"""A fingerprint of names: all that can be reached from them, as numbered nodes of texts.

The same code makes it in the notebook and in a process that loaded a task: `comparing` walks both.
"""

from __future__ import annotations

import types
from collections import deque
from collections.abc import Container, Mapping
from typing import Any, NamedTuple

from .code_looks import names_in
from .look import MAYBE, Look
from .looks import Looks


class Node(NamedTuple):
    """One thing, its parts by their numbers."""

    kind: str
    said: str | None
    is_one: bool
    labels: list[str]
    parts: list[int]


_WAITING = Node(kind="", said=None, is_one=False, labels=[], parts=[])
#: More than a notebook's names reach; what lies beyond is not compared.
MOST_NODES = 50_000


def fingerprint(
    names: Mapping[str, object], own: Container[str]
) -> tuple[list[Node], dict[str, int]]:
    """`(nodes, {name: its node})` of all that these names reach.

    Args:
        own: the modules that travel.
    """
    walk = _Walk(own)
    roots = {name: walk.number_of(value) for name, value in names.items()}
    walk.go()
    return walk.nodes, roots


class _Walk:
    def __init__(self, own: Container[str]) -> None:
        self._looks = Looks(own)
        self._numbers: dict[int, int] = {}
        self._kept: list[object] = []  # no id is given away again
        self._waiting: deque[tuple[int, Any]] = deque()
        self._modules: dict[int, types.ModuleType] = {}
        self._said: set[str] = set()
        self.nodes: list[Node] = []

    def number_of(self, value: object) -> int:
        """The node of a thing, which is looked at later."""
        number = self._numbers.get(id(value))
        if number is None:
            number = self._numbers[id(value)] = len(self.nodes)
            self._kept.append(value)
            self.nodes.append(_WAITING)
            self._waiting.append((number, value))
        return number

    def go(self) -> None:
        """Look at all that waits, and at what code says of modules that travel."""
        while self._waiting:
            while self._waiting:
                number, value = self._waiting.popleft()
                if number < MOST_NODES:
                    self._look(number, value)
            for number, module in self._modules.items():
                self._look_into(number, module)

    def _look(self, number: int, value: Any) -> None:  # noqa: ANN401 - anything
        try:
            look = self._looks.of(value)
        except Exception:  # noqa: BLE001 - a library's own words, of whatever class
            look = Look("", None)
        labels = [label for label, _ in look.parts]
        parts = [self.number_of(part) for _, part in look.parts]
        self.nodes[number] = Node(look.kind, look.said, look.is_one, labels, parts)
        if type(value) is types.FunctionType and self._looks.is_own(value.__module__):
            self._said |= names_in(value.__code__)
        elif issubclass(type(value), types.ModuleType) and self._looks.is_own(look.said):
            self._modules[number] = value

    def _look_into(self, number: int, module: types.ModuleType) -> None:
        labels, parts = self.nodes[number].labels, self.nodes[number].parts
        known = set(labels)
        for name in sorted(self._said & module.__dict__.keys()):
            label = f"{MAYBE}.{name}"
            if label not in known and not name.startswith("__"):
                labels.append(label)
                parts.append(self.number_of(module.__dict__[name]))
