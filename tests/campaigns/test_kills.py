"""The campaign of kills, small: the engine passes it, and an engine with a fault does not."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

import pytest

from tests.campaigns import crash_points, kills, kills_runs
from tests.campaigns.kills_load import Client, Told
from tests.campaigns.lives import Engine, carried_out, furnished, lives_again

pytestmark = pytest.mark.slow


def test_no_row_is_lost_or_there_twice(capsys):
    code = kills.main(["--kills", "8", "--seed", "7"])
    said = capsys.readouterr().out
    assert code == 0, said
    figures = dict(line.split(": ", 1) for line in said.splitlines())
    assert int(figures["rows acknowledged"]) > 0, said


@dataclass(frozen=True, kw_only=True)
class Trial:
    """How a planted fault shows, without luck.

    Attributes:
        acts: three times, one after the other.
        point: where the engine exits once meanwhile; empty for a fault that needs no kill.
        finding: what the checks must name.
    """

    acts: Sequence[Callable[[Client], Sequence[int]]]
    point: str = ""
    finding: str = "twice"


_DONE_AND_NOT_TOLD = "behind the commit of rows"
TRIALS = {
    "forget-requests": Trial(acts=[Client.one], point=_DONE_AND_NOT_TOLD),
    "forget-outcomes": Trial(acts=[Client.one], point=_DONE_AND_NOT_TOLD),
    "lose-commits": Trial(acts=[Client.one], finding="lost"),
    "forget-loads": Trial(acts=[Client.loaded]),
    "forget-bodies": Trial(acts=[kills_runs.ran], point=_DONE_AND_NOT_TOLD, finding="runs_twice"),
    "forget-offsets": Trial(acts=[Client.one, kills_runs.taken], finding="changes_twice"),
}


@pytest.mark.parametrize(("fault", "trial"), TRIALS.items(), ids=TRIALS)
def test_a_planted_fault_is_found(tmp_path, monkeypatch, fault, trial):
    at = tmp_path / "at"
    monkeypatch.setenv(crash_points.FILE, str(at))
    with (
        closing(Engine(tmp_path / "data", fault)) as engine,
        closing(engine.connect()) as connection,
        lives_again(engine),
    ):
        furnished(connection)
        at.write_text(trial.point)
        client = Client(connection, Told())
        for act in [*trial.acts] * 3:
            carried_out(act, client)
        found = kills.checked(connection, client.told)
    assert not (trial.point and at.exists()), "nothing came by the point"
    assert getattr(found, trial.finding), found
