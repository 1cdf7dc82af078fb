"""What differs from what was deployed, asked with every change of a run."""

from sfdag_magics.workspace import shipped_tasks


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
