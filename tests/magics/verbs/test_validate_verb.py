"""`validate`: all problems at once, before anything is sent."""

from dataclasses import replace

import pytest

from sfdag_magics.errors import BackendError, GraphError, InputError, SfdagError
from tests.magics.scenes import restarted, two_tasks


def test_validate_names_all_problems_at_once(notebook):
    notebook.run("%%sftask a --sql --after c\nselect 1\n")
    notebook.run("%%sftask b --sql --after aa\nselect 1\n")
    with pytest.raises(GraphError) as raised:
        notebook.run("%sfdag validate")
    assert "--after 'c'" in str(raised.value)
    assert "did you mean 'a'?" in str(raised.value)
    assert notebook.fake.statements == []


def test_validate_finds_what_cannot_be_shipped(notebook):
    notebook.run("import sys\nkept = sys._getframe()")
    notebook.run("%%sftask\ndef a():\n    kept.clear()\n")
    with pytest.raises(InputError, match="kept"):
        notebook.run("%sfdag validate")


def test_a_global_that_changed_since_the_cell_ran_is_noted_and_strictly_wrong(notebook):
    notebook.run("rate = 1")
    notebook.run("%%sftask\ndef a():\n    return rate\n")
    notebook.run("rate = 2")
    assert "rate" in notebook.run("%sfdag validate")
    with pytest.raises(GraphError, match="rate"):
        notebook.run("%sfdag validate --strict")


def test_a_doctor_tells_what_a_deploy_lacks_and_is_loud_where_that_is_in_force(notebook):
    two_tasks(notebook)
    lacks = "GRANT EXECUTE TASK ON ACCOUNT TO ROLE DS;  -- an ACCOUNTADMIN"
    said = notebook.run("%sfdag doctor")
    assert "role DS lacks privileges on 3 objects, which an account would ask for" in said
    assert lacks in said
    notebook.fake.is_embedded, notebook.fake.warehouse = False, "WH"
    with pytest.raises(BackendError, match="a deploy would be refused: ") as raised:
        notebook.run("%sfdag doctor -t prod")
    assert lacks in raised.value.message
    assert raised.value.hint == "once that is there, %sfdag doctor -t prod once more"
    assert notebook.fake.tasks == {}
    notebook.fake.role, notebook.fake.is_embedded = "ACCOUNTADMIN", True
    assert "role ACCOUNTADMIN lacks no privilege" in notebook.run("%sfdag doctor")


def test_a_schema_that_the_role_may_not_use_is_looked_at_from_outside(notebook):
    notebook.run("%sfdag graph g")
    notebook.fake.is_embedded, notebook.fake.namespace = False, ("DB", None)
    prod = notebook.magics.desk.workspace.places.targets.known["prod"]
    notebook.magics.desk.workspace.places.targets.known["prod"] = replace(
        prod, database="DB", schema="ML", warehouse="WH"
    )
    with pytest.raises(BackendError) as raised:
        notebook.run("%sfdag doctor -t prod")
    makes = "CREATE TASK, CREATE PROCEDURE, CREATE STAGE ON SCHEMA"
    assert f"GRANT USAGE, {makes} DB.ML" in str(raised.value)

    # A session that is in the schema, whose role may not look at what is there.
    notebook.fake.namespace = ("DB", "S")
    hidden = BackendError("Insufficient privileges to operate on schema 'S'", code=3001)
    notebook.fake.refuse = {"SHOW TASKS": hidden}
    with pytest.raises(BackendError) as raised:
        notebook.run("%sfdag doctor -t prod")
    assert f"GRANT USAGE, {makes} DB.S" in str(raised.value)
    makes = [(f"CREATE {each}", "SCHEMA", "DB.S") for each in ("TASK", "PROCEDURE", "STAGE")]
    account = [("EXECUTE TASK", "ACCOUNT", "XY"), ("USAGE", "WAREHOUSE", "WH")]
    notebook.fake.grants = {"ROLE DS": [*makes, *account, ("USAGE", "DATABASE", "DB")]}
    with pytest.raises(BackendError, match="Insufficient privileges"):
        notebook.run("%sfdag doctor -t prod")


