"""Long lines are shown so that words stay whole, to a person on a page, and to nobody else."""

from __future__ import annotations

import json

import pytest

from sfdag_magics.magics.kernel import notebook as module
from sfdag_magics.magics.kernel.notebook import Notebook
from sfdag_magics.magics.kernel.whole_words import as_shown
from tests.magics.scenes import two_tasks

LONG = "note: <b> & what a person reads, " * 4
SHORT = "deployed a, b"


@pytest.fixture
def page(notebook, monkeypatch):
    """A person watches the notebook on a page."""
    monkeypatch.setenv("SFDAG_INTERACTIVE", "1")
    monkeypatch.setattr(Notebook, "_request", lambda self: {"content": {"allow_stdin": True}})
    return notebook


@pytest.fixture
def displayed(monkeypatch):
    """What was displayed, by its forms."""
    found = []
    monkeypatch.setattr(module, "display", lambda data, raw: found.append(data))
    return found


def test_a_line_that_may_be_broken_says_where_it_may(page, displayed, capsys):
    capsys.readouterr()
    page.magics.desk.notebook.say(LONG)
    assert capsys.readouterr().out == ""
    assert [data["text/plain"] for data in displayed] == [LONG]
    assert "word-break:normal" in displayed[0]["text/html"]
    assert "&lt;b&gt; &amp; what" in displayed[0]["text/html"]


@pytest.mark.parametrize("text", [SHORT, "one\ntwo", ""])
def test_what_fits_is_printed(page, displayed, capsys, text):
    capsys.readouterr()
    page.magics.desk.notebook.say(text)
    assert (displayed, capsys.readouterr().out) == ([], f"{text}\n")
    assert as_shown(text) == {"text/plain": text}


def test_what_programs_read_is_printed_whoever_watches(page, displayed):
    two_tasks(page)
    page.run(f"%sfdag graph --comment '{LONG}'")
    assert len(displayed) == 1
    assert json.loads(page.run("%sfdag graph --json"))["graph"] == "g"
    assert len(displayed) == 1


@pytest.mark.parametrize("attended", ["0", "1"])
def test_where_there_is_no_page_all_is_printed(notebook, displayed, monkeypatch, capsys, attended):
    monkeypatch.setenv("SFDAG_INTERACTIVE", attended)
    if attended == "0":  # a page, and nobody there: what is printed may be read by a program
        monkeypatch.setattr(Notebook, "_request", lambda self: {"content": {}})
    capsys.readouterr()
    notebook.magics.desk.notebook.say(LONG)
    assert (displayed, capsys.readouterr().out) == ([], f"{LONG}\n")
