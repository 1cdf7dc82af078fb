"""What a task returns against what the task below takes, by the types themselves: before a run."""

from __future__ import annotations

import json

import pytest

from sfdag_magics.bundle.passed_values import misread, problems_of_config, whole_form
from sfdag_magics.bundle.shipped.forms import UntoldError
from tests.bundle.notebook import GraphRun, Notebook, Shipped

SETUP = """
import collections, dataclasses, datetime, enum, pathlib, typing
from decimal import Decimal
from typing import Annotated, Iterator, Literal, NamedTuple, NewType, Optional, TypedDict
import numpy as np
import pandas as pd
Count = int
Id = NewType("Id", int)
class Color(enum.Enum):
    RED = "red"
class Point(NamedTuple):
    x: int
class Plain(TypedDict):
    x: int
class Level(enum.IntEnum):
    LOW = 1
class Wider(Plain):
    y: int
T = typing.TypeVar("T")
@dataclasses.dataclass
class Box(typing.Generic[T]):
    held: T
@dataclasses.dataclass
class Result:
    score: float
@dataclasses.dataclass
class Other:
    score: float
@dataclasses.dataclass
class Holder:
    frame: pd.DataFrame
"""


def problems(returns, takes, above=None, **options):
    notebook = Notebook()
    notebook.run(SETUP)
    notebook.task(above or f"def up(){f' -> {returns}' if returns else ''}: ...", **options)
    notebook.task(f"def down(up{f': {takes}' if takes else ''}): ...")
    return notebook.build().problems


@pytest.mark.parametrize(
    ("returns", "takes"),
    [
        ("Count", "int"),
        ("Annotated[int, 'x']", "Count"),
        ("Id", "int"),
        ("int", "float"),
        ("int", "np.int64"),
        ("np.float32", "float"),
        ("np.bool_", "bool"),
        ("float", "Decimal"),
        ("int", "int | None"),
        ("str", "Color"),
        ("str", "Literal['a', 'b']"),
        ("Literal['a']", "str"),
        ("Literal['a', None]", "str | None"),
        ("Literal['a', 3]", "str | int"),
        ("int", "Level"),
        ("Box[int]", "Box[int]"),
        ("Wider", "dict[str, int]"),
        ("list[Point]", "list[Point]"),
        ("Result", "Result"),
        ("'Result'", "Result"),
        ("set[int]", "list[int]"),
        ("tuple[int, int]", "list[float]"),
        ("list[int]", "tuple[int, int]"),
        ("dict[str, int]", "collections.OrderedDict[str, float]"),
        ("Plain", "dict[str, int]"),
        ("dict[str, int]", "Plain"),
        ("Plain", None),
        ("dict[str, datetime.date]", "dict"),
        ("pathlib.Path", "pathlib.PurePath"),
        ("bytes", "bytearray"),
        ("Ghost", "int"),
        (None, "Result"),
        ("typing.Any", "Result"),
        ("Optional[Result]", "Result | None"),
    ],
)
def test_pairs_that_arrive_as_both_say(returns, takes):
    quoted = "'Ghost'" if returns == "Ghost" else returns
    assert problems(quoted, takes) == ()


@pytest.mark.parametrize(
    ("returns", "takes", "says"),
    [
        ("dict", "Count", "takes up as Count, and up says that it returns dict"),
        ("int | None", "Count", "returns int | None"),
        ("Count", "str", "returns Count"),
        ("Color", "str", "returns Color"),
        ("Color", "Level", "returns Color"),
        ("Color", "Plain", "returns Color"),
        ("int", "None", "returns int"),
        ("list[int]", "Result | None", "returns list[int]"),
        ("Decimal", "Level", "returns Decimal"),
        ("Literal['a', 3]", "int", "returns Literal['a', 3]"),
        ("Box[int]", "Box[str]", "returns Box[int]"),
        ("dict[str, str]", "Plain", "returns dict[str, str]"),
        ("Plain", "Wider", "returns Plain"),
        ("float", "np.float32", "returns float"),
        ("str", "int | str", "returns str"),
        ("Result", "Other", "returns Result"),
        ("Result", "Point", "returns Result"),
        ("list[Point]", "list[int]", "returns list[Point]"),
        ("np.float64", "np.float32", "returns np.float64"),
        ("np.float64", "int", "returns np.float64"),
        ("pd.Timestamp", "datetime.date", "returns pd.Timestamp"),
        ("Decimal", "Annotated[float, 1]", "returns Decimal"),
        ("tuple[int, int]", "tuple[int]", "returns tuple[int, int]"),
        ("dict[int, str]", "dict[str, str]", "returns dict[int, str]"),
        (
            "Point",
            None,
            "without saying as what, and would get JSON's types where up returns Point",
        ),
        (
            "list[Result]",
            "list",
            "as list, and would get JSON's types where up returns list[Result]",
        ),
        ("pd.Timestamp", None, "without saying as what"),
    ],
)
def test_pairs_that_do_not_are_refused_with_what_to_write(returns, takes, says):
    (problem,) = problems(returns, takes)
    assert problem.task == "down"
    assert says in problem.message
    assert f"def down(up: {returns})" in problem.hint


