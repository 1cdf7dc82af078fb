"""A metric of what a task logged, on its box and in its details."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from sfdag_magics.client.observing.snapshot import ModelMade
from sfdag_magics.widget.told.detail import task_detail
from tests.render.builders import FRAUD, run

LOGGED = ModelMade(
    model='DB.S."<b>odd"',
    version="V2",
    metrics={"f1": 0.71534, "auc": 0.9},
    default="V1",
    beside={"f1": 0.6961, "auc": 0.95},
)
TRAINED = run(FRAUD, train_model="succeeded", evaluate_model="running")


def logged(name="f1", **metrics):
    made = replace(LOGGED, **metrics) if metrics else LOGGED
    if name != "f1":
        made = replace(made, metrics={name: 0.71534}, beside={name: 0.6961})
    task = replace(TRAINED.tasks["train_model"], models=(made,))
    return replace(TRAINED, tasks={**TRAINED.tasks, "train_model": task})


@pytest.mark.parametrize(
    ("seen", "text"),
    [
        (logged(), "f1 0.715 ▲"),
        (logged(metrics={"f1": 0.5}), "f1 0.500 ▼"),
        (logged(default="V2"), "f1 0.715 ★"),
        (logged(beside={}), "f1 0.715"),
        (logged("a_metric_of_a_long_name"), "0.715 ▲"),
    ],
)
def test_a_metric_stands_beside_the_note_as_far_as_there_is_room(stage, page, seen, text):
    made = stage(FRAUD, seen)
    metric = made.node("train_model").locator(".sfdag-mark")
    expect(metric).to_have_text(text)
    note, mark = (
        made.node("train_model").locator(each).bounding_box()
        for each in (".sfdag-note", ".sfdag-mark")
    )
    assert note["x"] + note["width"] < mark["x"]


def test_a_metric_comes_to_a_task_that_has_ended_and_is_told_whole_in_its_details(
    stage, page, keep
):
    made = stage(FRAUD, TRAINED)
    expect(made.node("train_model").locator(".sfdag-mark")).to_have_text("")
    made.show(logged())
    told = task_detail("train_model", logged())
    made.answer("detail", detail=told)
    expect(made.node("train_model")).to_have_attribute(
        "aria-label", "train_model, succeeded · 7.4 s, f1 0.715 ▲"
    )
    made.node("train_model").click()
    says = 'V2 of DB.S."<b>odd", f1 0.7153 (▲ 0.6961), auc 0.9 (▼ 0.95)'
    expect(page.locator(".sfdag-facts")).to_contain_text(says)
    keep(page, "page_metric")


def test_a_query_leads_to_the_page_of_the_service(stage, page):
    made = stage(FRAUD, TRAINED)
    at = "https://app.snowflake.com/ACME/EU/#/compute/history/queries/q-3/detail"
    made.answer("detail", detail=task_detail("train_model", TRAINED, page=lambda query: at))
    made.node("train_model").click()
    link = page.get_by_role("link", name="q-3")
    expect(link).to_have_attribute("href", at)
    expect(link).to_have_attribute("rel", "noopener noreferrer")
