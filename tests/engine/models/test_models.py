"""The registry's statements, as `snowflake.ml.registry` sends them."""

from __future__ import annotations

import itertools
import json

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.models.model_files import VersionFiles
from sfdag_magics.engine.models.models import Models
from tests.engine.stage_room import emptied, stage_room


@pytest.fixture(scope="module")
def lasting_registry(tmp_path_factory):
    """The engine of all tests here."""
    ids = (f"v{number}" for number in itertools.count())
    with stage_room(
        tmp_path_factory.mktemp("models"),
        lambda store: [Models(VersionFiles(store), lambda: next(ids)).feature()],
    ) as room:
        yield room


@pytest.fixture
def registry(lasting_registry):
    """A session with a stage that holds one uploaded model."""
    with emptied(lasting_registry) as room:
        room.run("CREATE STAGE S")
        room.put("@S/model/MANIFEST.yml", "runtimes: {}\nmethods: []\n")
        yield room


def test_a_model_is_created_from_a_stage_and_keeps_files_of_its_own(registry):
    registry.records("CREATE MODEL M WITH VERSION V1 FROM @SFDAG.PUBLIC.S/model")
    registry.records("DROP STAGE S")
    listed = registry.names("'snow://model/SFDAG.PUBLIC.M/versions/V1/'")
    assert listed == ["versions/V1/MANIFEST.yml"]
    (model,) = registry.records("SHOW MODELS LIKE 'M' IN SCHEMA SFDAG.PUBLIC")
    assert (model["name"], model["default_version_name"]) == ("M", "V1")
    assert json.loads(model["versions"]) == ["V1"]


def test_versions_are_added_listed_and_one_is_the_default(registry):
    registry.records("CREATE MODEL M WITH VERSION V1 FROM @S/model")
    registry.records("ALTER MODEL M ADD VERSION V2 FROM @S/model")
    registry.records("ALTER MODEL M SET DEFAULT_VERSION = V2")
    shown = registry.records("SHOW VERSIONS IN MODEL M")
    assert [(row["name"], row["is_default_version"]) for row in shown] == [
        ("V1", "false"),
        ("V2", "true"),
    ]


def test_metrics_are_kept_in_the_metadata_as_they_were_written(registry):
    registry.records("CREATE MODEL M WITH VERSION V1 FROM @S/model")
    metadata = {"metrics": {"f1": 0.75}, "snowpark_ml_schema_version": "2024-02-01"}
    registry.records(f"ALTER MODEL M MODIFY VERSION V1 SET METADATA=$${json.dumps(metadata)}$$")
    (version,) = registry.records("SHOW VERSIONS LIKE 'V1' IN MODEL SFDAG.PUBLIC.M")
    assert json.loads(version["metadata"]) == metadata


def test_metadata_that_is_no_json_object_changes_nothing(registry):
    registry.records("CREATE MODEL M WITH VERSION V1 FROM @S/model")
    with pytest.raises(SqlError, match="must be a JSON object"):
        registry.records("ALTER MODEL M MODIFY VERSION V1 SET METADATA='[1]'")
    assert registry.records("SHOW VERSIONS IN MODEL M")[0]["metadata"] == "{}"


def test_a_version_is_found_by_its_alias(registry):
    registry.records("CREATE MODEL M WITH VERSION V1 FROM @S/model")
    registry.records("ALTER MODEL M ADD VERSION V2 FROM @S/model")
    registry.records("ALTER MODEL M VERSION V1 SET ALIAS = GOLDEN")
    registry.records("ALTER MODEL M SET DEFAULT_VERSION = GOLDEN")
    aliases = {
        row["name"]: json.loads(row["aliases"])
        for row in registry.records("SHOW VERSIONS IN MODEL M")
    }
    assert aliases == {"V1": ["DEFAULT", "FIRST", "GOLDEN"], "V2": ["LAST"]}


def test_the_default_version_cannot_be_dropped_and_another_can(registry):
    registry.records("CREATE MODEL M WITH VERSION V1 FROM @S/model")
    registry.records("ALTER MODEL M ADD VERSION V2 FROM MODEL M VERSION V1")
    with pytest.raises(SqlError, match="it is the default"):
        registry.records("ALTER MODEL M DROP VERSION V1")
    registry.records("ALTER MODEL M DROP VERSION V2")
    assert [row["name"] for row in registry.records("SHOW VERSIONS IN MODEL M")] == ["V1"]


def test_dropping_a_model_takes_its_files_along(registry):
    registry.records("CREATE MODEL M WITH VERSION V1 FROM @S/model")
    assert len(list(registry.directory.rglob("MANIFEST.yml"))) == 2
    registry.records("DROP MODEL M")
    assert registry.records("SHOW MODELS") == []
    assert len(list(registry.directory.rglob("MANIFEST.yml"))) == 1  # the stage's own


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("CREATE MODEL M WITH VERSION V1 FROM @NOWHERE/model", "NOWHERE"),
        ("CREATE MODEL M WITH VERSION V1 FROM @S/empty", "No files of a model"),
        ("CREATE MODEL M WITH LIVE VERSION V1", "not supported by the embedded engine"),
        ("SHOW VERSIONS IN MODEL UNKNOWN", "'SFDAG.PUBLIC.UNKNOWN' does not exist"),
        ("DROP MODEL UNKNOWN", "'SFDAG.PUBLIC.UNKNOWN' does not exist"),
    ],
)
def test_what_cannot_be_done_names_it(registry, statement, message):
    with pytest.raises(SqlError, match=message):
        registry.records(statement)


def test_versions_show_the_specification_the_client_wrote(registry):
    registry.put("@S/model/model/model.yaml", "name: M\ntask: TABULAR_REGRESSION\n")
    registry.records("CREATE MODEL M WITH VERSION V1 FROM @S/model")
    (version,) = registry.records("SHOW VERSIONS IN MODEL M")
    assert version["model_spec"] == "name: M\ntask: TABULAR_REGRESSION\n"
    assert json.loads(version["model_attributes"]) == {"task": "TABULAR_REGRESSION"}


def test_a_models_files_go_with_its_schema(registry):
    registry.records("CREATE SCHEMA X")
    registry.records("CREATE MODEL SFDAG.X.M WITH VERSION V1 FROM @SFDAG.PUBLIC.S/model")
    assert list((registry.directory / "stages").glob("model-*")) != []
    registry.records("DROP SCHEMA SFDAG.X")
    assert list((registry.directory / "stages").glob("model-*")) == []


def test_showing_models_leaves_a_transaction_open(registry):
    registry.records("CREATE MODEL M WITH VERSION V1 FROM @S/model")
    registry.run("CREATE TABLE T (A INT)")
    registry.run("BEGIN")
    registry.run("INSERT INTO T VALUES (1)")
    assert registry.records("SHOW FUNCTIONS IN MODEL M VERSION V1") == []
    assert len(registry.records("SHOW MODELS") + registry.records("SHOW VERSIONS IN MODEL M")) == 2
    registry.run("ROLLBACK")
    assert registry.records("SELECT * FROM T") == []
