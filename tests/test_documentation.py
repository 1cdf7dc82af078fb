"""What is public is documented: verbs in the README, exports by a docstring, errors by a test."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path

import pytest

import sfdag_magics
from sfdag_magics import errors
from sfdag_magics.client.connecting import connect
from sfdag_magics.magics.verbs.all_verbs import IN_A_NOTEBOOK
from tests.compatibility import DOCUMENT, compatibility
from tests.package_map import package_map
from tests.readme_tables import error_table, verb_table
from tests.rooms import PACKAGE
from tests.state_diagram import state_diagram
from tests.test_repository import tracked

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
#: Classes that only group others; nobody raises them.
GROUPS = {"SfdagError"}


@pytest.mark.parametrize("table", [verb_table, error_table])
def test_the_readmes_tables_are_made_from_the_code(table):
    assert table() in README, "python -m tests.readme_tables"


def test_the_readmes_map_is_what_the_table_of_rooms_draws():
    assert package_map() in README


def test_what_is_folded_in_the_readme_ends():
    marks = re.findall(r"<(/?)details>", README)
    assert marks == ["", "/"] * (len(marks) // 2)


def test_the_readme_names_the_verbs_that_are_no_commands():
    (named,) = re.findall(r"^Each verb but (.+?) is also a command", README, re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", named)) == IN_A_NOTEBOOK


def test_every_folder_of_the_package_is_said_what_it_holds():
    code = [Path(name) for name in tracked() if name.startswith(f"{PACKAGE}/")]
    folders = {file.parent for file in code if file.suffix in {".py", ".js"}} - {Path(PACKAGE)}
    assert [str(folder) for folder in sorted(folders) if not is_told(folder)] == []


def is_told(folder: Path) -> bool:
    """Whether the README's map has a row of it or, of the page's folders, the widget's README."""
    if "static" in folder.parts:
        return f"`{folder.name}/`" in (ROOT / PACKAGE / "widget" / "README.md").read_text("utf-8")
    return f"| `{folder.relative_to(PACKAGE).as_posix()}` | " in README


def test_the_engines_document_draws_the_table_of_moves():
    assert state_diagram() in (ROOT / "sfdag_magics" / "engine" / "README.md").read_text("utf-8")


def test_what_is_carried_out_is_told_as_the_engines_tables_have_it():
    assert DOCUMENT.read_text("utf-8") == compatibility(), "python -m tests.compatibility"


@pytest.mark.slow
def test_the_engines_document_names_what_lies_in_a_data_directory(tmp_path):
    connect.local_engine(tmp_path / "data")
    connect.stop_engine(tmp_path / "data")
    there = {path.name for path in (tmp_path / "data").iterdir()}
    document = (ROOT / PACKAGE / "engine" / "README.md").read_text("utf-8")
    rows = re.findall(
        r"^\| `.*? \|", document.split("## What lies")[1].split("## ")[0], re.MULTILINE
    )
    named = {name.partition("/")[0] for name in re.findall("`([^`]+)`", " ".join(rows))}
    assert there - named == set()


@pytest.mark.parametrize("room", ["engine", "client", "widget"])
def test_the_files_that_a_document_names_are_there(room):
    folder = ROOT / "sfdag_magics" / room
    named = re.findall(r"`([\w/]+\.(?:py|js))`", (folder / "README.md").read_text("utf-8"))
    assert named
    places = (folder, *(inner for inner in folder.iterdir() if inner.is_dir()), ROOT)
    assert [name for name in named if not any((at / name).is_file() for at in places)] == []


@pytest.mark.parametrize("name", sfdag_magics.__all__)
def test_every_export_is_there_and_says_what_it_is(name):
    exported = getattr(sfdag_magics, name)
    assert inspect.getdoc(exported)


def leaf_errors() -> list[str]:
    classes = [
        name
        for name, found in vars(errors).items()
        if inspect.isclass(found) and issubclass(found, errors.SfdagError)
    ]
    return [name for name in classes if name not in GROUPS]


@pytest.mark.parametrize("name", leaf_errors())
def test_every_error_is_raised_somewhere_and_expected_by_a_test(name):
    def mentions(folder: str, wanted: re.Pattern[str]) -> bool:
        files = [file for file in (ROOT / folder).rglob("*.py") if file.name != "errors.py"]
        return any(wanted.search(file.read_text("utf-8")) for file in files)

    made = re.compile(rf"\b{name}\b")
    assert mentions("sfdag_magics", made), f"nothing raises {name}"
    expected = re.compile(rf"(raises|isinstance|is)\b[^\n]*\b{name}\b|\b{name}\(")
    assert mentions("tests", expected), f"no test expects {name}"


def test_an_error_shows_what_where_and_what_next_in_two_lines():
    error = errors.InputError("no task 'trian'", where="cell 3", hint="%sfdag show")
    assert error._render_traceback_() == [
        "InputError: no task 'trian' (cell 3)",
        "  next: %sfdag show",
    ]


def test_a_long_error_is_broken_at_spaces_and_code_is_not():
    code = "    seen = " + "table[1] + " * 12 + "0"
    failed = errors.RunFailedError(
        "run 3f of g failed: " + "word " * 30 + f"\n  Traceback (most recent call last):\n{code}"
        f"\n           ~~~~~^^^\n  KeyError: {'a long-winded text ' * 6}",
        hint="%sfdag why · " + "path/of/one/word" * 8,
    )
    shown = failed._render_traceback_()
    assert " ".join(" ".join(shown).split()) == " ".join(f"RunFailedError: {failed}".split())
    wide = [line for line in shown if len(line) > 96]
    assert wide == [code, f"        {'path/of/one/word' * 8}"]
    assert [line for line in shown if line.startswith("      word")] != []
    assert f"{'~' * 5}^^^" in shown[shown.index(code) + 1]


@pytest.mark.parametrize("columns", [40, 200])
def test_in_a_terminal_an_error_is_as_wide_as_the_terminal(monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    longest = max(map(len, errors.InputError("word " * 100)._render_traceback_()))
    assert columns - 5 < longest <= columns


def test_a_graph_error_shows_all_its_problems():
    problems = tuple(errors.Problem(task=name, message="is wrong") for name in ("a", "b"))
    assert str(errors.GraphError("graph g", problems=problems)).count("is wrong") == 2


def test_docstrings_of_public_functions_end_their_first_line():
    unfinished = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (ROOT / "sfdag_magics").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and (text := ast.get_docstring(node))
        and text.splitlines()[0].rstrip()[-1:] not in set(".:)…?`'\"")
    ]
    assert unfinished == []
