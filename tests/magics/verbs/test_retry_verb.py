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


def test_a_retry_says_at_once_that_it_cannot_apply_an_edit_of_sql_and_what_can(notebook):
    two_tasks(notebook)
    notebook.fake.failing = {"G$B"}
    with pytest.raises(RunFailedError):
        notebook.run("run = %sfdag run")
    notebook.run("%%sftask b --sql --after a\nselect 22\n")
    with pytest.raises(
        InputError, match=r"runs b as it was .* \(b: body: select 2 → select 22\)"
    ) as no:
        notebook.run("run = %sfdag retry")
    assert "%sfdag run deploys the edit" in no.value.hint
    assert "retry of run" not in notebook.output
    with pytest.raises(InputError, match="runs b as it was"):
        notebook.run("run = %sfdag retry --preview")
    assert notebook.fake.tasks["G$B"]["statement"].body == "select 2"
    notebook.fake.failing = set()
    assert "with edited code" not in notebook.run("run = %sfdag retry --code original")
    notebook.run("%sfdag run")
    assert notebook.fake.tasks["G$B"]["statement"].body == "select 22"


def test_of_a_task_that_was_forgotten_the_refusal_says_so(notebook):
    failed_run(notebook)
    notebook.run("%sfdag forget b")
    with pytest.raises(InputError, match=r"it was changed here \(b: forgotten\)") as raised:
        notebook.run("%sfdag retry --preview")
    assert "--code original runs what is deployed" in raised.value.hint


def test_a_preview_refuses_what_the_service_would_after_a_deploy_of_other_options(notebook):
    failed_run(notebook)
    notebook.run("%%sftask b --sql --after a --timeout 5m\nselect 2\n")
    notebook.run("%sfdag deploy --yes")
    with pytest.raises(InputError, match=r"changed since it began \(tasks or options\)"):
        notebook.run("%sfdag retry --preview")
    assert notebook.fake.graphs[-1]["ATTEMPT_NUMBER"] == 1
