"""What a task's module is made of, and in which order it runs. Knows no value and no notebook."""

from __future__ import annotations

import builtins
import graphlib
import heapq
from collections.abc import Iterable, Sequence
from dataclasses import field

from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Lines that stand in a cell.

    Attributes:
        name: what they define.
        place: how a traceback names the cell.
        first_line: the number of the first of them in that cell, from 1; less where lines of ours
            stand above the cell's first.
        futures: the `from __future__` names they were compiled with.
        original: the lines as they stand in the cell, where values were put into `text`.
    """

    name: str
    text: str
    place: str
    first_line: int
    futures: frozenset[str] = frozenset()
    original: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Lines that we wrote: a literal, another name, what was set after a definition.

    Attributes:
        told_as: what tells them from those of another version, where that is not what they say:
            the value differs in each kernel, though nobody changed anything.
    """

    lines: tuple[str, ...]
    told_as: str = ""


@dataclass(eq=False, slots=True, kw_only=True)
class Item:
    """What gives one name of a task's module its value.

    Attributes:
        pieces: the lines that do; empty as long as it is being captured.
        needs: what must have run before; anything else may run later, as long as all has run
            before the task begins.
        uses: what they may call, best before it.
        follows: what its lines belong to, best right behind it.
        overwrites: a name that its lines bind in passing, for it is called so where it is written.
        has_effects: whether its lines run functions of the notebook, which may change other things.
    """

    name: str
    pieces: list[Written | Made] = field(default_factory=list)
    needs: set[Item] = field(default_factory=set)
    uses: list[Item] = field(default_factory=list)
    follows: Item | None = None
    overwrites: str | None = None
    has_effects: bool = False


def made_texts(items: Iterable[Item]) -> list[str]:
    """The lines that we wrote for these, each piece as one text."""
    pieces = (piece for item in items for piece in item.pieces)
    return ["\n".join(piece.lines) for piece in pieces if isinstance(piece, Made)]


def needed_by(items: Iterable[Item]) -> set[Item]:
    """What these items need, and what that needs."""
    waiting, met = [*items], set[Item]()
    while waiting:
        new = waiting.pop().needs - met
        met |= new
        waiting += new
    return met


def states_of(items: set[Item], every: Iterable[Item]) -> set[Item]:
    """What is set on these items, and on all that they need, after their own lines."""
    following = [each for each in every if each.follows is not None]
    known, found = items | needed_by(items), set[Item]()
    while new := {each for each in following if each.follows in known} - found:
        found |= new
        known = known | new | needed_by(known | new)
    return found


def used_first(items: Sequence[Item]) -> list[Item]:
    """The items, each after all that it uses, also through others, as far as that can be.

    What a definition calls as it runs may call on.
    """
    followers: dict[Item, list[Item]] = {}
    for item in items:
        if item.follows is not None:
            followers.setdefault(item.follows, []).append(item)
    number = {item: count for count, item in enumerate(items)}
    begun: set[Item] = set()
    ordered: list[Item] = []
    for root in items:
        waiting = [(root, False)]
        while waiting:
            item, is_ready = waiting.pop()
            if is_ready:
                ordered.append(item)
                waiting += [(each, False) for each in reversed(followers.get(item, []))]
            elif item in number and item not in begun:
                begun.add(item)
                below = [*item.uses, *sorted(item.needs & number.keys(), key=number.__getitem__)]
                waiting += [(item, True), *((each, False) for each in reversed(below))]
    return ordered


def in_order(items: Sequence[Item]) -> list[Item]:
    """The items, each after what it needs, else as near to the given order as can be.

    Raises:
        graphlib.CycleError: some need each other.
    """
    # Names of built-in things last: lines of ours say `float` and `set`.
    preferred = {item: (hasattr(builtins, item.name), number) for number, item in enumerate(items)}
    wanted = {item: {need for need in item.needs if need in preferred} for item in items}
    overwriting = [item for item in items if item.overwrites is not None]
    for item in overwriting:
        for other in items:
            if item.overwrites == other.name and other is not item:
                wanted[other].add(item)
    sorter = graphlib.TopologicalSorter(wanted)
    sorter.prepare()
    ready: list[tuple[bool, int]] = []
    ordered: list[Item] = []
    while sorter.is_active():
        for item in sorter.get_ready():
            heapq.heappush(ready, preferred[item])
        ordered.append(items[heapq.heappop(ready)[1]])
        sorter.done(ordered[-1])
    return ordered
