"""`%sfdag trace`: a run written down, as spans and as events."""

import json

import jsonschema
import pytest

from sfdag_magics.magics.showing.schemas import DOCUMENTS
from tests.magics.scenes import failed_run


@pytest.mark.parametrize(("form", "count"), [("otel", 3), ("openlineage", 6)])
def test_a_run_is_written_a_line_of_json_for_each(notebook, tmp_path, form, count):
    failed_run(notebook)
    path = tmp_path / "run.jsonl"
    told = json.loads(notebook.run(f"%sfdag trace --as {form} --to {path} --json"))
    jsonschema.validate(told, DOCUMENTS["trace"], jsonschema.Draft202012Validator)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(lines) == told["count"] == count
    said = notebook.run(f"t = %sfdag trace --as {form} --to {path}")
    noun = "spans" if form == "otel" else "events"
    assert said == f"run {told['run'][:8]}: {count} {noun} to {path}\n"
