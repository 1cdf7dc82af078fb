"""The picture that stays in the notebook: drawn where that holds no page, in words meanwhile."""

from __future__ import annotations

import pytest

from sfdag_magics.widget.held.actions import Actions
from sfdag_magics.widget.held.standing import ViewStanding
from sfdag_magics.widget.told.kept_picture import MOST_DRAWN, KeptPicture
from tests.render.builders import run, shape


def pictures_of(count):
    """What is kept before a run of so many tasks, while it goes on, and of its end."""
    made, kept = shape("; ".join(f"a -> t_{number}" for number in range(1, count))), []
    picture = KeptPicture(kept.append, Actions())
    over = dict.fromkeys((node.name for node in made.nodes), "succeeded")
    for seen in (None, run(made, a="running"), run(made, **over)):
        picture.make(ViewStanding(shape=made, completed=str, seen=seen))
    return [bundle["text/html"] for bundle in kept]


@pytest.mark.parametrize(("count", "is_drawn"), [(MOST_DRAWN, True), (MOST_DRAWN + 1, False)])
def test_a_large_graph_is_drawn_before_and_after_its_run(count, is_drawn):
    before, meanwhile, after = pictures_of(count)
    assert ["<img" in html for html in (before, meanwhile, after)] == [True, is_drawn, True]
    assert "Running" in meanwhile
    assert "running</td>" in meanwhile
