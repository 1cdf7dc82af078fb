"""Rows of data frames: what is nothing to them is NULL, and each type one of Snowflake's."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sfdag_magics.client.arriving.frame_rows import frame_rows
from sfdag_magics.errors import InputError

DAYS = pd.to_datetime(["2024-07-01", None])
BERLIN = DAYS.tz_localize("Europe/Berlin")


@pytest.mark.parametrize(
    ("values", "kind", "travelling"),
    [
        ([1.5, np.nan], "FLOAT", [1.5, None]),
        ([np.inf, -1.0], "FLOAT", [np.inf, -1.0]),
        (pd.array([2**53 + 1, None], dtype="Int64"), "NUMBER(38,0)", [2**53 + 1, None]),
        (np.array([2**64 - 1, 0], "uint64"), "NUMBER(20,0)", [Decimal(2**64 - 1), Decimal(0)]),
        ([Decimal("1.50"), None], "NUMBER(38,2)", [Decimal("1.50"), None]),
        (DAYS, "TIMESTAMP_NTZ", ["2024-07-01 00:00:00.000000000", None]),
        (BERLIN, "TIMESTAMP_TZ", ["2024-07-01 00:00:00.000000000+02:00", None]),
        ([dt.date(1, 1, 1), pd.NaT], "DATE", ["0001-01-01", None]),
        ([dt.time(1, 2, 3), None], "TIME", ["01:02:03.000000", None]),
        (pd.Categorical(["u", None]), "VARCHAR", ["u", None]),
        (pd.arrays.SparseArray([0, 1]), "NUMBER(38,0)", [0, 1]),
        ([b"\x00", None], "BINARY", [b"\x00", None]),
        ([None, None], "VARCHAR", [None, None]),
        ([[1, 2.5], None], "ARRAY", ["[1, 2.5]", None]),
        ([{"a": float("nan")}, {}], "OBJECT", ['{"a": null}', "{}"]),
        ([1, "a"], "VARIANT", ["1", '"a"']),
        ([[dt.date(2024, 1, 1)], (np.int64(1),)], "ARRAY", ['["2024-01-01"]', "[1]"]),
    ],
)
def test_a_column_of_pandas(values, kind, travelling):
    rows = frame_rows(pd.DataFrame({"a": values}), where="df")
    assert rows.columns[0].type == kind
    assert [each for batch in rows.batches() for each in batch.column(0).to_pylist()] == travelling


def test_a_list_that_holds_itself_is_named_with_its_row():
    itself = []
    itself.append(itself)
    frame = pd.DataFrame({"a": [[1], itself]})
    with pytest.raises(InputError, match="column a holds list that holds itself in row 2"):
        frame_rows(frame, where="df")


def test_an_index_with_a_name_and_names_in_two_levels():
    frame = pd.DataFrame({("a", "x"): [1]}, index=pd.Index([7], name="key"))
    rows = frame_rows(frame, where="df")
    assert [column.name for column in rows.columns] == ["KEY", "A_X"]
    assert rows.notes == ("the index became columns: key",)


def test_whatever_hands_on_streams_of_arrow():
    table = pa.table({"m": pa.array([[("k", 1)], None], pa.map_(pa.string(), pa.int8()))})
    rows = frame_rows(table, where="t")
    assert [row["M"] for b in rows.batches() for row in b.to_pylist()] == ['{"k": 1}', None]


def test_categories_whose_texts_are_views_as_those_of_polars():
    views = pa.array(["u", "v"]).cast(pa.string_view())
    values = pa.DictionaryArray.from_arrays(pa.array([1, None, 0], pa.uint32()), views)
    rows = frame_rows(pa.table({"kind": values}), where="t")
    assert [row["KIND"] for b in rows.batches() for row in b.to_pylist()] == ["v", None, "u"]


def test_a_large_frame_travels_in_parts():
    rows = frame_rows(pd.DataFrame({"a": np.arange(200_000)}), where="df")
    assert [batch.num_rows for batch in rows.batches()] == [65_536, 65_536, 65_536, 3_392]
