"""`bundle`: what travels with a task, before anything is sent."""

import json

from sfdag_magics.client.code.shipping import packages_of


def a_graph(notebook):
    notebook.run("%sfdag graph g")
    notebook.run(
        "import math\nimport numpy as np\nLIMIT = 3\ndef helper(x):\n    return np.sum(x)\n"
    )
    notebook.run("%%sftask\ndef a(session):\n    return helper(math.pi) + LIMIT\n")
    notebook.run("%%sftask\ndef b(session, a: float):\n    return LOCK\n")
    notebook.run("%%sftask c --sql\nselect 1\n")


def test_each_name_is_shown_with_how_it_travels(notebook):
    a_graph(notebook)
    said = notebook.run("%sfdag bundle a").splitlines()
    said = said[next(n for n, line in enumerate(said) if line.startswith("a takes 5 things, ")) :]
    shown = {line.split()[0]: line.split()[1] for line in said[1:6]}
    assert shown == {
        "math": "import",
        "np": "import",
        "LIMIT": "literal",
        "helper": "source",
        "a": "source",
    }
    assert said[6] == "  packages: numpy"
    assert notebook.fake.statements == []


def test_what_cannot_travel_is_shown_and_not_loud(notebook):
    a_graph(notebook)
    said = notebook.run("%sfdag bundle")
    assert (
        "  problem: uses 'LOCK', which the notebook does not define\n"
        "    run the cell that defines it, or import it inside the function\n"
    ) in said
    assert "\nb takes 1 thing, " in said


def test_what_stops_a_deploy_otherwise_is_shown_as_well(notebook):
    notebook.run("%%sftask\ndef a() -> range:\n    return range(3)")
    said = notebook.run("%sfdag bundle a")
    assert "  problem: says that it returns range: " in said
    assert "\n    return list(…)\n" in said
    (task,) = json.loads(notebook.run("%sfdag bundle --json"))
    assert [each.partition(":")[0] for each in task["problems"]] == ["says that it returns range"]


def test_as_a_document(notebook):
    a_graph(notebook)
    first, second = json.loads(notebook.run("%sfdag bundle --json"))
    assert (first["task"], first["packages"]) == ("a", list(packages_of(("numpy",))))
    assert {item["name"] for item in first["taken"]} == {"math", "np", "helper", "LIMIT", "a"}
    assert second["problems"] == ["uses 'LOCK', which the notebook does not define"]


def test_a_graph_of_sql_alone_has_nothing_that_travels(notebook):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask c --sql\nselect 1\n")
    said = notebook.run("%sfdag bundle")
    assert "graph g has no Python task here, so nothing travels\n" in said


def test_a_run_says_in_a_line_what_travels_with_each_task_that_changed(
    notebook, tmp_path, monkeypatch
):
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "features_beside.py").write_text("def scaled(x): return x\n# " + "x" * 2000)
    notebook.run("RATE = 2")
    notebook.run("class Model:\n    pass\n")
    notebook.run("%%sftask\ndef a():\n    return 1\n")
    notebook.run(
        "%%sftask --after a\ndef half(x): return x\n"
        "def b():\n    from features_beside import scaled\n    return half(scaled(RATE)), Model\n"
    )
    said = notebook.run("%sfdag run")
    assert "\n  code: a: 1 function, 21 bytes\n" in said
    assert "\n  code: b: 2 functions, 1 class, 1 value, module features_beside.py, 2." in said
    notebook.run("%%sftask\ndef a():\n    return 2\n")
    assert [line for line in notebook.run("%sfdag plan").splitlines() if "code: " in line] == [
        "  code: a: 1 function, 21 bytes"
    ]
    notebook.run("%sfdag run")
    notebook.run("%%sftask --when true\ndef a():\n    return 2\n")
    said = notebook.run("%sfdag plan")
    assert ("~ a  changed" in said, "code: " in said) == (True, False)
