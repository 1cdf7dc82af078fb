"""CREATE, ALTER, DROP, SHOW, DESCRIBE STAGE; LIST and REMOVE; when a stage's files go."""

from __future__ import annotations

from pathlib import Path

import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.stages.orphans import remove_orphans
from tests.engine.stage_room import StageRoom, stage_room


def directories(room: StageRoom) -> list[str]:
    paths = (room.directory / "stages").iterdir()
    return [path.name for path in paths if not path.name.startswith(".")]


def test_a_stage_is_listed_with_its_lower_case_name(room: StageRoom):
    room.run("CREATE STAGE my_stage")
    room.put("@my_stage/a/x.csv", "hello")
    [file] = room.records("LIST @my_stage")
    assert file["name"] == "my_stage/a/x.csv"
    assert file["size"] == 5
    assert file["md5"] == "5d41402abc4b2a76b9719d911017c592"
    assert file["last_modified"].endswith(" GMT")


@pytest.fixture
def losing_room(room: StageRoom, monkeypatch) -> StageRoom:
    """Whose stage `s` loses `a`, one of two files, whenever somebody has just looked."""
    room.run("CREATE STAGE s")
    for name in "ab":
        room.put(f"@s/{name}", "x")
    files = room.store.files

    def removed_meanwhile(location):
        found = files(location)
        found[0].path.unlink(missing_ok=True)
        return found

    monkeypatch.setattr(room.store, "files", removed_meanwhile)
    return room


def test_what_another_removes_meanwhile_is_not_listed(losing_room: StageRoom):
    assert losing_room.names("@s") == ["s/b"]


@pytest.mark.parametrize(
    "statement",
    [
        "COPY INTO t FROM @s",
        "COPY INTO t FROM @s ON_ERROR = CONTINUE FORCE = TRUE",
        "COPY INTO t FROM (SELECT $1 FROM @s)",
        "COPY INTO t FROM @s FILES = ('a')",
        "COPY FILES INTO @other FROM @s",
        "SELECT $1 FROM @s",
        "SELECT $1 FROM @s (FILE_FORMAT => 'j')",
        "SELECT $1 FROM @s (FILE_FORMAT => 'p')",
        "INSERT INTO t SELECT $1 FROM @s",
        "SELECT * FROM TABLE(INFER_SCHEMA(LOCATION => '@s', FILE_FORMAT => 'j'))",
    ],
)
def test_what_reads_a_file_that_another_removes_meanwhile_names_it(
    losing_room: StageRoom, statement: str
):
    losing_room.run("CREATE TABLE t (a TEXT)")
    losing_room.run("CREATE STAGE other")
    losing_room.run("CREATE FILE FORMAT j TYPE = JSON")
    losing_room.run("CREATE FILE FORMAT p TYPE = PARQUET")
    with pytest.raises(SqlError, match=r"Remote file '(s/)?a' was not found") as raised:
        losing_room.run(statement)
    assert raised.value.code == 91016
    assert losing_room.rows("SELECT * FROM t") == []


def test_user_and_table_stages_need_no_statement(room: StageRoom):
    room.run("CREATE TABLE t (a INT)")
    room.put("@~/x.csv", "1")
    room.put("@%t/y.csv", "1")
    assert room.names("@~") == ["x.csv"]
    assert room.names("@sfdag.public.%t") == ["y.csv"]
    with pytest.raises(SqlError, match="does not exist"):
        room.run("LIST @%nowhere")


def test_a_quoted_stage_keeps_its_case(room: StageRoom):
    room.run('CREATE STAGE "My Stage"')
    room.run("CREATE STAGE my_stage")
    room.put('@"My Stage"/x', "1")
    assert room.names("""'@"My Stage"'""") == ["My Stage/x"]
    assert room.names("@my_stage") == []


def test_list_and_remove_take_a_prefix_and_a_pattern(room: StageRoom):
    room.run("CREATE STAGE s")
    for name in ("a/1.csv", "a/2.json", "ab.csv"):
        room.put(f"@s/{name}", "x")
    assert room.names("@s/a PATTERN = '.*[.]csv'") == ["s/a/1.csv", "s/ab.csv"]
    assert room.rows("REMOVE @s/a/ PATTERN = '.*[.]csv'") == [("s/a/1.csv", "removed")]
    assert room.names("@s") == ["s/a/2.json", "s/ab.csv"]


def test_a_pattern_that_is_no_regular_expression_is_an_error(room: StageRoom):
    with pytest.raises(SqlError, match="Invalid regular expression"):
        room.run("LIST @~ PATTERN = '('")


def test_creating_what_is_there(room: StageRoom):
    room.run("CREATE STAGE s")
    room.put("@s/x", "1")
    with pytest.raises(SqlError, match="already exists"):
        room.run("CREATE STAGE s")
    room.run("CREATE STAGE IF NOT EXISTS s")
    assert room.names("@s") == ["s/x"]
    room.run("CREATE OR REPLACE STAGE s")
    assert room.names("@s") == []
    assert directories(room) == []


def test_altering_what_is_there_leaves_its_files_and_what_is_not_is_made(room: StageRoom):
    for comment in ("first", "second"):
        room.run(f"CREATE OR ALTER STAGE s DIRECTORY = (ENABLE = TRUE) COMMENT = '{comment}'")
        room.put(f"@s/{comment}", "1")
    [shown] = room.records("SHOW STAGES")
    assert (shown["comment"], shown["directory_enabled"]) == ("second", "Y")
    assert room.names("@s") == ["s/first", "s/second"]
    room.run("CREATE OR ALTER STAGE s")
    [shown] = room.records("SHOW STAGES")
    assert (shown["comment"], shown["directory_enabled"]) == ("", "N")


