"""`version`: which releases run here, and whether the engine is older than what is installed."""

import json
import re
import sys

import pytest

from sfdag_magics.client.connecting.releases import ServingEngine, installed_release
from sfdag_magics.client.connecting.targets import Target, Targets

RELEASE = installed_release()


def engine(notebook, **said):
    """An engine runs for the embedded target."""
    found = ServingEngine(**{"data": "", "process": 7, "release": RELEASE, **said})
    notebook.magics.desk.workspace.places._openers = Openers(found)


class Openers:
    """Of which only this is asked."""

    def __init__(self, found):
        self._found = found

    def engine_of(self, target):
        return self._found

    def targets(self, folder):
        return Targets(known={"embedded": Target(name="embedded")})


@pytest.mark.parametrize("typed", ["version", "--version", "-V"])
def test_the_releases_are_said(notebook, typed):
    first, second = notebook.run(f"%sfdag {typed}").splitlines()
    assert first == f"sfdag_magics {RELEASE} · Python {sys.version.split()[0]}"
    assert second == (
        "target embedded: no engine runs; one of this release starts with the first statement"
    )


def test_an_engine_that_runs_is_named(notebook):
    engine(notebook, is_older=False)
    said = notebook.run("%sfdag version")
    assert said.endswith(f"target embedded: engine {RELEASE}, process 7\n")


@pytest.mark.parametrize(
    ("data", "command"), [("", "sfdag local stop"), ("/a b", "sfdag local stop --data '/a b'")]
)
@pytest.mark.parametrize(
    ("release", "told"),
    [
        (RELEASE, "older than what"),
        ("0.0.9", "another release than"),
        ("9", "another release than"),
    ],
)
def test_another_engine_is_said_to_be_so_with_what_ends_it(notebook, release, told, data, command):
    engine(notebook, release=release, is_older=True, data=data)
    said = notebook.run("%sfdag version")
    assert f"engine {release}, process 7, {told} is installed here\n" in said
    assert re.search(rf"next: !{re.escape(command)};", said)


def test_a_target_elsewhere_is_not_asked(notebook):
    assert "target prod: connection company" in notebook.run("%sfdag version -t prod")
    assert notebook.fake.statements == []


def test_of_a_session_of_ones_own_no_engine_is_named(notebook):
    notebook.names["mine"] = notebook.fake
    notebook.run("%sfdag target use mine")
    assert "target mine: a session that was opened here" in notebook.run("%sfdag version")


def test_the_same_as_one_document(notebook):
    engine(notebook, is_older=True)
    said = json.loads(notebook.run("%sfdag version --json"))
    assert said["version"] == RELEASE
    assert said["engine"] == {"data": "", "process": 7, "release": RELEASE, "is_older": True}
