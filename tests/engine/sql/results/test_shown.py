"""What clients are shown of semi-structured values: each row, each in its place, within bounds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sfdag_magics.engine.borders.answers import Result, SfType, SqlError
from sfdag_magics.engine.borders.rowset import rowset
from sfdag_magics.engine.limits.hearing import heard
from sfdag_magics.engine.sql.results import shown as piecewise
from sfdag_magics.engine.sql.results.draining import MEMORY_BYTES, Drain
from sfdag_magics.engine.sql.results.shown import shown
from sfdag_magics.engine.store.result_files import ResultFiles
from tests.engine.limits.test_hearing import Must
from tests.engine.sql.conftest import Asker

CASES = {
    '{"b":1,"a":[1,{"d":null,"c":"x"}]}': (
        '{\n  "a": [\n    1,\n    {\n      "c": "x",\n      "d": null\n    }\n  ],\n  "b": 1\n}'
    ),
    "[]": "[]",
    "{}": "{}",
    '{"a":{},"b":[]}': '{\n  "a": {},\n  "b": []\n}',
    "[1.50,12345678901234567890123.5,1e400,true]": (
        "[\n  1.5,\n  12345678901234567890123.5,\n  1e400,\n  true\n]"
    ),
    '["ä\\n\\""]': '[\n  "ä\\n\\""\n]',
    '"x"': '"x"',
    "5": "5",
    "1.10": "1.1",
    "-20.00": "-20",
    "100": "100",
    "1.0": "1.0",
    "1.912e2": "1.912000000000000e+02",
    "12x": "12x",
    "20 000": "20 000",
    "[not JSON": "[not JSON",
}

#: What the text beside it could be taken for a part of, were each not whole.
BESIDE = [None, "", '"x"', "5", "[1]", '{"a":"]}"}', "[not JSON", "20 000", '"\\', "]"]


def of(*texts: str | None, room: Callable[[int], None] = lambda size: None) -> list[str | None]:
    """What is shown of the texts of one column."""
    tables = shown(pa.table({"V": pa.array(texts, pa.string())}), room)
    return [text for table in tables for text in table.column(0).to_pylist()]


@pytest.fixture(params=[1, 9, 1024**2], ids=lambda size: f"pieces of {size}")
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many bytes are looked at as one."""
    monkeypatch.setattr(piecewise, "_PIECE", request.param)
    return request.param


@pytest.mark.usefixtures("size")
@pytest.mark.parametrize("text", CASES)
def test_values_are_indented_with_sorted_keys(text: str):
    assert of(text) == [CASES[text]]


@pytest.mark.usefixtures("size")
@pytest.mark.parametrize("beside", BESIDE)
def test_each_stands_for_itself(beside: str | None):
    alone = of(beside)
    for text, expected in CASES.items():
        assert of(beside, text, beside) == [*alone, expected, *alone]
    assert of(*CASES, beside) == [*CASES.values(), *alone]


_KEYS = st.sampled_from(["", "a", "aa", "ab", "abcdefgh", "abcdefghi", "abcdefghij", "ä", 'a"b'])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text('x"\\\n/ä{[,: ]}', max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)
_WRITTEN = st.builds(
    lambda value, is_ascii, comma: json.dumps(value, ensure_ascii=is_ascii, separators=comma),
    _VALUES,
    st.booleans(),
    st.sampled_from([(",", ":"), (" ,", ": ")]),
)


@given(st.lists(_WRITTEN, min_size=1, max_size=5), st.sampled_from([5, 1024**2]))
@example(['{"abcdefghij":1,"abcdefghi":2}'], 1024**2)
def test_every_value_is_shown_as_a_tree_of_it_is_written(texts: list[str], size: int):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(piecewise, "_PIECE", size)
        assert of(*texts) == [
            text
            if text[0] not in "[{"
            else json.dumps(json.loads(text), sort_keys=True, indent=2, ensure_ascii=False)
            for text in texts
        ]


