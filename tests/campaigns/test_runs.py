"""The campaign of runs without end, small."""

from __future__ import annotations

import sys

import pytest

from tests.campaigns import runs

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux tells it"),
]


def test_an_engine_keeps_little_of_each_run(capsys):
    code = runs.main(["--small"])
    told = capsys.readouterr().out
    assert code == 0, told
    assert "held: " in told
