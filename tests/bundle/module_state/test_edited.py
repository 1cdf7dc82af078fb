"""Files of modules that were edited since, and what they read: said, never shipped as it was."""

from __future__ import annotations

import importlib
import sys

import pytest

from sfdag_magics.bundle import capture
from sfdag_magics.bundle.load_times import LOADED
from tests.bundle.notebook import Notebook, found


def test_a_module_that_was_read_by_its_path_is_refused(module):
    _name, file = module("def f(): return 5")
    cell = (
        f"import importlib.util as iu\ns = iu.spec_from_file_location('odd_xq', {str(file)!r})\n"
        "odd = iu.module_from_spec(s); s.loader.exec_module(odd)"
    )
    (problem,) = found([cell], "odd.f()").problems
    assert f"a module that was read from {file} by its path" in str(problem)
    assert "import it" in problem.hint


@pytest.mark.parametrize("again", ["", "import {name}"])
def test_a_module_that_was_taken_out_of_those_that_are_loaded_is_refused(module, again):
    name, _file = module("N = []\ndef add():\n    N.append(1)\n    return len(N)")
    cells = [f"import {name} as old, sys\nold.add()", f"del sys.modules[{name!r}]", again]
    (problem,) = found([each.format(name=name) for each in cells], "old.add()").problems
    assert "takes 'old' from the notebook (Cell [1], line 1), a module that was taken out" in str(
        problem
    )
    assert f"import {name} again" in problem.hint


def test_code_that_only_another_module_imports_and_was_edited_is_refused(module):
    inner, file = module("def f(): return 1")
    outer, _file = module(f"import {inner}\ndef g(): return {inner}.f()")
    importlib.import_module(outer)
    file.write_text("def f(): return 2")
    (problem,) = found([f"import {outer}"], f"{outer}.g()").problems
    assert f"{inner}.f, which is another function in its file by now" in str(problem)


def test_a_constant_of_a_file_that_was_edited_is_refused_and_not_set(module):
    name, file = module("LR = 1")
    importlib.import_module(name)
    file.write_text("LR = 2")
    captured = found([f"import {name}"], f"{name}.LR")
    (problem,) = captured.problems
    assert "LR, which is 1 here and 2 in its file" in str(problem)
    assert captured.assignments == ()


@pytest.mark.parametrize(
    ("before", "after", "uses", "is_refused"),
    [
        ("RATE = 1\ndef price(): return RATE * 2", ("RATE = 1", "RATE = 2"), "price()", True),
        ("class Cfg:\n    lr = 1\ndef f(): return Cfg.lr", ("lr = 1", "lr = 2"), "f()", True),
        ("VERSION = 1\ndef f(): return 5", ("VERSION = 1", "VERSION = 2"), "f()", False),
    ],
)
def test_an_edited_constant_that_code_of_its_module_reads_is_refused(
    module, before, after, uses, is_refused
):
    name, file = module(before)
    importlib.import_module(name)
    file.write_text(before.replace(*after))
    captured = found([f"import {name}"], f"{name}.{uses}")
    assert len(captured.problems) == is_refused
    for problem in captured.problems:
        assert ", which is 1 here" in str(problem)
        assert problem.hint.startswith(f"importlib.reload({name})")


def test_an_edited_constant_that_another_module_took_is_refused(module):
    inner, file = module("RATE = 1")
    outer, _file = module(f"from {inner} import RATE\ndef g(): return RATE")
    importlib.import_module(outer)
    file.write_text("RATE = 2")
    (problem,) = found([f"import {outer}"], f"{outer}.g()").problems
    assert f"uses {inner}.RATE, which is 1 here and 2 in its file" in str(problem)


@pytest.mark.parametrize("holds", ["{name}.S(3)", "[{name}.S(3)]"])
def test_what_holds_an_instance_of_before_is_to_be_made_again(module, holds):
    name, file = module(
        "class S:\n    def __init__(self, k): self.k = k\n    def f(self): return 1"
    )
    cells = [f"import importlib, {name}\nkept = {holds.format(name=name)}"]
    importlib.import_module(name)
    notebook = Notebook()
    for cell in cells:
        notebook.run(cell)
    file.write_text(file.read_text().replace("return 1", "return 100"))
    notebook.run(f"importlib.reload({name})")
    (problem,) = capture("train", notebook.source("def train(): return str(kept)")).problems
    assert "takes 'kept' from the notebook (Cell [1], line 2)" in str(problem)
    assert problem.hint == "run the cell that makes it again: it holds what S was before"


