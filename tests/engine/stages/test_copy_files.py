"""COPY FILES between stages, and the files of model versions."""

from __future__ import annotations

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.models.model_files import VersionFiles
from sfdag_magics.engine.stages.stage_store import StageLocation
from tests.engine.stage_room import StageRoom


@pytest.fixture
def s(room: StageRoom) -> StageRoom:
    room.run("CREATE STAGE s")
    for name in ("d/1.csv", "d/e/2.csv", "3.txt"):
        room.put(f"@s/{name}", name)
    return room


def test_paths_are_kept_below_the_source(s: StageRoom):
    assert s.rows("COPY FILES INTO '@~/to/' FROM '@s/d/'") == [("1.csv",), ("e/2.csv",)]
    assert s.names("@~") == ["to/1.csv", "to/e/2.csv"]
    assert s.content("@~/to/e/2.csv") == b"d/e/2.csv"


def test_files_and_pattern(s: StageRoom):
    assert s.rows("COPY FILES INTO @~/a FROM @s FILES = ('3.txt')") == [("3.txt",)]
    assert s.rows("COPY FILES INTO @~/b FROM @s PATTERN = '.*csv' DETAILED_OUTPUT = FALSE") == [
        (2,)
    ]


def test_from_a_query(s: StageRoom):
    text = (
        "COPY FILES INTO @~ FROM (SELECT '@s/d/1.csv', 'new.csv' UNION ALL SELECT '@s/3.txt', NULL)"
    )
    assert sorted(s.rows(text)) == [("3.txt",), ("new.csv",)]
    assert s.content("@~/new.csv") == b"d/1.csv"
    with pytest.raises(SqlError, match="was not found"):
        s.run("COPY FILES INTO @~ FROM (SELECT '@s/nothing')")


def test_a_new_name_stays_in_its_stage(s: StageRoom):
    with pytest.raises(SqlError, match="does not stay inside its stage"):
        s.run("COPY FILES INTO @~ FROM (SELECT '@s/3.txt', '../../x')")


def test_the_files_of_a_model_version_are_copies(s: StageRoom):
    files = VersionFiles(s.store)
    files.copied("@s/d", s.session, "v1")
    s.run("DROP STAGE s")
    files.duplicated("v1", "v2")
    files.removed(("v1",))
    kept = s.store.files(StageLocation(stage_id="model-v2"))
    assert [file.name for file in kept] == ["1.csv", "e/2.csv"]
    assert s.store.files(StageLocation(stage_id="model-v1")) == ()


def test_a_model_without_files_is_an_error(s: StageRoom):
    with pytest.raises(SqlError, match="No files of a model are at"):
        VersionFiles(s.store).copied("'@s/nothing'", s.session, "v1")
