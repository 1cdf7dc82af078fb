"""Names of the notebook that pickled data and modules beside it find by way of `__main__`."""

from __future__ import annotations

import subprocess
import sys
import types

import pytest

from tests.bundle.notebook import Notebook

#: Runs the task of an archive in a process that has loaded nothing else.
_THERE = """
import sys
sys.path.insert(0, sys.argv[1])
from sfdag_bundle import runtime
print(runtime.load_function(runtime.find_entry("look"))())
"""


@pytest.fixture
def notebook(monkeypatch):
    """One whose names are those of `__main__`, as a kernel's are."""
    main = types.ModuleType("__main__")
    monkeypatch.setitem(sys.modules, "__main__", main)
    made = Notebook()
    vars(main).update(made.names)
    made.names = vars(main)
    return made


def there(notebook, folder):
    bundle = notebook.build()
    assert [str(each) for each in bundle.problems] == []
    path = folder / "code.zip"
    path.write_bytes(bundle.archive)
    command = [sys.executable, "-c", _THERE, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)  # noqa: S603 - ours
    return done.stdout.strip() or done.stderr


@pytest.mark.parametrize("protocol", [0, 2, 5])
def test_what_pickled_data_asks_for_is_there(notebook, tmp_path, protocol):
    notebook.run(
        "import pickle\nclass Pk:\n    def __init__(self, x): self.x = x\nclass Inner:\n    v = 4\n"
        "def helper(): return 5\nnever = iter([1])\n"
        f"data = {{'a': [pickle.dumps((Pk(Inner()), helper, 'never'), {protocol})]}}"
    )
    notebook.task(
        "def look():\n    pk, f, text = pickle.loads(data['a'][0])\n    return pk.x.v, f(), text"
    )
    assert there(notebook, tmp_path) == "(4, 5, 'never')"


def test_what_a_module_beside_it_asks_for_is_there(notebook, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "asks_main_xq.py").write_text(
        "import sys\ndef look():\n    import __main__\n    import __main__ as m\n"
        "    from __main__ import third\n"
        "    return __main__.first, m.second, third, sys.modules['__main__'].fourth\n"
    )
    notebook.run("import asks_main_xq\nfirst, second, third, fourth = 1, 2, 3, 4")
    notebook.task("def look():\n    return asks_main_xq.look()")
    assert there(notebook, tmp_path) == "(1, 2, 3, 4)"
