"""Files that describe graphs, and the command line on them."""

import nbformat
import pytest

from sfdag_magics.cli import main


@pytest.fixture(autouse=True)
def no_engine_of_others(tmp_path, monkeypatch):
    monkeypatch.setenv("SFDAG_DATA", str(tmp_path / "data"))


@pytest.fixture
def a_notebook(tmp_path):
    """Writes a notebook of these code cells: `(source, tags)` or the source alone."""

    def written(*cells, name="nb.ipynb"):
        made = nbformat.v4.new_notebook()
        for cell in cells:
            source, tags = (cell, []) if isinstance(cell, str) else cell
            made.cells.append(nbformat.v4.new_code_cell(source, metadata={"tags": tags}))
        path = tmp_path / name
        nbformat.write(made, path)
        return path

    return written


@pytest.fixture
def sfdag(capsys):
    """Types a command: `(exit code, output, what went to stderr)`."""

    def typed(*words):
        code = main([*map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return typed
