"""At each named point around a durable step the engine exits once under a little of everything.

The client is an unmodified connector that asks again; nothing it was told of is lost, nothing is
there twice, and the run log's events come to its rows.
"""

from __future__ import annotations

import time
from contextlib import closing

import pytest

from tests.campaigns import crash_points, kills_objects, kills_runs
from tests.campaigns.kills import checked, replay_differences
from tests.campaigns.kills_load import Client, Told
from tests.campaigns.lives import Engine, carried_out, furnished, lives_again

pytestmark = pytest.mark.slow

#: One after the other until one has come by the point; all of them come by all.
ACTS = (
    Client.one,
    Client.transaction,
    Client.purged,
    kills_objects.named,
    kills_objects.remade,
    kills_runs.taken,
    kills_runs.by_rest,
    kills_runs.ran,
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    directory = tmp_path_factory.mktemp("points")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(crash_points.FILE, str(directory / "at"))
        with closing(Engine(directory / "data", "none")) as engine:
            with closing(engine.connect()) as connection:
                furnished(connection)
            yield engine


@pytest.fixture(scope="module")
def told():
    return Told()


@pytest.mark.parametrize("point", crash_points.POINTS)
def test_an_exit_there_loses_and_repeats_nothing(engine, told, point):
    at = engine.data.parent / "at"
    with closing(engine.connect()) as connection, lives_again(engine):
        client = Client(connection, told)
        at.write_text(point)
        for act in ACTS:
            if at.exists():
                carried_out(act, client)
        if at.exists():  # a point of the start, or of the first event after it
            engine.kill()
            carried_out(kills_runs.ran, client)
        deadline = time.monotonic() + 300
        while at.exists():
            assert time.monotonic() < deadline, "nothing comes by this point"
            time.sleep(0.05)
        carried_out(Client.one, client)
        found = checked(connection, told)
    assert found.is_good, found
    assert replay_differences(engine.data) == []
