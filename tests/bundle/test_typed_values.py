"""A return value arrives as what the receiver says it is: `receive(send(x)) == x`."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import pathlib
import typing
import uuid

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfdag_magics.bundle.shipped.typed_values import Unread, hints_of, read_text
from sfdag_magics.bundle.shipped.values import encode

MOST = 10_000


class Color(enum.Enum):
    RED = 1
    GREEN = "green"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Point(typing.NamedTuple):
    x: int
    when: datetime.date


@dataclasses.dataclass
class Result:
    score: decimal.Decimal
    points: list[Point]
    best: typing.Optional[Color] = None  # noqa: UP045 - as people write it


class Row(typing.TypedDict):
    name: str
    day: datetime.date


Count = int
Score = typing.Annotated[decimal.Decimal, "of the model"]
Id = typing.NewType("Id", int)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.decimals(allow_nan=False, allow_infinity=False)
points = st.builds(Point, st.integers(), st.dates())
#: `{type: its values}`, each sent and received.
VALUES = {
    "str": (str, texts),
    "bool": (bool, st.booleans()),
    "int": (int, st.integers()),
    "float": (float, st.floats(allow_nan=False, allow_infinity=False)),
    "bytes": (bytes, st.binary(max_size=50)),
    "Decimal": (decimal.Decimal, numbers),
    "date": (datetime.date, st.dates()),
    "datetime": (datetime.datetime, st.datetimes(timezones=st.just(datetime.UTC) | st.none())),
    "time": (datetime.time, st.times()),
    "timedelta": (datetime.timedelta, st.timedeltas()),
    "UUID": (uuid.UUID, st.uuids()),
    "path": (pathlib.PurePosixPath, texts.map(pathlib.PurePosixPath)),
    "an enum": (Color, st.sampled_from(Color)),
    "an int enum": (Level, st.sampled_from(Level)),
    "a named tuple": (Point, points),
    "a dataclass": (
        Result,
        st.builds(
            Result, numbers, st.lists(points, max_size=3), st.none() | st.sampled_from(Color)
        ),
    ),
    "a typed dict": (Row, st.fixed_dictionaries({"name": texts, "day": st.dates()})),
    "a list": (list[decimal.Decimal], st.lists(numbers, max_size=5)),
    "a list of lists": (list[list[int]], st.lists(st.lists(st.integers()), max_size=3)),
    "a tuple": (tuple[int, str], st.tuples(st.integers(), texts)),
    "a tuple of one kind": (tuple[int, ...], st.lists(st.integers()).map(tuple)),
    "a bare tuple": (tuple, st.lists(st.integers()).map(tuple)),
    "a set": (set[int], st.sets(st.integers())),
    "a frozen set": (frozenset[datetime.date], st.frozensets(st.dates(), max_size=4)),
    "a dict": (dict[str, datetime.date], st.dictionaries(texts, st.dates(), max_size=4)),
    "a mapping": (typing.Mapping[str, int], st.dictionaries(texts, st.integers(), max_size=4)),
    "an alias": (Count, st.integers()),
    "annotated": (Score, numbers),
    "a new type": (Id, st.integers()),
    "optional": (typing.Optional[int], st.integers()),  # noqa: UP045 - as people write it
    "an arm of a union": (int | dict, st.integers() | st.just({"a": 1})),
    "a literal": (typing.Literal["a", "b", 3], st.sampled_from(["a", "b", 3])),
}


@pytest.mark.parametrize("what", VALUES)
def test_what_is_received_is_what_was_sent(what):
    kind, values = VALUES[what]

    @settings(max_examples=50, deadline=None)
    @given(values)
    def check(value):
        received = read_text(encode(value, 10**6), kind)
        assert received == value
        assert type(received) is type(value)

    check()


def test_types_without_a_reader_are_left_to_their_text():
    with pytest.raises(Unread):
        read_text("{}", object)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("[1]", int),
        ("true", int),
        ("1", bool),
        ("abc", decimal.Decimal),
        ("{}", list[int]),
        ('["a"]', list[int]),
        ("7", Color),
        ("[1]", tuple[int, int]),
        ("2026-13-01", datetime.date),
        ('{"score": "x", "points": []}', Result),
    ],
)
def test_a_value_of_another_type_is_an_error(text, kind):
    with pytest.raises((ValueError, TypeError)):
        read_text(text, kind)


def test_hints_are_what_annotations_are_not_how_they_are_spelled():
    def train(a: Count, b: "decimal.Decimal", c): ...  # noqa: UP037 - quoted on purpose

    assert hints_of(train) == {"a": int, "b": decimal.Decimal}
    train.__annotations__["b"] = "ghost"
    assert hints_of(train) == {"a": int}
    assert hints_of(None) == {}
