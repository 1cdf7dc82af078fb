"""How long an engine waits at its end for what does not hear."""

from __future__ import annotations

import threading

from sfdag_magics.engine.limits.patience import Patience


def test_it_leaves_when_nobody_hears() -> None:
    left = threading.Event()
    Patience(0.01, left.set).begin()
    assert left.wait(60)


def test_it_stays_when_everybody_has_heard() -> None:
    left, later = threading.Event(), threading.Event()
    patience = Patience(0.2, left.set)
    patience.begin()
    patience.end()
    Patience(0.4, later.set).begin()
    assert later.wait(60)
    assert not left.is_set()
    Patience(0.01, left.set).end()  # nobody was waited for
