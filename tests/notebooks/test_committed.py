"""The notebooks as committed: with what one run left, and nothing of a time or a machine."""

from __future__ import annotations

import copy

import pytest

from tests.notebooks.commit import of_a_machine
from tests.notebooks.executing import NOTEBOOKS, committed, names
from tests.notebooks.fixed import fixed, readable

MOST_BYTES = 300_000


@pytest.fixture(params=names())
def name(request):
    return request.param


def test_every_cell_was_run_once_in_its_order_and_keeps_no_state_of_widgets(name):
    notebook = committed(name)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [*range(1, len(code) + 1)]
    assert all(set(cell.metadata) <= {"tags"} for cell in code)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


def test_ids_dates_and_times_are_those_that_the_command_sets(name):
    notebook = committed(name)
    assert readable(fixed(copy.deepcopy(notebook))) == readable(notebook)


def test_nothing_of_a_machine_stands_in_it_nor_in_its_pictures(name):
    assert of_a_machine(readable(committed(name))) == []


def test_it_is_small(name):
    assert (NOTEBOOKS / name).stat().st_size < MOST_BYTES


def test_it_shows_the_graph_the_failure_and_the_retry():
    said = readable(committed("02_fraud_detection.ipynb"))
    for words in (
        '<g class="failed" data-task="evaluate"',
        '<g class="reused" data-task="train"',
        "failed: <code>KeyError: &#39;PREDICTION&#39;</code> · Cell [10], line 11",
        "<b>confusion</b> table of evaluate",
    ):
        assert words in said
