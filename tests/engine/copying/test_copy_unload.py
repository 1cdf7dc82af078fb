"""COPY INTO a location: names, formats and the answer; and what was unloaded loads again."""

from __future__ import annotations

import gzip
import io
import json

import pyarrow.parquet as pq
import pytest

from sfdag_magics.engine.borders.answers import SqlError
from sfdag_magics.engine.copying import copy_unload
from tests.engine.stage_room import StageRoom


@pytest.fixture
def t(room: StageRoom) -> StageRoom:
    room.run("CREATE TABLE t (n INT, v VARCHAR, d DATE, ts TIMESTAMP_NTZ, b BOOLEAN)")
    room.run(
        "INSERT INTO t VALUES (1, 'a \"b\", c', '2024-02-03', '2024-02-03 10:11:12.5', TRUE),"
        " (2, '', NULL, NULL, FALSE), (3, NULL, NULL, NULL, NULL)"
    )
    return room


def test_csv_with_a_header(t: StageRoom):
    [(rows, _, written)] = t.rows(
        "COPY INTO @~/out/ FROM (SELECT n, v FROM t ORDER BY n) HEADER = TRUE"
        " FILE_FORMAT = (TYPE = CSV FIELD_OPTIONALLY_ENCLOSED_BY = '\"' NULL_IF = ())"
    )
    content = t.content("@~/out/data_0_0_0.csv.gz")
    assert (rows, written) == (3, len(content))
    assert gzip.decompress(content).decode() == ('"N","V"\n"1","a ""b"", c"\n"2",""\n"3",\n')


@pytest.mark.parametrize("kind", ["CSV FIELD_OPTIONALLY_ENCLOSED_BY = '\"'", "PARQUET"])
def test_what_was_unloaded_loads_again(t: StageRoom, kind: str):
    t.run(f"CREATE FILE FORMAT f TYPE = {kind}")
    t.run("CREATE TABLE u LIKE t")
    t.run("COPY INTO @~/u/ FROM t FILE_FORMAT = (FORMAT_NAME = 'f') HEADER = FALSE")
    columns = "n, v, d, ts, b"
    if kind == "PARQUET":
        fields = ", ".join(f"$1:_COL_{index}" for index in range(5))
        t.run(f"COPY INTO u FROM (SELECT {fields} FROM @~/u/) FILE_FORMAT = (FORMAT_NAME = f)")
    else:
        t.run("COPY INTO u FROM @~/u/ FILE_FORMAT = (FORMAT_NAME = f)")
    loaded = t.rows(f"SELECT {columns} FROM u ORDER BY n")
    assert loaded == t.rows(f"SELECT {columns} FROM t ORDER BY n")


def test_json(t: StageRoom):
    t.run(
        "COPY INTO @~/j FROM (SELECT OBJECT_CONSTRUCT('n', n) FROM t ORDER BY n)"
        " FILE_FORMAT = (TYPE = JSON COMPRESSION = NONE)"
    )
    lines = t.content("@~/j_0_0_0.json").decode().splitlines()
    assert [json.loads(line) for line in lines] == [{"n": 1}, {"n": 2}, {"n": 3}]
    with pytest.raises(SqlError, match="only one column of type variant"):
        t.run("COPY INTO @~/k FROM t FILE_FORMAT = (TYPE = JSON)")


def test_parquet_keeps_names_only_with_header(t: StageRoom):
    t.run("COPY INTO @~/a/ FROM (SELECT n, v FROM t) FILE_FORMAT = (TYPE = PARQUET)")
    t.run("COPY INTO @~/b/ FROM (SELECT n, v FROM t) FILE_FORMAT=(TYPE=PARQUET) HEADER=TRUE")
    names = [
        pq.read_schema(io.BytesIO(t.content(f"@~/{place}/data_0_0_0.snappy.parquet"))).names
        for place in ("a", "b")
    ]
    assert names == [["_COL_0", "_COL_1"], ["N", "V"]]


def test_names_of_files(t: StageRoom):
    for location, options, name in (
        ("@~/a/", "", "a/data_0_0_0.csv.gz"),
        ("@~/b", "", "b_0_0_0.csv.gz"),
        ("@~/c/x_", "FILE_FORMAT = (COMPRESSION = NONE)", "c/x_0_0_0.csv"),
        ("@~/d.tsv", "SINGLE = TRUE", "d.tsv"),
        ("@~/e/", "FILE_FORMAT = (TYPE = PARQUET COMPRESSION = NONE)", "e/data_0_0_0.parquet"),
    ):
        t.run(f"COPY INTO {location} FROM t {options}")
        assert name in t.names("@~")


def test_existing_files_are_not_overwritten_silently(t: StageRoom):
    t.run("COPY INTO @~/a/ FROM t")
    with pytest.raises(SqlError, match="Files already existing at the unload destination"):
        t.run("COPY INTO @~/a/ FROM t")
    t.run("COPY INTO @~/a/ FROM t OVERWRITE = TRUE")


def test_no_rows_no_file(t: StageRoom):
    assert t.rows("COPY INTO @~/a/ FROM (SELECT * FROM t WHERE FALSE)") == [(0, 0, 0)]
    assert t.names("@~") == []


@pytest.mark.parametrize(
    "clause", ["PARTITION BY (n)", "VALIDATION_MODE = RETURN_ROWS", "ENCRYPTION = (TYPE = 'NONE')"]
)
def test_what_is_not_here_is_refused_by_name(t: StageRoom, clause: str):
    with pytest.raises(SqlError, match="not supported by the embedded engine"):
        t.run(f"COPY INTO @~/a/ FROM t {clause}")
    with pytest.raises(SqlError, match="not supported by the embedded engine"):
        t.run("COPY INTO 's3://bucket/x' FROM t")


@pytest.mark.parametrize(("overwrite", "left"), [(False, b"other"), (True, b"1\n")])
def test_a_file_that_appears_meanwhile_is_not_overwritten_silently(
    room: StageRoom, monkeypatch, *, overwrite: bool, left: bytes
):
    content = copy_unload._content

    def slow(*values):
        room.put("@~/out.csv", "other")
        return content(*values)

    monkeypatch.setattr(copy_unload, "_content", slow)
    text = f"COPY INTO @~/out.csv FROM (SELECT 1) SINGLE = TRUE OVERWRITE = {overwrite}"
    text += " FILE_FORMAT = (COMPRESSION = NONE)"
    if overwrite:
        room.run(text)
    else:
        with pytest.raises(SqlError, match="Files already existing at the unload destination"):
            room.run(text)
    assert room.content("@~/out.csv") == left
