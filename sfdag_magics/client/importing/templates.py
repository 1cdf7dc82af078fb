"""Templates in SQL (`{{ env }}`, `{% if %}`, `<% ctx.env.x %>`, `&{x}`): hidden while it is read.

What stands for a value becomes a word, what decides becomes a comment; both are put back as they
were written. Nothing is filled in.
"""

from __future__ import annotations

import re

from sfdag_magics.light_classes import dataclass

_TEMPLATE = re.compile(
    r"\{%-?\s*raw\s*-?%\}(?P<raw>.*?)\{%-?\s*endraw\s*-?%\}"
    r"|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<%.*?%>|&\{.*?\}",
    re.DOTALL,
)
_DECIDES = ("{%", "{#")
_HIDDEN = re.compile(r"/\*SFDAG_TEMPLATE_(\d+)_\*/|SFDAG_TEMPLATE_(\d+)_", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hidden:
    """A text with its templates hidden.

    Attributes:
        templates: as they were written, by their numbers; the same one has one number.
        lost: where in `text` how many lines of what was written are not there.
        deciding: `(number, place in the text)` of each that decides what else is there.
    """

    text: str
    templates: tuple[str, ...]
    lost: tuple[tuple[int, int], ...]
    deciding: tuple[tuple[int, int], ...]

    def shown(self, text: str) -> str:
        """A part of the text with the templates put back."""
        return _HIDDEN.sub(lambda found: self.templates[int(found[1] or found[2])], text)

    def line(self, position: int) -> int:
        """The line, from 1, in which a position of `text` stands in what was written."""
        lost = sum(lines for at, lines in self.lost if at < position)
        return self.text.count("\n", 0, position) + lost + 1


def hidden(text: str) -> Hidden:
    """The text with its templates hidden; what is marked as raw is no template."""
    numbers: dict[str, int] = {}
    lost: list[tuple[int, int]] = []
    deciding: list[tuple[int, int]] = []
    pieces: list[str] = []
    end = length = 0
    for found in _TEMPLATE.finditer(text):
        before = text[end : found.start()]
        length += len(before)
        if found["raw"] is not None:
            piece = found["raw"]
        else:
            number = numbers.setdefault(found[0], len(numbers))
            decides = found[0].startswith(_DECIDES)
            word = f"SFDAG_TEMPLATE_{number}_"
            piece = f"/*{word}*/" if decides else word
            if found[0].startswith("{%"):
                deciding.append((number, length))
        lost.append((length, found[0].count("\n") - piece.count("\n")))
        pieces += (before, piece)
        length += len(piece)
        end = found.end()
    pieces.append(text[end:])
    return Hidden("".join(pieces), tuple(numbers), tuple(lost), tuple(deciding))


def has_template(text: str) -> bool:
    """Whether a hidden one stands in a text."""
    return _HIDDEN.search(text) is not None


def without_templates(text: str) -> str:
    """The text without those that are hidden in it."""
    return _HIDDEN.sub("", text)


def numbers_in(text: str) -> set[int]:
    """The numbers of those that are hidden in a text."""
    return {int(found[1] or found[2]) for found in _HIDDEN.finditer(text)}
