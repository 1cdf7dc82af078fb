"""What a front end shows that has no live view, and what stays in the file."""

from __future__ import annotations

import pytest

from sfdag_magics.magics.showing import views
from tests.magics.scenes import two_tasks


@pytest.fixture
def outputs(monkeypatch):
    """What is displayed: `(data, its options)`."""
    shown = []
    monkeypatch.setattr(views, "display", lambda data, **options: shown.append((data, options)))
    return shown


@pytest.mark.parametrize("line", ["%sfdag run", "%sfdag show --static"])
def test_a_picture_has_a_plain_text_that_can_be_read(notebook, outputs, line):
    two_tasks(notebook)
    notebook.run("%sfdag run --no-wait")
    outputs.clear()
    notebook.run(line)
    ((data, options),) = outputs
    assert options["raw"] is True
    assert set(data) == {"text/html", "text/plain"}
    assert data["text/plain"].splitlines()[0].startswith("g: ")
    assert " a  " in data["text/plain"]
