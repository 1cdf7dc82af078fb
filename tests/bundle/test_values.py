"""Return values as text and back."""

from __future__ import annotations

import collections
import datetime
import decimal
import enum
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sfdag_magics.bundle.shipped.form_of import Open
from sfdag_magics.bundle.shipped.values import decode, encode, first_change, form_by_text
from sfdag_magics.graph.rules import MAX_RETURN_BYTES


class Colour(str, enum.Enum):  # noqa: UP042 - the older spelling, whose str() is not its value
    RED = "red"


ITSELF = []
ITSELF.append(ITSELF)


def sent(value):
    """As a task sends what it says no type of."""
    return encode(value, Open(), MAX_RETURN_BYTES)


def received(text, annotation=""):
    return decode(text, form_by_text(annotation))


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
        (
            {"auc": [1.0, float("nan"), decimal.Decimal("-Infinity")]},
            '{"auc": [1.0, NaN, -Infinity]}',
        ),
        ("a\u2028\0", "a\u2028\0"),
        (["ü\u2028"], '["ü\u2028"]'),
        ({"half": "\ud800"}, '{"half": "\\ud800"}'),
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
        ({1: "a"}, "has the key 1"),
        (object(), "is a builtins.object"),
        ({"m": np.zeros(3)}, "is a numpy.ndarray"),
        ("x" * 10_001, "10,001 bytes; Snowflake's limit is 10,000: write it to a table"),
        (
            {"n": 1, "probs": [0.5] * 3000},
            "15,019 bytes, 15,000 of them in 'probs'; Snowflake's limit is 10,000",
        ),
        ("\ud800", "half of a character"),
        (ITSELF, "holds itself"),
        ((n for n in [1]), "is a builtins.generator, which JSON cannot carry: return list"),
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
    ("text", "annotation", "value"),
    [
        ("20240105", "str", "20240105"),
        ("20240105", "int", 20240105),
        ("1", "float", 1.0),
        ("true", "bool", True),
        ('{"a": 1}', "dict[str, int]", {"a": 1}),
        ('{"a": 1}', "'Optional[typing.Dict]'", {"a": 1}),
        ("[1, 2]", "tuple[int, int]", (1, 2)),
        ("[1]", "list | None", [1]),
        ('"2026-01-02"', "datetime.date", datetime.date(2026, 1, 2)),
        ("2026-01-02", "date", datetime.date(2026, 1, 2)),
        ("2026-01-02", "datetime", datetime.datetime(2026, 1, 2)),  # noqa: DTZ001 - naive
        # of SQL, which quotes nothing
        ("abc", "int | str", "abc"),
        # nobody says: JSON only where nothing else can be meant
        ('{"a": 1.5}', "", {"a": 1.5}),
        ("[1]", "", [1]),
        ("{not json", "", "{not json"),
        ("20240105", "", "20240105"),
        (None, "", None),
        (None, "int | None", None),
    ],
)
def test_a_value_is_read_as_the_annotation_says(text, annotation, value):
    read = received(text, annotation)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"a": [1, (2,)]}, "['a'][1] is a tuple, and arrives as a list"),
        ({"day": datetime.date(2026, 1, 2)}, "['day'] is a date, and arrives as a str"),
        ({"n": decimal.Decimal("1.5")}, "['n'] is a Decimal, and arrives as a float"),
        ({"a": [1, None, "x", 2.5, {}]}, None),
        ((1, 2), None),  # said before the run
    ],
)
def test_the_first_part_that_arrives_as_another_type_is_named(value, says):
    found = first_change(value, received(sent(value)), "the return value")
    assert found == (says and f"the return value{says}")


@pytest.mark.parametrize("said", ["-0", "0", "-0.00", "-0E+3", "1.10", "-5", "1E+5"])
def test_a_decimal_keeps_its_sign_and_its_digits(said):
    form = form_by_text("decimal.Decimal")
    assert str(decode(encode(decimal.Decimal(said), form, 99), form)) == said


@pytest.mark.parametrize(
    ("value", "annotation", "says"),
    [
        ((1, 2), "typing.Sequence[int]", " is a tuple, and arrives as a list"),
        ({1: 2}.keys(), "typing.Iterable[int]", " is a dict_keys, and arrives as a list"),
        (collections.Counter("a"), "dict[str, int]", " is a Counter, and arrives as a dict"),
        ([1, 2], "typing.Sequence[int]", None),
        ((1, 2), "tuple[int, int]", None),
        (True, "int", None),
        (1, "float", None),
        ([1, np.int64(2)], "list[float]", None),
        ({"a": np.float64(1)}, "dict[str, float]", None),
        ({"a": (1,)}, "dict[str, typing.Any]", "['a'] is a tuple, and arrives as a list"),
        ([decimal.Decimal(1)], "list[typing.Any]", "[0] is a Decimal, and arrives as a int"),
    ],
)
def test_a_container_that_arrives_as_another_is_named(value, annotation, says):
    form = form_by_text(annotation)
    read = decode(encode(value, form, MAX_RETURN_BYTES), form)
    found = first_change(value, read, "the return value", is_told=True)
    assert found == (says and f"the return value{says}")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@pytest.mark.slow
@given(st.dictionaries(st.text(max_size=5), JSON, max_size=5))
def test_a_dict_comes_back_as_it_was(value):
    text = encode(value, Open(), 10**6)
    assert received(text, "dict") == received(text) == json.loads(text) == value


@given(st.text(max_size=100))
def test_text_comes_back_as_it_was(value):
    assert received(encode(value, Open(), 10**6), "str") == value
