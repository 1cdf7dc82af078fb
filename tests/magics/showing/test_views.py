"""Which run a view shows: its own, or the graph's newest, whoever started it."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.errors import BackendError
from sfdag_magics.graph.model import TaskGraph
from sfdag_magics.graph.states import GraphRunState
from sfdag_magics.magics.showing.open_views import OpenViews, Viewed
from sfdag_magics.render.sight import Sight
from sfdag_magics.widget.assets import script
from sfdag_magics.workspace.run_book import Glance
from tests.client.rows import START, deployed
from tests.graph.builders import chain
from tests.render.builders import run, shape

SHAPE = shape("a -> b", name="g")
DEPLOYED = deployed("a -> b")
GRAPH = chain("a -> b")
SHOWN = Viewed(GRAPH, "embedded")


def snapshot(group, *, minute=0, over=True):
    state = "succeeded" if over else "running"
    seen = run(SHAPE, a=state, b=state)
    return replace(seen, group_id=group, scheduled=START + timedelta(minutes=minute))


class KnownRun:
    graph = "mortgage"
    deployed = DEPLOYED

    def __init__(self, snapshot):
        self.snapshot = snapshot


class FakeView:
    is_looked_at = True

    def __init__(self, snapshot=None, *, follows_graph=False, is_of_graph=False):
        self.snapshot, self.follows_graph = snapshot, follows_graph
        self.is_of_graph = is_of_graph or follows_graph
        self.run = self.sight = None
        self.drawn, self.newer, self.edits_told = [], "", 0

    def follow(self, run):
        self.run, self.snapshot = run, run.snapshot

    def tell_newer(self, group_id, scheduled, text):
        self.newer = text

    def close(self):
        self.is_looked_at = False

    def tell_sight(self, sight):
        self.sight = sight

    def tell_doing(self, text):
        self.doing = text

    def redraw(self, shape):
        self.drawn.append(shape)

    def tell_edits(self):
        self.edits_told += 1


class Book:
    """Runs that others started."""

    def __init__(self, glance):
        self.told = glance

    def glance(self, graph, target):
        if isinstance(self.told, Exception):
            raise self.told
        return self.told

    def of_group(self, graph, deployed, group, target):
        return KnownRun(snapshot(group, minute=9, over=False))


@pytest.fixture
def views():
    return OpenViews()


def added(views, view):
    views.add(view, SHOWN)
    return view


def test_the_graphs_view_goes_over_to_a_run_that_this_kernel_starts(views):
    view = added(views, FakeView(follows_graph=True))
    started = KnownRun(snapshot("one", over=False))
    views.began(started, "embedded")
    assert view.run is started


def test_of_the_graphs_views_those_follow_that_are_looked_at_and_the_last(views):
    first, second, last = (added(views, FakeView(follows_graph=True)) for _ in range(3))
    first.is_looked_at = last.is_looked_at = False
    views.began(KnownRun(snapshot("one", over=False)), "embedded")
    assert [view.run is not None for view in (first, second, last)] == [False, True, True]


def test_a_view_of_a_run_stays_with_it_and_says_that_another_is_newer(views):
    view = added(views, FakeView(snapshot("first-run-of-all")))
    views.began(KnownRun(snapshot("second-run", minute=5)), "embedded")
    assert view.run is None
    assert view.newer.endswith("run second-r is newer. %sfdag show follows it.")


def test_a_graphs_view_in_which_an_older_run_was_picked_names_what_leads_to_the_newest(views):
    view = added(views, FakeView(snapshot("first-run-of-all"), is_of_graph=True))
    views.began(KnownRun(snapshot("second-run", minute=5)), "embedded")
    assert view.run is None
    assert view.newer.endswith("is newer. “Newest run” shows it, and then those that come.")
    assert 'const NEWEST = "Newest run";' in script()


def test_a_view_follows_its_own_run_when_it_is_continued(views):
    view = added(views, FakeView(snapshot("one")))
    again = KnownRun(snapshot("one", over=False))
    views.began(again, "embedded")
    assert view.run is again


def test_of_an_older_run_that_is_continued_nothing_is_said(views):
    view = added(views, FakeView(snapshot("second", minute=5)))
    views.began(KnownRun(snapshot("first")), "embedded")
    assert view.newer == ""


@pytest.mark.parametrize(("name", "target"), [("other", "embedded"), ("mortgage", "prod")])
def test_runs_of_other_graphs_and_elsewhere_do_not_matter(views, name, target):
    view = added(views, FakeView(follows_graph=True))
    other = KnownRun(snapshot("one"))
    other.graph = name
    views.began(other, target)
    assert view.run is None


def test_the_graphs_view_stays_with_a_run_that_the_new_one_waits_for(views):
    view = added(views, FakeView(snapshot("going", over=False), follows_graph=True))
    waiting = replace(snapshot("waiting", minute=5), state=GraphRunState.SCHEDULED)
    views.began(KnownRun(waiting), "embedded")
    assert view.run is None
    assert view.newer == "run waiting waits for its turn; this view goes over to it then."


@pytest.mark.parametrize(
    ("shown", "glance", "goes_over"),
    [
        (None, Glance(deployed=DEPLOYED, group_id="x"), True),
        (snapshot("x"), Glance(deployed=DEPLOYED, group_id="x"), False),
        (snapshot("x"), Glance(deployed=DEPLOYED, group_id="y", is_going=True), True),
        (snapshot("x"), Glance(deployed=DEPLOYED, group_id="x", is_going=True), True),
        (snapshot("x", over=False), Glance(deployed=DEPLOYED, group_id="x", is_going=True), False),
    ],
    ids=["first", "the same", "a newer one", "continued by others", "the same, going"],
)
def test_what_others_started_is_found_by_looking(views, shown, glance, goes_over):
    view = added(views, FakeView(shown, follows_graph=True))
    views._look(SHOWN, Book(glance))
    assert (view.run is not None) is goes_over


def test_a_view_of_a_run_finds_out_that_others_continued_it(views):
    view = added(views, FakeView(snapshot("one")))
    views._look(SHOWN, Book(Glance(deployed=DEPLOYED, group_id="one", is_going=True)))
    assert view.run is not None


def test_a_view_of_a_run_learns_by_looking_that_others_started_a_newer_one(views):
    view = added(views, FakeView(snapshot("mine")))
    later = START + timedelta(minutes=9)
    views._look(SHOWN, Book(Glance(deployed=DEPLOYED, group_id="theirs", scheduled=later)))
    assert "run theirs is newer" in view.newer


def test_a_deployed_graph_that_never_ran_is_drawn_with_what_is_not_loaded_here(views):
    view = added(views, FakeView(follows_graph=True))
    views._look(SHOWN, Book(Glance(deployed=deployed("a -> b -> c"))))
    assert [node.name for node in view.drawn[-1].nodes] == ["a", "b", "c"]


def test_where_nothing_runs_nothing_is_changed(views):
    view = added(views, FakeView(follows_graph=True))
    views._look(SHOWN, Book(None))
    assert (view.run, view.drawn, view.doing) == (None, [], "")


@pytest.mark.parametrize(
    ("shown", "glance", "sight"),
    [
        (SHOWN, None, Sight.ENGINE_OFF),
        (Viewed(GRAPH, "embedded", has_run=lambda: False), None, Sight.CLEAR),
        (Viewed(GRAPH, "embedded", is_embedded=False), None, Sight.NOT_CONNECTED),
        (Viewed(GRAPH, "embedded", is_opening=lambda: True), None, Sight.OPENING),
        (SHOWN, Glance(deployed=DEPLOYED), Sight.CLEAR),
        (SHOWN, Glance(deployed=None), Sight.CLEAR),
        (SHOWN, BackendError("no answer"), Sight.SILENT),
    ],
    ids=[
        "engine off",
        "no engine ever",
        "not connected",
        "opening",
        "never ran",
        "not deployed",
        "no answer",
    ],
)
def test_that_nothing_ran_is_said_only_where_that_is_known(views, shown, glance, sight):
    view = added(views, FakeView(follows_graph=True))
    with contextlib.suppress(BackendError):
        views._look(shown, Book(glance))
    assert view.sight is sight


def test_a_view_offers_no_start_of_what_a_verb_is_about_to_start(notebook):
    desk = notebook.magics.desk
    view, other = FakeView(), FakeView()
    places = desk.workspace.places
    for each, target in ((view, "embedded"), (other, "prod")):
        desk.views.add(each, Viewed(GRAPH, target))
    seen = []
    opens = places._openers.target
    places._openers = replace(
        places._openers,
        target=lambda to: (seen.append((places.place(to.name).is_opening, view.sight)), opens(to))[
            1
        ],
    )
    places.backend("embedded")
    assert seen == [(True, Sight.OPENING)]
    assert (other.sight, places.place("embedded").is_opening) == (None, False)


def test_views_of_a_graph_that_was_dropped_say_so_whoever_dropped_it(views):
    ours = [
        added(views, FakeView(snapshot("one"), follows_graph=follows)) for follows in (True, False)
    ]
    views._look(SHOWN, Book(Glance(deployed=None)))
    assert [view.sight for view in ours] == [Sight.DROPPED, Sight.DROPPED]


def test_a_view_that_got_its_run_while_it_was_looked_is_not_of_a_dropped_graph(views):
    view = added(views, FakeView(follows_graph=True))

    class DeployedMeanwhile(Book):
        def glance(self, graph, target):
            view.follow(KnownRun(snapshot("new", over=False)))
            return self.told

    views._look(SHOWN, DeployedMeanwhile(Glance(deployed=None)))
    assert view.sight is None


def test_a_drop_is_said_at_once_in_the_notebook_that_drops(views):
    view = added(views, FakeView(snapshot("one"), follows_graph=True))
    views.dropped("Mortgage", "embedded")
    assert view.sight is Sight.DROPPED


def test_a_cell_that_is_run_is_told_to_each_view_of_its_graph():
    views = OpenViews()
    ours, of_run, others = FakeView(follows_graph=True), FakeView(snapshot("r1")), FakeView()
    for view in (ours, of_run):
        views.add(view, SHOWN)
    views.add(others, Viewed(TaskGraph("other"), "embedded"))
    views.redraw(GRAPH)
    assert [len(each.drawn) for each in (ours, of_run, others)] == [1, 0, 0]
    assert [each.edits_told for each in (ours, of_run, others)] == [1, 1, 0]
