from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import numpy as np
import pytest

from sfdag_magics.engine.borders.answers import SfType
from sfdag_magics.engine.workers.values import (
    ConversionError,
    UnknownTypeError,
    declared_type,
    decoded,
    encoded,
    json_text,
)

BERLIN = dt.timezone(dt.timedelta(hours=2))


@pytest.mark.parametrize(
    ("text", "family", "canonical"),
    [
        ("int", SfType.FIXED, "NUMBER"),
        ("NUMBER(10, 2)", SfType.FIXED, "NUMBER"),
        ("double precision", SfType.REAL, "FLOAT"),
        ("String", SfType.TEXT, "VARCHAR"),
        ("varchar(20)", SfType.TEXT, "VARCHAR"),
        ("TIMESTAMP", SfType.TIMESTAMP_NTZ, "TIMESTAMP_NTZ"),
        ("timestamp_tz(3)", SfType.TIMESTAMP_TZ, "TIMESTAMP_TZ"),
        ("OBJECT", SfType.OBJECT, "OBJECT"),
    ],
)
def test_types_are_read_as_snowflake_spells_them(text: str, family: SfType, canonical: str) -> None:
    declared = declared_type(text)

    assert (declared.family, declared.canonical) == (family, canonical)


def test_an_unknown_type_is_named() -> None:
    with pytest.raises(UnknownTypeError, match="GEOMETRY"):
        declared_type("GEOMETRY")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5, "NUMBER"),
        (Decimal("12.35"), "NUMBER(10,2)"),
        (1.5, "FLOAT"),
        ("é'\\", "VARCHAR"),
        (True, "BOOLEAN"),
        (b"\x00\xff", "BINARY"),
        (dt.date(2026, 2, 3), "DATE"),
        (dt.time(1, 2, 3, 4), "TIME"),
        (dt.datetime(2026, 2, 3, 4, 5, 6, 7), "TIMESTAMP_NTZ"),  # noqa: DTZ001 - it has no zone
        (dt.datetime(2026, 2, 3, 4, 5, tzinfo=BERLIN), "TIMESTAMP_TZ"),
        ({"a": [1, None, "x"]}, "VARIANT"),
        ([1, 2.5], "ARRAY"),
        (None, "OBJECT"),
    ],
)
def test_values_come_back_as_they_went(value: object, text: str) -> None:
    declared = declared_type(text)

    crossed = json.loads(json.dumps(encoded(value, declared)))

    assert decoded(crossed, declared) == value


@pytest.mark.parametrize(
    ("value", "text", "wanted"),
    [
        (np.int64(3), "NUMBER", "3"),
        (2.5, "NUMBER", "3"),
        (True, "NUMBER", "1"),
        (np.float64(0.25), "FLOAT", 0.25),
        (42, "VARCHAR", "42"),
        ("true", "BOOLEAN", True),
        (dt.datetime(2026, 2, 3, 4, 5), "DATE", "2026-02-03"),  # noqa: DTZ001 - it has no zone
        ({"t": (1, 2), "n": np.array([1, 2])}, "VARIANT", '{"t":[1,2],"n":[1,2]}'),
    ],
)
def test_values_of_other_types_convert(value: object, text: str, wanted: object) -> None:
    assert encoded(value, declared_type(text)) == wanted


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("three", "NUMBER"),
        (12345, "NUMBER(3,0)"),
        (float("nan"), "NUMBER"),
        ("abc", "VARCHAR(2)"),
        ("perhaps", "BOOLEAN"),
        ([1], "OBJECT"),
        (object(), "VARIANT"),
    ],
)
def test_a_value_that_does_not_fit_is_an_error_that_names_both(value: object, text: str) -> None:
    declared = declared_type(text)

    with pytest.raises(ConversionError, match=f"{type(value).__name__} to .*"):
        encoded(value, declared)


def test_numbers_that_json_lacks_become_text_a_cast_reads_back() -> None:
    assert json_text([float("nan"), float("-inf")]) == '["nan","-Infinity"]'
