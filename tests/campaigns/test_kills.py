"""The campaign of kills, small: the engine passes it, and an engine with a fault does not."""

import pytest

from tests.campaigns import kills

pytestmark = pytest.mark.slow


def figures(capsys):
    lines = (line.partition(": ") for line in capsys.readouterr().out.splitlines())
    return {name: value for name, _, value in lines}


def test_no_row_is_lost_or_there_twice(capsys):
    code = kills.main(["--kills", "8", "--seed", "7"])
    found = figures(capsys)
    assert code == 0, found
    assert int(found["rows acknowledged"]) > 0
    wrong = ("rows lost", "rows twice", "rows there though refused", "other errors")
    wrong += ("objects lost", "statements of unknown outcome")
    assert [found[name] for name in wrong] == ["0"] * len(wrong)


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        ("forget-requests", "rows twice"),
        ("forget-outcomes", "rows twice"),
        ("lose-commits", "rows lost"),
        ("forget-loads", "rows twice"),
    ],
)
def test_a_planted_fault_is_found(capsys, fault, finding):
    assert kills.main(["--kills", "18", "--seed", "7", "--plant", fault]) == 1
    assert int(figures(capsys)[finding]) > 0
