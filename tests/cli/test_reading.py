"""What a notebook or a Python file is read for, and what of it is left out."""

import json
import shlex

import jsonschema
import pytest

from sfdag_magics.bundle.written.cell_texts import remembered_texts
from sfdag_magics.cli.reading import read_file
from sfdag_magics.magics.showing.schemas import DOCUMENTS

LOAD = "%load_ext sfdag_magics\n%sfdag graph g"
SQL = "%%sftask {} --sql\nselect 1"


def tasks(said):
    return json.loads(said)["tasks"]


def test_cells_that_act_are_left_out_and_others_run(a_notebook, sfdag):
    path = a_notebook(
        LOAD,
        "from helpers import ROWS",
        "session = %sfdag session\nsession.sql('select 1').collect()\ncount = 5",
        "%%sftask\ndef load(*, rows: int = 5):\n    return ROWS",
        "run = %sfdag run --wait\nrun.tasks['load']",
        "print(count, run)",
        "print(run.result())",
    )
    (path.parent / "helpers.py").write_text("ROWS = 3\n")
    code, said, aside = sfdag("validate", path, "--json")
    assert (code, tasks(said), aside) == (0, ["load"], "")


def test_a_cell_that_fails_by_itself_is_told_and_the_others_run(a_notebook, sfdag):
    path = a_notebook(
        LOAD,
        "1 / 0",
        "raise_it = 5\nnope",
        SQL.format("load"),
        ("1 / 0", ["raises-exception"]),
        "x = 1\n1x",
    )
    code, said, aside = sfdag("validate", path, "--json")
    assert (code, tasks(said)) == (0, ["load"])
    assert aside.splitlines() == [
        "note: code cell 2 of nb.ipynb failed: ZeroDivisionError: division by zero",
        "note: code cell 3 of nb.ipynb failed: NameError: name 'nope' is not defined",
        "note: code cell 6 of nb.ipynb failed: SyntaxError: invalid decimal literal (line 2)",
    ]


def test_cells_out_of_order_are_told_what_stands_below_them(a_notebook, sfdag):
    path = a_notebook(SQL.format("load"), "print(ROWS)", "ROWS = 3", LOAD)
    code, said, aside = sfdag("validate", path, "--json")
    assert (code, json.loads(said)["graph"]) == (0, "notebook")
    assert aside.splitlines() == [
        "note: code cell 2 of nb.ipynb failed: NameError: name 'ROWS' is not defined; "
        "code cell 3 gives it, below",
        "note: 1 task of nb.ipynb went into graph notebook, which nobody named: the cell that "
        "names graph g stands below; move it up",
    ]


def test_a_cell_with_the_tag_is_not_run(a_notebook, sfdag):
    path = a_notebook(LOAD, SQL.format("load"), (SQL.format("other"), ["sfdag-skip"]))
    assert tasks(sfdag("validate", path, "--json")[1]) == ["load"]


def test_a_task_that_is_wrong_stops_it(a_notebook, sfdag):
    path = a_notebook(LOAD, "%%sftask --aftr x\ndef load(): ...")
    code, _, aside = sfdag("validate", path)
    assert (code, "--aftr" in aside, "next: " in aside) == (2, True, True)
    assert "(code cell 2 of nb.ipynb)" in aside


def test_each_cell_that_is_wrong_is_named(a_notebook, sfdag):
    late = "%%sftask --timeout banana\ndef late(): ..."
    path = a_notebook(f"{LOAD} 1x", late, "%%sftask --aftr late\ndef load(): ...")
    code, _, aside = sfdag("validate", path)
    first, *lines = aside.splitlines()
    assert (code, first) == (2, "sfdag: 3 cells of nb.ipynb are wrong")
    said = [line for line in lines if line.startswith("  ") and "(code cell " in line]
    wrong = [("", 1, "1x"), ("late: ", 2, "banana"), ("load: ", 3, "--aftr")]
    for line, (task, number, what) in zip(said, wrong, strict=True):
        assert line.startswith(f"  {task}")
        assert line.endswith(f"(code cell {number} of nb.ipynb)")
        assert what in line


def test_all_that_is_wrong_is_told_at_once(a_notebook, sfdag):
    path = a_notebook(
        f"{LOAD}\nheld = (n for n in ())\nalso = (n for n in ())",
        "%%sftask --aftr x\ndef load(): ...",
        "%%sftask\ndef uses(load, rows=load): ...",
        "%%sftask --after load\ndef below(load: int):\n    return held, also",
        "%%sftask --after nope --packages no-such-xq\ndef far():\n    return held",
        "%%sftask odd --sql\nselct 1",
        "%%sftask --branch\ndef which(): return 'arm'",
        "%%sftask arm --sql --after which --aftr x\nselect 1",
        "%%sftask --branch\ndef alone(): ...",
    )
    code, said, aside = sfdag("validate", path, "--json")
    told = json.loads(said)
    jsonschema.validate(told, DOCUMENTS["validate"], jsonschema.Draft202012Validator)
    assert (code, "sfdag: graph 'g' has 10 problems" in aside) == (2, True)
    found = [(each["task"], each["message"]) for each in told["problems"]]
    for task, words in (
        ("below", "'held'"), ("below", "'also'"), ("far", "--after 'nope'"), ("far", "'held'"),
        ("far", "no package 'no-such-xq'"), ("odd", "'selct'"), ("load", "--aftr"),
        ("uses", "NameError"), ("arm", "--aftr"), ("alone", "there are none"),
    ):  # fmt: skip
        assert [1 for name, message in found if name == task and words in message] == [1]
    # Another verb is told of the cells, and its document is the error.
    code, said, aside = sfdag("run", path, "--json")
    told = json.loads(said)
    described = json.loads(sfdag("help", "run", "--json")[1])
    jsonschema.validate(told, described["prints_on_error"], jsonschema.Draft202012Validator)
    assert (code, told["error"]["exit_code"]) == (2, 2)
    assert [each["task"] for each in told["error"]["problems"]] == ["load", "uses", "arm"]


