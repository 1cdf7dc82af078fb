"""A return value arrives as what both sides say it is, `receive(send(x)) == x`, or is refused."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import math
import pathlib
import re
import typing
import uuid
import zoneinfo

import numpy as np
import pandas as pd
import pydantic
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sfdag_magics.bundle.passed_values import whole_form
from sfdag_magics.bundle.shipped.form_of import form_of, hints_of
from sfdag_magics.bundle.shipped.forms import UntoldError
from sfdag_magics.bundle.shipped.values import decode, encode, form_by_text

MOST = 10**6


class Color(enum.Enum):
    RED = 1
    GREEN = "green"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Access(enum.Flag):
    READ = 1
    WRITE = 2


class Odd(enum.Enum):
    PAIR = (1, 2)
    NONE = None


class Point(typing.NamedTuple):
    x: int
    when: datetime.date


@dataclasses.dataclass
class Result:
    score: decimal.Decimal
    points: list[Point]
    best: Color = None  # as people write it
    child: typing.Optional[Result] = None  # noqa: UP045 - as people write it


@dataclasses.dataclass(frozen=True, slots=True)
class Doubled:
    x: int
    made: int = dataclasses.field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "made", self.x * 2)


class Row(typing.TypedDict, total=False):
    name: str
    day: datetime.date


class Settings(pydantic.BaseModel):
    rate: float
    day: datetime.date


T = typing.TypeVar("T")


class Aliased(pydantic.BaseModel):
    """Read from one name, written by another, with a part, and what is computed of it."""

    model_config = pydantic.ConfigDict(extra="forbid")
    rate: int = pydantic.Field(validation_alias=pydantic.AliasChoices("Rate", "rateInPercent"))
    part: Settings = pydantic.Field(alias="thePart")

    @pydantic.computed_field
    @property
    def twice(self) -> int:
        return self.rate * 2


class Page(pydantic.BaseModel, typing.Generic[T]):
    held: T


@dataclasses.dataclass
class Box(typing.Generic[T]):
    held: T


#: As a value, so that nobody writes it with `|`, which not every type here has.
_UNION = typing.Union
Count = int
Score = typing.Annotated[decimal.Decimal, "of the model"]
Id = typing.NewType("Id", int)

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
NAMED = datetime.timezone(datetime.timedelta(hours=1), "shop]")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
decimals = st.decimals(allow_nan=False)
points = st.builds(Point, st.integers(), st.dates())
zones = st.none() | st.just(datetime.UTC) | st.sampled_from(
    [BERLIN, datetime.timezone(datetime.timedelta(minutes=-90)), NAMED]
)  # fmt: skip
#: `{type: its values}` of types that hold no others, by whether values can be keys.
LEAVES = {
    str: texts,
    bool: st.booleans(),
    int: st.integers() | st.integers(2**64, 2**200),
    float: st.floats(),
    bytes: st.binary(max_size=20),
    decimal.Decimal: decimals,
    complex: st.complex_numbers(allow_nan=False),
    datetime.date: st.dates(),
    datetime.datetime: st.datetimes(timezones=zones),
    datetime.time: st.times(),
    datetime.timedelta: st.timedeltas(),
    uuid.UUID: st.uuids(),
    pathlib.PurePosixPath: texts.map(pathlib.PurePosixPath),
    Color: st.sampled_from(Color),
    Level: st.sampled_from(Level),
    Access: st.sampled_from([*Access, Access.READ | Access.WRITE]),
    Odd: st.sampled_from(Odd),
    Point: points,
    Score: decimals,
    Id: st.integers(),
    typing.Literal["a", "b", 3]: st.sampled_from(["a", "b", 3]),
    np.float64: st.floats().map(np.float64),
    np.int32: st.integers(-(2**31), 2**31 - 1).map(np.int32),
    np.bool_: st.booleans().map(np.bool_),
    pd.Timestamp: st.integers(0, 2**62).map(pd.Timestamp),
    pd.Timedelta: st.integers(-(2**62), 2**62).map(pd.Timedelta),
    type(None): st.none(),
}
NOT_KEYS = {
    bytearray: st.binary(max_size=20).map(bytearray),
    Row: st.fixed_dictionaries({}, optional={"name": texts, "day": st.dates()}),
    Result: st.builds(Result, decimals, st.lists(points, max_size=2), st.sampled_from(Color)),
    Settings: st.builds(Settings, rate=st.floats(-1, 1), day=st.dates()),
    Aliased: st.builds(
        lambda rate, part: Aliased(Rate=rate, thePart=part),
        st.integers(),
        st.builds(Settings, rate=st.floats(-1, 1), day=st.dates()),
    ),
    Page[datetime.date]: st.builds(Page[datetime.date], held=st.dates()),
    Box[datetime.date]: st.builds(Box, st.dates()),
}  # fmt: skip


@dataclasses.dataclass(frozen=True)
class Kind:
    """A type, and what makes its values."""

    type: object
    values: st.SearchStrategy
    is_key: bool = True


def containers(one, other):
    """Every type that holds values of these two."""
    items = st.lists(one.values, max_size=3)
    yield Kind(list[one.type], items, is_key=False)
    yield Kind(typing.Sequence[one.type], items, is_key=False)
    yield Kind(collections.deque[one.type], items.map(collections.deque), is_key=False)
    yield Kind(tuple[one.type, ...], items.map(tuple), is_key=one.is_key)
    both = st.tuples(one.values, other.values)
    yield Kind(tuple[one.type, other.type], both, is_key=one.is_key and other.is_key)
    fields = [("a", one.type), ("b", other.type)]
    named = typing.NamedTuple("Named", fields)
    yield Kind(named, both.map(lambda pair: named(*pair)), is_key=one.is_key and other.is_key)
    made = dataclasses.make_dataclass("Made", fields)
    yield Kind(made, both.map(lambda pair: made(*pair)), is_key=False)
    typed = typing.TypedDict("Typed", dict(fields))  # noqa: UP013 - of values
    yield Kind(typed, st.fixed_dictionaries({"a": one.values, "b": other.values}), is_key=False)
    yield Kind(_UNION[one.type, other.type], one.values | other.values, is_key=False)
    yield Kind(_UNION[one.type, None], one.values | st.none(), is_key=False)
    yield Kind(dict[str, one.type], st.dictionaries(texts, one.values, max_size=3), is_key=False)
    if one.is_key:
        yield Kind(set[one.type], items.map(set), is_key=False)
        yield Kind(frozenset[one.type], items.map(frozenset))
        pairs = st.dictionaries(one.values, other.values, max_size=3)
        yield Kind(dict[one.type, other.type], pairs, is_key=False)
        ordered = pairs.map(collections.OrderedDict)
        yield Kind(collections.OrderedDict[one.type, other.type], ordered, is_key=False)
        counted = items.map(collections.Counter)
        yield Kind(collections.Counter[one.type], counted, is_key=False)


LEAF_KINDS = [
    *(Kind(kind, values) for kind, values in LEAVES.items()),
    *(Kind(kind, values, is_key=False) for kind, values in NOT_KEYS.items()),
]
KINDS = st.recursive(
    st.sampled_from(LEAF_KINDS),
    lambda inner: st.tuples(inner, inner).flatmap(lambda two: st.sampled_from([*containers(*two)])),
    max_leaves=5,
)


def is_same(one, other):
    """Whether two values are equal, of the same types all through; NaN is itself."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float | np.floating):
        return (math.isnan(one) and math.isnan(other)) or (
            one == other and math.copysign(1, one) == math.copysign(1, other)
        )
    if isinstance(one, dict):
        keys = zip(one, other, strict=True) if len(one) == len(other) else [(0, 1)]
        return all(is_same(*pair) for pair in keys) and all(
            is_same(*pair) for pair in zip(one.values(), other.values(), strict=True)
        )
    if isinstance(one, list | tuple | collections.deque):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, set | frozenset):
        return set(map(_shown, one)) == set(map(_shown, other))  # NaN may be in a set twice
    if dataclasses.is_dataclass(one):
        return is_same(dataclasses.astuple(one), dataclasses.astuple(other))
    if isinstance(one, datetime.datetime | datetime.time | pd.Timestamp):
        return (one, one.fold, str(one.tzinfo)) == (other, other.fold, str(other.tzinfo))
    return one == other


