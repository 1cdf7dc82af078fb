"""Archives that nothing runs any more go with a later deploy; those that something may run stay."""

import pytest

from sfdag_magics.client.deploying.clearing.outdated import KEPT, MOST_OUTDATED
from sfdag_magics.client.deploying.deploy import apply
from tests.client.fake_snowflake import FakeSnowflake
from tests.client.planned import make_plan
from tests.client.told import graph_row

from .test_deploy import TARGET, code, deploy, graph, plan

#: What is deployed one after the other: at the last of it so many are outdated, and one more.
DIGESTS = [f"{number:016x}" for number in range(MOST_OUTDATED + 3)]


@pytest.fixture
def fake():
    return FakeSnowflake()


def archives(fake):
    return {name.rpartition("/")[2] for name in fake.files if name.endswith(".zip")}


def deployed(fake, digests, made=None):
    for digest in digests:
        told = deploy(fake, made or graph("a"), code(digest))
    return told


def test_a_deploy_takes_away_what_is_outdated_once_it_is_much(fake):
    told = deployed(fake, DIGESTS[:-1])
    assert (told.removed, len(archives(fake))) == (0, len(DIGESTS) - 1)
    told = deployed(fake, DIGESTS[-1:])
    assert archives(fake) == {f"{digest}.zip" for digest in DIGESTS[-2 - KEPT :]}
    assert told.removed == len(DIGESTS) - 2 - KEPT
    assert f"{told.removed} archives of code that nothing runs any more removed" in str(told)


def test_nothing_goes_while_the_graph_runs(fake):
    deployed(fake, DIGESTS[:-1])
    graph_row(fake, "EXECUTING")
    assert deployed(fake, DIGESTS[-1:]).removed == 0
    assert len(archives(fake)) == len(DIGESTS)


def test_what_a_procedure_of_another_schema_names_stays(fake):
    deployed(fake, DIGESTS[:1])
    fake.procedures["elsewhere"] = dict(fake.procedures["G$RUN"])
    deployed(fake, DIGESTS[1:])
    assert archives(fake) == {f"{digest}.zip" for digest in (DIGESTS[0], *DIGESTS[-2 - KEPT :])}


def test_on_a_stage_of_another_schema_nothing_is_outdated(fake):
    made = graph("a")
    made.options = made.options.__class__(stage="DB.SHARED.CODE")
    assert deployed(fake, DIGESTS, made).removed == 0
    assert len(archives(fake)) == len(DIGESTS)


OTHERS = ["kept by hand.zip", "data_2024.zip", "backup.zip", f"{0:015x}.zip", f"{'f' * 16}.ZIP"]


@pytest.mark.parametrize("name", OTHERS)
def test_other_files_stay(fake, name):
    fake.files[f"@DB.S.SFDAG_CODE/g/{name}"] = b""
    deployed(fake, DIGESTS)
    assert f"@DB.S.SFDAG_CODE/g/{name}" in fake.files


def test_an_archive_that_went_since_the_plan_was_made_is_shipped_again(fake):
    deployed(fake, ["c1", "c2"])
    back = plan(fake, graph("a"), code("c1"))
    assert back.has_archive
    del fake.files["@DB.S.SFDAG_CODE/g/c1.zip"]
    apply(fake, back)
    assert "c1.zip" in archives(fake)
    assert make_plan(fake, graph("a"), code("c1"), TARGET).is_empty