def test_a_target_that_is_not_there_is_told_before_the_cells_run(a_notebook, sfdag, tmp_path):
    ran = tmp_path / "ran"
    (tmp_path / "sfdag.toml").write_text("[target.dev]\n", "utf-8")
    path = a_notebook(LOAD, f"open({str(ran)!r}, 'w').close()", "%%sftask\ndef load(): ...")
    code, _, aside = sfdag("plan", path, "-t", "nope")
    assert (code, "there is no target 'nope'; known: embedded, dev" in aside) == (2, True)
    assert not ran.exists()
    # A cell may choose another that no file describes.
    path = a_notebook(LOAD, f"%sfdag target --local {tmp_path}", "%%sftask\ndef load(): ...")
    assert sfdag("validate", path, "-t", "local")[0] == 0


def test_an_error_is_a_document_with_what_is_typed_in_this_shell(a_notebook, sfdag):
    path = a_notebook(LOAD, "%%sftask\ndef load(): ...", name='it\'s "so".ipynb')
    code, said, aside = sfdag("export", path, "--as", "sqk", "--json")
    (error,) = json.loads(said).values()
    assert (code, error["kind"], "%sfdag" in said) == (2, "InputError", False)
    assert error["hint"] == f"sfdag export {shlex.quote(str(path))} --as sql"
    assert error["message"] in aside


def test_all_wrong_options_of_a_cell_are_told_and_the_graph_keeps_its_name(a_notebook, sfdag):
    path = a_notebook(
        LOAD,
        '%sfdag graph bad --schedule "99 5 * * * UTC"',
        "%%sftask\ndef load(): ...",
        "%%sftask --after laod --timeot 20m --backoff soon\ndef a(): ...",
        "%%sftask --after a,load --timeot 20m\ndef b(): ...",
    )
    code, _, aside = sfdag("validate", path)
    assert (code, "sfdag: graph 'bad' has 4 problems" in aside) == (2, True)
    for said in ("--timeot", "'soon' is no duration", "a: --after 'laod'", "did you mean 'load'"):
        assert said in aside
    assert "--after 'a'" not in aside


def test_all_wrong_tasks_of_a_python_file_are_told(tmp_path, sfdag):
    path = tmp_path / "f.py"
    path.write_text(
        "from sfdag_magics import sftask\nheld = (n for n in ())\n"
        "@sftask(timeout='1 x')\ndef a(): ...\n@sftask(aftr=['a'])\ndef b(): ...\n"
        "@sftask\ndef c(a): return held\nsftask.map(c, name='each', over=[])\n"
    )
    code, _, aside = sfdag("validate", path)
    assert (code, "sfdag: graph 'notebook' has 4 problems" in aside) == (2, True)
    assert all(f"(f.py, line {number})" in aside for number in (3, 5, 7))
    assert sfdag("run", path)[2].startswith("sfdag: 3 tasks of f.py are wrong")
    validates = "from sfdag_magics import open_target\nopen_target().validate('notebook')\n"
    path.write_text(f"{path.read_text()}{validates}")
    assert sfdag("validate", path)[2].count("aftr") == 1
    path.write_text(f"{path.read_text().removesuffix(validates)}1 / 0\n")
    code, _, aside = sfdag("validate", path)
    assert (code, "ZeroDivisionError" in aside, "aftr" in aside) == (2, True, True)


def test_a_python_file_is_read_by_its_graphs(tmp_path, sfdag):
    path = tmp_path / "nightly.py"
    path.write_text(
        "from sfdag_magics import GraphOptions, TaskGraph, sftask, sql_task\n\n"
        "graph = TaskGraph('nightly', GraphOptions(schedule='1 day'))\n"
        "graph.add(sql_task('clean', 'select 1'))\n\n"
        "@sftask(graph=graph)\ndef load():\n    return 1\n"
    )
    assert tasks(sfdag("validate", path, "--json")[1]) == ["clean", "load"]


def test_a_python_file_is_read_by_its_decorators(tmp_path, sfdag):
    path = tmp_path / "nightly.py"
    path.write_text(
        "from sfdag_magics import sftask\n\n"
        "@sftask(graph='nightly')\ndef load():\n    return 1\n\n"
        "if __name__ == '__main__':\n    1 / 0\n"
    )
    code, said, _ = sfdag("validate", path, "--json")
    assert (code, json.loads(said)["graph"], tasks(said)) == (0, "nightly", ["load"])


