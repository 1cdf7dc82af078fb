"""A metric of what a task logged, in the picture that stays and in a terminal."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sfdag_magics.client.observing.snapshot import ModelMade
from sfdag_magics.render.layout import layout
from sfdag_magics.render.metrics.model_seen import metric_of, models_text
from sfdag_magics.render.svg import svg
from sfdag_magics.render.text import graph_text
from tests.render.builders import run, shape

CHAIN = shape("a -> train")
NOW = datetime(2026, 11, 23, tzinfo=UTC)
MADE = ModelMade(
    model="D.S.<M>", version="V2", metrics={"own": 1.0, "f1": 0.71534}, default="V1",
    beside={"f1": 0.7},
)  # fmt: skip


def trained(**changes):
    seen = run(CHAIN, a="succeeded", train="succeeded")
    task = replace(seen.tasks["train"], models=(replace(MADE, **changes),))
    return replace(seen, tasks={**seen.tasks, "train": task})


def drawn(seen):
    found = re.search(r'<text class="mark"[^>]*>([^<]*)', svg(CHAIN, layout(CHAIN), seen, now=NOW))
    return found[1] if found else None


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "f1 0.715 ▲"),  # what the default has as well goes first
        ({"beside": {}}, "own 1"),
        ({"default": "V2"}, "f1 0.715 ★"),
        ({"beside": {"f1": 0.71534}}, "f1 0.715 ="),
        ({"metrics": {}}, None),
    ],
)
def test_a_metric_stands_against_the_defaults(changes, text):
    seen = trained(**changes)
    metric = metric_of(seen.tasks["train"])
    assert (metric.text if metric else None) == text
    assert drawn(seen) == text
    assert (f"· {text}" in graph_text(CHAIN, seen, now=NOW)) == (text is not None)


def test_of_a_long_name_the_picture_has_the_number():
    assert drawn(trained(metrics={"mean_" * 4: 0.5}, beside={})) == "0.500"


def test_all_metrics_are_told_with_the_defaults():
    assert models_text(trained().tasks["train"]) == "V2 of D.S.<M>, own 1, f1 0.7153 (▲ 0.7)"
