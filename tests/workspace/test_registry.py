import pytest

from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskGraph, sql_task
from sfdag_magics.workspace.registry import Registry


def test_the_graph_is_called_notebook_until_it_is_named():
    registry = Registry()
    assert registry.current.name == "notebook"
    registry.choose("mortgage")
    assert [graph.name for graph in registry.graphs] == ["mortgage"]


def test_a_default_graph_with_tasks_is_kept_when_another_is_named():
    registry = Registry()
    registry.register(sql_task("a", "select 1"))
    registry.choose("mortgage")
    assert [graph.name for graph in registry.graphs] == ["notebook", "mortgage"]


def test_choosing_a_graph_again_changes_only_what_is_named():
    registry = Registry()
    registry.choose("g", {"warehouse": "a", "schedule": "1 hour"})
    registry.choose("other")
    graph = registry.choose("G", {"warehouse": "b"})
    assert graph is registry.current
    assert (graph.options.warehouse, graph.options.schedule) == ("b", "1 HOUR")


def test_a_wrong_option_leaves_no_graph_behind():
    registry = Registry()
    with pytest.raises(InputError):
        registry.choose("g", {"auto_retry": 99})
    assert registry.graphs == ()


def test_a_graph_made_elsewhere_can_be_taken_up():
    registry = Registry()
    graph = TaskGraph("mine")
    registry.add(graph)
    assert registry.named("MINE") is graph
    assert registry.current is not graph


def test_an_unknown_graph_offers_the_nearest():
    registry = Registry()
    registry.choose("mortgage")
    with pytest.raises(InputError, match="did you mean 'mortgage'"):
        registry.named("mortage")


def test_a_cell_that_ran_before_its_graph_was_named_goes_there_when_it_runs_again():
    registry = Registry()
    registry.register(sql_task("load", "select 1"), cell_id="c1")
    registry.choose("daily")
    assert registry.unnamed is not None
    assert registry.unnamed.name == "notebook"

    registered = registry.register(sql_task("load", "select 2"), cell_id="c1")

    assert registered.graph.name == "daily"
    assert not registry.named("notebook").tasks


def test_a_cell_of_a_graph_that_was_named_stays_in_it():
    registry = Registry()
    registry.choose("notebook")
    registry.register(sql_task("load", "select 1"), cell_id="c1")
    registry.choose("daily")

    assert registry.unnamed is None
    assert registry.register(sql_task("load", "select 2"), cell_id="c1").graph.name == "notebook"