def test_a_client_is_shown_them_and_a_later_query_reads_what_was_computed(sql: Asker):
    result = sql.result("SELECT 1 AS N, OBJECT_CONSTRUCT('b', 1, 'a', ARRAY_CONSTRUCT(2)) AS V")
    assert result.sent.to_pylist() == [{"N": 1, "V": '{\n  "a": [\n    2\n  ],\n  "b": 1\n}'}]
    assert sql("SELECT V::VARCHAR FROM TABLE(RESULT_SCAN(LAST_QUERY_ID()))") == [
        ('{"a":[2],"b":1}',)
    ]


def test_columns_of_one_name_are_told_apart(sql: Asker):
    sent = sql.result("SELECT ARRAY_CONSTRUCT(1) AS V, 2 AS V, ARRAY_CONSTRUCT(3) AS V").sent
    assert [column.to_pylist() for column in sent.columns] == [["[\n  1\n]"], [2], ["[\n  3\n]"]]


@pytest.mark.parametrize("value", ["'x'::VARIANT", "TRUE::VARIANT", "NULL::VARIANT", "'[1]'", "1"])
def test_what_is_shown_as_it_is_is_not_kept_twice(sql: Asker, value: str):
    assert sql.result(f"SELECT {value}").shown == {}


def _result(*texts: str) -> Result:
    return rowset({"V": SfType.VARIANT}, [(text,) for text in texts])


@pytest.fixture
def drain(tmp_path: Path) -> Drain:
    return Drain(files=ResultFiles(tmp_path / "results"), most_bytes=4 * MEMORY_BYTES)


#: Rows that are shown on many more lines than they have bytes.
_DEEP = f"{'[' * 500}{']' * 500}"


def test_what_is_shown_of_few_rows_lies_in_a_file_when_it_is_much(drain: Drain):
    settled = drain.settled(_result(*[_DEEP] * 30))
    assert settled.in_file
    assert settled.rows.nbytes < MEMORY_BYTES < settled.nbytes
    assert settled.sent.column(0).to_pylist() == of(_DEEP) * 30


def test_what_is_shown_of_a_file_lies_in_one_too(drain: Drain, tmp_path: Path):
    settled = drain.settled(_result("[1]", f'"{"x" * MEMORY_BYTES}"'))
    assert settled.in_file
    assert settled.sent.column(0)[0].as_py() == "[\n  1\n]"
    assert list((tmp_path / "results").iterdir()) == []


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param([_DEEP] * 100, id="many rows"),
        pytest.param([f"[{','.join([_DEEP] * 100)}]"], id="one value"),
    ],
)
def test_what_is_shown_counts_in_the_bound_of_a_result(
    drain: Drain, texts: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(piecewise, "_PIECE", 1000)
    with pytest.raises(SqlError, match="The result has more than 32 MB") as caught:
        drain.settled(_result(*texts))
    assert caught.value.code == 300005


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param(["[1]"] * 50, id="rows"),
        pytest.param(['{"b":1,"a":1}'] * 50, id="rows by trees"),
        pytest.param([f"[{'1,' * 200}1]"], id="one value"),
    ],
)
def test_between_two_pieces_it_is_heard_that_the_statement_must_end(
    texts: list[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(piecewise, "_PIECE", 16)
    with heard(Must(patience=10)), pytest.raises(SqlError, match="canceled"):
        of(*texts)


@pytest.mark.slow
def test_a_statement_ends_at_its_limit_while_its_rows_are_laid_out(
    sql: Asker, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(piecewise, "_PIECE", 16)
    endless = ",".join(["OBJECT_CONSTRUCT('a', SEQ4())"] * 8)
    query = f"SELECT {endless} FROM TABLE(GENERATOR(ROWCOUNT => 200000))"
    with pytest.raises(SqlError, match="timeout of 1 second") as caught:
        sql.session.execute(query, limit_s=1)
    assert caught.value.code == 630
    assert sql("SELECT 1") == [(1,)]
