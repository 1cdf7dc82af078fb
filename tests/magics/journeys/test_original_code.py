"""A retry with the code that the run began with, while other code is deployed."""

import pytest

from sfdag_magics.errors import RunFailedError

pytestmark = pytest.mark.slow

LOAD = "%%sftask\ndef load(*, bad: bool = True) -> str:\n    return 'loaded by {}'\n"
LAST = (
    "%%sftask\ndef last(load: str, ctx, *, bad: bool = True) -> str:\n"
    "    if bad:\n        raise ValueError('bad')\n"
    "    return f'{{load}}, ended by {} in {{ctx.get_current_task_short_name()}}'\n"
)


def test_the_run_goes_on_with_its_own_code_and_what_is_deployed_stays(notebook):
    notebook.run("%sfdag graph anew")
    notebook.run(LOAD.format("one"))
    notebook.run(LAST.format("one"))
    with pytest.raises(RunFailedError):
        notebook.run("%sfdag run")
    notebook.run(LAST.format("two"))
    notebook.run("%sfdag deploy --yes")
    said = notebook.run("again = %sfdag retry --code original --set bad=false")
    assert "by a bridge, a run of its own" in said
    value = notebook.names["again"].tasks["last"].return_value
    assert value == "loaded by one, ended by one in LAST"
    assert "last ran earlier code" in notebook.run("%sfdag status")
    backend = notebook.magics.desk.workspace.places.backend()
    assert backend.rows("SHOW PROCEDURES LIKE 'ANEW_SFDAG_BRIDGE$RUN'") == []
    ran = "".join(line.text for line in notebook.names["again"].ran_lines("last"))
    assert "ended by one" in ran
    # Without it, the same is continued with what is deployed.
    notebook.run("%sfdag run --set bad=false")
    assert "ended by two in LAST" in notebook.run("%sfdag runs --last 1")


def test_where_the_same_code_is_deployed_the_service_continues_the_run(notebook):
    notebook.run("%sfdag graph same")
    notebook.run(LOAD.format("one"))
    notebook.run(LAST.format("one"))
    with pytest.raises(RunFailedError):
        notebook.run("%sfdag run")
    said = notebook.run("%sfdag retry --code original --preview")
    assert "by the service's own retry, as attempt 2" in said
