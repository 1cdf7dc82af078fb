"""File format objects: what they keep, what they refuse, and how they are described."""

from __future__ import annotations

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from tests.engine.stage_room import StageRoom


def test_a_format_is_used_by_name(room: StageRoom):
    room.run("CREATE FILE FORMAT semi TYPE = CSV FIELD_DELIMITER = ';' NULL_IF = ('-')")
    room.put("@~/x.csv", "1;-\n")
    assert room.rows("SELECT $1, $2 FROM @~/x.csv (FILE_FORMAT => semi)") == [("1", None)]
    assert room.rows("SELECT $1, $2 FROM @~/x.csv (FILE_FORMAT => 'sfdag.public.semi')") == [
        ("1", None)
    ]


def test_the_name_may_be_bound(room: StageRoom):
    room.run("CREATE SCOPED TEMPORARY FILE FORMAT identifier(?) TYPE=PARQUET COMPRESSION=auto", "f")
    assert [row["name"] for row in room.records("SHOW FILE FORMATS")] == ["F"]
    room.run("DROP FILE FORMAT IF EXISTS identifier(?)", "f")
    assert room.records("SHOW FILE FORMATS") == []


def test_describe_shows_what_differs_from_the_default(room: StageRoom):
    room.run("CREATE FILE FORMAT f SKIP_HEADER = 2 TRIM_SPACE = TRUE NULL_IF = ('a', 'b')")
    changed = {
        row["property"]: row["property_value"]
        for row in room.records("DESCRIBE FILE FORMAT f")
        if row["property_value"] != row["property_default"]
    }
    assert changed == {"SKIP_HEADER": "2", "TRIM_SPACE": "true", "NULL_IF": "[a, b]"}


def test_an_option_that_would_be_ignored_is_refused(room: StageRoom):
    with pytest.raises(SqlError, match=r"BINARY_FORMAT = BASE64 .* not supported"):
        room.run("CREATE FILE FORMAT f TYPE = CSV BINARY_FORMAT = BASE64")
    with pytest.raises(SqlError, match="invalid parameter 'STRIP_OUTER_ARRAY'"):
        room.run("CREATE FILE FORMAT f TYPE = CSV STRIP_OUTER_ARRAY = TRUE")


def test_an_option_that_is_no_number_is_named(room: StageRoom):
    with pytest.raises(SqlError, match=r"\[x\] for parameter 'SKIP_HEADER': a whole number"):
        room.run("CREATE FILE FORMAT f TYPE = CSV SKIP_HEADER = 'x'")


def test_a_format_that_is_not_there(room: StageRoom):
    for statement in (
        "DROP FILE FORMAT f",
        "DESCRIBE FILE FORMAT f",
        "SELECT $1 FROM @~ (FILE_FORMAT => f)",
    ):
        with pytest.raises(SqlError, match=r"File format 'SFDAG\.PUBLIC\.F' does not exist"):
            room.run(statement)


def test_creating_what_is_there(room: StageRoom):
    room.run("CREATE FILE FORMAT f TYPE = CSV")
    with pytest.raises(SqlError, match="already exists"):
        room.run("CREATE FILE FORMAT f TYPE = JSON")
    room.run("CREATE FILE FORMAT IF NOT EXISTS f TYPE = JSON")
    assert room.records("SHOW FILE FORMATS")[0]["type"] == "CSV"
    room.run("CREATE OR REPLACE FILE FORMAT f TYPE = JSON")
    assert room.records("SHOW FILE FORMATS")[0]["type"] == "JSON"
