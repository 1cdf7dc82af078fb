"""The texts around a task, its own first, and which of them have something of a kind.

A notebook of a thousand tasks has a thousand cells, and each task asks a dozen questions of all of
them. Most cells answer none: a question is asked once of each text, for all tasks of a notebook.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from functools import lru_cache

from sfdag_magics.bundle.written.cell_texts import CellText, inner_texts, may_name

_WORD = re.compile(r"\w+")


class Texts:
    """Some texts, and what cell magics ran in them, in the order in which they are asked.

    Args:
        cells: of which one may be left out.
        files: which are always among them.
    """

    def __init__(self, cells: Iterable[CellText], files: Iterable[CellText] = ()) -> None:
        #: Each with the file name of the cell that it stands in.
        self._all: list[tuple[str | None, CellText]] = [
            *((cell.filename, each) for cell in cells for each in (cell, *inner_texts(cell))),
            *((None, each) for file in files for each in (file, *inner_texts(file))),
        ]
        self._found: dict[Hashable, list[tuple[str | None, CellText]]] = {}
        self._of_file: dict[str, list[CellText]] = {}
        for _of, each in self._all:
            self._of_file.setdefault(each.filename, []).append(each)
        self._by_word: dict[str, list[int]] | None = None

    def all_but(self, filename: str | None) -> list[CellText]:
        """All that do not stand in the cell of this file name."""
        return [each for of, each in self._all if of is None or of != filename]

    def where(
        self, has: Callable[..., object], *given: Hashable, but: str | None
    ) -> list[CellText]:
        """Those that have something, without those that stand in the cell of a file name."""
        key = (has, *given)
        if key not in self._found:
            self._found[key] = [each for each in self._all if has(each[1].text, *given)]
        return [each for of, each in self._found[key] if of is None or of != but]

    def naming(self, name: str, *, but: str | None) -> list[CellText]:
        """Those in which code can have a name, by the words of their texts."""
        if self._by_word is None:
            self._by_word = self._words()
        # Python reads names in their NFKC form: what is not ASCII may spell one otherwise.
        places = {*self._by_word.get(name, ()), *self._by_word[""]}
        found = (self._all[place] for place in sorted(places))
        return [each for of, each in found if of is None or of != but]

    def _words(self) -> dict[str, list[int]]:
        """`{word: places of the texts that have it}`, those that are not ASCII as of no word."""
        found: dict[str, list[int]] = {"": []}
        for place, (_of, each) in enumerate(self._all):
            for word in words_of(each.text) if each.text.isascii() else ("",):
                found.setdefault(word, []).append(place)
        return found

    def place_of(self, filename: str, *, but: str | None) -> str | None:
        """What the text of a file name is called, the last one's where several have it."""
        found = [] if filename == but else self._of_file.get(filename, [])
        return found[-1].place if found else None

    def of_file(self, filename: str, *, but: str | None) -> list[CellText]:
        """Those that code of this file name was compiled from."""
        return [] if filename == but else self._of_file.get(filename, [])


class Cells:
    """All texts around one task.

    Args:
        own: the task's cell.
        others: those of its notebook, which all its tasks share; among them may be its own again.
    """

    def __init__(self, own: Iterable[CellText], others: Texts | None = None) -> None:
        own = list(own)
        self._own = Texts(own)
        self._others = others or Texts(())
        self._but = own[0].filename if own else None

    def __iter__(self) -> Iterator[CellText]:
        """All, the own first."""
        return iter([*self._own.all_but(None), *self._others.all_but(self._but)])

    def where(self, has: Callable[..., object], *given: Hashable) -> list[CellText]:
        """Those whose text has something: of which `has(text, *given)` is true.

        Args:
            has: what only the text tells, such as a function of a module; not a lambda.
            given: what it is asked with.
        """
        own = self._own.where(has, *given, but=None)
        return [*own, *self._others.where(has, *given, but=self._but)]

    def naming(self, name: str, *, first: str | None) -> Iterator[CellText]:
        """Those in which code can have a name, the ones of a file name first.

        Most often that is where it is: few have to be looked through.
        """
        own = [each for each in self._own.all_but(None) if may_name(each.text, name)]
        nearest = [each for each in own if first and each.filename == first]
        if first:
            there = self._others.of_file(first, but=self._but)
            nearest += [each for each in there if may_name(each.text, name)]
        yield from nearest
        for each in (*own, *self._others.naming(name, but=self._but)):
            if not first or each.filename != first:
                yield each

    def place_of(self, filename: str) -> str | None:
        """What people call the text of a file name, if it is one of these."""
        there = self._others.place_of(filename, but=self._but)
        return self._own.place_of(filename, but=None) if there is None else there


@lru_cache(maxsize=1024)
def words_of(text: str) -> frozenset[str]:
    """The words of a text, every name of its code among them where it is ASCII."""
    return frozenset(_WORD.findall(text))
