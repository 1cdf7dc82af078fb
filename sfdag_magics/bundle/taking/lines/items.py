"""The items of one task: their names, their lines, and what each of them needs.

Knows no kind of thing: `things` does, which has all this to write with.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping

from sfdag_magics.bundle.literals.expressions import HOLDS_ITSELF
from sfdag_magics.bundle.literals.writing import NoExpression
from sfdag_magics.bundle.taking.lines.listener import Listener
from sfdag_magics.bundle.taking.terms.built_again import BuiltAgain
from sfdag_magics.bundle.taking.terms.names import Names
from sfdag_magics.bundle.taking.terms.pieces import Item, Made, Written, needed_by
from sfdag_magics.bundle.taking.terms.refusals import unreadable


class Items:
    """What is begun, written down and ended; the half of `bench.Bench` that knows no value.

    Args:
        namespace: the notebook's names.
        listener: told of everything that ships.
    """

    def __init__(self, namespace: Mapping[str, object], listener: Listener) -> None:
        self.namespace = namespace
        self._listener = listener
        self._before = 0
        self._before_patches: set[Item] = set()
        self._by_id: dict[int, Item] = {}
        self._kept: list[object] = []  # so that no id is given away again
        self._stack: list[Item] = []
        self._postponed: list[tuple[Item, Callable[[], list[str]]]] = []
        self._values: dict[Item, object] = {}
        self._texts: list[str] = []
        self._names = Names(namespace)
        self._again = BuiltAgain()
        #: All that is written so far, needed things first as far as they do not need each other.
        self.items: list[Item] = []

    def is_made(self, name: str) -> bool:
        """Whether a name is one of ours, which the notebook does not have."""
        return self._names.is_made(name)

    @property
    def taken(self) -> tuple[object, ...]:
        """All that has lines of its own."""
        return tuple(self._kept)

    def begin(self, value: object, *, wanted: str | None, base: str, written: str = "") -> Item:
        """See `Bench.begin`."""
        if len(self._by_id) > _MOST_THINGS:
            raise NoExpression(value, f"more than {_MOST_THINGS:,} things belong to it")
        has_its_own = written and self.namespace.get(written) is value
        # A def's own name that another thing has by now: its lines bind it in passing, and two
        # things that changed names would each have to come first.
        is_taken = written and written in self.namespace and written != wanted
        name = written if has_its_own else self.fresh(base) if is_taken else wanted
        name = name or self.fresh(base)
        self._names.add(name)
        item = Item(name=name)
        self._by_id[id(value)] = item
        self._kept.append(value)
        self._values[item] = value
        self._again.stands_for(item, value)
        return item

    @contextlib.contextmanager
    def inside(self, item: Item) -> Iterator[None]:
        """See `Bench.inside`."""
        self._stack.append(item)
        try:
            yield
        finally:
            self._stack.pop()

    def add(self, item: Item, pieces: Iterable[Written | Made], at_once: frozenset[str]) -> None:
        """See `Bench.add`."""
        for piece in pieces:
            item.pieces.append(piece)
            if isinstance(piece, Written):
                self._texts.append(piece.text)
                self._listener.written(item, piece, at_once)

    def end(self, item: Item, value: object = None, text: str | None = None) -> Item:
        """See `Bench.end`."""
        if text is not None:
            self._listener.made(item.name, value, text)
        self.items.append(item)
        self._again.made(item)
        return item

    def is_built(self, item: Item) -> None:
        """See `Bench.is_built`."""
        self._again.is_built(item)

    def before_patches(self, item: Item) -> None:
        """See `Bench.before_patches`."""
        self._before_patches.add(item)
        for line in self.items[: self._before]:
            if line not in needed_by([item]):
                line.needs.add(item)

    def after(self, item: Item, lines: Callable[[], list[str]]) -> None:
        """See `Bench.after`."""
        state = Item(name="", needs={item}, follows=item)
        known = len(self._kept)
        try:
            with self.inside(state):
                made = lines()
        except NoExpression as found:
            if found.why != HOLDS_ITSELF or not self._stack:
                raise
            self._forget_begun(known)
            self._postponed.append((item, lines))  # once what it holds is whole
            return
        if made:
            state.pieces.append(Made(lines=tuple(made)))
            self.items.append(state)
            self._again.made(state)

    def _forget_begun(self, known: int) -> None:
        """Forget what was begun since so many things were kept, and is not whole."""
        for each in map(id, self._kept[known:]):
            if each in self._by_id and not self._by_id[each].pieces:
                del self._by_id[each]

    def before(self, line: Callable[[], str], *, told_as: str = "") -> str:
        """Let a line run before all others; see `around`.

        Raises:
            NoExpression: what it sets cannot be written.
            Refused: it cannot travel, or goes too deep.
        """
        state = Item(name="", needs=set(self._before_patches))
        self._postponed.clear()
        try:
            with self.inside(state):
                made = line()
        except RecursionError as found:
            raise unreadable(found) from None
        state.pieces.append(Made(lines=(made,), told_as=told_as))
        self.items.insert(self._before, state)
        self._before += 1
        self._finish()
        return made

    def _finish(self) -> None:
        """Write what waited for what holds it to be whole."""
        while self._postponed and not self._stack:
            self.after(*self._postponed.pop())

    def note(self, said: str) -> None:
        """See `Bench.note`."""
        self._listener.noted(said)

    def fresh(self, base: str) -> str:
        """See `Bench.fresh`."""
        return self._names.fresh(base)

    def is_known(self, value: object, item: Item) -> bool:
        """See `Bench.is_known`."""
        return self._by_id.get(id(value)) is item


#: Functions, classes and objects of one task; more are no notebook's but a library's own matter.
_MOST_THINGS = 5_000
