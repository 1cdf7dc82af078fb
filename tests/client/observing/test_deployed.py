import pytest

from sfdag_magics.client.observing.deployed import graph_from_rows, marked_comment, split_comment
from tests.client.rows import ROOT, task_row


def test_a_deployed_graph_is_read_back_as_it_was_spelled():
    rows = [
        task_row("G$TRAIN", after=["G$SPLIT_DATA"], mark={"name": "train"}, state="started"),
        task_row("G$SPLIT_DATA", after=["G"], mark={"name": "Split_Data"}),
        task_row("G$DONE", finalizes="G", mark={"name": "done"}),
        task_row("G", mark={"name": "g"}, schedule="60 MINUTE", state="started"),
        task_row("G2", mark={"name": "g2"}),
        task_row("G$ALONE"),
    ]
    graph = graph_from_rows(rows, ROOT)
    assert graph.parents == {"Split_Data": (), "train": ("Split_Data",), "done": ()}
    assert (graph.name, graph.root_id, graph.is_started) == ("g", "id-G", True)
    assert [task.is_finalizer for task in graph.tasks.values()] == [False, False, True]
    assert [task.is_started for task in graph.tasks.values()] == [False, True, False]


def test_a_graph_that_was_not_made_here_is_read_all_the_same():
    rows = [task_row("G"), task_row("G$A", after=["G"], comment=None)]
    graph = graph_from_rows(rows, ROOT)
    assert (graph.name, graph.parents, graph.tasks["a"].mark) == ("G", {"a": ()}, {})


def test_without_a_root_there_is_no_graph():
    assert graph_from_rows([task_row("G$A", after=["G"])], ROOT) is None


@pytest.mark.parametrize("comment", [None, "", "Trains.\nDaily.", 'sfdag: {"not": the mark'])
def test_a_comment_carries_both_the_users_text_and_the_mark(comment):
    mark = {"name": "Ünï$", "hash": "ab12"}
    assert split_comment(marked_comment(comment, mark)) == (comment or "", mark)


def test_a_comment_that_only_looks_like_ours_stays_the_users():
    assert split_comment("sfdag: {broken}") == ("sfdag: {broken}", {})