def test_a_stream_is_noted_where_it_is_not_there_yet(notebook):
    two_tasks(notebook)
    notebook.run("%%sftask c --sql --when SYSTEM$STREAM_HAS_DATA('S')\nselect 3\n")
    for target in ("embedded", "prod"):
        assert "nothing wrong" in notebook.run(f"%sfdag validate -t {target}")
        plan = notebook.run(f"plan = %sfdag plan -t {target}")
        assert "+ c  new" in plan
        assert "note: c: the stream DB.S.S is not there" in plan
    notebook.fake.streams = ["S"]
    assert "stream" not in notebook.run("plan = %sfdag plan -t prod")
    notebook.run("%%sftask c --sql --when SYSTEM$STREAM_HAS_DATA('')\nselect 3\n")
    assert "'' is no name of a stream" in notebook.run("plan = %sfdag plan -t prod")


def test_an_integration_that_is_to_tell_of_failures_is_noted_where_it_is_not_there(notebook):
    notebook.run("%sfdag graph g --notify ops")
    two_tasks(notebook)
    for line in ("plan = %sfdag plan -t prod", "%sfdag validate -t prod"):
        said = notebook.run(line)
        assert "there is no notification integration OPS" in said
        assert "CREATE NOTIFICATION INTEGRATION OPS TYPE = EMAIL" in said
    notebook.fake.integrations = ["OPS"]
    assert "integration" not in notebook.run("plan = %sfdag plan -t prod")


