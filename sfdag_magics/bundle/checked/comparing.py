"""Two fingerprints, walked side by side from the same names: where they differ, and in what.

Knows nodes and labels only: no thing, and no notebook.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum

from sfdag_magics.bundle.checked.inside.fingerprint import Node
from sfdag_magics.bundle.checked.inside.look import (
    A_FUNCTION,
    A_HINT,
    AN_ITERATOR,
    ENCLOSED,
    MAYBE,
    OF_A_LIBRARY,
)
from sfdag_magics.light_classes import dataclass

#: The node of what a name is here, and of what it is there.
Pair = tuple[int, int]


class What(StrEnum):
    """In what two things differ."""

    VALUE = "value"
    MISSING = "missing"
    MORE = "more"
    ORDER = "order"
    APART = "apart"
    TOGETHER = "together"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedDifference:
    """One difference.

    Attributes:
        name: the name from which it was reached.
        path: where it is, from that name on.
        here: what the notebook has, in short; of what is one thing at two places, the other path.
        is_sure: whether no library's own state lies on the way.
        is_code: whether it is what functions do.
    """

    name: str
    path: str
    what: What
    here: str = ""
    there: str = ""
    is_sure: bool = True
    is_code: bool = False

    @property
    def is_wrong(self) -> bool:
        """Whether what uses it computes something else."""
        return self.is_sure and self.what in (What.VALUE, What.MISSING, What.MORE)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where two nodes stand beside each other."""

    name: str
    path: str
    is_sure: bool
    pair: Pair

    def part(self, label: str, pair: Pair) -> _Place:
        is_sure = self.is_sure and not label.startswith(MAYBE)
        return _Place(self.name, self.path + label.removeprefix(MAYBE), is_sure, pair)

    def said(
        self, what: What, here: str = "", there: str = "", *, is_code: bool = False
    ) -> LoadedDifference:
        return LoadedDifference(
            name=self.name,
            path=self.path,
            what=what,
            here=here,
            there=there,
            is_sure=self.is_sure,
            is_code=is_code,
        )


def differences(
    here: Sequence[Node], there: Sequence[Node], roots: dict[str, Pair]
) -> Iterator[LoadedDifference]:
    """Where what the same names reach differs, nearest to the names first."""
    return _Comparison(here, there).found(roots)


_OPTIONAL = (MAYBE, ENCLOSED)


class _Comparison:
    def __init__(self, here: Sequence[Node], there: Sequence[Node]) -> None:
        self._here, self._there = here, there
        self._met: set[Pair] = set()
        self._of_here: dict[int, tuple[int, str]] = {}
        self._of_there: dict[int, tuple[int, str]] = {}

    def found(self, roots: dict[str, Pair]) -> Iterator[LoadedDifference]:
        """All differences; of what differs, no parts are looked at."""
        waiting = deque(_Place(name, name, is_sure=True, pair=pair) for name, pair in roots.items())
        while waiting:
            place = waiting.popleft()
            if place.pair in self._met:
                continue
            self._met.add(place.pair)
            one, other = self._here[place.pair[0]], self._there[place.pair[1]]
            if one.kind == other.kind == AN_ITERATOR:
                place = replace(place, is_sure=False)
            if _is_another(one, other):
                is_code = one.kind == other.kind == A_FUNCTION
                yield place.said(What.VALUE, _shown(one), _shown(other), is_code=is_code)
                continue
            if one.kind != other.kind:
                continue
            yield from self._sharing(place, one, other)
            yield from self._parts(place, one, other)
            targets = dict(zip(other.labels, other.parts, strict=True))
            waiting.extend(
                place.part(label, (part, targets[label]))
                for label, part in zip(one.labels, one.parts, strict=True)
                if label in targets
            )

    def _parts(self, place: _Place, one: Node, other: Node) -> Iterator[LoadedDifference]:
        """Parts that only one of two has, and another order of keys."""
        if one.labels == other.labels or one.said is None or other.said is None:
            return
        known, has = set(one.labels), set(other.labels)
        for label, part in zip(one.labels, one.parts, strict=True):
            # What cells put into a library's class, `taking` knows.
            if one.kind == OF_A_LIBRARY:
                break
            if label not in has and not label.startswith(_OPTIONAL):
                shown = _shown(self._here[part])
                yield place.part(label, place.pair).said(What.MISSING, shown)
        for label, part in zip(other.labels, other.parts, strict=True):
            if label not in known and not label.startswith(_OPTIONAL):
                shown = _shown(self._there[part])
                yield place.part(label, place.pair).said(What.MORE, "", shown)
        if one.kind == "dict" and known == has:
            yield place.said(What.ORDER)

    def _sharing(self, place: _Place, one: Node, other: Node) -> Iterator[LoadedDifference]:
        """Whether one thing there is one thing here."""
        if not (one.is_one and other.is_one):
            return
        here, there = place.pair
        known, path = self._of_here.setdefault(here, (there, place.path))
        if known != there:
            yield place.said(What.APART, path)
        known, path = self._of_there.setdefault(there, (here, place.path))
        if known != here:
            yield place.said(What.TOGETHER, path)


def _is_another(one: Node, other: Node) -> bool:
    if not one.kind or not other.kind:  # nobody looked
        return False
    if one.kind != other.kind:
        return not (_is_hint_of(one, other) or _is_hint_of(other, one))
    return one.said != other.said and one.said is not None and other.said is not None


def _is_hint_of(text: Node, kind: Node) -> bool:
    """Whether a text is the name of a class: an annotation, evaluated in one place only."""
    if text.kind == "str" and kind.kind == A_HINT:
        return True
    if text.kind != "str" or kind.said is None or "class" not in kind.kind:
        return False
    return f".{kind.said}".endswith("." + (text.said or "").strip("'"))


def _shown(node: Node) -> str:
    """What a node is, in short."""
    if node.kind in _SHOWN_ALONE:
        return node.said or ""
    size = f" of {len(node.labels)}" if node.kind in _SIZED else ""
    said = "" if node.said is None or "#" in node.said else node.said
    return f"{node.kind}{size} {said}".strip()


_SHOWN_ALONE = frozenset(("str", "bytes", "int", "float", "complex", "bool", "NoneType", "set"))
_SIZED = frozenset(("dict", "list", "tuple", "deque"))