def test_one_file_after_another_knows_its_own_graphs_alone(a_notebook, sfdag):
    first, second = (
        a_notebook(LOAD, SQL.format("load")),
        a_notebook("%sfdag graph h", SQL.format("other"), name="second.ipynb"),
    )
    assert tasks(sfdag("validate", first, "--json")[1]) == ["load"]
    assert tasks(sfdag("validate", second, "--json")[1]) == ["other"]


def test_what_cells_of_one_file_did_is_nothing_that_happened_to_the_next_ones(a_notebook):
    before = remembered_texts()
    with read_file(a_notebook(LOAD, "def go(all): return all", "%%sftask\ndef a(): return 1")):
        assert len(remembered_texts()) >= len(before) + 3
    assert remembered_texts() == before


WRONG = {
    "no file": (["validate", "nope.ipynb"], "there is no file nope.ipynb"),
    "no verb": (["validat", "nb.ipynb"], "did you mean validate?"),
    "a verb of notebooks": (["session"], "a verb of notebooks"),
    "no graph": (["status"], "status of which graph?"),
    "two files": (["run", "a.ipynb", "b.ipynb"], "takes one file"),
    "a report of what runs nothing": (
        ["plan", "a.ipynb", "--junit", "f.xml"],
        "plan has no --junit",
    ),
    "a report nowhere": (["run", "a.ipynb", "--junit"], "--junit needs a file"),
    "a report in no folder": (
        ["run", "a.ipynb", "--junit", "no such/r.xml"],
        "there is no folder no such\n  next: mkdir -p 'no such', then",
    ),
    "an option there is not": (["run", "a.ipynb", "--wat"], "did you mean --wait?"),
    "a graph twice": (["run", "a.ipynb", "-g", "a", "--graph=b"], "given twice"),
    "a report that cannot be written": (
        ["run", "a.ipynb", "--junit", f"{'r' * 300}.xml"],
        ".xml cannot be written: ",
    ),
    "an export into no folder": (
        ["export", "a.ipynb", "--to", "no such/a.py"],
        "--to no such/a.py: there is no folder no such",
    ),
    "a trace that cannot be written": (
        ["trace", "a.ipynb", f"--to={'r' * 300}.jsonl"],
        ".jsonl cannot be written: ",
    ),
    "a word too many": (["run", "a.ipynb", "everything"], "'everything' is one word too many"),
    "a report that is a folder": (["run", "a.ipynb", "--junit=/"], "--junit / is a folder"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_typed_wrongly_is_named(case, sfdag):
    words, said = WRONG[case]
    code, _, aside = sfdag(*words)
    assert (code, said in aside, "next: " in aside) == (2, True, True)


FILES = {
    "no notebook": ("nb.ipynb", "{", "cannot be read as a notebook: it is no JSON: "),
    "no task": ("f.py", "x = 1\n", "describes no task"),
    "a file that raises": ("f.py", "1 / 0\n", "f.py could not be read: ZeroDivisionError"),
    "two graphs": (
        "f.py",
        "from sfdag_magics import sftask\n"
        "@sftask(graph='a')\ndef f(): ...\n@sftask(graph='b')\ndef g(): ...\n",
        "has 2 graphs: a, b",
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_does_not_do_is_named(case, tmp_path, sfdag):
    name, text, said = FILES[case]
    path = tmp_path / name
    path.write_text(text)
    code, _, aside = sfdag("validate", path)
    assert (code, said in aside, "next: " in aside) == (2, True, True)


def test_each_problem_of_a_graph_is_named_with_its_way_out(tmp_path, sfdag):
    path = tmp_path / "p.py"
    path.write_text(
        "from sfdag_magics import sftask\n"
        "@sftask(graph='p', after=['zz'])\ndef a() -> int: return 1\n"
        "@sftask(graph='p')\ndef b(q) -> int: return 1\n"
    )
    code, _, aside = sfdag("validate", path)
    first, *named, last = aside.splitlines()
    assert (code, first) == (2, "sfdag: graph 'p' has 2 problems")
    assert any(line.startswith("  a: ") and "zz" in line for line in named)
    assert any(line.startswith("  b: ") and "q" in line for line in named)
    assert last.startswith("  next: correct what is named")


@pytest.mark.parametrize("verb", ["export", "import", "run"])
def test_the_help_of_each_verb_is_of_what_a_shell_types(verb, sfdag):
    code, said, _ = sfdag(verb, "no such.ipynb", "-h")
    assert (code, said.startswith(f"usage: sfdag {verb} "), "%sfdag" in said) == (0, True, False)


def test_what_is_no_file_of_ours_is_named(tmp_path, sfdag):
    (tmp_path / "graph.txt").write_text("x")
    code, _, aside = sfdag("run", tmp_path / "graph.txt")
    assert (code, "graph.txt is neither a notebook nor a Python file" in aside) == (2, True)
