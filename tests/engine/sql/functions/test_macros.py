"""The macros as a whole: DuckDB 2.0.0 makes none that calls one which is not there yet."""

from __future__ import annotations

import re

from sfdag_magics.engine.sql.functions.macros import creation_statements


def test_each_macro_stands_behind_those_that_it_calls():
    made = [re.match(r"CREATE OR REPLACE MACRO (\w+)\(", each)[1] for each in creation_statements()]
    assert len(made) == len(set(made))
    before: set[str] = set()
    for name, statement in zip(made, creation_statements(), strict=True):
        called = set(re.findall(r"\b_sf_\w+(?=\()", statement)) & set(made) - {name}
        assert called <= before, name
        before.add(name)
