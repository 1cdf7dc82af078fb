"""`retry`: what runs again, with which code, and what it does not ship unasked."""

import pytest

from sfdag_magics.errors import InputError, RunFailedError
from tests.magics.scenes import failed_run, two_tasks


def test_a_retry_says_what_runs_and_keeps_what_succeeded(notebook):
    failed_run(notebook)
    said = notebook.run("%sfdag retry --preview")
    assert "runs: b · reused: a" in said
    assert notebook.fake.graphs[-1]["ATTEMPT_NUMBER"] == 1
    said = notebook.run("run = %sfdag retry")
    assert "✓ a  reused" in said
    assert "✓ b  succeeded · attempt 2" in said
    assert notebook.names["run"].attempt == 2


def test_what_a_task_is_said_to_have_returned_is_shown_before_it_goes_on(notebook):
    failed_run(notebook)
    said = notebook.run("%sfdag retry --mark-done b=0.7 --because 'sent by mail' --preview")
    assert "b done, and returned 0.7, noted with the run: " in said


def test_a_preview_says_what_is_skipped_below_a_skipped_task(notebook):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask c --sql --after b\nselect 3\n")
    failed_run(notebook)
    said = notebook.run("%sfdag retry --skip b --because 'no mail' --preview")
    assert "reused: a · stays skipped: b, c" in said
    assert "runs: " not in said


def test_a_retry_ships_edited_code_and_alters_no_task(notebook):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask\ndef a(): return 1\n")
    notebook.run("%%sftask --after a\ndef b(): return 1 / 0\n")
    notebook.fake.failing = {"G$B"}
    with pytest.raises(RunFailedError):
        notebook.run("%sfdag run")
    notebook.fake.failing = set()
    notebook.run("%%sftask --after a\ndef b(): return 2\n")
    notebook.fake.statements.clear()
    said = notebook.run("%sfdag retry")
    read = [text for text in notebook.fake.statements if text.startswith("SHOW TASKS")]
    assert len(read) == 2  # to find the run, and to plan
    assert "with edited code: b" in said
    assert "new code: b" in said
    changed = [
        text
        for text in notebook.fake.statements
        if not text.startswith(("SHOW", "LIST", "SELECT", "PUT", "REMOVE", "CREATE STAGE"))
    ]
    assert [text.split("(")[0] for text in changed] == [
        "CREATE OR REPLACE PROCEDURE DB.S.G$RUN",
        "EXECUTE TASK DB.S.G RETRY LAST",
    ]


@pytest.mark.slow
def test_a_retry_by_a_call_ships_no_code_to_production_unasked(notebook):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask\ndef a(): return 1 / 0\n")
    notebook.run("%sfdag deploy -t prod --production prod")
    notebook.fake.failing = {"G$A"}
    with pytest.raises(RunFailedError):
        notebook.run("%sfdag run -t prod --production prod")
    notebook.run("%%sftask\ndef a(): return 1\n")
    run = notebook.magics.desk.workspace.runs.find(notebook.graph, target="prod")
    notebook.fake.statements.clear()
    with pytest.raises(InputError, match="is production: nobody agreed"):
        run.retry()
    assert all(text.startswith(("SHOW", "LIST", "SELECT")) for text in notebook.fake.statements)


def test_a_retry_with_nothing_failed_says_so_and_ends_well(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag run")
    said = notebook.run("%sfdag retry")
    assert "nothing failed in run group-1 of g: nothing to retry" in said
    assert notebook.fake.graphs[-1]["ATTEMPT_NUMBER"] == 1


def test_a_retry_with_edited_sql_deploys_it_and_goes_on_in_a_bridge(notebook):
    failed_run(notebook)
    notebook.run("%%sftask b --sql --after a\nselect 22\n")
    said = notebook.run("%sfdag retry --preview")
    assert "runs: b · reused: a" in said
    assert "by a bridge, a run of its own: b changed here in more than code" in said
    assert notebook.fake.tasks["G$B"]["statement"].body == "select 2"
    said = notebook.run("run = %sfdag retry")
    assert "✓ a  reused" in said
    assert "✓ b  succeeded" in said
    assert notebook.fake.tasks["G$B"]["statement"].body == "select 22"
    assert not [name for name in notebook.fake.tasks if "BRIDGE" in name]
    assert "continues run" in notebook.run("%sfdag status")


def test_on_an_account_an_edit_of_sql_is_deployed_by_a_person_first(notebook):
    failed_run(notebook)
    notebook.fake.is_embedded, notebook.fake.warehouse = False, "WH"
    notebook.run("%%sftask b --sql --after a\nselect 22\n")
    said = r"runs b as it was .* \(b: body: select 2 → select 22\)"
    with pytest.raises(InputError, match=said) as no:
        notebook.run("run = %sfdag retry --preview")
    assert "%sfdag deploy, then %sfdag retry group-1 goes on with the edit" in no.value.hint
    notebook.run("%sfdag deploy --yes")
    assert "by a bridge" in notebook.run("run = %sfdag retry")
    assert notebook.names["run"].state == "SUCCEEDED"


def test_of_a_task_that_was_forgotten_the_refusal_says_so(notebook):
    failed_run(notebook)
    notebook.run("%sfdag forget b")
    with pytest.raises(InputError, match=r"it was changed here \(b: forgotten\)") as raised:
        notebook.run("%sfdag retry --preview")
    assert "--code deployed runs what is deployed" in raised.value.hint


def test_a_task_that_is_gone_since_is_no_success_of_the_retry(notebook):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask c --sql --after a\nselect 3\n")
    failed_run(notebook)
    notebook.run("%sfdag forget b")
    notebook.run("%sfdag deploy --yes")
    with pytest.raises(InputError, match="b did not succeed in run group-1 of g, and it is gone"):
        notebook.run("%sfdag retry")
    notebook.run("%%sftask d --sql --after c\nselect 4\n")
    notebook.run("%sfdag deploy --yes")
    said = notebook.run("%sfdag retry")
    assert "b did not succeed, nor will in this run: it is gone from the graph" in said
    assert "as deployed" not in said


def test_what_the_service_would_refuse_after_a_deploy_of_other_options_a_bridge_does(notebook):
    failed_run(notebook)
    notebook.run("%%sftask b --sql --after a --timeout 5m\nselect 2\n")
    notebook.run("%sfdag deploy --yes")
    said = notebook.run("%sfdag retry --preview")
    assert "by a bridge, a run of its own: the graph was changed since the run began" in said
    assert notebook.fake.graphs[-1]["ATTEMPT_NUMBER"] == 1
