"""Where a setting of a target comes from, and targets of one's own."""

import pytest

from sfdag_magics.client.connecting.explained import explained
from sfdag_magics.client.connecting.targets import mine, read_targets
from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import GraphOptions, python_task, task_function

TOML = """\
default = "dev"
[target.dev]
database = "DEV"   # ours
config = { rows = 1 }
[target.prod]
connection = "company"
"warehouse" = "BIG"
schema = '"Night Jobs"'
[target.prod.config]
rows = 5000
"""
CONNECTIONS = "[company]\nuser = 'me'\npassword = 'canary'\nwarehouse = 'SMALL'\nrole = 'ANALYST'\n"


@pytest.fixture
def targets(tmp_path, monkeypatch):
    for variable in ("SFDAG_TARGET", "SFDAG_DATA", "SNOWFLAKE_CONNECTIONS"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("SFDAG_USER", "ada.lovelace@x")
    (tmp_path / "sfdag.toml").write_text(TOML, "utf-8")
    return read_targets(tmp_path)


def said(targets, key, name="dev", **more):
    found = explained(key, targets.named(name), targets, graph=GraphOptions(), **more)
    return [(each.value, each.source) for each in found.said]


def test_the_line_of_the_file_counts_before_what_is_built_in(targets):
    assert said(targets, "database") == [
        ("DEV", "sfdag.toml line 3, [target.dev]"),
        ("SFDAG", "the embedded engine's own"),
    ]
    assert [value for value, _ in said(targets, "connection")] == ["none: the embedded engine"]
    assert said(targets, "target", chosen="prod")[:2] == [
        ("prod", "what was chosen here"),
        ("dev", "sfdag.toml line 1"),
    ]


def test_a_connection_says_what_the_target_does_not_and_no_secret(targets, monkeypatch):
    monkeypatch.setenv("SNOWFLAKE_CONNECTIONS", CONNECTIONS)
    from_connection = "SNOWFLAKE_CONNECTIONS of the environment, [company]"
    assert said(targets, "warehouse", "prod") == [
        ("BIG", "sfdag.toml line 7, [target.prod]"),
        ("SMALL", from_connection),
    ]
    assert said(targets, "role", "prod") == [("ANALYST", from_connection)]
    with pytest.raises(InputError, match="'password' is no setting") as raised:
        said(targets, "password", "prod")
    assert "canary" not in str(raised.value)


def test_a_key_of_the_configuration_by_target_graph_and_task(targets):
    task = python_task(task_function("def load(session, *, rows: int = 10): ...\n", cell="c"))
    found = explained(
        "config.rows",
        targets.named("prod"),
        targets,
        graph=GraphOptions(config={"rows": 7}),
        tasks=[task],
    )
    assert [each.value for each in found.said] == [5000, 7, "10"]
    lines = str(found).splitlines()
    assert lines[:2] == [
        "config.rows = 5000 on prod",
        "  from sfdag.toml line 10, [target.prod.config]",
    ]
    assert lines[2].startswith("  over 7, from the graph's own configuration")
    assert said(targets, "rows") == [(1, "sfdag.toml, [target.dev.config]")]


def test_ones_own_target_has_a_schema_by_ones_name_and_all_else_of_the_shared_one(targets):
    own = targets.named("prod-mine")
    assert (own.schema, own.mine_of) == ('"Night Jobs_ADA_LOVELACE_X"', "prod")
    assert (own.connection, own.warehouse, own.config) == ("company", "BIG", {"rows": 5000})
    assert targets.named("embedded-mine").schema == "PUBLIC_ADA_LOVELACE_X"
    assert said(targets, "schema", "dev-mine")[0] == (
        "PUBLIC_ADA_LOVELACE_X",
        "--mine: a suffix by who you are (SFDAG_USER)",
    )


def test_who_has_no_name_is_told_what_to_set(targets, monkeypatch):
    monkeypatch.setenv("SFDAG_USER", "...")
    with pytest.raises(InputError, match="no name of letters and digits") as raised:
        mine(targets.named("dev"))
    assert "SFDAG_USER" in str(raised.value.hint)


def test_the_environment_names_the_default(targets, monkeypatch, tmp_path):
    monkeypatch.setenv("SFDAG_TARGET", "prod-mine")
    assert read_targets(tmp_path).default == "prod-mine"
    assert said(targets, "target")[0] == ("prod-mine", "SFDAG_TARGET of the environment")
    monkeypatch.setenv("SFDAG_TARGET", "prd")
    with pytest.raises(InputError, match="names the target 'prd', which is not there"):
        read_targets(tmp_path)


def test_lines_are_found_in_pyproject_too(tmp_path):
    text = "[tool.sfdag]\ndefault = 'd'\n\n[tool.sfdag.target.d]\nrole = 'R'\n"
    (tmp_path / "pyproject.toml").write_text(text, "utf-8")
    found = read_targets(tmp_path)
    assert said(found, "role", "d")[0] == ("R", "pyproject.toml line 5, [tool.sfdag.target.d]")
