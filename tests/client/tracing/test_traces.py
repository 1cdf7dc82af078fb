"""A run as spans and as events, in memory: states, times, errors, and ids that stay."""

import json
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from sfdag_magics.client.observing.snapshot import Rows, RunSnapshot, TaskRun
from sfdag_magics.client.tracing import events, spans
from sfdag_magics.client.tracing.executed import executed
from sfdag_magics.errors import BackendError, InputError, MachineError
from sfdag_magics.graph.states import DisplayState, GraphRunState
from tests.client.rows import START, row

ERROR = 'Traceback (most recent call last):\n  File "Cell [1]", line 2\nValueError: no "rows" {x}'


def task(name, state, seconds=1, **more):
    started = None if seconds is None else START + timedelta(seconds=seconds)
    ended = None if seconds is None else started + timedelta(seconds=2)
    query = None if seconds is None else f"q-{name}-2"
    return TaskRun(name=name, state=state, started=started, completed=ended, query_id=query, **more)


SEEN = RunSnapshot(
    graph="g",
    root="DB.S.G",
    group_id="group-1",
    attempt=2,
    state=GraphRunState.FAILED,
    config={"rows": 10, "keys": [1]},
    scheduled=START,
    begun=START,
    started=START,
    completed=START + timedelta(seconds=9),
    tasks={
        each.name: each
        for each in (
            task("load", DisplayState.REUSED, rows=Rows(read=3, written=5)),
            task("train", DisplayState.FAILED, 5, attempt=2, error_message=ERROR),
            task("tell", DisplayState.BLOCKED, None),
        )
    },
)
ROWS = {"train": (row("train", "FAILED", seconds=3, error_message="OSError: before"),)}
RAN = executed(SEEN, lambda name: ROWS.get(name, ()))


def test_what_ran_is_each_attempt_in_its_order():
    assert [(each.task, each.attempt, each.state) for each in RAN] == [
        ("load", 1, "succeeded"),
        ("train", 1, "failed"),
        ("train", 2, "failed"),
    ]


def test_a_run_is_a_span_with_one_below_it_for_each_attempt():
    run, load, before, train = made = spans.spans_of(SEEN, START, RAN, "here")
    assert [each.name for each in made] == ["g run", "load", "train", "train"]
    assert {each.parent.span_id for each in made[1:]} == {run.context.span_id}
    assert len({each.context.trace_id for each in made}) == 1
    assert len({each.context.span_id for each in made}) == 4
    assert [each.status.status_code.name for each in made] == ["ERROR", "OK", "ERROR", "ERROR"]
    assert list(run.attributes["sfdag.not_run"]) == ["tell: blocked"]
    assert run.attributes["sfdag.config.keys"] == "[1]"
    assert (load.attributes["sfdag.rows.read"], load.attributes["sfdag.rows.written"]) == (3, 5)
    assert before.status.description == "OSError: before"
    assert train.status.description == 'ValueError: no "rows" {x}'
    assert train.attributes["exception.stacktrace"] == ERROR
    assert train.attributes["snowflake.query.id"] == "q-train-2"
    assert train.end_time - train.start_time == 2_000_000_000
    assert run.start_time == int(START.timestamp()) * 1_000_000_000
    again = spans.spans_of(SEEN, START, RAN, "here")
    assert [each.context.span_id for each in again] == [each.context.span_id for each in made]


def test_a_collectors_library_takes_the_spans():
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter = InMemorySpanExporter()
    exporter.export(spans.spans_of(SEEN, START, RAN, "here"))
    assert [json.loads(each.to_json())["name"] for each in exporter.get_finished_spans()] == [
        "g run",
        "load",
        "train",
        "train",
    ]


