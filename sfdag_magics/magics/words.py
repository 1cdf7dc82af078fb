"""From the text of a magic line to words. Knows IPython's habits; knows no option.

IPython hands over the rest of the line as it was typed: quotes, comments, continuations and all.
POSIX splitting would eat the quotes of `SYSTEM$STREAM_HAS_DATA('S')`, so the rules are our own:

- words end at white space that is not inside quotes;
- a word (or the value after `=` of `--option=`) that is quoted as a whole loses its quotes, any
  other quote stays;
- `#` at the start of a word and before white space or the end starts a comment (`retry #42` does
  not);
- a `;` at the end of the line is IPython's "do not show" and no word.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sfdag_magics.errors import InputError

_PIECE = re.compile(r"""'[^']*'|"[^"]*"|[^\s'"]+|(?P<open>['"])""")
_OPTION_VALUE = re.compile(r"(--?[\w-]+=)(.+)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellText:
    """A cell behind a cell magic: its joined first line, its body, and where the body starts.

    Attributes:
        first_line: the number of the body's first line in the whole cell, from 1.
    """

    line: str
    body: str
    first_line: int


def joined_cell(line: str, cell: str, *, lines_above: int = 0) -> CellText:
    r"""Take continuation lines (a `\` at the end) from the body into the magic's line.

    Args:
        lines_above: empty lines above the magic's, which count in the cell.
    """
    body, taken = cell, 0
    while _continues(line):
        following, _, body = body.partition("\n")
        line = f"{line.rstrip()[:-1].rstrip()} {following.strip()}"
        taken += 1
    return CellText(line=line, body=body, first_line=2 + taken + lines_above)


def _continues(line: str) -> bool:
    return without_comment(line).rstrip().endswith("\\")


def joined_line(line: str) -> str:
    r"""A line magic's text with `\`-newlines joined and IPython's closing `;` taken away."""
    joined = re.sub(r"\\\n\s*", " ", line)
    return without_comment(joined).rstrip().removesuffix(";").rstrip()


def without_comment(line: str) -> str:
    """The line up to a comment."""
    position = 0
    while position < len(line):
        if line[position].isspace():
            position += 1
            continue
        if line[position] == "#" and line[position + 1 : position + 2].strip() == "":
            return line[:position]
        position = _word_end(line, position)
    return line


def split_words(line: str) -> list[str]:
    """The words of a line, comment left out.

    Raises:
        InputError: a quote is not closed.
    """
    line = without_comment(line)
    words, position = [], 0
    while position < len(line):
        if line[position].isspace():
            position += 1
            continue
        end = _word_end(line, position)
        words.append(_unquoted(line[position:end]))
        position = end
    return words


def _word_end(line: str, position: int) -> int:
    while (piece := _PIECE.match(line, position)) is not None:
        if piece["open"]:
            raise InputError(
                f"the quote {piece['open']} is not closed: {line[position:].strip()}",
                hint=f'close it, or quote the whole value: "{line[position + 1 :].strip()}"',
            )
        position = piece.end()
    return position


def _unquoted(word: str) -> str:
    option = _OPTION_VALUE.fullmatch(word)
    if option:
        return option[1] + unquoted_value(option[2])
    return unquoted_value(word)


def unquoted_value(text: str) -> str:
    """The text without the quotes around it, if one pair of quotes holds all of it."""
    whole = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if whole and text[0] not in text[1:-1] else text
