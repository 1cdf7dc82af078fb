"""A plain IPython terminal: text where a page would draw, and no names of objects."""

import pytest
from IPython.terminal.interactiveshell import TerminalInteractiveShell
from traitlets.config import Config

from tests.magics.conftest import let_go


@pytest.fixture
def shell():
    config = Config()
    config.HistoryManager.enabled = False
    config.TerminalInteractiveShell.simple_prompt = True
    made = TerminalInteractiveShell(config=config)
    yield made
    let_go(made)


CELL = "%%sftask\ndef first() -> int:\n    return 1"


def test_the_graph_is_shown_as_text(notebook, monkeypatch):
    monkeypatch.setenv("SFDAG_INTERACTIVE", "1")
    notebook.run(CELL)
    shown = notebook.run("%sfdag show")
    assert "○ first" in shown
    assert "<IPython" not in shown
    assert "live view" not in shown


@pytest.mark.parametrize(
    ("typed", "state"),
    [
        ("%%sftask\n", "incomplete"),
        ("%%sftask train --after load\ndef train():\n", "incomplete"),
        ("%%sftask\ndef train():\n    return 1\n\n", "complete"),
        ("%sfdag run\n", "complete"),
    ],
)
def test_a_terminal_waits_for_the_cell_below_its_magic(notebook, typed, state):
    assert notebook.shell.input_transformer_manager.check_complete(typed)[0] == state
