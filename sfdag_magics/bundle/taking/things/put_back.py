"""What code of the notebook changes as definitions ship that run it: put back to what it is.

Such code ran in the notebook already, and what it changed ships as it is by now. So all that it may
reach is there before it runs, as far as that does not need it in turn; else empty. Once it ran, all
of that is filled and set again. Knows lines and what they need; `effects` knows which run code.
"""

from __future__ import annotations

import dis
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sfdag_magics.bundle.inspection import attributes_of, is_a
from sfdag_magics.bundle.taking.terms.pieces import Item, Made, needed_by
from sfdag_magics.bundle.written.as_written import is_plain
from sfdag_magics.bundle.written.filling import filled

#: How a container of one of these types is written that holds nothing yet.
_EMPTY: dict[type, str] = {list: "[]", dict: "{}", set: "set()"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """Data that ships: `item` is `value`, by this expression."""

    item: Item
    value: object
    text: str


def put_back(
    literals: Iterable[Literal],
    values: Mapping[Item, object],
    items: list[Item],
    set_there: frozenset[str],
) -> None:
    """Let what was set or filled be so after all that has effects.

    Args:
        literals: of the data that ships.
        values: `{item: what it makes}`.
        items: all that ships; what is put back is added.
        set_there: names that functions set.
    """
    effects = [item for item in items if item.has_effects]
    if not effects:
        return
    data = {each.item: each for each in literals}
    reached = _reached(effects, items)
    for effect in effects:
        items += list(_let_be_there(effect, items, data, values))
    before = needed_by(effects)
    for item in [each for each in items if each in reached & before]:
        lines = tuple(_again(item, data.get(item), values.get(item)))
        if lines:
            items.append(Item(name="", pieces=[Made(lines=lines)], needs={item, *effects}))
    for each in data.values():
        if each.item.name in set_there and not filled(each.item.name, each.value, each.text):
            line = f"{each.item.name} = {each.text}"
            items.append(Item(name="", pieces=[Made(lines=(line,))], needs={each.item, *effects}))
    for item in [each for each in items if not each.name and each not in before]:
        if item.follows is None and item.needs.isdisjoint(effects):
            items.append(Item(name="", pieces=item.pieces, needs={*item.needs, *effects}))
        else:
            item.needs.update(effects)


def _reached(items: Iterable[Item], every: Iterable[Item]) -> set[Item]:
    """What the code of these may come to: all that they need and use, and what is set on it."""
    following: dict[Item, list[Item]] = {}
    for each in every:
        if each.follows is not None:
            following.setdefault(each.follows, []).append(each)
    waiting, met = [*items], set[Item]()
    while waiting:
        item = waiting.pop()
        new = {*item.needs, *item.uses, *following.get(item, ())} - met
        met |= new
        waiting += new
    return met


def _let_be_there(
    effect: Item,
    items: list[Item],
    data: Mapping[Item, Literal],
    values: Mapping[Item, object],
) -> Iterator[Item]:
    """Let all that runs with a definition be there before it; yields what is added for that."""
    in_need, reached = _in_need_of(effect, items), _reached([effect], items)
    for item in [each for each in items if each in reached]:
        if item not in in_need:
            effect.needs.add(item)
        elif item in data and type(data[item].value) in _EMPTY:
            yield _emptied(item, data[item])
        elif not item.name and item.follows is not None and item.follows not in in_need:
            lines = tuple(_begun(item.follows.name, values.get(item.follows)))
            begun = Item(name="", pieces=[Made(lines=lines)], needs={item.follows})
            effect.needs.add(begun)
            yield begun


def _in_need_of(item: Item, items: Iterable[Item]) -> set[Item]:
    """The item, and all that has to run after it."""
    users: dict[Item, list[Item]] = {}
    for each in items:
        for needed in each.needs:
            users.setdefault(needed, []).append(each)
    waiting, met = [item], {item}
    while waiting:
        new = set(users.get(waiting.pop(), ())) - met
        met |= new
        waiting += new
    return met


def _emptied(item: Item, data: Literal) -> Item:
    """Let a container be empty at first; answers with what fills it."""
    text = _EMPTY[type(data.value)]
    first, *others = item.pieces
    rest = others if isinstance(first, Made) else item.pieces
    item.pieces = [Made(lines=(f"{item.name} = {text}",)), *rest]
    needs, item.needs = item.needs, set()
    lines = filled(item.name, data.value, data.text)
    return Item(name="", pieces=[Made(lines=lines)], needs={item, *needs}, follows=item)


def _begun(name: str, value: object) -> Iterator[str]:
    """Lines that give an object what code may count on: its plain attributes, and containers."""
    for key, held in attributes_of(value).items() if not is_a(value, type) else ():
        if type(held) in _EMPTY:
            yield f"{name}.__dict__[{key!r}] = {_EMPTY[type(held)]}"
        elif is_plain(held):
            yield f"{name}.__dict__[{key!r}] = {held!r}"


def _again(item: Item, data: Literal | None, value: object) -> Iterator[str]:
    """Lines that let something be what it was before code changed it."""
    if data is not None:
        yield from filled(item.name, data.value, data.text)
    elif not item.name:
        lines = [line for piece in item.pieces if isinstance(piece, Made) for line in piece.lines]
        owner = item.follows.name if item.follows is not None else ""
        if any(line.startswith(f"{owner}.append(") for line in lines):
            yield f"{owner}.clear()"
        yield from lines
    elif isinstance(value, types.FunctionType):
        yield from _enclosed_again(item.name, value)


def _enclosed_again(name: str, function: types.FunctionType) -> Iterator[str]:
    """Variables that a function shares with what is inside of it, where they are plain data."""
    cells = function.__closure__ or ()
    for number, (variable, cell) in enumerate(
        zip(function.__code__.co_freevars, cells, strict=True)
    ):
        value = _content_of(cell)
        place = f"{name}.__closure__[{number}].cell_contents"
        if is_plain(value) and value is not None:
            is_set = _sets(function.__code__, variable)
            yield from filled(place, value, repr(value)) or (
                (f"{place} = {value!r}",) if is_set else ()
            )


def _content_of(cell: types.CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:  # not set yet
        return None


def _sets(code: types.CodeType, name: str) -> bool:
    return any(
        each.opname == "STORE_DEREF" and each.argval == name for each in dis.get_instructions(code)
    )
