"""Data of the notebook as lines that make it: literals, views, and what other things hold.

Which of it has a name of its own is for `things` to say.
"""

from __future__ import annotations

import types
from typing import Protocol

from sfdag_magics.bundle.inspection import attributes_of
from sfdag_magics.bundle.literals.array_views import (
    has_fields,
    is_array,
    is_read_only,
    place_of_record,
    root_of,
    view,
)
from sfdag_magics.bundle.literals.expressions import HOLDS_ITSELF, Refer, expression
from sfdag_magics.bundle.literals.writing import NoExpression
from sfdag_magics.bundle.taking.lines.bench import Bench
from sfdag_magics.bundle.taking.lines.imports import Imports
from sfdag_magics.bundle.taking.lines.put_back import Literal
from sfdag_magics.bundle.taking.terms.pieces import Item, Made
from sfdag_magics.bundle.taking.terms.sharing import Sharing


class DataBench(Bench, Refer, Protocol):
    """Names things, and is what an expression refers to."""


class Data:
    """The data that one task takes.

    Attributes:
        literals: what was written as an expression.
        parts: what is found at a place of something else.
    """

    def __init__(self, bench: DataBench, imports: Imports, sharing: Sharing) -> None:
        self._bench = bench
        self._imports = imports
        self._sharing = sharing
        self._shared_parts: dict[int, Item] = {}
        self.literals: list[Literal] = []
        self.parts: list[Item] = []

    def place_of_record(self, value: object) -> tuple[object, str] | None:
        """The array that a record looks into, if a name has that one as well, and its place."""
        found = place_of_record(value)
        if found is None:
            return None
        array, number = found
        named = any(array is each for each in self._bench.namespace.values())
        is_known = named or self._imports.is_given_out(array)
        return (array, f"[{number}]") if is_known else None

    def part_of(self, value: object, wanted: str | None, holder: object, path: str) -> Item:
        """What something holds that a module beside the notebook gives out."""
        item = self._bench.begin(value, wanted=wanted, base="part")
        self.parts.append(item)
        with self._bench.inside(item):
            text = f"{self._bench.part(holder)}{path}"
        item.pieces.append(Made(lines=(f"{item.name} = {text}",)))
        return self._bench.end(item, None, text)

    def names_of(self, module: types.ModuleType, wanted: str | None) -> Item:
        """A dict of a module's names: that of the module over there."""
        names = attributes_of(module)
        item = self._bench.begin(names, wanted=wanted, base="names")
        with self._bench.inside(item):
            text = f"{self._bench.part(module)}.__dict__"
        item.pieces.append(Made(lines=(f"{item.name} = {text}",)))
        return self._bench.end(item, None, text)

    def shared_part(self, value: object) -> Item:
        """A container that is at two places of what is written out: it is one."""
        item = self._shared_parts.get(id(value))
        if item is None:
            item = self._bench.begin(value, wanted=None, base="part")
            self._shared_parts[id(value)] = item
            with self._bench.inside(item):
                text = expression(value, self._bench)
            item.pieces.append(Made(lines=(f"{item.name} = {text}",)))
            self._bench.end(item, value, text)
        elif not item.pieces:
            raise NoExpression(value, HOLDS_ITSELF)
        return item

    def literal(self, value: object, wanted: str | None) -> Item:
        """A value that is written as an expression."""
        item = self._bench.begin(value, wanted=wanted, base="value")
        self._sharing.meet(value)
        with self._bench.inside(item):
            root = self.looked_into(value)
            if root is None:
                text = expression(value, self._bench)
            else:
                dtype = self._bench.part(value.dtype) if has_fields(value) else None
                text = view(value, self._bench.part(root), self._bench.module("numpy"), dtype)
        lines = [f"{item.name} = {text}"]
        if is_read_only(value):
            lines.append(f"{item.name}.flags.writeable = False")
        item.pieces.append(Made(lines=tuple(lines)))
        self.literals.append(Literal(item=item, value=value, text=text))
        return self._bench.end(item, value, text)

    def looked_into(self, value: object) -> object:
        """The array whose memory a value looks into, if others have that array; else None."""
        root = root_of(value) if is_array(value) else value
        is_view = root is not value and self._imports.is_given_out(root)
        return root if is_view else self._sharing.looked_into(value)
