"""A traceback taken apart: whose code each call is, and what was raised from what."""

from __future__ import annotations

import pytest

from sfdag_magics.client.observing.frames import (
    folded,
    raised_in,
    reason_of,
    without_services_words,
)

PANDAS = """Traceback (most recent call last):
  File "Cell [7] train", line 12, in train
    scaled = scale(frame)
             ^^^^^^^^^^^^
  File "a1b2.zip/features.py", line 31, in scale
    return frame[columns] / 2
  File "/usr/lib/python_udf/1/lib/python3.11/site-packages/pandas/core/frame.py", line 4102, in get
    indexer = self.columns.get_loc(key)
  File "/opt/python/lib/python3.11/json/decoder.py", line 355, in raw_decode
  File "pandas/_libs/hashtable_class_helper.pxi", line 7096, in PyObjectHashTable.get
KeyError: 'amount_log'"""
CHAINED = f"""{PANDAS}

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "Cell [7] train", line 14, in train
    raise ValueError("no features") from exc
ValueError: no features
  and a second line of it"""
RECURSION = """Traceback (most recent call last):
  File "Cell [2] deep", line 2, in deep
    return deep()
  [Previous line repeated 974 more times]
RecursionError: maximum recursion depth exceeded"""


@pytest.mark.parametrize(
    "place",
    ["0123456789abcdef.zip/", "/usr/lib/udf/1/0123456789abcdef.zip/", "/var/sfdag_modules_x1/"],
)
def test_a_module_beside_the_notebook_is_named_by_its_own_path(place):
    text = PANDAS.replace("a1b2.zip/", place)
    (raised,) = raised_in(text)
    assert raised.frames[1].place == "features.py, line 31, in scale"
    assert '  File "features.py", line 31, in scale' in without_services_words(text)


def test_a_comprehension_is_the_call_around_it_with_its_own_marks():
    within = (
        '  File "Cell [7] train", line 12, in <listcomp>\n'
        "    scaled = scale(frame)\n                   ^^^^^\n"
    )
    first, *calls = PANDAS.split('  File "a1b2')
    (raised,) = raised_in('  File "a1b2'.join([first + within, *calls]))
    assert [each.place for each in raised.frames] == [e.place for e in raised_in(PANDAS)[0].frames]
    assert raised.frames[0].code == "scaled = scale(frame)\n               ^^^^^"


def test_each_call_is_the_users_or_a_librarys():
    (raised,) = raised_in(PANDAS)
    assert raised.message == "KeyError: 'amount_log'"
    assert [(frame.place, frame.library) for frame in raised.frames] == [
        ("Cell [7] train, line 12", ""),
        ("a1b2.zip/features.py, line 31, in scale", ""),
        (
            "/usr/lib/python_udf/1/lib/python3.11/site-packages/pandas/core/frame.py, "
            "line 4102, in get",
            "pandas",
        ),
        ("/opt/python/lib/python3.11/json/decoder.py, line 355, in raw_decode", "Python"),
        (
            "pandas/_libs/hashtable_class_helper.pxi, line 7096, in PyObjectHashTable.get",
            "pandas",
        ),
    ]


def test_the_code_of_a_call_keeps_its_marks():
    (raised,) = raised_in(PANDAS)
    assert raised.frames[0].code == "scaled = scale(frame)\n         ^^^^^^^^^^^^"
    assert raised.frames[3].code == ""


def test_what_ended_the_task_comes_before_what_it_came_from():
    assert [raised.message for raised in raised_in(CHAINED)] == [
        "ValueError: no features\n  and a second line of it",
        "KeyError: 'amount_log'",
    ]


def test_words_of_the_service_around_a_traceback_are_no_part_of_it():
    (raised,) = raised_in(f"Python Interpreter Error:\n{RECURSION}\n in function F with handler h")
    assert raised.frames[0].code == "return deep()\n  [Previous line repeated 974 more times]"
    assert raised.message == "RecursionError: maximum recursion depth exceeded"


@pytest.mark.parametrize("text", ["", "SQL compilation error", "SyntaxError: invalid syntax"])
def test_another_text_is_no_traceback(text):
    assert raised_in(text) == ()


def test_the_calls_of_libraries_are_counted_where_they_stand():
    assert (
        folded(PANDAS)
        == """Traceback (most recent call last):
  File "Cell [7] train", line 12, in train
    scaled = scale(frame)
             ^^^^^^^^^^^^
  File "a1b2.zip/features.py", line 31, in scale
    return frame[columns] / 2
  … 3 calls in pandas, Python
KeyError: 'amount_log'"""
    )
    assert raised_in(PANDAS)[0].folded == "3 calls in pandas, Python"


def test_a_call_back_into_the_users_code_stays_between_the_libraries():
    last = """  File "/x/site-packages/pandas/core/apply.py", line 1, in apply
    return func(row)
  File "Cell [7] train", line 3, in <lambda>
    lambda row: row["x"]
"""
    text = PANDAS.replace("KeyError", f"{last}KeyError")
    assert folded(text).splitlines()[-4:] == [
        "  … 4 calls in pandas, Python",
        '  File "Cell [7] train", line 3, in <lambda>',
        '    lambda row: row["x"]',
        "KeyError: 'amount_log'",
    ]


def test_each_of_chained_tracebacks_is_folded():
    assert folded(CHAINED).count("  … 3 calls in pandas, Python") == 1
    assert folded(CHAINED).endswith(CHAINED[len(PANDAS) :])


@pytest.mark.parametrize(
    "text", [RECURSION, "SQL compilation error", 'at site-packages/pandas/x.py", line 3']
)
def test_where_no_library_is_called_nothing_is_folded(text):
    assert folded(text) == text
    assert not any(raised.folded for raised in raised_in(text))


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (PANDAS, "KeyError: 'amount_log'"),
        (CHAINED, "ValueError: no features"),
        (PANDAS.replace("KeyError: 'amount_log'", "pandas.errors.EmptyDataError: No columns"),
         "EmptyDataError: No columns"),
        (PANDAS.replace("KeyError: 'amount_log'",
             "snowflake.snowpark.exceptions.SnowparkSQLException: (1304): "
             "14bd48e3-626f-5dc8-9c35-0123456789ab: 002003 (42S02): SQL compilation error:\n"
             "Object 'CHURN_ROWS' does not exist or not authorized."),
         "SnowparkSQLException: Object 'CHURN_ROWS' does not exist or not authorized. · (1304): "
         "14bd48e3-626f-5dc8-9c35-0123456789ab: 002003 (42S02): SQL compilation error"),
        (PANDAS.replace("KeyError: 'amount_log'",
             "snowflake.connector.errors.ProgrammingError: 100035 (22007): "
             "14bd48e3-626f-5dc8-9c35-0123456789ab: Timestamp 'x' is not recognized"),
         "ProgrammingError: Timestamp 'x' is not recognized · 100035 (22007): "
         "14bd48e3-626f-5dc8-9c35-0123456789ab"),
        (f"Python Interpreter Error:\n{RECURSION}\n in function F with handler h",
         "RecursionError: maximum recursion depth exceeded"),
        ("SQL compilation error:\nObject 'X' does not exist",
         "SQL compilation error: Object 'X' does not exist"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_an_error_says_is_one_line(error, reason):
    assert reason_of(error) == reason
