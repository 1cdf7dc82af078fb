"""`--pickle NAME`: what cannot ship as source ships as bytes, which some versions alone read."""

import re
import sys

import pytest

from tests.bundle.notebook import GraphRun, Notebook, Shipped

REGEX = "import re\nWORDS = [re.compile('a'), iter([1, 2, 3])]"
MODEL = (
    "import numpy as np\nfrom sklearn.linear_model import LinearRegression\n"
    "big = LinearRegression().fit(np.arange(400.0).reshape(-1, 200), [0.0, 1.0])"
)


@pytest.fixture
def notebook():
    return Notebook()


def build(notebook, cells, task, **options):
    for cell in cells:
        notebook.run(cell)
    notebook.task(task, **options)
    return notebook.build()


def test_what_capture_refuses_ships_by_its_name(notebook, tmp_path):
    cells, task = [REGEX], "def train() -> int: return next(WORDS[1])"
    assert "'WORDS'" in str(build(notebook, cells, task).problems)
    found = build(notebook, cells, task, pickle=["WORDS"])
    found.check()
    (taken,) = [each for each in found.tasks[0].taken if each.name == "WORDS"]
    python = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    assert (taken.how, taken.text) == ("pickle", f"read by {python} alone")
    assert f"WORDS ships as a pickle, which {python} alone is sure to read" in found.tasks[0].notes
    assert Shipped(found.archive, tmp_path).run(GraphRun(), "train") == "1"


def test_a_model_is_bound_to_its_package_which_is_installed_there(notebook, tmp_path):
    task = "def train() -> float: return float(big.coef_.sum())"
    found = build(notebook, [MODEL], task, pickle=["big"])
    found.check()
    (note,) = [each for each in found.tasks[0].notes if "pickle" in each]
    assert re.search(r"Python 3\.\d+, .*scikit-learn \d", note)
    assert {"sklearn.linear_model._base", "numpy"} & {*found.tasks[0].third_party}
    assert float(Shipped(found.archive, tmp_path).run(GraphRun(), "train")) > 0


def test_another_version_refuses_to_read_it_by_name(notebook, tmp_path, monkeypatch):
    task = "def train() -> float: return float(big.coef_.sum())"
    found = build(notebook, [MODEL], task, pickle=["big"])
    shipped = Shipped(found.archive, tmp_path)
    monkeypatch.setattr("importlib.metadata.version", lambda _: "0.9")
    with pytest.raises(RuntimeError, match=r"big was pickled with .* and nothing else is sure"):
        shipped.run(GraphRun(), "train")


WRONG = {
    "what cannot be pickled": ("import threading\nX = threading.Lock()", "cannot be pickled"),
    "a class of the notebook": ("class K: pass\nX = K()", "it holds K of the notebook"),
    "what is too large": ("X = b'x' * 17_000_000", "at most 16,000,000 ship"),
    "a secret": ("X = ['ghp_A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8']", "looks like a secret"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_ships_not_even_so_is_named(notebook, case, monkeypatch):
    cell, says = WRONG[case]
    kept = sys.modules["__main__"]
    monkeypatch.setattr(kept, "K", None, raising=False)  # as a kernel's main module has it
    cell += "\nimport sys\nif 'K' in globals(): sys.modules['__main__'].K = K"
    (problem,) = build(notebook, [cell], "def train(): return X", pickle=["X"]).problems
    assert says in str(problem)


def test_a_name_that_the_task_does_not_use_is_named(notebook):
    (problem,) = build(notebook, ["Y = 1"], "def train(): return 1", pickle=["Y"]).problems
    assert "ships no 'Y', which is to be pickled: nothing here uses that name" in str(problem)


def test_the_same_value_is_the_same_code_and_another_is_not(notebook):
    task = "def train() -> int: return len(X)"
    hashes = [
        build(notebook, [cell], task, pickle=["X"]).hashes["train"]
        for cell in ("X = ['a']", "X = ['a']", "X = ['b']")
    ]
    assert hashes[0] == hashes[1] != hashes[2]