@pytest.fixture
def watched():
    LOADED.watch()
    yield
    LOADED.leave()


@pytest.mark.parametrize("is_compiled", [True, False])
@pytest.mark.parametrize("is_edited", [True, False])
@pytest.mark.usefixtures("watched")
def test_what_a_module_set_in_itself_travels_whether_or_not_python_keeps_its_compiled_file(
    module, monkeypatch, is_compiled, is_edited
):
    monkeypatch.setattr(sys, "dont_write_bytecode", not is_compiled)
    text = "N = 1\ndef go():\n    global N\n    N = 5"
    name, file = module(text)
    importlib.import_module(name)
    if is_edited:
        file.write_text(f"{text}\nLATER = 2")
    captured = found([f"import {name}", f"{name}.go()"], f"{name}.N")
    assert bool(captured.problems) is is_edited
    assert (f"{name}.N = 5" in captured.assignments) is not is_edited


@pytest.mark.parametrize(
    ("text", "is_told"),
    [
        ("HERE = Path(__file__).parent\nCONF = json.loads((HERE / '{d}').read_text())", True),
        ("with open(Path(__file__).parent / '{d}') as f: CONF = json.load(f)", True),
        ("CONF = [json.loads(f.read_text()) for f in Path(__file__).parent.glob('*.json')]", False),
        ("def conf(): return json.loads((Path(__file__).parent / '{d}').read_text())", False),
        ("HERE = Path(__file__).parent\ndef conf(): return (HERE / '{d}').read_text()", False),
        ("def conf(): return (Path(__file__).parent / '{d}').read_text()\nCONF = conf()", True),
        ("class C: conf = json.loads((Path(__file__).parent / '{d}').read_text())", True),
        (
            "try: CONF = (Path(__file__).parent / '{d}').read_text()\nexcept OSError: CONF = ''",
            True,
        ),
        ("C = {}\nC.update(json.loads((Path(__file__).parent / '{d}').read_text()))", True),
    ],
)
@pytest.mark.usefixtures("watched")
def test_data_that_a_module_read_as_it_was_loaded_and_that_was_edited_since_is_told(
    module, tmp_path, text, is_told
):
    data = tmp_path / "read_xq.json"
    data.write_text("{}")
    name, _file = module("import json\nfrom pathlib import Path\n" + text.replace("{d}", data.name))

    def notes():
        said = found([f"import {name}"], f"dir({name})").notes
        return [note for note in said if f"{data.name} was edited after {name} was loaded" in note]

    importlib.import_module(name)
    assert notes() == []
    data.write_text('{"a": 1}')
    assert len(notes()) == is_told
    importlib.reload(sys.modules[name])
    assert notes() == []


@pytest.mark.parametrize(
    ("before", "after", "problems"),
    [
        (
            "def f(): return 1",
            "def f(): return 2",
            ["f, which is another function in its file by now"],
        ),
        ("V = 1\ndef f(): return V", "V = 1\n\n# why\ndef f():\n    return V", []),
        (
            "class C:\n    x = 1",
            "class C(dict):\n    x = 1",
            ["C, which is another class in its file"],
        ),
    ],
)
def test_a_file_that_was_edited_and_not_loaded_again_is_refused(module, before, after, problems):
    name, file = module(before)
    importlib.import_module(name)
    file.write_text(after)
    captured = found([f"import {name}"], f"{name}.f")
    assert len(captured.problems) == len(problems)
    for problem, says in zip(captured.problems, problems, strict=True):
        assert says in str(problem)
        assert "importlib.reload" in problem.hint


@pytest.mark.parametrize(
    "text", ["try:\n    import json\nexcept ImportError:\n    json = None", "json = 1\nimport json"]
)
def test_a_name_that_several_lines_of_a_module_may_bind_is_not_compared(module, text):
    name, _file = module(text)
    captured = found([f"import {name}"], f"{name}.json")
    assert (captured.problems, captured.notes) == ((), ())