def test_validate_names_the_cells_that_were_not_run(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")
    restarted(notebook)
    notebook.run("%sfdag graph g")
    notebook.run("%sfdag target use prod")
    notebook.run("plan = %sfdag plan")
    notebook.run("%%sftask b --sql --after a\nselect 2\n")
    said = notebook.run("%sfdag validate")
    assert "deployed, and their cells were not run here: a" in said


@pytest.mark.parametrize(
    ("cell", "place"),
    [
        ("%%sftask b --sql --after a\n\nselect from where\n", "Cell [3] b, line 3"),
        ("%%sftask b --finalizer --sql\nselect 1,\n  count(*\n", "Cell [3] b, line 3"),
        ("%%sftask b --sql --when \\\n  true\nselec 1\n", "Cell [3] b, line 3"),
        ("%%sftask b --sql\nbegin\n  delete from where x = 1;\nend\n", "Cell [3] b, line 3"),
    ],
)
def test_validate_names_cell_and_line_of_what_is_no_sql(notebook, cell, place):
    notebook.run("%sfdag graph g")
    notebook.run("%%sftask a --sql\nselect 1\n")
    notebook.run(cell)
    with pytest.raises(GraphError) as raised:
        notebook.run("%sfdag validate")
    assert place in str(raised.value)
    assert notebook.fake.statements == []


@pytest.mark.parametrize("verb", ["plan", "deploy --yes", "run"])
def test_what_the_target_cannot_read_is_told_before_anything_is_sent(notebook, verb):
    two_tasks(notebook)
    message = "SQL compilation error:\nsyntax error line 1 at position 9 unexpected '2'."
    notebook.fake.refuse = {"EXPLAIN select 2": BackendError(message, code=1003)}
    with pytest.raises(GraphError) as raised:
        notebook.run(f"%sfdag {verb}")
    said = "b: fake · DB.S cannot read its SQL: unexpected '2' (Cell [3] b, line 2)"
    assert said in str(raised.value)
    assert (notebook.fake.tasks, notebook.fake.uploads) == ({}, [])


def test_validate_says_whose_sql_nobody_has_read_yet(notebook):
    two_tasks(notebook)
    said = notebook.run("%sfdag validate")
    assert "embedded is not open and did not read the SQL of a, b: %sfdag plan shows it" in said
    notebook.run("%sfdag target use prod")
    notebook.run("plan = %sfdag plan")
    assert "is not open" not in notebook.run("%sfdag validate --strict")


@pytest.mark.parametrize("verb", ["validate", "plan", "deploy --yes", "run"])
@pytest.mark.parametrize(
    ("cell", "lack"),
    [
        ("%%sftask b --packages nosuchpkg\ndef b(): return 1\n", "has no package 'nosuchpkg'"),
        ("%%sftask b --packages numpy==99.0\ndef b(): return 1\n", "has no numpy==99.0 but numpy"),
    ],
)
def test_a_package_that_is_not_there_is_told_before_anything_is_sent(notebook, verb, cell, lack):
    notebook.run(cell)
    with pytest.raises(GraphError) as raised:
        notebook.run(f"%sfdag {verb}")
    said = str(raised.value)
    assert (lack in said, "b: " in said, "(Cell [1] b)" in said) == (True, True, True)
    assert (notebook.fake.tasks, notebook.fake.uploads) == ({}, [])


@pytest.mark.parametrize(
    ("packages", "is_told"), [("", True), ("--packages numpy", True), ("--packages nosuch", False)]
)
def test_a_module_that_nobody_has_is_told_unless_a_package_may_bring_it(
    notebook, packages, is_told
):
    notebook.run(f"%%sftask b {packages}\ndef b():\n    import nosuchmodule\n")
    with pytest.raises(SfdagError) as raised:
        notebook.run("%sfdag validate")
    assert ("imports 'nosuchmodule' (Cell [1] b, line 2), which" in str(raised.value)) is is_told


def test_a_target_that_does_not_say_which_packages_it_has_is_noted(notebook):
    notebook.run("%%sftask\ndef a(): return 1\n")
    notebook.fake.refuse = {"INFORMATION_SCHEMA.PACKAGES": BackendError("no warehouse")}
    assert "note: fake · DB.S does not say which packages it has: no warehouse" in notebook.run(
        "%sfdag plan"
    )


def test_a_deploy_refused_for_a_package_names_task_and_cell(notebook):
    notebook.run("%%sftask a --packages numpy\ndef a(): return 1\n")
    refusal = BackendError("Cannot create a Python function: Packages not found: NumPy==2.4")
    notebook.fake.refuse = {"CREATE OR REPLACE PROCEDURE": refusal}
    with pytest.raises(BackendError, match=r"numpy is needed by a \(Cell \[1\] a\)"):
        notebook.run("%sfdag deploy --yes")


def test_what_is_deployed_already_is_not_asked_for_again(notebook):
    notebook.run("%%sftask\ndef a(): return 1\n")
    notebook.run("%sfdag run")
    notebook.run("%%sftask\ndef a(): return 2\n")
    notebook.fake.statements.clear()
    notebook.run("%sfdag run")
    assert not [s for s in notebook.fake.statements if "PACKAGE_NAME" in s]


ENUM = "import enum\nMode = enum.Enum('Mode', {'FAST': 'fast', 'SLOW': 'slow'})"
TAKES_A_MODE = "%%sftask\ndef a(*, mode: Mode) -> str:\n    return mode.name\n"


@pytest.mark.parametrize(
    ("configured", "cells", "told"),
    [
        ('--config \'{"mode": "slwo"}\'', [ENUM, TAKES_A_MODE], "mode"),
        ("", ["%%sftask a --sql\nselect 'AKIAIOSFODNN7EXAMPLE'\n"], "looks like a secret"),
    ],
)
@pytest.mark.parametrize("verb", ["validate", "plan"])
def test_without_an_engine_types_and_secrets_are_checked_as_with_one(
    notebook, verb, configured, cells, told
):
    notebook.run(f"%sfdag graph g {configured}")
    for cell in cells:
        notebook.run(cell)
    with pytest.raises(GraphError, match=told):
        notebook.run(f"%sfdag {verb}")
    assert notebook.fake.tasks == {}
