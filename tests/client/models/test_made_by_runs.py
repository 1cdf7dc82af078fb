"""On a real engine: versions that tasks make, the runs that made them, and their default."""

import json
import math

import pytest

from sfdag_magics import TaskGraph, sftask

pytestmark = pytest.mark.slow


def training(model):
    """A graph whose task logs a version with what the registry's client would note of it."""
    graph = TaskGraph("Nightly")

    @sftask(graph=graph)
    def Train(session, *, f1: float) -> str:  # noqa: N802 - as somebody spells it
        version = f"V{int(100 * f1)}"
        made = (
            "ALTER MODEL {} ADD" if session.sql("SHOW MODELS").collect() else "CREATE MODEL {} WITH"
        )
        session.sql(f"{made.format(model)} VERSION {version} FROM @S/model").collect()
        noted = json.dumps({"metrics": {"f1": f1, "loss": math.nan}})
        alter = f"ALTER MODEL {model} MODIFY VERSION {version} SET METADATA=$${noted}$$"
        session.sql(alter).collect()
        return version

    @sftask(graph=graph, after=["Train"])
    def promote(session, Train: str, *, f1: float) -> None:  # noqa: N803
        if f1 > 0.6:
            session.sql(f"ALTER MODEL {model} SET DEFAULT_VERSION = {Train}").collect()

    return graph


def test_each_version_leads_to_run_code_and_configuration(sfdag_target, tmp_path):
    session, models = sfdag_target.session, sfdag_target.models
    (tmp_path / "MANIFEST.yml").write_text("runtimes: {}\nmethods: []\n")
    session.sql("CREATE STAGE S").collect()
    session.file.put(str(tmp_path / "MANIFEST.yml"), "@S/model", auto_compress=False)
    assert str(models.all()) == ""
    graph = training('"My model"')
    runs = []
    for f1 in (0.5, 0.7, 0.8):
        runs.append(sfdag_target.run(graph, config={"f1": f1}))
        runs[-1].result(timeout=120)

    found = models.versions("my MODEL")
    assert [version.name for version in found.versions] == ["V50", "V70", "V80"]
    assert found.default.name == "V80"
    assert found.metrics == ("f1",)  # a NaN is no number
    makers = [version.made_by for version in found.versions]
    assert [(each.graph, each.task, each.group_id) for each in makers] == [
        ("Nightly", "Train", run.group_id) for run in runs
    ]
    seen = models.version("first", "My model")
    assert seen.run.config == {"f1": 0.5}
    assert any("SET METADATA" in line.text for line in seen.code)
    assert "f1: 0.5, default 0.8 (▼ 0.3)" in str(seen)

    told = tmp_path / "run.jsonl"
    assert sfdag_target.trace(run=runs[-1], to=str(told)).count == 3
    spans = map(json.loads, told.read_text().splitlines())
    assert [each["name"] for each in spans] == ["Nightly run", "Train", "promote"]

    assert models.roll_back().default == "V70"  # by the statements of the tasks
    assert models.promote("v50").before == "V70"
    assert models.roll_back().default == "V70"  # by what was noted
    assert models.versions().default.name == "V70"
