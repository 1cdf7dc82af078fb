"""SELECT from staged files: which `$n` is whose column, types, metadata, several sources."""

from __future__ import annotations

import json
import uuid

import pyarrow as pa
import pytest

from sfdag_magics.engine.borders.answers import SfType, SqlError
from tests.engine.stage_room import StageRoom


@pytest.fixture
def csv(room: StageRoom) -> StageRoom:
    room.run("CREATE STAGE s")
    room.put("@s/1.csv", "1,a\n2,b,more\n")
    return room


def test_columns_by_number(csv: StageRoom):
    assert csv.rows("SELECT $2, $1::INT FROM @s/1.csv ORDER BY 2 DESC") == [("b", 2), ("a", 1)]
    assert csv.rows("SELECT $3, $9 FROM @s ORDER BY $1") == [(None, None), ("more", None)]
    assert csv.run("SELECT * FROM @s").rows.schema.names == ["$1", "$2", "$3"]


def test_a_quoted_location_and_an_alias(csv: StageRoom):
    assert csv.rows("SELECT x.$1 FROM '@s/1.csv' AS x WHERE x.$2 = 'a'") == [("1",)]


def test_each_source_has_its_own_columns(csv: StageRoom):
    csv.put("@s/2.csv", "a,A\nb,B\n")
    joined = "SELECT l.$1, r.$2 FROM @s/1.csv l JOIN @s/2.csv r ON l.$2 = r.$1 ORDER BY 1"
    assert csv.rows(joined) == [("1", "A"), ("2", "B")]
    union = "SELECT $1 FROM @s/1.csv UNION ALL SELECT $2 FROM @s/2.csv ORDER BY 1"
    assert csv.rows(union) == [("1",), ("2",), ("A",), ("B",)]


def test_columns_of_values_are_not_those_of_the_stage(csv: StageRoom):
    text = "SELECT $1, (SELECT MAX($1) FROM VALUES (7), (8)) FROM @s WHERE $2 = 'a'"
    assert csv.rows(text) == [("1", 8)]
    assert csv.rows("SELECT $1 FROM @s UNION ALL SELECT $1 FROM VALUES ('v') ORDER BY 1") == [
        ("1",),
        ("2",),
        ("v",),
    ]


def test_in_ctes_subqueries_inserts_and_new_tables(csv: StageRoom):
    assert csv.rows("WITH c AS (SELECT $1 AS n FROM @s) SELECT SUM(n::INT) FROM c") == [(3,)]
    csv.run("CREATE TABLE t AS SELECT $1::INT AS n, $2 AS v FROM @s")
    csv.run("INSERT INTO t SELECT $1::INT + 10, $2 FROM @s WHERE $1::INT IN (SELECT n FROM t)")
    assert csv.rows("SELECT n FROM t ORDER BY n") == [(1,), (2,), (11,), (12,)]


def test_metadata_columns(csv: StageRoom):
    text = "SELECT METADATA$FILENAME, METADATA$FILE_ROW_NUMBER, $1 FROM @s ORDER BY 2"
    assert csv.rows(text) == [("1.csv", 1, "1"), ("1.csv", 2, "2")]
    assert csv.rows("SELECT COUNT(DISTINCT METADATA$FILE_CONTENT_KEY) FROM @s") == [(1,)]


def test_files_by_pattern_and_prefix(csv: StageRoom):
    csv.put("@s/1.txt", "9\n")
    assert csv.rows("SELECT $1 FROM @s (PATTERN => '.*txt')") == [("9",)]
    assert csv.rows("SELECT COUNT(*) FROM @s/1") == [(3,)]
    assert csv.rows("SELECT COUNT($1) FROM @s/nothing") == [(0,)]


def test_the_stages_own_format_is_the_default(room: StageRoom):
    room.run("CREATE STAGE s FILE_FORMAT = (TYPE = CSV FIELD_DELIMITER = '|' SKIP_HEADER = 1)")
    room.put("@s/x", "h|i\n1|2\n")
    assert room.rows("SELECT $1, $2 FROM @s") == [("1", "2")]


def test_json_documents(room: StageRoom):
    room.run("CREATE FILE FORMAT j TYPE = JSON")
    room.put("@~/j", '{"a": {"b": [1, 2]}, "C": "x"}\n{"a": null}\n')
    result = room.run("SELECT $1 FROM @~/j (FILE_FORMAT => j)")
    assert result.columns[0].type is SfType.VARIANT
    assert [json.loads(text) for text in result.rows.column(0).to_pylist()] == [
        {"a": {"b": [1, 2]}, "C": "x"},
        {"a": None},
    ]
    text = "SELECT $1:a.b[1]::INT, $1:C::VARCHAR, $1:c::VARCHAR FROM @~/j (FILE_FORMAT => j)"
    assert room.rows(text) == [(2, "x", None), (None, None, None)]


@pytest.fixture
def parquet(room: StageRoom) -> StageRoom:
    room.run("CREATE FILE FORMAT p TYPE = PARQUET")
    room.put_parquet("@~/p", pa.table({"N": [1, 2], "Lower": ["a", None], "l": [[1], []]}))
    return room


def test_parquet_by_field(parquet: StageRoom):
    text = (
        'SELECT $1:N::NUMBER(38, 0) AS n, $1:"Lower"::TEXT, $1:lower::TEXT, $1:l::ARRAY'
        " FROM @~/p (FILE_FORMAT => 'sfdag.public.p') ORDER BY n"
    )
    assert parquet.rows(text) == [(1, "a", None, "[1]"), (2, None, None, "[]")]


def test_parquet_rows_are_variants(parquet: StageRoom):
    result = parquet.run("SELECT $1 FROM @~/p (FILE_FORMAT => p)")
    assert result.columns[0].type is SfType.VARIANT
    assert [json.loads(text) for text in result.rows.column(0).to_pylist()] == [
        {"N": 1, "Lower": "a", "l": [1]},
        {"N": 2, "l": []},
    ]
    assert parquet.rows("SELECT $1:l[0]::INT, $1:N::INT FROM @~/p (FILE_FORMAT => p)") == [
        (1, 1),
        (None, 2),
    ]


def test_describing_reads_the_columns(parquet: StageRoom):
    described = parquet.session.describe("SELECT $1:N::INT AS n FROM @~/p (FILE_FORMAT => p)")
    assert [(column.name, column.type) for column in described.columns] == [("N", SfType.FIXED)]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT $1 FROM @nowhere",
        "SELECT $1 FROM @s (FILE_FORMAT => nothing)",
        "SELECT $1 FROM @s (NO_SUCH => 1)",
        "SELECT METADATA$NOTHING FROM @s",
        "SELECT $1 FROM 's3://bucket/x'",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM 'x.csv'",
    ],
)
def test_what_cannot_be_read_is_an_error(csv: StageRoom, text: str):
    with pytest.raises(SqlError):
        csv.run(text)


@pytest.mark.parametrize(
    "text", ["INSERT INTO t SELECT $1 FROM @s/1.csv", "CREATE TABLE u AS SELECT $1 FROM @s/1.csv"]
)
def test_rows_of_staged_files_are_written_with_their_outcome(csv: StageRoom, text: str):
    csv.run("CREATE TABLE t (a INT)")
    query_id = str(uuid.uuid4())
    csv.session.execute(text, query_id=query_id, noted=True)
    assert csv.engine.outcomes.outcome(query_id) is not None