@pytest.mark.parametrize(
    ("returns", "hint"),
    [
        ("np.ndarray", "x.tolist()"),
        ("list[pd.DataFrame]", "session.write_pandas"),
        ("dict[str, pd.DataFrame]", "session.write_pandas"),
        ("dict[str, pd.Series]", "s.to_dict()"),
        ("Holder", "session.write_pandas"),
        ("Iterator[int]", "return list(…)"),
        ("collections.defaultdict[str, list]", "return dict(…)"),
        ("str | datetime.date", "let it be one of them"),
    ],
)
def test_what_no_return_value_carries_is_refused_at_either_end(returns, hint):
    (sent,) = problems(returns, None)
    assert (sent.task, sent.message.partition(":")[0]) == (
        "up",
        f"says that it returns {returns}",
    )
    assert hint in sent.hint
    (taken,) = problems(None, returns)
    assert (taken.task, taken.message.partition(":")[0]) == ("down", f"takes up as {returns}")


@pytest.mark.parametrize(
    ("returns", "takes", "note"),
    [
        (None, None, "up arrives as text, or as JSON's lists and dicts"),
        (None, "int | str", "a text that up returns and that looks like a number arrives as one"),
        (None, "'Ghost'", "'Ghost' names nothing in the notebook: up arrives as text"),
        (None, "str | None", None),
        ("int", None, None),
        ("object", None, "up says object of what it returns, which arrives as text, or as JSON's"),
        ("'typing.Any'", "object", "a tuple as a list, a date as text"),
        ("object", "tuple", None),
        ("int | str", "int | str", None),
    ],
)
def test_what_nobody_says_is_noted(returns, takes, note):
    notebook = Notebook()
    notebook.task(f"def up(){f' -> {returns}' if returns else ''}: ...")
    notebook.task(f"def down(up{f': {takes}' if takes else ''}): ...")
    bundle = notebook.build()
    assert bundle.problems == ()
    notes = bundle.tasks[1].notes
    assert len(notes) == bool(note)
    assert (note or "") in "".join(notes)


def test_a_type_that_cannot_be_looked_at_is_refused():
    class Lying(type):
        def __getattr__(cls, name):
            raise RuntimeError(name)

    class Odd(metaclass=Lying):
        pass

    with pytest.raises(UntoldError, match="own code raises RuntimeError when it is looked at"):
        whole_form(Odd)


def test_a_branch_returns_the_name_of_a_task():
    notebook = Notebook()
    notebook.task("def check(): return 'down'", branch=True)
    notebook.task("def down(check: int): ...")
    (problem,) = notebook.build().problems
    assert problem.hint == "annotate both alike: def down(check: str)"


@pytest.mark.parametrize(
    ("returns", "takes", "text", "shown"),
    [
        ("Count", None, "5", "5"),
        ("Optional[datetime.date]", None, "2026-01-02", "datetime.date(2026, 1, 2)"),
        ("list[Decimal]", "list", "[1.10]", "[Decimal('1.10')]"),
        ("dict[int, set[str]]", "dict", '{"1": ["a"]}', "{1: {'a'}}"),
        ("tuple[int, str]", "tuple", '[1, "a"]', "(1, 'a')"),
        ("Result", "Result", '{"score": 0.5}', "Result(score=0.5)"),
        ("str", None, '{"a": 1}', "'{\"a\": 1}'"),
    ],
)
def test_a_value_is_read_as_the_task_above_says_where_the_parameter_says_less(
    tmp_path, returns, takes, text, shown
):
    notebook = Notebook()
    notebook.run(SETUP)
    notebook.task(f"def up() -> {returns}: ...")
    notebook.task(f"def down(up{f': {takes}' if takes else ''}) -> str: return repr(up)")
    bundle = notebook.build()
    assert bundle.problems == ()
    run = GraphRun(values={"MORTGAGE$UP": text})
    assert Shipped(bundle.archive, tmp_path).run(run, "down") == shown