def test_a_dropped_stage_takes_its_files_along(room: StageRoom):
    room.run("CREATE STAGE s")
    room.put("@s/x", "1")
    room.run("DROP STAGE s")
    assert directories(room) == []
    room.run("DROP STAGE IF EXISTS s")
    with pytest.raises(SqlError, match=r"Stage 'SFDAG\.PUBLIC\.S' does not exist"):
        room.run("DROP STAGE s")


@pytest.mark.parametrize("dropped", ["SCHEMA", "DATABASE"])
def test_stages_go_with_their_schema_and_database(room: StageRoom, dropped: str):
    room.run("CREATE DATABASE d")
    room.run("CREATE SCHEMA d.x")
    room.run("CREATE STAGE d.x.s")
    room.run("CREATE STAGE sfdag.public.kept")
    room.put("@d.x.s/f", "1")
    room.put("@sfdag.public.kept/f", "1")
    room.run("DROP SCHEMA d.x" if dropped == "SCHEMA" else "DROP DATABASE d")
    assert len(directories(room)) == 1
    assert room.names("@sfdag.public.kept") == ["kept/f"]


def test_a_temporary_stage_is_its_sessions_own_and_goes_with_it(room: StageRoom):
    room.run("CREATE STAGE s")
    room.put("@s/permanent", "1")
    room.run("CREATE TEMPORARY STAGE s")
    room.put("@s/temporary", "1")
    other = room.open_session()
    assert room.names("@s") == ["s/temporary"]
    assert other.execute("LIST @s").rows.column(0).to_pylist() == ["s/permanent"]
    assert len(directories(room)) == 2
    room.session.close()
    assert len(directories(room)) == 1
    assert other.execute("LIST @s").rows.column(0).to_pylist() == ["s/permanent"]
    other.close()


def test_stages_and_files_outlive_the_engine(tmp_path: Path):
    with stage_room(tmp_path) as room:
        room.run("CREATE STAGE s COMMENT = 'kept'")
        room.put("@s/x", "1")
    with stage_room(tmp_path) as room:
        assert room.names("@s") == ["s/x"]
        assert room.records("SHOW STAGES")[0]["comment"] == "kept"


def test_files_of_temporary_stages_do_not_outlive_a_killed_engine(tmp_path: Path):
    with stage_room(tmp_path) as room:
        room.run("CREATE STAGE s")
        for location in ("@s/x", "@~/x"):
            room.put(location, "1")
        (tmp_path / "stages" / "left-by-a-kill").mkdir()
    with stage_room(tmp_path) as room:
        remove_orphans(room.store, room.session)
        assert (room.names("@s"), room.names("@~")) == (["s/x"], ["x"])
        assert len(directories(room)) == 2


def test_show_and_describe(room: StageRoom):
    room.run("CREATE TEMP STAGE t1 FILE_FORMAT = (TYPE = JSON) DIRECTORY = (ENABLE = TRUE)")
    room.run("CREATE STAGE s1")
    shown = room.records("SHOW STAGES LIKE '%1' IN SCHEMA sfdag.public")
    assert [(row["name"], row["type"], row["directory_enabled"]) for row in shown] == [
        ("S1", "INTERNAL", "N"),
        ("T1", "INTERNAL TEMPORARY", "Y"),
    ]
    described = {
        (row["parent_property"], row["property"]): row["property_value"]
        for row in room.records("DESCRIBE STAGE t1")
    }
    assert described["STAGE_FILE_FORMAT", "TYPE"] == "JSON"
    assert described["STAGE_LOCATION", "URL"] == ""


def test_alter_stage(room: StageRoom):
    room.run("CREATE STAGE s")
    room.put("@s/x", "1")
    room.run("ALTER STAGE s SET COMMENT = 'c' FILE_FORMAT = (TYPE = PARQUET)")
    room.run("ALTER STAGE s RENAME TO r")
    room.run("ALTER STAGE IF EXISTS s REFRESH")
    assert room.names("@r") == ["r/x"]
    assert room.records("SHOW STAGES")[0]["comment"] == "c"


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("CREATE STAGE s URL = 's3://bucket'", "An external stage"),
        ("CREATE STAGE s STORAGE_INTEGRATION = i", "An external stage"),
        ("LIST 's3://bucket/x'", "The location s3"),
        ("LIST 'snow://dataset/d'", "The location snow"),
        ("CREATE FILE FORMAT f TYPE = AVRO", "The file format type AVRO"),
    ],
)
def test_what_is_not_here_is_refused_by_name(room: StageRoom, statement: str, named: str):
    with pytest.raises(SqlError, match=f"{named}.*not supported by the embedded engine"):
        room.run(statement)


@pytest.mark.parametrize(
    "location",
    ["@~/../../secret", "@~/a/../../../secret", "'@~/../%2e%2e/secret'", "'@~/a\\0b'"],
)
@pytest.mark.parametrize(
    "statement",
    ["LIST {}", "REMOVE {}", "GET {} file:///tmp/", "PUT file:///tmp/x {}", "SELECT $1 FROM {}"],
)
def test_no_statement_leaves_the_stage(room: StageRoom, location: str, statement: str):
    (room.directory / "secret").write_text("secret")
    with pytest.raises(SqlError, match="does not stay inside its stage"):
        room.run(statement.format(location))
    assert (room.directory / "secret").read_text() == "secret"
