"""Return values as text and back."""

from __future__ import annotations

import datetime
import decimal
import enum
import json
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfdag_magics.bundle.shipped.config_values import checked_config
from sfdag_magics.bundle.shipped.values import decode, encode, is_ambiguous
from sfdag_magics.graph.rules import MAX_RETURN_BYTES


class Colour(str, enum.Enum):  # noqa: UP042 - the older spelling, whose str() is not its value
    RED = "red"


def sent(value):
    return encode(value, MAX_RETURN_BYTES)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("plain 'text'", "plain 'text'"),
        ("", ""),
        (None, None),
        (3, "3"),
        (True, "true"),
        ({"a": [1, (2.5, None)]}, '{"a": [1, [2.5, null]]}'),
        (np.float64(0.5), "0.5"),
        ({"n": np.int64(7), "ok": np.bool_(0)}, '{"n": 7, "ok": false}'),
        (decimal.Decimal("12"), "12"),
        (decimal.Decimal("0.25"), "0.25"),
        (datetime.date(2026, 1, 2), "2026-01-02"),
        ([datetime.datetime(2026, 1, 2, 3)], '["2026-01-02T03:00:00"]'),  # noqa: DTZ001 - naive
        (np.str_("a"), "a"),
        (Colour.RED, "red"),
    ],
)
def test_text_travels_as_it_is_and_all_else_as_json(value, text):
    assert sent(value) == text


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("nan"), "the return value is nan"),
        ({"auc": [1.0, float("inf")]}, r"the return value['auc'][1] is inf"),
        ({"auc": np.float64("nan")}, r"the return value['auc'] is nan"),
        ({"auc": decimal.Decimal("NaN")}, r"the return value['auc'] is nan"),
        ({1: "a"}, "has the key 1"),
        (object(), "is a builtins.object"),
        ({"m": np.zeros(3)}, "is a numpy.ndarray"),
        ("x" * 10_001, "10,001 bytes, Snowflake's limit is 10,000: write it to a table"),
        ("ü" * 5_001, "10,002 bytes"),
    ],
)
def test_what_cannot_travel_says_which_part_and_what_to_do(value, message):
    with pytest.raises((ValueError, TypeError)) as caught:
        sent(value)
    assert message in str(caught.value)


def test_the_limit_itself_is_allowed():
    assert len(sent("x" * 10_000)) == 10_000


@pytest.mark.parametrize(
    ("text", "annotations", "value"),
    [
        ("20240105", ("str",), "20240105"),
        ("20240105", ("int",), 20240105),
        ("1", ("float",), 1.0),
        ("true", ("bool",), True),
        ('{"a": 1}', ("dict[str, int]",), {"a": 1}),
        ('{"a": 1}', ("'Optional[typing.Dict]'",), {"a": 1}),
        ("[1, 2]", ("tuple[int, int]",), (1, 2)),
        ("[1]", ("list | None",), [1]),
        ('"2026-01-02"', ("datetime.date",), datetime.date(2026, 1, 2)),
        # the receiver's annotation counts before the producer's
        ("5", ("str", "int"), "5"),
        ("5", (None, "int"), 5),
        ("5", ("Any", "int"), 5),
        # nobody says: JSON only where nothing else can be meant
        ('{"a": 1}', (None, None), {"a": 1}),
        ("[1]", (), [1]),
        ("{not json", (None,), "{not json"),
        ("20240105", (None,), "20240105"),
        ("2026-01-02", ("date",), datetime.date(2026, 1, 2)),
        (None, ("dict",), None),
    ],
)
def test_a_value_is_read_as_the_annotation_says(text, annotations, value):
    read = decode(text, *annotations)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("text", "annotation"),
    [
        ("abc", "int"),
        ("1.5", "int"),
        ("true", "int"),
        ("1", "bool"),
        ("[1]", "dict"),
        ("{}", "list"),
    ],
)
def test_a_value_of_another_type_is_an_error(text, annotation):
    with pytest.raises(ValueError, match=f"is not {annotation}"):
        decode(text, annotation)


@pytest.mark.parametrize(
    ("text", "annotations", "ambiguous"),
    [
        ("20240105", (), True),
        ("true", (None, None), True),
        ("20240105", ("str",), False),
        ("20240105", (None, "int"), False),
        ("{}", (), False),
        ("train_model", (), False),
        (None, (), False),
    ],
)
def test_it_is_ambiguous_only_where_text_could_be_a_number(text, annotations, ambiguous):
    assert is_ambiguous(text, *annotations) is ambiguous


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=5))
def test_a_dict_comes_back_as_it_was(value):
    text = encode(value, 10**6)
    assert decode(text, "dict") == decode(text) == json.loads(text) == value


@given(st.text(max_size=100))
def test_text_comes_back_as_it_was(value):
    assert decode(encode(value, 10**6), "str") == value


@pytest.mark.parametrize(
    ("value", "annotation", "checked"),
    [
        (1, "float", 1.0),
        (1, None, 1),
        ("a", "str", "a"),
        ([1], "tuple", (1,)),
        (None, "int", None),
        ("2026-01-31", "date", datetime.date(2026, 1, 31)),
        ("2026-01-31", "datetime.date | None", datetime.date(2026, 1, 31)),
        ("2026-01-31T05:00:00", "datetime", datetime.datetime.fromisoformat("2026-01-31T05:00:00")),
        ("1.10", "Decimal", decimal.Decimal("1.10")),
        (0.1, "Decimal", decimal.Decimal("0.1")),
        ("a", "Literal['a', 'b']", "a"),
        ("a", "Mode", "a"),
        ("a", "Union[str, None]", "a"),
        ("a", "int | str", "a"),
    ],
)
def test_config_fits_the_annotation(value, annotation, checked):
    assert checked_config(value, annotation) == checked


@pytest.mark.parametrize(
    ("value", "annotation"),
    [
        ("1", "float"),
        (True, "int"),
        (1, "bool"),
        (1.5, "int"),
        ({}, "list"),
        ("soon", "date"),
        (20260131, "date"),
        ("much", "Decimal"),
        ("c", "Literal['a', 'b']"),
        (True, "Literal[1]"),
        (1, "Union[str, None]"),
    ],
)
def test_config_of_another_type_is_an_error(value, annotation):
    with pytest.raises(ValueError, match=re.escape(f"is not {annotation}")):
        checked_config(value, annotation)