@pytest.mark.parametrize(
    ("config", "shown"),
    [
        ({"day": "2026-01-02"}, "(datetime.date(2026, 1, 2), 1)"),
        ({"n": None, "day": "2026-01-02"}, "(datetime.date(2026, 1, 2), None)"),
        ({"n": "many", "day": "2026-01-02"}, "down: config key n is 'many' (str), not int"),
        ({"day": "soon"}, "down: config key day is 'soon' (str), not datetime.date"),
    ],
)
def test_the_configuration_is_read_by_what_annotations_are(tmp_path, config, shown):
    notebook = Notebook()
    notebook.run(SETUP + "\nDay = datetime.date")
    notebook.task("def down(*, day: Day, n: Count = 1) -> str: return repr((day, n))")
    shipped = Shipped(notebook.build().archive, tmp_path)
    run = GraphRun(config=json.dumps(config))
    if not shown.startswith("("):
        with pytest.raises(ValueError) as raised:  # noqa: PT011 - compared as a whole
            shipped.run(run, "down")
        assert str(raised.value) == shown
        return
    assert shipped.run(run, "down") == shown


@pytest.mark.parametrize(
    ("annotation", "value", "says"),
    [
        ("Count", 5, None),
        ("Count", "many", "config key 'key' is 'many' (str), not int"),
        ("Color", "red", None),
        ("Color", "RED", None),
        ("Color", "rde", "which is no Color: 'red'"),
        ("dict[str, int]", {"a": "x"}, "config key 'key'['a'] is 'x' (str), not int"),
        ("int | str", "x", None),
        ("list[datetime.date]", ["2026-01-02"], None),
        ("list[datetime.date]", ["soon"], "[0] is 'soon' (str), not datetime.date"),
        ("Ghost", 1, None),
        ("np.ndarray", [1], "numpy.ndarray, whose values do not travel"),
        ("Count", None, None),
    ],
)
def test_a_configuration_is_checked_by_the_types_before_it_is_sent(annotation, value, says):
    notebook = Notebook()
    notebook.run(SETUP)
    notebook.task(f"def down(*, key: {annotation.replace('Ghost', repr('Ghost'))} = None): ...")
    problems = [*problems_of_config(notebook.graph, {"key": value})]
    assert [problem.task for problem in problems] == ["down"] * bool(says)
    assert (says or "") in "".join(problem.message for problem in problems)


def test_a_task_above_that_set_nothing_is_named_with_what_takes_it(tmp_path):
    notebook = Notebook()
    notebook.task("def up(): ...")
    notebook.task("def down(up: int): return up")
    shipped = Shipped(notebook.build().archive, tmp_path)
    with pytest.raises(ValueError, match=r"up has no return value .* up: int \| None takes it"):
        shipped.run(GraphRun(values={"MORTGAGE$UP": None}), "down")


NL = "\n"
_TODAY = "datetime.date.today()"


def _returning(said, returned, *before):
    return NL.join((f"def up(){said and f' -> {said}'}:", *before, f"    return {returned}"))


