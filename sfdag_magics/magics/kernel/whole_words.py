"""Printed text as front ends show it without breaking it within words.

JupyterLab's own style breaks every printed line and every plain text at its edge, wherever that
falls (`word-break: break-all`); HTML says for itself where it may be broken. What is broken nowhere
stays in one piece for copying. Knows no kernel.
"""

from __future__ import annotations

#: A front end that shows fewer characters in a line is hardly one to read in.
_NARROWEST = 60
#: Where a line is broken; the rest is as JupyterLab shows what is printed. The font is named for
#: exported pages, whose style sheet gives text in HTML another one, and columns no longer line up.
_STYLE = (
    "white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere;margin:0;padding:0 0 0 1ch;"
    "font-family:var(--jp-code-font-family,monospace);"
    "font-size:var(--jp-code-font-size,inherit);line-height:var(--jp-code-line-height,inherit)"
)


def may_be_broken(text: str) -> bool:
    """Whether a line of it may be wider than what it is shown in."""
    return any(len(line) > _NARROWEST for line in text.splitlines())


def as_shown(text: str) -> dict[str, str]:
    """The text for `display(…, raw=True)`: as it is, and for front ends that draw."""
    if not may_be_broken(text):
        return {"text/plain": text}
    from html import escape  # with the first long line: its table of entities is large

    return {"text/plain": text, "text/html": f'<pre style="{_STYLE}">{escape(text)}</pre>'}
