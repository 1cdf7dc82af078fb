r"""From the text of a magic line to words. Knows IPython's habits; knows no option.

IPython hands over the rest of the line as it was typed: quotes, comments, continuations and all.
POSIX splitting would eat the quotes of `SYSTEM$STREAM_HAS_DATA('S')`, so the rules are our own:

- words end at white space that is not inside quotes;
- a value that is quoted as a whole loses its quotes where it is read, any other quote stays;
- in quotes a backslash stands for itself, but before the same quote, which then is a quote of the
  value: `'it\'s "so"'` (before the closing quote, write two: `'C:\my dir\\'`);
- `#` at the start of a word and before white space or the end starts a comment (`retry #42` does
  not);
- a `;` at the end of the line is IPython's "do not show" and no word.
"""

from __future__ import annotations

import re

from sfdag_magics.errors import InputError
from sfdag_magics.light_classes import dataclass

_QUOTED = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_PIECE = re.compile(rf"""{_QUOTED}|[^\s'"]+|(?P<open>['"])""", re.DOTALL)
#: `--option=` or `key=` before a value.
_NAMED = re.compile(r"[\w.+-]+=")
_WHOLE = re.compile(_QUOTED, re.DOTALL)
#: A value that nobody takes for anything else: no quote, variable, comment or end of a line.
_PLAIN = re.compile(r"[\w.:/@,+-]+")


@dataclass(frozen=True, slots=True)
class Typed:
    """A value as a person typed it, without the quotes around it.

    Attributes:
        quote: the quote that was around all of it, or nothing.
    """

    text: str
    quote: str = ""


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
    """The words of a line with their quotes, comment left out.

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
        words.append(line[position:end])
        position = end
    return words


def _word_end(line: str, start: int) -> int:
    position = start
    while (piece := _PIECE.match(line, position)) is not None:
        if piece["open"]:
            raise _not_closed(line[start:].strip(), piece["open"])
        position = piece.end()
    return position


def _not_closed(text: str, quote: str) -> InputError:
    """The error for a word that `text` starts with, in which `quote` is left open."""
    named = _NAMED.match(text)
    name, value = (named[0], text[named.end() :]) if named else ("", text)
    if text.endswith(f"\\{quote}"):
        hint = f"a backslash before a quote makes it part of the value; \\\\{quote} closes it"
    elif value.startswith(quote):
        hint = f"close it, or quote the whole value: {name}{quoted(value[1:])}"
    else:
        hint = f"quote the whole value: {name}{quoted(value.split()[0])}"
    return InputError(f"the quote {quote} is not closed: {text}", hint=hint)


def typed_value(text: str) -> Typed:
    """What a value says, and the quotes that were around all of it."""
    if not _WHOLE.fullmatch(text):
        return Typed(text)
    quote = text[0]
    # Backslashes count only before this quote, and there each stands for half of one.
    inner = re.sub(rf"(\\+)(?={quote}|\Z)", lambda run: run[1][: len(run[1]) // 2], text[1:-1])
    return Typed(inner, quote)


def unquoted_value(text: str) -> str:
    """The text without the quotes around it, if one pair of quotes holds all of it."""
    return typed_value(text).text


def quoted(text: str, quote: str = '"') -> str:
    """The text as it is typed so that `typed_value` gives it back.

    >>> typed_value(quoted('a "b"')) == Typed('a "b"', '"')
    True
    """
    inner = re.sub(rf"(\\*)({quote}|\Z)", lambda run: run[1] * 2 + _escaped(run[2]), text)
    return f"{quote}{inner}{quote}"


def as_a_word(text: str) -> str:
    """The text as a value on a line: in quotes where it would be read as something else.

    >>> as_a_word("0.5"), as_a_word("a b"), as_a_word("$x")
    ('0.5', "'a b'", "'$x'")
    """
    return text if not text or _PLAIN.fullmatch(text) else quoted(text, "'")


def _escaped(quote: str) -> str:
    return f"\\{quote}" if quote else ""
