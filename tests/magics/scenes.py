"""Where tests of the verbs begin: a graph, a failed run, a kernel anew, somebody who answers."""

import builtins

import pytest

from sfdag_magics.errors import RunFailedError
from sfdag_magics.magics import extension
from sfdag_magics.workspace.registry import Registry


def person(monkeypatch, *answers):
    """Somebody who answers questions; the questions asked are returned."""
    monkeypatch.setenv("SFDAG_INTERACTIVE", "1")
    asked, left = [], list(answers)

    def answer(question=""):
        asked.append(question)
        return left.pop(0)

    monkeypatch.setattr(builtins, "input", answer)
    return asked


def two_tasks(notebook):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask a --sql\nselect 1\n")
    notebook.run("%%sftask b --sql --after a\nselect 2\n")


def two_python_tasks(notebook, result=1):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask\ndef a(): return 1\n")
    notebook.run(f"%%sftask --after a\ndef b(): return {result}\n")


def failed_run(notebook):
    two_tasks(notebook)
    notebook.fake.failing = {"G$B"}
    with pytest.raises(RunFailedError):
        notebook.run("%sfdag run")
    notebook.fake.failing = set()


def restarted(notebook):
    """The kernel begins anew: nothing is registered; what is deployed stays."""
    desk = notebook.magics.desk
    openers = desk.workspace._openers
    notebook.magics = extension.load(notebook.shell, openers=openers, registry=Registry())
