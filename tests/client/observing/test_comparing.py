"""What differs between two runs, and what stands for a key that one of them was not given."""

from __future__ import annotations

from dataclasses import replace

from sfdag_magics.client.observing.comparing import compared
from sfdag_magics.graph.model import Parameter, ParameterKind
from sfdag_magics.graph.values.signature import UNKNOWN_DEFAULT
from tests.render.builders import run, shape

CHAIN = shape("a -> b; b -> c")
FIRST = replace(run(CHAIN), config={}, code={"a": "1" * 8, "b": "2" * 8})
SECOND = replace(run(CHAIN), config={"rows": 3000}, code={"a": "3" * 8, "b": "2" * 8})


def said(**defaults):
    def reads(task):
        if task not in defaults:
            return None
        return (Parameter(name="rows", kind=ParameterKind.CONFIG, default=defaults[task]),)

    return compared(FIRST, SECOND, reads).differences[0].said


def test_where_a_run_sets_no_key_the_default_of_its_unchanged_readers_is_told():
    assert said(b="2000", c="2000") == ("default 2000", "3000")
    assert said(b="2000", c="9") == ("not set", "3000")
    assert said(a="2000") == ("not set", "3000")  # its code differs
    assert said(b=UNKNOWN_DEFAULT) == ("not set", "3000")
