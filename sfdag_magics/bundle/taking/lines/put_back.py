"""What code of the notebook changes as definitions ship that run it: put back to what it is.

Such code ran in the notebook already, and what it changed ships as it is by now. So all that it may
reach is there before it runs, as far as that does not need it in turn; else begun. Once it ran, all
of that is filled and set again. Knows lines and what they need; `side_effects` knows which run
code, `begun` what things begin with, and `again` how they are set again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sfdag_magics.bundle.inspection import is_a
from sfdag_magics.bundle.taking.lines.again import again, in_place
from sfdag_magics.bundle.taking.lines.begun import Beginning, begins
from sfdag_magics.bundle.taking.lines.bench import Bench
from sfdag_magics.bundle.taking.module_states.module_constants import filled_names
from sfdag_magics.bundle.taking.terms.pieces import Item, Made, Written, needed_by
from sfdag_magics.bundle.taking.used.names_used import assigned_globals
from sfdag_magics.bundle.written.as_written import is_plain
from sfdag_magics.light_classes import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Literal:
    """Data that ships: `item` is `value`, by this expression."""

    item: Item
    value: object
    text: str


class PutBack:
    """Lets what ships be as it is, whatever lines that ship do to it.

    Args:
        bench: writes expressions.
        literals: of the data that ships.
        values: `{item: what it makes}`.
        items: all that ships; what is put back is added.
        parts: those that are taken out of what is set again.
    """

    def __init__(
        self,
        bench: Bench,
        literals: Iterable[Literal],
        values: Mapping[Item, object],
        items: list[Item],
        parts: Iterable[Item],
    ) -> None:
        self._bench = bench
        self._data = {each.item: each for each in literals}
        self._values = values
        self._items = items
        self._parts = set(parts)
        self._effects = [item for item in items if item.has_effects]
        self._needed = {needed for item in items for needed in item.needs}
        self._reached = _reached(self._effects, items)
        self._objects = {
            item: value
            for item, value in values.items()
            if item in self._reached and not is_a(value, type)
        }
        texts = _texts({*self._effects, *self._reached})
        self._set = frozenset(name for text in texts for name in assigned_globals(text))
        self._filled = frozenset(name for text in texts for name in filled_names(text))

    def run(self, set_there: frozenset[str]) -> None:
        """Let what was set or filled be so after all that has effects.

        Args:
            set_there: names that functions set.
        """
        if not self._effects:
            return
        for effect in self._effects:
            self._items += list(self._let_be_there(effect))
        before = needed_by(self._effects)
        bound = [new for each in self._items if each.name in set_there for new in self._bound(each)]
        changed = [each for each in self._items if each in self._reached & before]
        added = [new for each in changed for new in self._changed(each)]
        done = {*self._effects, *bound}
        for item in [each for each in self._items if not each.name and each not in before]:
            if item.follows is None and item.needs.isdisjoint(self._effects):
                added.append(Item(name="", pieces=item.pieces, needs=set(item.needs)))
            else:
                item.needs.update(done)
        for item in added:
            item.needs.update(done)
        for item in self._parts - before:
            item.needs.update(added)
        self._items += [*bound, *added]

    def _bound(self, item: Item) -> Iterator[Item]:
        """What lets a name be what it is after functions bound it: its text, or what was kept."""
        data, line = self._data.get(item), ""
        if data is not None and not in_place(item.name, data.value, data.text):
            line = f"{item.name} = {data.text}"
        elif item.name in self._set and not needed_by([item]).issuperset(self._effects):
            kept = self._bench.fresh(item.name)
            item.pieces.append(Made(lines=(f"{kept} = {item.name}",)))
            line = f"{item.name} = {kept}"
        if line:
            yield Item(name="", pieces=[Made(lines=(line,))], needs={item, *self._effects})

    def _changed(self, item: Item) -> Iterator[Item]:
        """What lets a thing hold what it does after code changed it."""
        data = self._data.get(item)
        lines = tuple(again(item, self._values.get(item), "" if data is None else data.text))
        if item not in self._needed:
            self._begin_without(item)
        if lines:
            yield Item(name="", pieces=[Made(lines=lines)], needs={item})

    def _begin_without(self, item: Item) -> None:
        """Let data begin empty that nothing but such code fills: it may ask what is in there."""
        beginning, data = self._beginning(item, set()), self._data.get(item)
        with self._bench.inside(item):
            if data is not None and item.name in self._filled and is_plain(data.value):
                if begins(data.value):
                    _begin_as(item, beginning.of_container(data.value, 0))
            elif not item.name and item.follows is not None:
                owner = self._values.get(item.follows)
                lines = tuple(beginning.of_filled(item.follows.name, owner))
                item.pieces += [Made(lines=lines)] if lines else []

    def _let_be_there(self, effect: Item) -> Iterator[Item]:
        """Let all that runs with a definition be there before it; yields what is added for that."""
        in_need, reached = _in_need_of(effect, self._items), _reached([effect], self._items)
        for item in [each for each in self._items if each in reached]:
            if item not in in_need:
                effect.needs.add(item)
            elif item in self._data and begins(self._data[item].value):
                yield from self._emptied(item, in_need)
            elif not item.name and item.follows is not None and item.follows not in in_need:
                begun = Item(name="", needs={item.follows})
                owner = self._values.get(item.follows)
                with self._bench.inside(begun):
                    lines = tuple(
                        self._beginning(begun, in_need).of_object(item.follows.name, owner)
                    )
                begun.pieces.append(Made(lines=lines))
                effect.needs.add(begun)
                yield begun

    def _emptied(self, item: Item, in_need: set[Item]) -> Iterator[Item]:
        """Let a container be begun at first; answers with what fills it."""
        data, needs = self._data[item], set(item.needs)
        item.needs.clear()
        with self._bench.inside(item):
            text = self._beginning(item, in_need).of_container(data.value)
        if not item.needs.isdisjoint(in_need):  # by what it makes anew for keys that it has not
            item.needs |= needs
            return
        _begin_as(item, text)
        lines = in_place(item.name, data.value, data.text)
        yield Item(name="", pieces=[Made(lines=lines)], needs={item, *needs}, follows=item)

    def _beginning(self, user: Item, in_need: set[Item]) -> Beginning:
        """What writes the beginnings that `user` needs, of what does not need what runs code."""
        there = {
            id(value): item
            for item, value in self._objects.items()
            if not (item in in_need or item.has_effects)
        }

        def named(value: object) -> str | None:
            found = there.get(id(value))
            user.needs |= set() if found is None else {found}
            return None if found is None else found.name

        return Beginning(self._bench, named, self._filled)


def _begin_as(item: Item, text: str) -> None:
    first, *others = item.pieces
    rest = others if isinstance(first, Made) else item.pieces
    item.pieces = [Made(lines=(f"{item.name} = {text}",)), *rest]


def _texts(items: Iterable[Item]) -> list[str]:
    pieces = (piece for item in items for piece in item.pieces)
    return [piece.text for piece in pieces if isinstance(piece, Written)]


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


def _in_need_of(item: Item, items: Iterable[Item]) -> set[Item]:
    """The item, and all that has to run after it: what took its name by now among that."""
    users: dict[Item, list[Item]] = {}
    named = {each.name: each for each in items if each.name}
    for each in items:
        if each.overwrites in named:
            users.setdefault(each, []).append(named[each.overwrites])
        for needed in each.needs:
            users.setdefault(needed, []).append(each)
    waiting, met = [item], {item}
    while waiting:
        new = set(users.get(waiting.pop(), ())) - met
        met |= new
        waiting += new
    return met
