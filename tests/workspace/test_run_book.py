"""What a view is told of its graph: asked again when something has changed, or after a while."""

from tests.magics.scenes import two_tasks


def test_where_nothing_has_changed_a_glance_asks_nobody(notebook, monkeypatch):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    notebook.run("%sfdag run")
    workspace, fake = notebook.magics.desk.workspace, notebook.fake
    graph, book = workspace.registry.current, workspace.runs
    monkeypatch.setattr(workspace.places, "is_there", lambda _target: True)
    now = [0.0]
    book._clock = lambda: now[0]

    def asked():
        before = len(fake.statements)
        book.glance(graph)
        return len(fake.statements) - before

    assert asked() > 0
    assert asked() > 0  # nobody tells of changes
    fake.stirred = b"1"
    assert asked() > 0
    assert asked() == 0
    fake.stirred = b"2"
    assert asked() > 0
    now[0] += 4
    assert asked() == 0
    now[0] += 2
    assert asked() > 0
