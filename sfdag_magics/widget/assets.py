"""The page's script and style: plain files of `static/`, joined at load. Knows their order."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from sfdag_magics.render.palette import DARK, LIGHT, LOOKS, Surface

#: The folders of `static/`: what a file uses stands in a file before it, or is used only later.
SCRIPTS = (
    *("page/dom.js", "page/words.js", "page/messages.js", "page/choice.js", "page/sizes.js"),
    *(
        "page/icons.js",
        "page/roving.js",
        "page/slices.js",
        "page/filter.js",
        "page/times.js",
        "page/order.js",
        "page/seen_rows.js",
        "page/edges.js",
    ),
    *(
        "page/cycles.js",
        "page/rows_told.js",
        "page/beside.js",
        "page/pills.js",
        "page/facts.js",
        "page/grouped.js",
        "page/menu.js",
    ),
    *("page/theme.js", "page/told.js"),
    *("kernel/kernel.js", "kernel/lost.js", "kernel/link.js", "kernel/looking.js"),
    *(
        "stage/pill_places.js",
        "stage/graph.js",
        "stage/sight.js",
        "stage/lane.js",
        "stage/narrow.js",
        "stage/viewport.js",
        "stage/minimap.js",
        "stage/focus.js",
        "stage/empty.js",
        "stage/height.js",
    ),
    *("stage/folds.js", "stage/folded.js", "stage/graph_tab.js"),
    *("rows/rows.js", "rows/group_rows.js"),
    *("rows/timeline_rows.js", "stage/timeline.js", "rows/table_rows.js"),
    *("stage/table.js", "stage/compare.js", "stage/run_filter.js", "slots/slots.js"),
    "stage/runs.js",
    "drawer/cell_link.js",
    *("drawer/grip.js", "drawer/marks.js", "drawer/error.js", "drawer/summary.js"),
    *("drawer/log_lines.js", "drawer/log.js", "drawer/log_text.js", "drawer/data.js"),
    *("drawer/shown.js", "drawer/code.js", "drawer/attempts.js", "drawer/drawer.js"),
    *("drawer/this_run.js", "drawer/picked.js"),
    *(
        "sheet/sheet.js",
        "sheet/run_form.js",
        "sheet/again_choice.js",
        "sheet/again.js",
        "sheet/plan.js",
        "slots/backfill.js",
    ),
    "sheet/proposals.js",
    *("frame/keys.js", "frame/help.js", "frame/toolbar.js", "frame/header.js", "frame/notices.js"),
    "frame/placing.js",
    "frame/spoken.js",
    *("frame/legend.js", "frame/tabs.js", "frame/strip.js", "frame/search.js", "frame/focused.js"),
    *("frame/situation.js", "frame/away.js", "frame/beat.js"),
    *("frame/task_menu.js", "frame/run_menu.js", "frame/selecting.js"),
    "main.js",
)
STYLES = (
    *("frame/frame.css", "frame/controls.css", "frame/strip.css"),
    *(
        "stage/graph.css",
        "stage/timeline.css",
        "stage/table.css",
        "stage/runs.css",
        "slots/slots.css",
        "drawer/drawer.css",
        "sheet/sheet.css",
    ),
)


@cache
def script() -> str:
    """The ES module."""
    return "\n".join(_read(name) for name in SCRIPTS)


@cache
def style() -> str:
    """The style sheet, the states' looks included."""
    return "\n".join([*(_read(name) for name in STYLES), _looks()])


def _read(name: str) -> str:
    return (
        files("sfdag_magics.widget")
        .joinpath("static", *name.split("/"))
        .read_text(encoding="utf-8")
    )


def _looks() -> str:
    rules = [
        f".sfdag {{ {_surface(LIGHT)} }}",
        f'.sfdag[data-sfdag-theme="dark"] {{ {_surface(DARK)} }}',
    ]
    for state, look in LOOKS.items():
        name = f".sfdag .sfdag-s-{state}"
        dash = look.dash or "none"
        rules += [
            f"{name} {{ --sfdag-state: {look.light}; --sfdag-dash: {dash}; "
            f"--sfdag-border: {look.border}px; }}",
            f'.sfdag[data-sfdag-theme="dark"] .sfdag-s-{state} {{ --sfdag-state: {look.dark}; }}',
        ]
    return "\n".join(rules)


def _surface(surface: Surface) -> str:
    return (
        f"--sfdag-box: {surface.box}; --sfdag-ink: {surface.text}; --sfdag-muted: {surface.muted}; "
        f"--sfdag-edge: {surface.edge}; --sfdag-line: {surface.line};"
    )
