"""What a look at one thing gives, and texts that are short. Knows no kind of thing."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

#: A part of a thing: how it is reached, and what it is.
Parts = tuple[tuple[str, object], ...]
#: How a part is reached that one process may have and another may not.
MAYBE = "?"
#: How what a function encloses is reached: what ships may have it among its names instead.
ENCLOSED = " enclosing "
#: The kind of classes that are found where the task runs: what they lost is what counts.
OF_A_LIBRARY = "the class"
#: What stands in annotations has many spellings.
A_HINT = "a hint"
A_FUNCTION = "a function"
#: The kind of what is used up by being read; what counts with it may well begin anew.
AN_ITERATOR = "an iterator"
_LONG = 200


class Look(NamedTuple):
    """One thing.

    Attributes:
        said: what it is beside its parts, the same in each process; None where that is not known.
        is_one: whether it matters that two names have the very same thing: it can change.
    """

    kind: str
    said: str | None = ""
    parts: Parts = ()
    is_one: bool = False


def in_short(text: str) -> str:
    """A text, or so much of it as tells it from others."""
    return text if len(text) <= _LONG else f"{text[:60]}… {hashed(text)}"


def hashed(text: str) -> str:
    """A text by its hash."""
    return data_said(text.encode("utf-8", "replace"))


def data_said(content: bytes) -> str:
    """Bytes by their hash."""
    return f"#{hashlib.sha256(content).hexdigest()[:16]}"
