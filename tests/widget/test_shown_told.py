"""What a task showed and returned, as the page is told it."""

from __future__ import annotations

from dataclasses import replace

from sfdag_magics.client.observing.shown import Shown, ShownKind
from sfdag_magics.client.running.named_tables import NamedTable
from sfdag_magics.sqltext import QualifiedName
from sfdag_magics.widget.asked.reading import Look, answered, shown_told
from sfdag_magics.widget.held.actions import Actions
from sfdag_magics.widget.messages import Ask, Request
from tests.render.builders import run, shape
from tests.widget.fakes import FakeRun


def test_of_what_was_too_large_nothing_is_described_that_is_not_there():
    cut = "a picture of 100.0 MB; at most 1.0 MB are kept, of which nothing is kept"
    lost = Shown(name="big", kind=ShownKind.TEXT, cut=cut)
    short = Shown(name="said", kind=ShownKind.TEXT, text="ok", size=2)
    told = {
        each["name"]: (each["note"], each["cut"]) for each in shown_told([lost, short])["shown"]
    }
    assert told == {"big": ("attempt 1", cut), "said": ("text · 2 bytes · attempt 1", "")}


def test_of_a_frame_without_a_table_it_is_told_that_it_is_gone():
    chain, said = shape("a"), "DB.S.CHAIN$A$FRAME_01"
    over = run(chain, a="succeeded")
    seen = replace(over, tasks={"a": replace(over.tasks["a"], return_value=said)})

    def told(*found):
        actions = Actions(tables=lambda *_: found, rows=lambda *_: None)
        look = Look(shape=chain, seen=seen, run=FakeRun(seen), actions=actions, completed=str)
        return answered(Request(id="1", ask=Ask.TABLES, task=0), look)

    assert told()["gone"].startswith("The table of this frame is not there any more")
    assert told(NamedTable(said=said, name=QualifiedName("X", "S", "DB")))["gone"] == ""
