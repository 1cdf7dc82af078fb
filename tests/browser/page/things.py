"""Things that tasks show, as the kernel sends them, and runs in which a task showed some."""

from __future__ import annotations

import base64
from dataclasses import replace

#: A red dot; and what wants to be more than a picture, a table or a text.
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAA"
    "AABJRU5ErkJggg=="
)
CURVE = base64.b64encode(
    b'<svg xmlns="http://www.w3.org/2000/svg" width="380" height="260" viewBox="0 0 380 260">'
    b"<script>parent.alarmed = true; alarmed = true</script>"
    b'<image href="http://x.invalid/svg.png"/>'
    b'<path d="M40 230 Q60 60 370 20" fill="none" stroke="#0362A7" stroke-width="2"/></svg>'
).decode()
PAGE = (
    "<h1>report</h1><script>parent.alarmed = true</script>"
    '<img src="http://x.invalid/pixel.png" onerror="parent.alarmed = true">'
    '<form action="http://x.invalid/"><button>go</button></form>'
)


def thing(name, kind, **more):
    empty = {"cut": "", "mime": "", "data": "", "text": "", "columns": [], "rows": []}
    note = f"{kind} · 18.2 kB · attempt 1 · 12:00:05 UTC"
    return {"name": name, "kind": kind, "note": note, **empty, **more}


SHOWN = {
    "shown": [
        thing("roc", "picture", mime="image/svg+xml", data=CURVE),
        thing("dot", "picture", mime="image/png", data=PIXEL, cut="drawn smaller"),
        thing(
            "scores",
            "table",
            columns=[["metric", False], ["this run", True]],
            rows=[["accuracy", "0.981"], ["f1\tmacro", "0.714"], ["<b>x</b>", "0"]],
            cut="the first 3 of 9 rows",
        ),
        thing("page", "html", text=PAGE),
        thing("said", "text", text="<script>alert(1)</script>"),
    ]
}


def showing(run, name, count=5):
    """The run in which this task shows so many things."""
    return replace(run, tasks={**run.tasks, name: replace(run.tasks[name], shown=count)})
