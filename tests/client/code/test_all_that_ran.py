"""What two runs that a schedule started ran: nobody noted it with them, and times tell it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.client.code.deployed_code import read_code
from sfdag_magics.client.code.retried_code import with_all_that_ran
from sfdag_magics.client.observing.bridges.lineage import Lineage, LineageKind
from sfdag_magics.client.observing.comparing import Topic, compared
from sfdag_magics.client.observing.deployed import procedure_of, read_graph
from sfdag_magics.client.observing.derive import snapshot_from_rows
from sfdag_magics.client.observing.versions import Version, noted_versions, short_hash
from sfdag_magics.client.running.rootcause import changes_since
from sfdag_magics.graph.model import TaskGraph, sql_task
from tests.client import rows
from tests.client.deploying.test_deploy import ROOT, code, deploy
from tests.client.fake_snowflake import FakeSnowflake

PANDAS = ("pandas==2.2.3", "tqdm==4.67.1")
NEWER = ("numpy==2.1.0", "pandas==2.3.0")


def made(query):
    graph = TaskGraph("g")
    graph.add(sql_task("p", "CALL G$RUN('p')"))
    graph.add(sql_task("q", query, after=("p",)))
    return graph


def seen(there, hours):
    """A run that a schedule started so many hours after the first deploy."""
    found = [rows.row(name, seconds=hours * 3600) for name in ("g", "p", "q")]
    return snapshot_from_rows(there, found, None)


@pytest.fixture
def fake():
    fake = FakeSnowflake()
    fake.now = rows.START
    return fake


def changed(fake, query, shipped, *, hours=2):
    fake.now = rows.START + timedelta(hours=hours)
    deploy(fake, made(query), shipped)


def with_times(there, *bodies):
    """The graph noting that each of these bodies of q was deployed two hours after the other."""
    began = [rows.START + timedelta(hours=hours) for hours in range(0, 2 * len(bodies), 2)]
    versions = [Version(since=at, code=short_hash(b)) for at, b in zip(began, bodies, strict=True)]
    mark = {**there.tasks["q"].mark, "was": noted_versions({"body": versions}, 5)}
    return replace(there, tasks={**there.tasks, "q": replace(there.tasks["q"], mark=mark)})


def of_both(fake, *bodies, **runs):
    there = read_graph(fake, ROOT)
    there = with_times(there, *bodies) if bodies else there
    first, second = (replace(seen(there, hours), **runs) for hours in (1, 3))
    return with_all_that_ran(fake, there, [first, second])


def test_code_sql_and_packages_that_changed_between_scheduled_runs_are_told(fake):
    deploy(fake, made("SELECT 1"), replace(code("c1", p="1" * 16), packages=PANDAS))
    changed(fake, "SELECT 2", replace(code("c2", p="2" * 16), packages=NEWER, python="3.12"))
    first, second = of_both(fake, "SELECT 1", "SELECT 2")
    assert changes_since(first, second, "q") == (
        "code of p",
        "SQL of q",
        "packages: pandas 2.2.3 → 2.3.0, Python 3.11 → 3.12, + numpy 2.1.0, - tqdm 4.67.1",
    )
    packages = [each for each in compared(first, second).differences if each.topic is Topic.PACKAGE]
    assert [(each.what, *each.said) for each in packages] == [
        ("numpy", "none", "2.1.0"),
        ("pandas", "2.2.3", "2.3.0"),
        ("Python", "3.11", "3.12"),
        ("tqdm", "4.67.1", "none"),
    ]


def test_packages_that_stay_with_other_code_are_no_change(fake):
    deploy(fake, made("SELECT 1"), replace(code("c1", p="1" * 16), packages=PANDAS))
    changed(fake, "SELECT 1", replace(code("c2", p="2" * 16), packages=PANDAS))
    changed(fake, "SELECT 1", replace(code("c3", p="1" * 16), packages=NEWER), hours=4)
    first, second = of_both(fake)
    assert changes_since(first, second, "p") == ("code of p",)
    assert len(read_code(fake, procedure_of(ROOT)).package_sets) == 2


def test_what_a_bridge_had_that_brought_its_own_code_is_not_known(fake):
    deploy(fake, made("SELECT 1"), replace(code("c1", p="1" * 16), packages=PANDAS))
    own = Lineage(kind=LineageKind.RETRY, runs=("p", "q"), archive="@s/g/before.zip")
    assert [each.packages for each in of_both(fake, lineage=own)] == [None, None]


def test_a_body_that_was_altered_by_hand_is_not_known_of_any_time(fake):
    deploy(fake, made("SELECT 3"), code("c1", p="1" * 16))
    found = of_both(fake, "SELECT 1", "SELECT 2")
    assert [dict(each.code) for each in found] == [{"p": "1" * 8}] * 2
