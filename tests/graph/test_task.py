"""A cell's text in, one task out; and what cannot be a task says why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sfdag_magics.errors import InputError
from sfdag_magics.graph.model import TaskKind, sql_task, task_function
from sfdag_magics.place_words import to_type
from tests.graph.builders import task


def kinds(text):
    return {p.name: (str(p.kind), p.default) for p in task(text).parameters}


def test_parameters_say_what_the_task_needs():
    assert kinds(
        "def train(session, split_data: dict, ctx, rounds=10, *, rate: float = .10, label: str):\n"
        "    return {}"
    ) == {
        "session": ("session", None),
        "split_data": ("value", None),
        "ctx": ("context", None),
        "rounds": ("config", "10"),
        "rate": ("config", "0.1"),
        "label": ("config", None),
    }


def test_session_and_context_are_known_by_their_annotation_too():
    assert kinds(
        "def f(s: Session, t: 'TaskContext', u: snowflake.snowpark.Session, /, v: int): ..."
    ) == {
        "s": ("session", None),
        "t": ("context", None),
        "u": ("session", None),
        "v": ("value", None),
    }


def test_the_task_is_the_last_function_of_the_cell():
    found = task(
        "import math\n\ndef helper(x): return x\n\ndef train(a: int) -> dict: ...\n\nLIMIT = 3\n"
    )
    assert (found.name, found.kind, found.returns) == ("train", TaskKind.PYTHON, "dict")
    assert found.place == "Cell 1"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def train(:\n  pass", "the cell is not Python"),
        ("x = 1", "the cell has no function"),
        ("", "the cell has no function"),
        ("x = '\0'", "not Python"),
        ("async def train(session): ...", "train is asynchronous"),
        ("def train(*frames): ...", "*frames names no task"),
        ("def train(**options): ...", "**options names no task"),
        ("def größe(session): ...", "'größe' is not an ASCII identifier"),
        ("def session(x): ...", "name of a parameter"),
    ],
)
def test_a_cell_that_is_no_task_says_why(text, message):
    with pytest.raises(InputError) as caught:
        task(text)
    assert message in caught.value.message


def test_a_syntax_error_names_the_line_as_the_cell_counts_it():
    with pytest.raises(InputError) as caught:
        task_function("x = 1\ndef f(:\n", cell="Cell 7", first_line=3)
    assert caught.value.where == "Cell 7, line 4"
    assert caught.value.hint


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"timeout": timedelta(0)}, "a timeout is more than zero"),
        ({"timeout": timedelta(days=8)}, "at most 7 days"),
        ({"branch": True, "finalizer": True}, "a finalizer is no branch"),
        ({"warehouse": "W", "serverless": "SMALL"}, "on a warehouse or serverless"),
        ({"serverless": "HUGE"}, "'HUGE' is no warehouse size"),
        ({"when": "'open"}, "unterminated string"),
        ({"when": "(1 = 1"}, "unexpected '<EOF>'"),
        ({"when": ""}, "expected a condition"),
        ({"when": "1 = 1 AS DROP TABLE t --"}, "is more than a condition"),
        ({"when": "1 = 1 AFTER other"}, "is more than a condition"),
        ({"tiemout": timedelta(minutes=5)}, "no option 'tiemout'; did you mean timeout?"),
        ({"wharehouse": "X"}, "no option 'wharehouse'; did you mean warehouse?"),
        ({"nonsense": 3}, "no option 'nonsense'"),
        ({"timeout": 5}, "timeout is a time such as '20m', or a timedelta, not 5"),
        ({"timeout": "20x"}, "timeout is a time such as '20m', or a timedelta, not '20x'"),
        ({"schedule": "1 day"}, "no option 'schedule', which is one of the graph"),
        ({"after": kinds}, "after is a list of names, not the function kinds"),
        ({"after": [kinds]}, "after is a list of names, not [the function kinds]"),
        ({"after": object()}, "after is a list of names, not an object"),
        ({"when": 3}, "when is a text, not 3"),
        ({"branch": "yes"}, "branch is True or False, not 'yes'"),
        ({"packages": 1}, "packages is a list of names, not 1"),
        ({"serverless": True}, "serverless is a text, not True"),
    ],
)
def test_options_that_do_not_fit_are_refused(options, message):
    with pytest.raises(InputError) as caught:
        task("def f(session): ...", **options)
    assert message in caught.value.message


def test_all_options_that_do_not_fit_are_told_at_once():
    with pytest.raises(InputError) as caught:
        task("def f(session): ...", tiemout=5, branch="yes", retries=-1, serverless="HUGE")
    assert str(caught.value).splitlines() == [
        "f: no option 'tiemout'; did you mean timeout?",
        "  branch is True or False, not 'yes'",
        "    branch=True",
        "  it is called again 0 to 20 times, not -1",
        f"    {to_type('sftask', retries='3')}",
        "  'HUGE' is no warehouse size",
        "    XSMALL, SMALL, MEDIUM, LARGE, XLARGE",
        f"  next: {caught.value.hint}",
    ]


def test_a_time_is_a_timedelta_or_what_a_cell_would_say():
    made = task("def f(session): ...", timeout="20m", retries=1, backoff="30s")
    assert (made.timeout, made.backoff) == (timedelta(minutes=20), timedelta(seconds=30))


@pytest.mark.parametrize(
    ("said", "names"), [("load", ("load",)), ("a, b", ("a", "b")), (["a"], ("a",)), (None, ())]
)
def test_names_are_a_list_or_what_a_cell_would_say(said, names):
    assert task("def f(session): ...", after=said).after == names


def test_what_is_none_is_not_said():
    options = dict.fromkeys(("branch", "finalizer", "when", "timeout", "packages"))
    assert task("def f(session): ...", **options) == task("def f(session): ...")


def test_sql_cells_are_tasks_without_their_semicolon():
    found = sql_task(
        "clean", "-- old rows\ndelete from t;\n ; ", after=["load"], serverless="x-small"
    )
    assert (found.kind, found.body) == (TaskKind.SQL, "-- old rows\ndelete from t")
    assert (found.after, found.serverless) == (("load",), "XSMALL")


@pytest.mark.parametrize("body", ["", " ;; ", "-- only a comment", "select 'open"])
def test_a_cell_without_sql_is_refused(body):
    with pytest.raises(InputError, match="clean"):
        sql_task("clean", body)


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("select 1; select 2", 2),
        ("select 1;\n-- and\nselect 2;\nselect 3;", 3),
        ("begin transaction; delete from t; commit", 3),
        ("begin select 1; end; select 2", 2),
    ],
)
def test_a_cell_of_several_statements_is_refused(body, count):
    with pytest.raises(InputError, match=f"clean: the cell has {count} statements") as caught:
        sql_task("clean", body)
    assert "BEGIN" in caught.value.hint


@pytest.mark.parametrize(
    "body",
    [
        "select 'a;b', \"c;d\", $$e;f$$ /* g;h */",
        "select 1 -- ; select 2",
        "begin select 1; select 2; end",
        "declare x int default 1; begin if (x = 1) then return 1; end if; end",
        "begin\n  let c cursor for select 1;\n  for r in c do select 2; end for;\nend",
        "begin select case when true then 1 end; exception when other then raise; end",
        "execute immediate $$begin select 1; select 2; end$$",
    ],
)
def test_one_statement_or_one_block_is_a_task(body):
    assert sql_task("clean", f"{body}\n;\n").body.startswith(body[:8])


def test_lines_without_a_function_are_to_go_below_a_def_of_the_tasks_name():
    with pytest.raises(InputError) as caught:
        task_function("df = read()\n", cell="Cell 7", task="load")
    assert caught.value.hint == (
        "a task is a function: def load(session): above its lines, and these indented"
    )
