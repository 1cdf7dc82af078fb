"""What a task showed, as the page is told it."""

from __future__ import annotations

from sfdag_magics.client.observing.shown import Shown, ShownKind
from sfdag_magics.widget.asked.reading import shown_told


def test_of_what_was_too_large_nothing_is_described_that_is_not_there():
    cut = "a picture of 100.0 MB; at most 1.0 MB are kept, of which nothing is kept"
    lost = Shown(name="big", kind=ShownKind.TEXT, cut=cut)
    short = Shown(name="said", kind=ShownKind.TEXT, text="ok", size=2)
    told = {
        each["name"]: (each["note"], each["cut"]) for each in shown_told([lost, short])["shown"]
    }
    assert told == {"big": ("attempt 1", cut), "said": ("text · 2 bytes · attempt 1", "")}
