"""A deployed graph with maps comes back as cells, and as a file, that make the same graph."""

import pytest

from sfdag_magics.magics import extension
from sfdag_magics.workspace.registry import Registry

pytestmark = pytest.mark.slow

CELLS = (
    "%sfdag graph maps",
    "%%sftask\ndef first() -> int:\n    return 2\n",
    "plenty = [10, 20]\nregions = {'de': {'n': \"it's\"}, 'fr': {'n': 'q\"{x}'}}",
    "%%sftask --map plenty\ndef times(x, first: int) -> int:\n    return x * first\n",
    "%%sftask names --map regions --group all\ndef name(each: dict) -> str:\n"
    "    return each['n']\n",
    "%%sftask\ndef total(times: list[int], names: list[str]) -> str:\n"
    "    return f'{sum(times)} {names}'\n",
)


@pytest.fixture
def imported(notebook):
    """The notebook in a new kernel, and what is imported of the graph that it deployed."""
    for cell in CELLS:
        notebook.run(cell)
    notebook.run("%sfdag deploy --yes")
    notebook.run("made = %sfdag import maps")
    notebook.magics = extension.load(notebook.shell, registry=Registry())
    return notebook, notebook.names["made"]


def test_a_deployed_map_comes_back_as_a_map(imported):
    notebook, made = imported
    assert (made.problems, made.not_carried) == ((), ())
    for cell in made.cells[1:]:
        notebook.run(cell)
    assert "nothing to change" in notebook.run("%sfdag plan")
    notebook.run("run = %sfdag run")
    assert notebook.names["run"].tasks["total"].return_value == "60 [\"it's\", 'q\"{x}']"


def test_a_deployed_map_comes_back_in_a_file(imported):
    notebook, made = imported
    notebook.run(made.module)
    notebook.run("%sfdag graph maps")
    assert "nothing to change" in notebook.run("%sfdag plan")
