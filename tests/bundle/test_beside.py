"""What lies beside the notebook travels: packages of every kind, their data, what they import."""

from __future__ import annotations

import importlib
import itertools
import subprocess
import sys

import pytest

from sfdag_magics.bundle.beside import MAX_FILE
from tests.bundle.notebook import Notebook

COUNT = itertools.count()
RUN = """
import sys
sys.path.insert(0, sys.argv[1])
from sfdag_bundle import runtime
from sfdag_bundle.local_modules import use_local_modules
for task in sys.argv[2:]:
    entry = runtime.find_entry(runtime.read_manifest(), task)
    use_local_modules(entry.get("local"), unpack=bool(entry.get("unpack")))
    print(runtime.load_function(entry)())
"""


@pytest.fixture
def lay(tmp_path, monkeypatch):
    """Lays files beside the notebook; `{p}` in their names and texts is a new name."""
    name = f"pkg_{next(COUNT)}_xq"
    folder = tmp_path / "beside"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)

    def lay(files):
        for path, text in files.items():
            file = folder / path.format(p=name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text.replace("{p}", name))
        importlib.invalidate_caches()
        return name

    return lay


def bundle_of(name, cell, task):
    notebook = Notebook()
    notebook.run(cell.replace("{p}", name))
    notebook.task(f"def the_task():\n    return {task.replace('{p}', name)}")
    return notebook, notebook.build()


def there(bundle, folder):
    path = folder / "code.zip"
    path.write_bytes(bundle.archive)
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", RUN, str(path), "the_task"],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("files", "cell", "task"),
    [
        ({"{p}.py": "V = 3"}, "import {p}", "{p}.V"),
        ({"{p}/utils.py": "def f(): return 4"}, "from {p}.utils import f", "f()"),
        ({"{p}/a/b.py": "V = 5"}, "import {p}.a.b", "{p}.a.b.V"),
        ({"{p}/__init__.py": "", "{p}/a.py": "from . import b", "{p}/b.py": "V = 6"},
         "import {p}.a", "{p}.a.b.V"),
        (
            {
                "{p}/__init__.py": "from pathlib import Path\n"
                "def d(): return (Path(__file__).parent / 'd.json').read_text()",
                "{p}/d.json": "[7]",
            },
            "import {p}",
            "{p}.d()",
        ),
        (
            {
                "{p}/__init__.py": "from importlib.resources import files\n"
                "def d(): return files(__name__).joinpath('sub/d.txt').read_text()",
                "{p}/sub/d.txt": "eight",
            },
            "import {p}",
            "{p}.d()",
        ),
    ],
)  # fmt: skip
def test_it_is_there_what_it_is_here(lay, tmp_path, files, cell, task):
    notebook, bundle = bundle_of(lay(files), cell, task)
    assert bundle.problems == ()
    assert there(bundle, tmp_path) == str(notebook.names["the_task"]())


def test_a_module_that_is_called_as_one_of_pythons_own(lay, tmp_path, monkeypatch):
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    name = lay({"colorsys.py": "V = 9"})
    try:
        _notebook, bundle = bundle_of(name, "import colorsys", "colorsys.V")
    finally:
        monkeypatch.delitem(sys.modules, "colorsys")
    assert bundle.problems == ()
    assert there(bundle, tmp_path) == "9"


def test_environments_checkpoints_and_caches_stay(lay):
    name = lay(
        {
            "{p}/__init__.py": "V = 1",
            "{p}/env/pyvenv.cfg": "",
            "{p}/env/lib/x.py": "",
            "{p}/.ipynb_checkpoints/a-checkpoint.py": "",
            "{p}/__pycache__/a.py": "",
            "{p}/node_modules/x.py": "",
            "{p}/notes.ipynb": "{}",
            "{p}/.hidden": "",
        }
    )
    _notebook, bundle = bundle_of(name, "import {p}", "{p}.V")
    assert list(bundle.tasks[0].files) == [f"{name}/__init__.py"]


def test_a_large_data_file_stays_and_is_named(lay):
    name = lay({"{p}/__init__.py": "V = 1", "{p}/big.csv": "x" * (MAX_FILE + 1)})
    _notebook, bundle = bundle_of(name, "import {p}", "{p}.V")
    (task,) = bundle.tasks
    assert list(task.files) == [f"{name}/__init__.py"]
    assert task.notes == (f"{name}/big.csv (1,000,001 bytes) stays behind: put it on a stage",)


def test_what_its_files_import_must_be_installed_there_too(lay):
    name = lay(
        {
            "{p}/__init__.py": "from {p} import deep",
            "{p}/deep.py": "import pandas\nimport json\n"
            "try:\n    import nowhere_xq\nexcept ImportError:\n    pass",
        }
    )
    _notebook, bundle = bundle_of(name, "import {p}", "{p}.deep")
    assert bundle.tasks[0].third_party == ("pandas",)


def test_a_file_that_is_no_python_travels_as_it_is(lay):
    name = lay({"{p}/__init__.py": "V = 1", "{p}/template.py": "class {{ name }}: ..."})
    _notebook, bundle = bundle_of(name, "import {p}", "{p}.V")
    assert bundle.problems == ()
    assert f"{name}/template.py" in bundle.tasks[0].files
