"""What of a view is hidden by what is around it or stands over each other, as expressions."""

from __future__ import annotations

from pathlib import Path

_SCRIPT = Path(__file__).with_suffix(".js").read_text("utf-8")
#: What is cut off though nobody can scroll there; what stands over each other; badges that do, and
#: the last row of those that are seen at first, where it is not a whole one.
HIDDEN, OVER_EACH_OTHER, BADGES, CUT_ROWS = (
    f"(() => {{ {_SCRIPT}; return {name}(); }})()"
    for name in ("hidden", "overEachOther", "badges", "cutRows")
)