def _shown(value):
    if isinstance(value, set | frozenset):
        return f"{type(value)}{sorted(map(_shown, value))}"
    if isinstance(value, tuple):
        return f"{type(value)}{[*map(_shown, value)]}"
    return repr(value)


def travels(kind, value):
    form = form_of(kind)
    text = encode(value, form, MOST)
    received = decode(text, form)
    assert is_same(received, value), (form.said, text, received, value)
    if form.standard:
        assert is_same(decode(text, form_by_text(form.said)), value), form.said


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_what_is_received_is_what_was_sent_or_its_type_is_refused(data):
    kind = data.draw(KINDS)
    try:
        whole_form(kind.type)
    except UntoldError:
        return  # before the run
    travels(kind.type, data.draw(kind.values))


@pytest.mark.parametrize("kind", LEAF_KINDS, ids=lambda kind: str(kind.type))
def test_every_type_of_single_values_travels(kind):
    @settings(max_examples=15, deadline=None)
    @given(kind.values)
    def check(value):
        travels(kind.type, value)
        travels(_UNION[kind.type, None], value)

    check()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (int | str, "5"),
        (int | str, 5),
        (int | str, "null"),
        (int | float, 1.0),
        (float | typing.Literal[3], 3),
        (str, '{"a": 1}'),
        (str, '"quoted"'),
        (str, "a\u2028b\0c"),
        (float, -0.0),
        (dict[str, float], {"auc": math.nan, "loss": math.inf}),
        (dict, {"auc": math.nan}),
        (dict[tuple[int, str], Color], {(1, "a"): Color.GREEN}),
        (dict[bool, int], {True: 1}),
        (tuple[()], ()),
        (Doubled, Doubled(4)),
        (Result, Result(decimal.Decimal("1.10"), [], None, Result(decimal.Decimal(1), []))),
        (pd.Timestamp, pd.Timestamp("2026-07-02 01:02:03.000000004", tz="Europe/Berlin")),
        (np.datetime64, np.datetime64("2026-01-02T03", "h")),
        (
            datetime.datetime,
            datetime.datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=BERLIN),
        ),
        (datetime.datetime, datetime.datetime.fromisoformat("2026-10-25T02:30").replace(fold=1)),
        (datetime.datetime, datetime.datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=NAMED)),
        (datetime.time, datetime.time(2, 30, fold=1)),
        (datetime.time, datetime.time(2, 30, tzinfo=NAMED)),
        (pd.Timestamp, pd.Timestamp("2026-10-25 02:30").replace(fold=1)),
        (pd.Timestamp, pd.Timestamp("2026-10-25 02:30", tz=NAMED)),
        (dict[str, str], {"half": "\ud800"}),
        (typing.Any, {"a": [1, None]}),
    ],
)  # fmt: skip
def test_the_edges_of_types(kind, value):
    travels(kind, value)


