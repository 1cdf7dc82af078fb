"""The campaign of power cuts, small: what an engine was told of is on each disk that is rebuilt."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from tests.campaigns import power


def may_trace() -> bool:
    """Whether `strace` is here and may look into processes; containers forbid it to some."""
    tracer = shutil.which("strace")
    if tracer is None:
        return False
    return subprocess.run([tracer, "true"], capture_output=True, check=False).returncode == 0  # noqa: S603 - ours


@pytest.mark.slow
@pytest.mark.skipif(not may_trace(), reason="strace records what the engine writes: none here")
def test_no_disk_behind_a_power_cut_has_lost_what_was_acknowledged(capsys):
    code = power.main(["--images", "3", "--rounds", "2", "--seed", "7"])
    said = capsys.readouterr().out
    assert code == 0, said
    assert "acknowledged: 10\n" in said
    assert said.endswith("lost: 0\n")
