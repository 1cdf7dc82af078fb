"""Large results travel in parts: what the connector puts together is what the engine has."""

from __future__ import annotations

from decimal import Decimal
from http.client import HTTPConnection

import pyarrow as pa
import pytest

from sfdag_magics.engine.borders.answers import Column, SfType
from sfdag_magics.engine.wire.encoding.chunks import Chunk, chunk_named, chunks_of
from tests.engine.wire.fakes import result

_ROWS = 30_000
_TEXT = "text" * 200
_WIDE = 10**30


def _large(**more):
    """A result of several parts; one number far behind is beyond 64 bits."""
    numbers = pa.array(range(_ROWS), pa.int64())
    decimals = pa.chunked_array(
        [numbers.cast(pa.decimal128(38, 0)), pa.array([Decimal(_WIDE)], pa.decimal128(38, 0))]
    )
    columns = [
        Column(name="N", type=SfType.FIXED, precision=38, scale=0),
        Column(name="W", type=SfType.FIXED, precision=38, scale=0),
        Column(name="T", type=SfType.TEXT, length=100),
    ]
    arrays = [
        pa.chunked_array([numbers, pa.array([_ROWS])]),
        decimals,
        pa.array([_TEXT] * (_ROWS + 1)),
    ]
    return result(columns, arrays, in_file=True, **more)


@pytest.fixture
def large(engine):
    made = engine.answers["select large"] = _large()
    return made


@pytest.mark.slow
def test_a_cursor_gets_every_row(engine, large, cursor):
    rows = cursor.execute("select large").fetchall()
    assert cursor.rowcount == len(rows) == _ROWS + 1
    assert rows[0] == (0, 0, _TEXT)
    assert rows[-1] == (_ROWS, _WIDE, _TEXT)
    assert [row[0] for row in rows] == list(range(_ROWS + 1))


def test_pandas_gets_every_row_in_one_type(engine, large, cursor):
    frame = cursor.execute("select large").fetch_pandas_all()
    assert frame["N"].tolist() == list(range(_ROWS + 1))
    assert int(frame["W"].iloc[-1]) == _WIDE


def test_json_gets_every_row(engine, large, connect):
    cursor = connect().cursor()
    for session in engine.opened:
        session.parameters["PYTHON_CONNECTOR_QUERY_RESULT_FORMAT"] = "JSON"
    rows = cursor.execute("select large").fetchall()
    assert rows[-1] == (_ROWS, _WIDE, _TEXT)
    assert len(rows) == _ROWS + 1


def test_parts_can_be_fetched_when_the_session_has_ended(engine, large, connect):
    connection = connect()
    cursor = connection.cursor()
    batches = cursor.execute("select large").get_result_batches()
    connection.close()
    assert sum(len(list(batch)) for batch in batches) == _ROWS + 1


def test_parts_cover_the_rows_once_and_the_first_is_small(large):
    chunks = chunks_of(large, as_json=False)
    assert len(chunks) > 2
    assert chunks[0].rows < chunks[1].rows
    position = 0
    for chunk in chunks:
        assert chunk.first == position
        position += chunk.rows
    assert position == large.rows.num_rows


def test_a_column_that_is_wide_anywhere_is_wide_in_every_part(large):
    assert {chunk.wide for chunk in chunks_of(large, as_json=False)} == {(1,)}


@pytest.mark.parametrize(
    "chunk",
    [
        Chunk(first=0, rows=1, as_json=False),
        Chunk(first=12, rows=345, as_json=True),
        Chunk(first=7, rows=8, as_json=False, wide=(0, 3)),
    ],
)
def test_a_parts_name_says_everything(chunk: Chunk):
    assert chunk_named(chunk.name) == chunk


@pytest.mark.parametrize("name", ["a0-1", "nonsense"])
def test_a_part_of_no_result_is_a_plain_404(engine, connect, name: str):
    headers = {"Authorization": f'Snowflake Token="{connect().rest.token}"'}
    http = HTTPConnection("127.0.0.1", engine.port, timeout=20)
    http.request("GET", f"/queries/unknown/chunks/{name}", headers=headers)
    assert http.getresponse().status == 404
    http.close()


@pytest.mark.parametrize("name", ["", "a1", "x1-2", "a-1-2", "a1-2-", "a1-2-x", "a1-2/../3"])
def test_other_names_are_no_parts(name: str):
    assert chunk_named(name) is None
