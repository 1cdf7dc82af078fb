"""Names in double quotes arrive in the statements as they were typed."""

import pytest

from tests.magics.scenes import two_tasks


@pytest.mark.parametrize(
    ("typed", "stands"),
    [
        ("--warehouse ml", "WAREHOUSE = ML"),
        ("""--warehouse '"my wh"'""", 'WAREHOUSE = "my wh"'),
    ],
)
def test_a_warehouse_is_the_one_that_was_typed(notebook, typed, stands):
    two_tasks(notebook)
    notebook.run(f"%sfdag graph g {typed}")
    assert stands in notebook.run("%sfdag plan --sql")
    notebook.run(f"%%sftask c --sql {typed}\nselect 1\n")
    assert notebook.run("%sfdag plan --sql").count(stands) == 4


@pytest.mark.parametrize(
    ("typed", "stands"),
    [("@db.s.code", "DB.S.CODE"), ("""'"my stage"'""", 'DB.S."my stage"')],
)
def test_a_stage_is_the_one_that_was_typed(notebook, typed, stands):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask\ndef a(): return 1\n")
    notebook.run(f"%sfdag graph g --stage {typed}")
    assert f"STAGE IF NOT EXISTS {stands}" in notebook.run("%sfdag plan --sql")
