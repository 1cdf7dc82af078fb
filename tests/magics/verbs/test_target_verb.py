"""`target`: where the verbs act, chosen from what is there."""

from dataclasses import replace

import pytest

from sfdag_magics.client.connecting.targets import read_targets
from sfdag_magics.errors import InputError
from tests.magics.scenes import two_tasks


def test_targets_are_listed_and_chosen(notebook):
    said = notebook.run("%sfdag target")
    assert "→ embedded  embedded engine" in said
    assert "prod  connection company · production" in said
    assert "→ prod" in notebook.run("%sfdag target use prod")
    assert "→ prod" in notebook.run("%sfdag target")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("-c compny", r"no connection 'compny'; did you mean company\?"),
        ("--local nowhere/data", "there is no .*nowhere"),
        ("--local notes.txt", "notes.txt is no directory"),
    ],
)
def test_what_is_not_there_is_no_target_and_the_old_one_stays(
    notebook, monkeypatch, tmp_path, typed, message
):
    monkeypatch.setenv("SNOWFLAKE_CONNECTIONS", "[company]\nuser = 'me'\n")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("notes", "utf-8")
    with pytest.raises(InputError, match=message):
        notebook.run(f"%sfdag target {typed}")
    assert "→ embedded" in notebook.run("%sfdag target")


def test_what_is_there_is_a_target(notebook, monkeypatch, tmp_path):
    monkeypatch.setenv("SNOWFLAKE_CONNECTIONS", "[company]\nuser = 'me'\n")
    monkeypatch.chdir(tmp_path)
    assert "→ company  connection company" in notebook.run("%sfdag target -c company")
    assert "→ local  embedded engine · new" in notebook.run("%sfdag target --local new")


def test_an_open_session_can_be_a_target(notebook):
    notebook.names["mine"] = notebook.fake
    assert "→ mine" in notebook.run("%sfdag target mine")
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    assert notebook.fake.tasks
    notebook.run("%unload_ext sfdag_magics")


def test_a_target_that_the_file_has_no_longer_is_not_offered(notebook, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    described = "[target.dev]\n[target.old]\n"
    (tmp_path / "sfdag.toml").write_text(described, "utf-8")
    places = notebook.magics.desk.workspace.places
    monkeypatch.setattr(places, "_openers", replace(places._openers, targets=read_targets))
    notebook.run("%sfdag target use old")
    notebook.run("%sfdag target use dev")
    (tmp_path / "sfdag.toml").write_text("[target.dev]\n", "utf-8")

    assert "old" not in notebook.run("%sfdag target")
    with pytest.raises(InputError, match="no target 'old'"):
        notebook.run("%sfdag target use old")
