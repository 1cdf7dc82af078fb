"""Foreign text as it may stand on a page: without what a terminal would obey. Pure."""

from __future__ import annotations

import re

#: Colours, cursor movements, and titles of windows (ECMA-48).
_TERMINAL = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z^_])")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def shown_text(text: str) -> str:
    r"""A text without what a terminal would obey.

    Colours are left out; what is not to be seen or turns the direction of writing is marked.

    >>> shown_text("\x1b[31mred\x1b[0m\x07")
    'red�'
    """
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", _TERMINAL.sub("", text))
