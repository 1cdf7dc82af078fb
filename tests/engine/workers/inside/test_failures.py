"""Whose frames a traceback keeps: the user's, and others only where there is no other."""

from __future__ import annotations

import json

import pytest

from sfdag_magics.engine.workers import inside, values
from sfdag_magics.engine.workers.inside.failures import failure_text

USERS = "Cell [3] b"
COMPILED = "pandas/_libs/index.pyx"


def called(file, call):
    """What calls `call` from a file of this name."""
    names = {"call": call}
    exec(compile("def called():\n    return call()\n", file, "exec"), names)  # noqa: S102 - ours
    return names["called"]


def raised_by(call):
    """What it raises, without the call from here."""
    with pytest.raises((KeyError, json.JSONDecodeError)) as raised:
        call()
    return raised.value.with_traceback(raised.tb.tb_next)


def files_of(error):
    lines = failure_text(error, "/imports").splitlines()
    return [line.split('"')[1] for line in lines if line.startswith("  File")]


@pytest.mark.parametrize(
    "library",
    [
        inside.__file__,
        values.__file__,
        json.__file__,
        "/srv/tools/lib/python3.11/site-packages/pandas/core/frame.py",
        "/usr/lib/python3/dist-packages/yaml/__init__.py",
        "pandas/_libs/hashtable_class_helper.pxi",
        COMPILED,
    ],
)
def test_calls_of_libraries_are_left_out_wherever_they_are_installed(library):
    assert files_of(raised_by(called(USERS, called(library, {}.popitem)))) == [USERS]


def test_where_no_call_is_the_users_all_are_kept():
    error = raised_by(called(COMPILED, lambda: json.loads("{")))
    assert files_of(error.with_traceback(error.__traceback__.tb_next.tb_next))[-1].endswith(
        "decoder.py"
    )


def test_a_librarys_inner_reason_is_told_by_its_outer_exception():
    error = raised_by(called(USERS, {}.popitem))
    error.__cause__ = raised_by(called(COMPILED, {}.popitem))
    assert files_of(error) == [USERS]
    error.__cause__ = raised_by(called("Cell [2]", {}.popitem))
    assert files_of(error) == ["Cell [2]", USERS]
