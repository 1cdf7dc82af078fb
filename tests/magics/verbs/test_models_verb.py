"""`%sfdag models`: as text, table, picture and JSON, and what it asks before it promotes."""

import json

import jsonschema
import pytest

from sfdag_magics.errors import InputError
from sfdag_magics.magics.showing.schemas import DOCUMENTS
from sfdag_magics.workspace.answers.pictures import picture_of

NAME = "DB.S.FRAUD"


@pytest.fixture
def models(fake):
    fake.models.add(NAME, V1={"f1": 0.5, "notes": "x"}, V2={"f1": 0.75, "auc": 1})
    return fake.models


def test_models_and_versions_are_listed(notebook, models):
    models.add("DB.S.OTHER")
    assert notebook.run("m = %sfdag models").splitlines() == [
        "model       versions  default  newest",
        "DB.S.FRAUD  2         V2       V2",
        "DB.S.OTHER  0         –        –",
    ]
    assert notebook.run("m = %sfdag models fraud").splitlines() == [
        "DB.S.FRAUD · 2 versions · default V2",
        "  version  made                     f1      auc  by run",
        "  V1       2026-11-23 05:00:00 UTC  0.5000  –    –",
        "★ V2       2026-11-24 05:00:00 UTC  0.7500  1    –",
    ]
    assert notebook.run("v = %sfdag models fraud v1").splitlines()[1:] == [
        "  f1: 0.5, default 0.75 (▼ 0.25)",
        "  notes: x",
        "  no run is known that made it",
    ]
    assert list(notebook.names["m"].to_pandas()["f1"]) == [0.5, 0.75]


def test_a_metric_is_bars_in_a_terminal_and_a_picture_in_a_notebook(notebook, models):
    said = notebook.run("p = %sfdag models fraud --plot f1")
    assert said.splitlines()[0] == "f1 of DB.S.FRAUD"
    assert said.splitlines()[2].startswith("★ V2  0.75  ███")
    drawn = picture_of(notebook.names["p"])
    assert drawn["text/html"].startswith('<img src="data:image/svg+xml;base64,')
    assert drawn["text/plain"] == said.rstrip("\n")


def test_the_default_is_promoted_and_rolled_back_by_who_agrees(notebook, models):
    assert "V1 is the default of DB.S.FRAUD now, in place of V2" in notebook.run(
        "%sfdag models fraud --promote v1 --yes"
    )
    assert "V2 is the default of DB.S.FRAUD now" in notebook.run("%sfdag models --rollback --yes")
    assert "V2 is the default of DB.S.FRAUD already" in notebook.run(
        "%sfdag models --promote default"
    )
    with pytest.raises(InputError) as raised:
        notebook.run("%sfdag models fraud --promote v1")
    assert "--promote V1 --yes" in raised.value.hint
    with pytest.raises(InputError, match="the target is prod"):
        notebook.run("%sfdag models fraud --promote v1 -t prod --production dev")
    assert models.defaults[NAME] == "V2"
    notebook.run("%sfdag models fraud --promote v1 -t prod --production prod")
    assert models.defaults[NAME] == "V1"


@pytest.mark.parametrize(
    "line", ["", "fraud", "fraud V1", "--plot f1", "--promote V1 --yes", "--rollback --yes"]
)
def test_each_document_has_its_schema(notebook, models, line):
    models.comments[NAME] = 'sfdag: {"default":["V1","V2"]}'
    told = json.loads(notebook.run(f"%sfdag models {line} --json"))
    jsonschema.validate(told, DOCUMENTS["models"], jsonschema.Draft202012Validator)
