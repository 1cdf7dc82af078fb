"""`sfdag demo`: what one reads meanwhile, what is left, what is said when it cannot run."""

from __future__ import annotations

import io
import shlex
import sys

import nbformat
import pytest

from sfdag_magics.cli import main
from sfdag_magics.cli.demo import CellProgress, _execute, demo
from sfdag_magics.errors import MachineError, RunFailedError


def notebook(path, *sources):
    old = nbformat.v4.new_output("stream", text="of another run")
    cells = [nbformat.v4.new_code_cell(source, outputs=[old]) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    return path


def test_a_missing_package_is_named_with_its_extra(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "xgboost", None)
    with pytest.raises(MachineError, match="xgboost is not installed") as caught:
        demo(lab=False, directory=tmp_path, out=io.StringIO())
    assert caught.value.hint.endswith("-m pip install 'sfdag_magics[ml]'")
    assert list(tmp_path.iterdir()) == []


def test_a_directory_that_is_not_there_is_named_before_anything_runs(tmp_path, capsys):
    assert main(["demo", "--out", str(tmp_path / "my results")]) == 1
    told = capsys.readouterr().err
    assert f"{tmp_path / 'my results'} is no directory of this machine" in told
    assert f"next: mkdir -p '{tmp_path / 'my results'}', or" in told


def test_progress_names_the_cell_passes_its_lines_on_and_says_how_long_it_took():
    clock = iter([0.0, 1.0, 3.5, 4.0])
    out = io.StringIO()
    progress = CellProgress(2, out, now=lambda: next(clock))
    progress.cell_started({"cell_type": "code", "source": "\n%sfdag run\n"}, 0)
    progress.message({"msg_type": "stream", "content": {"text": "a\nb\n"}})
    progress.message({"msg_type": "status", "content": {}})
    progress.cell_ended(cell=None, cell_index=0)
    assert out.getvalue().splitlines() == [
        "[ 1/2] %sfdag run",
        "        a",
        "        b",
        "        2.5 s",
    ]


def test_what_is_to_be_typed_next_can_be_typed_wherever_it_lies(tmp_path):
    out = io.StringIO()
    target = tmp_path / "my results" / "copy.ipynb"
    CellProgress(1, out).finished(target)
    (opens,) = [line for line in out.getvalue().splitlines() if line.startswith("open it:")]
    assert shlex.split(opens.partition(":")[2])[1:] == ["-m", "jupyterlab", str(target)]


@pytest.mark.slow
def test_the_executed_copy_is_left_and_named(tmp_path):
    out = io.StringIO()
    target = tmp_path / "copy.ipynb"
    _execute(notebook(tmp_path / "source.ipynb", "print('hello')"), target, out)
    assert "        hello" in out.getvalue().splitlines()
    assert f"executed notebook: {target}" in out.getvalue()
    (cell,) = nbformat.read(target, as_version=4).cells
    assert cell.outputs[0]["text"] == "hello\n"


@pytest.mark.slow
def test_a_cell_that_fails_is_named_and_the_copy_is_kept_up_to_there(tmp_path):
    source = notebook(tmp_path / "source.ipynb", "print('before')", "1 / 0", "print('after')")
    target = tmp_path / "copy.ipynb"
    with pytest.raises(RunFailedError, match=r"source\.ipynb stopped: ZeroDivisionError"):
        _execute(source, target, io.StringIO())
    outputs = [len(cell.outputs) for cell in nbformat.read(target, as_version=4).cells]
    assert outputs == [1, 1, 0]
