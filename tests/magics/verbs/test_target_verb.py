"""`target`: where the verbs act, chosen from what is there."""

import json
from dataclasses import replace

import jsonschema
import pytest

from sfdag_magics.client.connecting.targets import read_targets
from sfdag_magics.errors import InputError
from sfdag_magics.magics.showing.schemas import DOCUMENTS
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


def test_a_file_that_turns_the_target_in_a_running_kernel_is_told_once(
    notebook, monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    places = notebook.magics.desk.workspace.places
    monkeypatch.setattr(places, "_openers", replace(places._openers, targets=read_targets))
    assert "verbs mean" not in notebook.run("%sfdag target")
    (tmp_path / "sfdag.toml").write_text('default = "dev"\n[target.dev]\n', "utf-8")
    said = "verbs mean target dev from now on and no longer embedded"
    assert notebook.run("%sfdag target").startswith(said)
    assert "verbs mean" not in notebook.run("%sfdag target")
    # What a person chooses is no news to them.
    notebook.run("%sfdag target use embedded")
    assert "verbs mean" not in notebook.run("%sfdag target")


def test_a_target_of_ones_own_is_chosen_and_deployed_to(notebook, monkeypatch):
    monkeypatch.setenv("SFDAG_USER", "ada")
    two_tasks(notebook)
    opened = []
    places = notebook.magics.desk.workspace.places
    opens = places._openers.target
    openers = replace(places._openers, target=lambda to: opened.append(to) or opens(to))
    monkeypatch.setattr(places, "_openers", openers)
    notebook.run("%sfdag deploy --mine --yes")
    assert [(to.name, to.schema) for to in opened] == [("embedded-mine", "PUBLIC_ADA")]
    assert "→ embedded " in notebook.run("%sfdag target")
    assert "→ embedded-mine " in notebook.run("%sfdag target embedded --mine")
    assert "→ embedded-mine " in notebook.run("%sfdag target")
    notebook.run("%%sftask c --sql\nselect 3\n")
    with pytest.raises(InputError, match="prod-mine"):
        notebook.run("%sfdag deploy -t prod --mine --yes")


def test_a_session_that_was_brought_has_no_schema_of_ones_own(notebook):
    notebook.names["mine"] = notebook.fake
    notebook.run("%sfdag target mine")
    with pytest.raises(InputError, match="a session that was opened elsewhere"):
        notebook.run("%sfdag plan --mine")


def test_a_setting_is_explained_and_no_target_chosen_by_that(notebook):
    said = notebook.run("%sfdag target prod --explain production")
    assert said.splitlines()[0] == "production = True on prod"
    assert "→ embedded" in notebook.run("%sfdag target")
    told = json.loads(notebook.run("%sfdag target --explain stage --json"))
    jsonschema.validate(told, DOCUMENTS["target"], jsonschema.Draft202012Validator)
    assert (told["target"], told["value"]) == ("embedded", "SFDAG_CODE")
    with pytest.raises(InputError) as raised:
        notebook.run("%sfdag target --explain stage -t prod")
    assert raised.value.hint == "%sfdag target --explain stage prod"
    assert "on prod" in notebook.run(raised.value.hint)


def test_without_an_active_session_that_is_said(notebook):
    with pytest.raises(InputError, match="there is no active session"):
        notebook.run("%sfdag target use active")
