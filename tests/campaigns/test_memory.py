"""The campaign of statements that would take the machine, small."""

from __future__ import annotations

import sys

import pytest

from tests.campaigns import memory

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux tells it"),
]


def test_no_statement_takes_more_than_the_engine_may(capsys):
    code = memory.main(["--small"])
    told = capsys.readouterr().out
    assert code == 0, told
    assert told.count(": held") == len(memory.STATEMENTS) + len(memory.TEXTS)
