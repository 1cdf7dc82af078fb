"""What lies beside the notebook travels: packages of every kind, their data, what they import."""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import subprocess
import sys
import zipfile

import pytest

from sfdag_magics.bundle import capture
from sfdag_magics.bundle.beside import MAX_FILE
from sfdag_magics.bundle.modules import is_local
from tests.bundle.notebook import Notebook

COUNT = itertools.count()
RUN = """
import sys
sys.path.insert(0, sys.argv[1])
from sfdag_bundle import runtime
from sfdag_bundle.local_modules import use_local_modules
for task in sys.argv[2:]:
    entry = runtime.find_entry(task)
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
        (
            {
                "{p}.py": "from pathlib import Path\n"
                "def d(): return Path(__file__).with_name('{p}.toml').read_text()",
                "{p}.toml": "nine = 9",
            },
            "import {p}",
            "{p}.d()",
        ),
        (
            {
                "{p}.py": "from pathlib import Path\nHERE = Path(__file__).parent\n"
                "def d(): return (HERE / 'data_{p}' / 't.txt').read_text()",
                "data_{p}/t.txt": "nine and a half",
            },
            "import {p}",
            "{p}.d()",
        ),
        (
            {
                "{p}.py": "import os\nfrom pathlib import Path\n"
                "FILE = os.path.join(os.path.dirname(__file__), 'd_{p}', 't')\n"
                "def d(): return Path(FILE).read_text()",
                "d_{p}/t": "nine and more",
            },
            "import {p}",
            "{p}.d()",
        ),
        ({"{p}.py": "V = 10"}, "import importlib", "importlib.import_module('{p}').V"),
        ({"{p}/__init__.py": "", "{p}/d.txt": "ten and a half"},
         "from importlib.resources import files", "files('{p}').joinpath('d.txt').read_text()"),
        ({"{p}.py": "V = 11"}, "", "__import__('{p}').V"),
        (
            {"{p}.py": "import importlib\nV = importlib.import_module('{p}_b').V",
             "{p}_b.py": "V = 12"},
            "import {p}",
            "{p}.V",
        ),
        (
            {"src/{p}/__init__.py": "from .a import f", "src/{p}/a.py": "def f(): return 13"},
            "import sys\nsys.path.insert(0, f'{sys.path[0]}/src')\nimport {p}",
            "{p}.f()",
        ),
        (
            {"{p}.py": "F = {}\nfor k in '12':\n    def f(x, k=k): return x + k\n    F[k] = f\n"
             "for k in '34':\n    def g(x, *, k=k): return x + k\n    F[k] = g\n"
             "def mk(k):\n    def h(x): return x + k\n    return h\n"
             "h = mk('5')\nF['6'] = mk('6')"},
            "from {p} import F\na, b, c = F['1'], F['3'], F['6']",
            "a('a') + b('b') + c('c') + ''.join(F[k](k) for k in F)",
        ),
        (
            {"{p}.py": "import sys, types\nX = 16\nclass M(types.ModuleType):\n"
             "    Y = property(lambda self: self.X)\nsys.modules[__name__].__class__ = M"},
            "import {p}",
            "{p}.Y",
        ),
        ({"{p}/__init__.py": "R = []\nfrom . import b",
          "{p}/b.py": "from . import R\nR.append(14)"},
         "import {p}", "{p}.R"),
        ({"{p}.py": "import {p}_b\ndef f(): return {p}_b.g()",
          "{p}_b.py": "import {p}\ndef g(): return 15"}, "import {p}", "{p}.f()"),
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


def test_what_only_a_type_checker_imports_does_not_count(lay):
    name = lay(
        {
            "{p}.py": "import typing\nif typing.TYPE_CHECKING:\n    import pandas, nowhere_xq\n"
            "else:\n    import yaml"
        }
    )
    _notebook, bundle = bundle_of(name, "import {p}", "{p}.typing")
    assert bundle.problems == ()
    assert bundle.tasks[0].third_party == ("yaml",)


@pytest.mark.parametrize(
    ("files", "cell", "says", "hint"),
    [
        (
            {"{p}/__init__.py": "V = 1", "{p}/fast.cpython-311-x86_64-linux-gnu.so": "ELF"},
            "import {p}",
            "fast.cpython-311-x86_64-linux-gnu.so was compiled for this machine",
            "install it as a package",
        ),
        (
            {"{p}/__init__.py": "V = 1", **{f"{{p}}/{i}.bin": "x" * MAX_FILE for i in range(11)}},
            "import {p}",
            "has 11 files of data, 11,000,000 bytes in all",
            "the data on a stage",
        ),
    ],
)
def test_what_cannot_travel_is_refused_by_name(lay, files, cell, says, hint):
    name = lay(files)
    _notebook, bundle = bundle_of(name, cell, "{p}.V")
    (problem,) = bundle.problems
    assert says in problem.message
    assert hint in problem.hint


def test_a_module_whose_file_was_renamed_is_refused_by_name(lay, tmp_path):
    name = lay({"{p}.py": "V = 1"})
    notebook = Notebook()
    notebook.run(f"import {name}")
    (file,) = tmp_path.rglob(f"{name}.py")
    file.rename(file.with_name("other_xq.py"))
    (problem,) = capture("t", notebook.source(f"def t(): return {name}.V")).problems
    assert f"the module {name!r} was loaded from {name}.py, which is there no more" in str(problem)
    assert problem.hint.startswith(f"put {name}.py back")


def test_a_module_in_a_zip_archive_is_refused_by_name(lay, tmp_path, monkeypatch):
    name = lay({})
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
        archive.writestr(f"{name}.py", "V = 1")
    monkeypatch.syspath_prepend(str(tmp_path / "code.zip"))
    _notebook, bundle = bundle_of(name, "import {p}", "{p}.V")
    assert "lies inside of code.zip" in str(bundle.problems)


def test_a_module_that_is_called_as_ours_is_refused(lay, monkeypatch):
    monkeypatch.delitem(sys.modules, "sfdag_bundle", raising=False)
    _notebook, bundle = bundle_of(lay({"sfdag_bundle.py": "V = 1"}), "import sfdag_bundle", "1")
    assert bundle.problems == ()  # the task does not use it
    _notebook, bundle = bundle_of("", "import sfdag_bundle", "sfdag_bundle.V")
    del sys.modules["sfdag_bundle"]  # not by monkeypatch, which would put it back
    assert "give your module another name" in bundle.problems[0].hint


def test_a_project_that_is_installed_to_be_edited_travels(lay, tmp_path, monkeypatch):
    """Its finder is what knows where it lies; nothing of it is on the path."""
    name = lay({})
    package = tmp_path / "project" / "src" / name
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("def f(): return 16")

    class Finder:
        __module__ = "__editable___project_finder"

        @staticmethod
        def find_spec(found, _path=None, _target=None):
            if found == name:
                return importlib.util.spec_from_file_location(
                    name, package / "__init__.py", submodule_search_locations=[str(package)]
                )
            return None

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder])
    _notebook, bundle = bundle_of(name, "", "__import__('{p}').f()")
    assert list(bundle.tasks[0].files) == [f"{name}/__init__.py"]
    assert there(bundle, tmp_path) == "16"


def test_a_file_that_is_no_python_travels_as_it_is(lay):
    name = lay({"{p}/__init__.py": "V = 1", "{p}/template.py": "class {{ name }}: ..."})
    _notebook, bundle = bundle_of(name, "import {p}", "{p}.V")
    assert bundle.problems == ()
    assert f"{name}/template.py" in bundle.tasks[0].files


ASKS = {
    "{p}.py": "class Base: pass\n\n"
    "def names(): return sorted(k.__name__ for k in Base.__subclasses__())\n"
}
EXTENDS = "import {p}\nclass A({p}.Base): pass\nclass B(A): pass\nclass C({p}.Base): pass"


@pytest.mark.parametrize("task", ["{p}.names()", "sorted(map(repr, {p}.Base.__subclasses__()))"])
def test_classes_travel_that_a_base_beside_the_notebook_is_asked_for(lay, tmp_path, task):
    notebook, bundle = bundle_of(
        lay(ASKS), EXTENDS, f"len({task}), [n[-3:-2] or n for n in {task}]"
    )
    assert bundle.problems == ()
    expected = str(notebook.names["the_task"]())
    assert expected.startswith("(2, ")
    assert there(bundle, tmp_path) == expected


GROWS = """
LOG = []
class Growing:
    def __init__(self): self.k = 1
    def __setstate__(self, state):
        vars(self).update(state)
        LOG.append([state, state])
