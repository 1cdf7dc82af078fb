"""Two versions of a task's code line by line, with what is the same far from a change left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from enum import StrEnum

from sfdag_magics.bundle import CodeLine
from sfdag_magics.light_classes import dataclass

#: Around a change so many lines are shown that are the same.
_AROUND = 3


class Mark(StrEnum):
    """What a line of a comparison is; the value is drawn beside it."""

    SAME = " "
    GONE = "-"
    CAME = "+"
    #: Stands for lines that are the same: `number` says how many.
    FOLDED = "…"


class Against(StrEnum):
    """What the code that a task ran is put beside."""

    NOTHING = ""
    ATTEMPT = "attempt"
    SUCCESS = "success"
    CELL = "cell"
    RUN = "run"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeAsk:
    """What is asked of a task's code.

    Attributes:
        attempt: for `ATTEMPT`, the last one where it is None.
        runs: for `RUN`: the ids of the two whose code it is, whatever run is shown.
    """

    against: Against = Against.NOTHING
    attempt: int | None = None
    runs: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedLine:
    """One line; `number` is that of the version that has it, the later of both.

    `place` is where the later version has it; of a line that is gone, where that has what stood
    around it: a cell that was run again has another number and is no other place.
    """

    mark: Mark
    place: str = ""
    number: int = 0
    text: str = ""


def as_they_are(lines: Sequence[CodeLine]) -> tuple[ComparedLine, ...]:
    """One version beside none."""
    return tuple(_line(Mark.SAME, line) for line in lines)


def compared_lines(
    before: Sequence[CodeLine], after: Sequence[CodeLine]
) -> tuple[ComparedLine, ...]:
    """What became of `before`; empty where both are the same. Where a line stands is no change."""
    texts = [[line.text for line in lines] for lines in (before, after)]
    if texts[0] == texts[1]:
        return ()
    matcher = SequenceMatcher(None, texts[0], texts[1], autojunk=False)
    return tuple(_folded(list(_marked(before, after, matcher))))


def _marked(
    before: Sequence[CodeLine], after: Sequence[CodeLine], matcher: SequenceMatcher[str]
) -> Iterator[ComparedLine]:
    moved = _moved(before, after, matcher)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            yield from (_line(Mark.SAME, line) for line in after[j1:j2])
            continue
        for line in before[i1:i2]:
            yield replace(_line(Mark.GONE, line), place=moved.get(line.place, line.place))
        yield from (_line(Mark.CAME, line) for line in after[j1:j2])


def _moved(
    before: Sequence[CodeLine], after: Sequence[CodeLine], matcher: SequenceMatcher[str]
) -> dict[str, str]:
    """`{place: its place in the later version}`, by the lines that are the same or took a place."""
    found: dict[str, str] = {}
    for wanted in ("equal", "replace"):
        for tag, i1, i2, j1, j2 in matcher.get_opcodes():
            if tag == wanted:
                for then, now in zip(before[i1:i2], after[j1:j2], strict=False):
                    found.setdefault(then.place, now.place)
    return found


def _line(mark: Mark, line: CodeLine) -> ComparedLine:
    return ComparedLine(mark=mark, place=line.place, number=line.number, text=line.text)


def _folded(lines: list[ComparedLine]) -> Iterator[ComparedLine]:
    changed = [at for at, line in enumerate(lines) if line.mark is not Mark.SAME]
    near = {at + step for at in changed for step in range(-_AROUND, _AROUND + 1)}
    left = 0
    for at, line in enumerate(lines):
        if at not in near:
            left += 1
            continue
        if left:
            yield ComparedLine(mark=Mark.FOLDED, number=left)
            left = 0
        yield line
    if left:
        yield ComparedLine(mark=Mark.FOLDED, number=left)
