"""Finding one object in what SHOW lists, where SQL has no DESCRIBE that tells all of it."""

from __future__ import annotations

import re
from typing import Any

from sfdag_magics.engine.borders.answers import does_not_exist
from sfdag_magics.engine.resources.forms.operations import Call
from sfdag_magics.sqltext import quoted_string

_WILD = re.compile(r"[\\%_]")


def one_shown(call: Call, noun: str, scope: str, *, plural: str = "") -> dict[str, Any]:
    """The row of SHOW of the object that the path names; `scope` as it follows IN.

    Raises:
        SqlError: there is none, in Snowflake's words.
    """
    name = call.names["name"]
    pattern = quoted_string(_WILD.sub(r"\\\g<0>", name))
    inside = f" IN {scope}" if scope else ""
    for row in call.rows(f"SHOW {plural or noun + 'S'} LIKE {pattern}{inside}"):
        if row["name"] == name:  # LIKE knows no case
            return row
    raise does_not_exist(noun.capitalize(), call.inside(name))