"""


def test_what_changes_whenever_it_is_looked_at_is_refused(lay):
    cell = "from {p} import LOG, Growing\nlog, g = LOG, Growing()"
    _notebook, bundle = bundle_of(lay({"{p}.py": GROWS}), cell, "g.k, len(log)")
    (problem,) = bundle.problems
    assert "takes log from the notebook, which changes as it is looked at" in str(problem)


READ_AGAIN = "def f(): return 'old'\n\nclass A:\n    def f(self): return 'old'\n"


@pytest.mark.parametrize(("task", "name"), [("f()", "f"), ("A().f()", "A")])
def test_what_its_module_has_otherwise_since_is_to_be_imported_again(lay, task, name):
    notebook, module = Notebook(), lay({"{p}.py": READ_AGAIN})
    notebook.run(f"from {module} import f, A")
    lay({"{p}.py": READ_AGAIN.replace("old", "newer")})
    notebook.run(f"import importlib, {module}\nimportlib.reload({module})")
    notebook.task(f"def the_task():\n    return {task}")
    (problem,) = notebook.build().problems
    assert f"of {module} as it was before {module} was read again" in str(problem)
    assert problem.hint == f"run `from {module} import {name}` again"


def test_what_autoreload_brought_up_to_date_travels(lay, tmp_path):
    notebook, module = Notebook(), lay({"{p}.py": READ_AGAIN})
    notebook.run(f"from {module} import f, A")
    lay({"{p}.py": READ_AGAIN.replace("old", "newer")})
    notebook.run(
        f"import importlib, {module} as m\nimportlib.reload(m)\n"
        "f.__code__, A.f.__code__ = m.f.__code__, m.A.f.__code__"  # as IPython does
    )
    notebook.task("def the_task():\n    return f(), A().f()")
    bundle = notebook.build()
    assert bundle.problems == ()
    assert there(bundle, tmp_path) == "('newer', 'newer')"


def test_a_method_that_autoreload_compiled_alone_travels(lay, tmp_path):
    notebook, module = Notebook(), lay({"{p}.py": READ_AGAIN})
    notebook.run(f"import {module}\nfrom {module} import A\na = A()")
    lay({"{p}.py": READ_AGAIN.replace("(self): return 'old'", "(self): return 'newer'")})
    notebook.run(  # as IPython 9 does, which reads no whole module again for the body of a method
        "own = {}\nexec(compile(\"class __autoreload_class__:\\n    def f(self): return 'newer'\", "
        f"{module}.__file__, 'exec'), vars({module}), own)\n"
        "A.f.__code__ = own['__autoreload_class__'].f.__code__"
    )
    notebook.task("def the_task():\n    return a.f(), A().f()")
    bundle = notebook.build()
    assert bundle.problems == ()
    assert there(bundle, tmp_path) == "('newer', 'newer')"


CHOSEN = {"{p}/__init__.py": "", "{p}/a.py": "V = 4"}
CHOOSES = "import importlib\ndef load(name): return importlib.import_module(name).V\nKIND = 'a'\n"


@pytest.mark.parametrize(
    "cell",
    [
        "def use(): return load('{p}.a')",
        "def use(): return load(f'{p}.{{KIND}}')",
        "CHOSEN = '{p}.a'\ndef use(): return load(CHOSEN)",
        "def use():\n    return __import__(CHOSEN, fromlist=['a']).V\nCHOSEN = '{p}.a'",
        "CONF = {'steps': [('{p}.a', 'V')]}\ndef use(): return load(CONF['steps'][0][0])",
        "class CFG:\n    step = '{p}.a'\ndef use(): return load(CFG.step)",
        "class Cfg:\n    def __init__(self, m): self.m = m\nc = Cfg('{p}.a')\n"
        "def use(): return load(c.m)",
        "import pydoc\ndef use(): return pydoc.locate('{p}.a.V')",
        "import pkgutil\nCHOSEN = '{p}.a:V'\ndef use(): return pkgutil.resolve_name(CHOSEN)",
    ],
)
def test_a_module_travels_that_is_imported_by_a_name_which_is_a_value(lay, tmp_path, cell):
    cell = CHOOSES + cell.replace("{{KIND}}", "{KIND}")
    notebook, bundle = bundle_of(lay(CHOSEN), cell, "use()")
    assert bundle.problems == ()
    assert notebook.names["the_task"]() == 4
    assert there(bundle, tmp_path) == "4"


def test_a_file_that_code_makes_a_module_of_is_noted(lay, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "made.py").write_text("V = 3")
    cell = "import importlib.util as u\ndef f(): return u.spec_from_file_location('m', 'made.py')"
    _notebook, bundle = bundle_of("", cell, "f()")
    assert "reads 'made.py', which lies beside the notebook" in bundle.tasks[0].notes[0]


def test_what_pip_put_into_a_folder_of_ones_own_is_installed(lay):
    name = lay(
        {
            "{p}.py": "V = 1",
            "{p}_own.py": "V = 2",
            "{p}_pkg/__init__.py": "V = 3",
            "{p}-1.0.dist-info/RECORD": "{p}.py,sha256=x,5\n{p}_pkg/__init__.py,sha256=x,5\n",
        }
    )
    assert [is_local(f"{name}{end}") for end in ("", "_own", "_pkg")] == [False, True, False]


@pytest.mark.parametrize(
    ("cell", "task"),
    [
        ("import sys", "import sys\n    sys.path.append('side')\n    from formats_xq import one"),
        ("import os", "from formats_xq import one"),
        ("DONE = [each for each in ['side']]  # os.chdir", "import formats_xq as one"),
    ],
)
def test_a_module_that_lies_where_nobody_looks_is_named_with_its_folder(
    tmp_path, monkeypatch, cell, task
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [each for each in sys.path if each not in ("", ".")])
    (tmp_path / "side").mkdir()
    (tmp_path / "side" / "formats_xq.py").write_text("def one(): return 1")
    notebook = Notebook()
    notebook.run(cell)
    text = f"def the_task():\n    {task}\n    return one"
    (problem,) = capture("the_task", notebook.source(text)).problems
    assert "imports 'formats_xq', which lies in side/formats_xq.py, where this" in str(problem)
    assert problem.hint.startswith("sys.path.append('side') in a cell: ")
    notebook.run("import sys\nsys.path.append('side')")
    captured = capture("the_task", notebook.source(text))
    assert captured.problems == ()
    assert list(captured.files) == ["formats_xq.py"]
