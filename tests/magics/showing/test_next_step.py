"""After a failure, what is advised changes its cause: a retry that keeps it is not advised."""

import pytest

from sfdag_magics.errors import RunFailedError
from tests.magics.scenes import restarted

TIME = "Statement reached its statement or warehouse timeout of {} second(s) and was canceled."
TRACEBACK = 'Traceback (most recent call last):\n  File "Cell [2] a", line 2, in a\n'
WAREHOUSE = "No active warehouse selected in the current session.  Select an active warehouse."
PYTHON, SQL = "\ndef a(*, k: int = 1): return k\n", " --sql\nselect 1\n"
FASTER = "; with faster code: %sfdag retry"
CORRECT = "correct the cell, run it, then "

#: `{what: (the graph's options, the cell, the error, whether it runs here, the advice)}`.
ADVISED = {
    "the task's own limit": (
        *("", f" --timeout 5s{PYTHON}", TIME.format(5), True),
        "more time: %%sftask … --timeout 10s, run the cell, then %sfdag run "
        f"(a retry keeps 5s){FASTER}",
    ),
    "of a SQL task, whose code a retry keeps": (
        *("", f" --timeout 20m{SQL}", TIME.format("1,200"), True),
        "more time: %%sftask … --timeout 40m, run the cell, then %sfdag run (a retry keeps 20m)",
    ),
    "in Snowflake, where a run deploys nothing": (
        *("", f" --timeout 5s{SQL}", f"000630 (57014): {TIME.format(5)}", False),
        "more time: %%sftask … --timeout 10s, run the cell, then %sfdag deploy · %sfdag run "
        "(a retry keeps 5s)",
    ),
    "a limit that nobody set": (
        *("", PYTHON, TIME.format(3600), True),
        "more time: %%sftask … --timeout 2h, run the cell, then %sfdag run "
        f"(a retry keeps 1h){FASTER}",
    ),
    "the graph's for each task": (
        *("--timeout 5s", PYTHON, TIME.format(5), True),
        f"more time: %sfdag graph g --timeout 10s, then %sfdag run (a retry keeps 5s){FASTER}",
    ),
    "a task's own beside the graph's": (
        *("--timeout 9s --graph-timeout 1h", f" --timeout 5s{SQL}", TIME.format(5), True),
        "more time: %%sftask … --timeout 10s, run the cell, then %sfdag run (a retry keeps 5s)",
    ),
    "the whole run's": (
        *("--graph-timeout 90s", SQL, TIME.format(90), True),
        "more time: %sfdag graph g --graph-timeout 3m, then %sfdag run (a retry keeps 90s)",
    ),
    "a limit that the code itself ran into": (
        *("", f" --timeout 5s{PYTHON}", f"{TRACEBACK}SnowparkSQLException: {TIME.format(5)}", True),
        f"{CORRECT}%sfdag retry",
    ),
    "no warehouse": (
        *("", PYTHON, f"{TRACEBACK}SnowparkSQLException: 000606 (57P03): {WAREHOUSE}", False),
        "name one: %%sftask … --warehouse ML, run the cell, then %sfdag deploy · %sfdag run",
    ),
    "anything else": (
        "",
        PYTHON,
        f"{TRACEBACK}ValueError: timeout",
        True,
        f"{CORRECT}%sfdag retry",
    ),
    "anything else in SQL": ("", SQL, "Division by zero", True, f"{CORRECT}%sfdag retry"),
}


@pytest.mark.parametrize("what", ADVISED)
def test_what_is_advised_changes_what_the_run_failed_of(notebook, what):
    options, cell, error, is_embedded, advice = ADVISED[what]
    notebook.fake.is_embedded, notebook.fake.warehouse = is_embedded, "ML"
    notebook.fake.failing, notebook.fake.error = {"G$A"}, error
    notebook.run(f"%sfdag graph g {options}")
    notebook.run(f"%%sftask a{cell}")
    notebook.run("%sfdag deploy --yes")
    with pytest.raises(RunFailedError) as raised:
        notebook.run("%sfdag run --wait")
    assert raised.value.hint == advice
    # Also in a kernel that knows no cell.
    restarted(notebook)
    notebook.run("%sfdag graph g")
    assert f"\n  next: {advice}\n" in " ".join(notebook.run("%sfdag why").split(" "))
