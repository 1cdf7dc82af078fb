"""What tasks from elsewhere are called here: identifiers that differ by more than case. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sfdag_magics.client.importing.templates import without_templates
from sfdag_magics.graph.names import RESERVED_NAMES, key_of, name_problem
from sfdag_magics.graph.rules import MAX_NAME_LENGTH

_OTHER = re.compile(r"[^A-Za-z0-9_]+")


def name_here(spelled: str, taken: Iterable[str] = ()) -> str:
    """An identifier that reads like a name, and is nobody's.

    >>> name_here("Load data (raw)"), name_here("2nd"), name_here("load", ["LOAD"])
    ('Load_data_raw', 't_2nd', 'load_2')
    """
    plain = without_templates(spelled)
    if name_problem(plain):
        plain = _OTHER.sub("_", plain).strip("_") or "task"
    if plain[0].isdigit() or key_of(plain) in RESERVED_NAMES:
        plain = f"t_{plain}"
    plain = plain[: MAX_NAME_LENGTH - 4]
    used, found, count = set(map(key_of, taken)), plain, 1
    while key_of(found) in used:
        count += 1
        found = f"{plain}_{count}"
    return found
