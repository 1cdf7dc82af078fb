"""What differs from what was deployed, asked with every change of a run."""

from dataclasses import replace

from sfdag_magics.workspace import shipped_tasks
from tests.render.builders import run, shape


def test_what_is_the_same_is_compared_once(notebook, monkeypatch):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask\ndef a(): return 1\n")
    notebook.run("%%sftask --after a\ndef b(): return 1\n")
    notebook.run("%sfdag deploy --yes")
    workspace = notebook.magics.desk.workspace
    graph = workspace.there.graph("g")
    made, statement = [], shipped_tasks.task_statement
    monkeypatch.setattr(
        shipped_tasks, "task_statement", lambda *each: made.append(1) or statement(*each)
    )

    def said():
        shipped = workspace.shipped
        return shipped.not_shipped(graph), shipped.altered(graph), shipped.edited_in_graph(graph)

    assert [said(), said()] == [((), (), ())] * 2
    assert made == []  # the same tasks as were deployed
    notebook.run("%%sftask\ndef b(): return 2\n")
    assert [said(), said()] == [(("b",), ("b",), ())] * 2
    assert len(made) == 4  # two graphs of two tasks, once
    notebook.run("%%sftask --after a\ndef b(): return 1\n")
    assert said() == ((), (), ())
    # Of a run that began with the code of then, it is known when other code is deployed since.
    left = workspace.places.place(None).left["G"]
    noted = {name: code[:12] for name, code in (("a", left.code["A"]), ("b", left.code["B"]))}
    began = replace(run(shape("a -> b", name="g"), a="succeeded", b="failed"), code=noted)
    assert workspace.shipped.changed_since(graph, began) == ()
    notebook.run("%%sftask --after a\ndef b(): return 3\n")
    notebook.run("%sfdag deploy --yes")
    assert workspace.shipped.changed_since(graph, began) == ("b",)