@pytest.mark.parametrize(
    ("above", "takes", "lost"),
    [
        (_returning("dict", f"{{'d': {_TODAY}}}"), "dict", "date"),
        (_returning("", f"{{'d': {_TODAY}}}"), "", "date"),
        (_returning("", f"{{'d': {_TODAY}}}"), "dict", "date"),
        (_returning("dict[str, object]", "{'d': d}", f"    d = {_TODAY}"), "dict", "date"),
        (_returning("list", "[(1, 2)]"), "list", "tuple"),
        (_returning("list", "[(k, 2) for k in 'ab']"), "list", "tuple"),
        (_returning("dict", "{'a': {'b': [Decimal('1')]}}"), "dict", "Decimal"),
        (_returning("dict", "{'a': {1, 2}}"), "dict", "set"),
        (_returning("dict", "{'a': set([1])}"), "", "set"),
        (_returning("list", "[{x for x in 'ab'}]"), "list", "set"),
        (_returning("dict", "o", "    o = {}", "    o['s'] = pd.Series([1]).shape"), "", "tuple"),
        (_returning("list", "o", "    o = []", "    o.append((1, 2))"), "list", "tuple"),
        (_returning("dict", "dict(at=datetime.datetime(2024, 1, 1))"), "dict", "datetime"),
        (_returning("dict", "{'a': UUID(int=1)}", "    from uuid import UUID"), "dict", "UUID"),
        (
            _returning("list", "[SafeUUID.safe]", "    from uuid import SafeUUID"),
            "list",
            "SafeUUID",
        ),
        (_returning("dict", "{'m': HTTPMethod.GET}", "    from http import HTTPMethod"), "", ""),
        (_returning("dict", f"{{'d': {_TODAY}}}"), "dict[str, datetime.date]", ""),
        (_returning("dict[str, datetime.date]", f"{{'d': {_TODAY}}}"), "dict", ""),
        (_returning("dict", f"{{'d': str({_TODAY})}}"), "dict", ""),
        (_returning("dict", "{'n': len(f())}", "    def f(): return [(1, 2)]"), "dict", ""),
    ],
)
def test_what_a_text_shows_of_types_that_nobody_says_is_noted_before_a_run(above, takes, lost):
    notebook = Notebook()
    notebook.run(SETUP)
    notebook.task(above)
    notebook.task(f"def down(up{takes and f': {takes}'}): ...")
    bundle = notebook.build()
    assert bundle.problems == ()
    said = [note for note in bundle.tasks[1].notes if note.startswith("up returns a ")]
    assert [note.split()[3] for note in said] == [lost] * bool(lost)
    assert all("(Cell [2], line " in note and "def down(up: " in note for note in said)


@pytest.mark.parametrize(
    ("returns", "takes", "text", "wrong"),
    [
        ("float", None, "0.7", ""),
        ("float", None, "abc", "what up is said to have returned is 'abc' (str), not float"),
        (None, "int", "1.5", "what up is said to have returned is 1.5 (number), not int"),
        ("pd.DataFrame", "pd.DataFrame", "DB.S.T", ""),
        ("str", "str", "abc", ""),
        (None, None, "abc", ""),
    ],
)
def test_a_text_stands_for_what_a_task_returns_where_it_is_of_its_type(returns, takes, text, wrong):
    notebook = Notebook()
    notebook.run(SETUP)
    up = notebook.task(f"def up(){f' -> {returns}' if returns else ''}: ...")
    notebook.task(f"def down(up{f': {takes}' if takes else ''}): ...")
    assert misread(notebook.graph, up, text) == wrong


@pytest.mark.parametrize(
    ("body", "sent", "arrives", "is_noted"),
    [
        ("return 5", "5", 15, False),
        ("return len([1, 2])", "2", 6, False),
        ("n = 0\n    for each in [1]:\n        n += 1\n    return n", "1", 3, False),
        ("return 1 / 2 if session else None", "0.5", 1.5, False),
        ("return '5'", "5", "555", False),
        ("day = f'{2024}'\n    return day + '01'", "202401", "202401" * 3, False),
        ("return '[1]'", "[1]", "[1][1][1]", False),
        ("return 1 in [1]", "true", 3, False),
        # Where a line leaves a doubt, all is as it was.
        ("return 5 if session else 'x'", "5", "555", True),
        ("len = str\n    return len(7)", "7", "777", True),
        ("return sum([1])", "1", "111", True),
    ],
)
def test_what_a_text_shows_of_its_type_arrives_so(body, sent, arrives, is_noted, tmp_path):
    notebook = Notebook()
    notebook.task(f"def up(session=None):\n    {body}")
    notebook.task("def down(up): return repr(up * 3)")
    bundle = notebook.build()
    assert ("arrives as text" in "".join(bundle.tasks[1].notes)) == is_noted
    run = GraphRun(values={"MORTGAGE$UP": sent})
    Shipped(bundle.archive, tmp_path).run(run, "down")
    assert run.returned == repr(arrives)
