"""A cell that was deleted: JupyterLab says so with the next request, whatever that runs."""

import pytest
from jupyter_client.manager import start_new_kernel

from tests.magics.scenes import person


class Lab:
    """A kernel whose requests carry what JupyterLab sends with them."""

    def __init__(self):
        self.metadata = {}

    def get_parent(self):
        return {"metadata": self.metadata, "content": {"allow_stdin": True}}


@pytest.fixture
def lab(notebook):
    notebook.shell.kernel = lab = Lab()
    notebook.run("%sfdag graph g")
    for name, after in (("a", ""), ("b", "--after a"), ("c", "--after a")):
        lab.metadata = {"cellId": f"cell-{name}", "deletedCells": []}
        notebook.run(f"%%sftask {name} --sql {after}\nselect 1\n")
    lab.metadata = {"cellId": "other", "deletedCells": []}
    return lab


NOTE = "b is still in the graph, though its cell was deleted: %sfdag forget b, or deploy --prune"


@pytest.mark.parametrize("verb", ["validate", "plan", "run", "status"])
def test_verbs_name_the_task_of_a_deleted_cell(notebook, lab, verb):
    notebook.run("%sfdag run")
    lab.metadata = {"cellId": "other", "deletedCells": ["cell-b", "a-text"]}
    notebook.run("1 + 1")
    lab.metadata = {"cellId": "other", "deletedCells": []}
    assert f"note: {NOTE}" in notebook.run(f"%sfdag {verb}")


def test_several_are_named_in_one_line(notebook, lab):
    lab.metadata = {"deletedCells": ["cell-b", "cell-c"]}
    said = notebook.run("%sfdag validate")
    assert said.count("deleted") == 1
    assert (
        "note: b, c are still in the graph, though their cells were deleted: %sfdag forget" in said
    )


def test_prune_drops_it_and_takes_it_out_of_the_graph(notebook, lab, monkeypatch):
    notebook.run("%sfdag run")
    lab.metadata = {"deletedCells": ["cell-b"]}
    asked = person(monkeypatch, "n", "y")
    assert "- b  dropped" in notebook.run("%sfdag deploy --prune")
    assert ("b" in notebook.graph, "G$B" in notebook.fake.tasks) == (True, True)
    notebook.run("%sfdag deploy --prune")
    assert ("b" in notebook.graph, sorted(notebook.fake.tasks)) == (False, ["G", "G$A", "G$C"])
    assert len(asked) == 2
    assert "deleted" not in notebook.run("%sfdag plan")


def test_without_prune_it_stays(notebook, lab):
    lab.metadata = {"deletedCells": ["cell-b"]}
    notebook.run("%sfdag deploy --yes")
    assert ("b" in notebook.graph, "G$B" in notebook.fake.tasks) == (True, True)


def test_a_cell_that_is_run_again_is_back(notebook, lab):
    lab.metadata = {"deletedCells": ["cell-b", "cell-c"]}
    notebook.run("1")
    lab.metadata = {"cellId": "cell-b", "deletedCells": []}
    notebook.run("%%sftask b --sql --after a\nselect 2\n")
    lab.metadata = {"cellId": "new", "deletedCells": []}
    notebook.run("%%sftask c --sql --after a\nselect 2\n")
    assert "deleted" not in notebook.run("%sfdag validate")


@pytest.mark.parametrize("told", [None, "cell-b", 7])
def test_what_is_no_list_tells_nothing(notebook, lab, told):
    lab.metadata = {"deletedCells": told}
    assert "deleted" not in notebook.run("%sfdag validate")


@pytest.mark.slow
def test_a_real_kernel_hears_of_deleted_cells():
    manager, client = start_new_kernel(kernel_name="python3")

    def run(code, cell_id, deleted=()):
        said = []
        metadata = {"cellId": cell_id, "deletedCells": [*deleted], "recordTiming": False}
        content = {"code": code, "silent": False, "allow_stdin": False, "stop_on_error": True}
        message = client.session.msg("execute_request", content, metadata=metadata)
        client.shell_channel.send(message)
        while True:
            answer = client.get_iopub_msg(timeout=60)
            if answer["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            said.append(answer["content"].get("text", ""))
            if answer["content"].get("execution_state") == "idle":
                return "".join(said)

    try:
        run("%load_ext sfdag_magics", "1")
        run("%%sftask a --sql\nselect 1\n", "2")
        run("%%sftask b --sql --after a\nselect 1\n", "3")
        run("1", "4", deleted=["3"])
        assert NOTE in run("%sfdag validate", "4")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
