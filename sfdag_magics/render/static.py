"""The form of a graph that stays in the saved notebook: HTML that needs no script and no network,
and the same as plain text for whatever shows no HTML.

Measured (JupyterLab 4.6, nbconvert): an untrusted notebook drops `image/svg+xml` and strips inline
SVG, but keeps an image given as a `data:` address. Code hosts do the same, and take `style` away:
so the picture travels as such an image, and what stands around it is plain text and a table that
say all of it again, and read well without any style.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import UTC, datetime

from sfdag_magics.graph.names import counted
from sfdag_magics.graph.states import DisplayState, GraphRunState
from sfdag_magics.place_words import SHOW
from sfdag_magics.render.crowded import CROWDED, crowded_svg
from sfdag_magics.render.folding import as_read, renamed, told_of
from sfdag_magics.render.layout import layout
from sfdag_magics.render.run_seen import RunSeen, headline
from sfdag_magics.render.run_static import (
    configuration_html,
    dated_run,
    failures_html,
    tasks_html,
)
from sfdag_magics.render.shape import Shape
from sfdag_magics.render.shown_static import Kept, shown_html, shown_lines
from sfdag_magics.render.sight import Sight
from sfdag_magics.render.svg import escaped, svg
from sfdag_magics.render.text import graph_text, plain

#: By it a live view in the same output knows what it makes redundant, and hides it meanwhile.
STATIC_CLASS = "sfdag-static"


def static_bundle(
    shape: Shape,
    run: RunSeen | None = None,
    *,
    now: datetime | None = None,
    unseen: str = Sight.CLEAR.plain,
    shown: Sequence[Kept] = (),
    place: str = "",
    has_verbs: bool = True,
    is_drawn: bool = True,
) -> dict[str, str]:
    """`{MIME type: its form}` of a graph and a run, for one output.

    Args:
        unseen: what is said where there is no run to show.
        shown: what its tasks showed, as much as is kept of it.
        place: where it ran, for people.
        has_verbs: whether `%sfdag` may be typed where this is shown.
        is_drawn: with the picture; a large one takes a while.
    """
    now = now or datetime.now(UTC)
    text = _plain(shape, run, now, unseen)
    html = static_html(
        shape,
        run,
        now=now,
        unseen=unseen,
        shown=shown,
        place=place,
        has_verbs=has_verbs,
        is_drawn=is_drawn,
    )
    return {
        "text/html": html,
        "text/plain": "\n".join([text, *map(plain, shown_lines(shown))]),
    }


def _plain(shape: Shape, run: RunSeen | None, now: datetime, unseen: str) -> str:
    text = graph_text(shape, run, now=now, unseen=unseen)
    return f"{text}\n{plain(dated_run(run, now))}" if run is not None else text


def static_html(
    shape: Shape,
    run: RunSeen | None = None,
    *,
    now: datetime | None = None,
    unseen: str = Sight.CLEAR.plain,
    shown: Sequence[Kept] = (),
    place: str = "",
    has_verbs: bool = True,
    is_drawn: bool = True,
) -> str:
    """What is said of `run`, the picture of `shape` with its states, and a table of its tasks."""
    now = now or datetime.now(UTC)
    if not shape.nodes:
        said = f"<p><b>{escaped(shape.name)}</b>: no tasks here, {escaped(unseen)}.</p>"
    elif run is None:
        line = escaped(f"{counted(len(shape.nodes), 'task')}, {unseen}")
        said = f"<p><b>{escaped(shape.name)}</b> {line}</p>"
        said += picture(shape, None, now, line) if is_drawn else ""
    else:
        said = _of_run(shape, run, now, place, is_drawn=is_drawn) + shown_html(shown)
        said += _how_to_go_on(run) if has_verbs else ""
    return f'<div class="{STATIC_CLASS}" style="margin-top:8px">{said}</div>'


_GLYPHS = {
    GraphRunState.SCHEDULED: DisplayState.PENDING.glyph,
    GraphRunState.EXECUTING: DisplayState.RUNNING.glyph,
    GraphRunState.SUCCEEDED: DisplayState.SUCCEEDED.glyph,
    GraphRunState.FAILED: DisplayState.FAILED.glyph,
    GraphRunState.CANCELLED: DisplayState.CANCELLED.glyph,
    GraphRunState.SKIPPED: DisplayState.SKIPPED.glyph,
}
_LIVE = "<code>{show}</code> opens the live view"
_HOW_TO_GO_ON = f"<p><small>As it was saved: {_LIVE}.</small></p>"
#: The page was closed, or the kernel ended, before the run did: nobody was there to keep its end. A
#: page that is opened again has no widget before the kernel is free to tell of it.
_HOW_TO_SEE_THE_END = (
    "<p><small>Saved while the run went on: its live view comes back once no cell runs, while the "
    f"kernel lives; {_LIVE} anew, which shows how it ended.</small></p>"
)


def _how_to_go_on(run: RunSeen) -> str:
    said = _HOW_TO_GO_ON if run.completed else _HOW_TO_SEE_THE_END
    return said.format(show=escaped(str(SHOW)))


def _of_run(shape: Shape, run: RunSeen, now: datetime, place: str, *, is_drawn: bool) -> str:
    sentence = escaped(headline(run, now=now))
    dated = dated_run(run, now, is_configured=False)
    which = " · ".join(filter(None, (escaped(dated), escaped(place), configuration_html(run))))
    return "".join(
        (
            f"<p>{_GLYPHS[run.state]} <b>{escaped(shape.name)}</b> {sentence}<br>{which}</p>",
            picture(shape, run, now, sentence) if is_drawn else "",
            failures_html(run),
            tasks_html(shape, run, now),
        )
    )


def picture(shape: Shape, run: RunSeen | None, now: datetime, alternative: str) -> str:
    """The drawing as an image; `alternative` is read where it cannot be seen."""
    encoded = base64.b64encode(_drawn(shape, run, now).encode()).decode()
    return (
        f'<img src="data:image/svg+xml;base64,{encoded}" alt="{alternative}" '
        'style="max-width:100%;height:auto">'
    )


def _drawn(shape: Shape, run: RunSeen | None, now: datetime) -> str:
    """A large graph by its groups, as the live view opens it."""
    small = as_read(shape)
    if small is None:
        draw = crowded_svg if len(shape.nodes) > CROWDED else svg
        return draw(shape, layout(shape), run, now=now)
    boxes, titles = small.shape, small.titles
    draw = crowded_svg if len(boxes.nodes) > CROWDED else svg
    folds = {titles[name]: group for name, group in told_of(small, run).items()}
    called = renamed(boxes, titles)
    return draw(called, layout(called, may_be_small=False), run, now=now, folds=folds)