@pytest.mark.parametrize(
    ("kind", "value", "received"),
    [
        (int, np.int64(5), 5),
        (int, True, 1),
        (float, 1, 1.0),
        (float, np.float32(0.5), 0.5),
        (list, (1, 2), [1, 2]),
        (typing.Any, decimal.Decimal("0.5"), "0.5"),
        (typing.Any, {"t": (1, {2})}, {"t": [1, [2]]}),
        (typing.Any, Result(decimal.Decimal(1), []),
         {"score": 1, "points": [], "best": None, "child": None}),
        (datetime.datetime, pd.Timestamp("2026-01-02", tz="UTC"),
         datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)),
    ],
)  # fmt: skip
def test_what_is_nearly_of_the_type_arrives_as_the_type_says(kind, value, received):
    form = form_of(kind)
    assert is_same(decode(encode(value, form, MOST), form), received)


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (np.ndarray, "tolist"),
        (pd.DataFrame, "return its name"),
        (pd.Series, "tolist"),
        (typing.Iterator[int], "return list"),
        (collections.defaultdict, r"dict\(…\)"),
        (range, "return list"),
        (int | decimal.Decimal, "one of them"),
        (str | datetime.date, "one of them"),
        (list[int] | set[int], "one of them"),
        (dict | Result, "one of them"),
        (typing.Callable, "write it to a table"),
        (np.floating, "write it to a table"),
        (list["Ghost"], "say the type itself"),  # noqa: F821 - that it is not there is the case
    ],
)
def test_types_that_do_not_travel_say_what_to_return_instead(kind, says):
    with pytest.raises(UntoldError) as caught:
        form_of(kind)
    assert re.search(says, caught.value.hint)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("[1]", int),
        ("true", int),
        ("1", bool),
        ("1.5", int),
        ("abc", decimal.Decimal),
        ("{}", list[int]),
        ('["a"]', list[int]),
        ("7", Color),
        ("15", Access),
        ("[1]", tuple[int, int]),
        ("2026-13-01", datetime.date),
        ('{"score": "x", "points": []}', Result),
        ('{"nmae": "x"}', Row),
        (None, int),
        ("1e99999999999999999999", float),
    ],
)
def test_a_text_of_another_type_is_an_error(text, kind):
    with pytest.raises((ValueError, TypeError)):
        decode(text, form_of(kind))


@pytest.mark.parametrize(
    ("kind", "value", "says"),
    [
        (int, "abc", r"the return value is 'abc' \(str\), not int"),
        (dict[str, int], {"a": "x"}, r"the return value\['a'\] is 'x' \(str\), not int"),
        (Result, Result("x", []), r"the return value.score is 'x'"),
        (int, None, "is None"),
        (collections.deque[int], collections.deque([1], 3), "maxlen"),
        (decimal.Decimal, 0.1, "not decimal.Decimal"),
    ],
)
def test_a_value_that_is_not_of_the_type_is_named_with_its_place(kind, value, says):
    with pytest.raises((ValueError, TypeError), match=says):
        encode(value, form_of(kind), MOST)


def test_numbers_are_named_as_json_has_them():
    with pytest.raises(ValueError, match=r'x is \[1, \{"d": 1.5\}\] \(list\), not int'):
        decode('[1, {"d": 1.5}]', form_of(int), "x")
    with pytest.raises(ValueError, match=r"x is 1.5 \(number\), not int"):
        decode("1.5", form_of(int), "x")


def test_hints_are_what_annotations_are_not_how_they_are_spelled():
    def train(a: Count, b: "decimal.Decimal", c): ...  # noqa: UP037 - quoted on purpose

    assert hints_of(train) == {"a": int, "b": decimal.Decimal}
    train.__annotations__["b"] = "ghost"
    assert hints_of(train) == {"a": int}
    assert hints_of(None) == {}