def test_a_run_is_events_of_a_job_and_of_one_below_it_for_each_task():
    told = [
        json.loads(line) for line in events.as_json(events.events_of(SEEN, START, RAN, "sfdag://x"))
    ]
    assert [(each["job"]["name"], each["eventType"]) for each in told] == [
        ("DB.S.G", "START"),
        ("DB.S.G.load", "START"),
        ("DB.S.G.train", "START"),
        ("DB.S.G.load", "COMPLETE"),
        ("DB.S.G.train", "FAIL"),
        ("DB.S.G.train", "START"),
        ("DB.S.G.train", "FAIL"),
        ("DB.S.G", "FAIL"),
    ]
    (root,) = {each["run"]["runId"] for each in told if each["job"]["name"] == "DB.S.G"}
    parents = {
        each["run"]["facets"]["parent"]["run"]["runId"]
        for each in told
        if each["job"]["name"] != "DB.S.G"
    }
    assert parents == {root}
    assert told[-2]["run"]["facets"]["errorMessage"]["stackTrace"] == ERROR
    assert told[-2]["run"]["facets"]["externalQuery"]["externalQueryId"] == "q-train-2"


#: What the standard's schema wants of a run event (OpenLineage 2-0-2, `RunEvent`).
FACET = {"type": "object", "required": ["_producer", "_schemaURL"]}
SCHEMA = {
    "type": "object",
    "required": ["eventTime", "producer", "schemaURL", "run", "job"],
    "properties": {
        "eventTime": {"type": "string", "format": "date-time"},
        "eventType": {"enum": ["START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"]},
        "producer": {"type": "string", "pattern": "^https://"},
        "run": {
            "type": "object",
            "required": ["runId"],
            "properties": {
                "runId": {"type": "string", "format": "uuid"},
                "facets": {"additionalProperties": FACET},
            },
        },
        "job": {
            "type": "object",
            "required": ["namespace", "name"],
            "properties": {"facets": {"additionalProperties": FACET}},
        },
    },
}


def test_each_event_has_what_the_standards_schema_wants():
    import jsonschema

    check = jsonschema.Draft202012Validator(SCHEMA)
    made = events.events_of(SEEN, START, RAN, "sfdag://x")
    for line in events.as_json(made):
        check.validate(json.loads(line))
        assert uuid.UUID(json.loads(line)["run"]["runId"])
    with pytest.raises(ValueError, match="badly"):  # their classes check it as well
        replace_run(made[0], "badly formed")


def replace_run(event, run_id):
    import attr

    return attr.evolve(event, run=attr.evolve(event.run, runId=run_id))


def test_a_run_that_goes_on_has_no_end_yet():
    going = replace(SEEN, state=GraphRunState.EXECUTING, completed=None)
    assert events.events_of(going, START, (), "sfdag://x")[-1].eventType.value == "START"
    assert spans.spans_of(going, START, (), "x")[0].status.status_code.name == "UNSET"


@pytest.mark.parametrize(
    ("make", "library", "extra"),
    [
        (spans.spans_of, "opentelemetry.sdk.trace", "'sfdag_magics[otel]'"),
        (events.events_of, "openlineage.client.facet_v2", "'sfdag_magics[openlineage]'"),
    ],
)
def test_without_the_library_the_line_for_pip_is_said(make, library, extra, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, library, None)
    with pytest.raises(MachineError) as raised:
        make(SEEN, START, RAN, "x")
    assert raised.value.hint.endswith(f"-m pip install {extra}")


def test_where_nobody_takes_them_it_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(BackendError, match="no collector took the spans"):
        spans.send(spans.spans_of(SEEN, START, RAN, "x"))
    for name in ("OPENLINEAGE_URL", "OPENLINEAGE_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(InputError, match="not told where"):
        events.emit([])
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__TYPE", "file")
    monkeypatch.setenv("OPENLINEAGE__TRANSPORT__LOG_FILE_PATH", str(tmp_path / "no" / "folder"))
    with pytest.raises(BackendError, match="transport file did not take"):
        events.emit(events.events_of(SEEN, START, RAN, "x"))
