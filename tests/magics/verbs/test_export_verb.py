"""`%sfdag export` in a notebook: what is printed, and the value that the cell has."""

import json

import jsonschema
import pytest

from sfdag_magics.errors import InputError
from sfdag_magics.magics.showing.schemas import DOCUMENTS


def test_the_text_is_printed_and_is_the_value(notebook, tmp_path):
    notebook.run("%%sftask a --sql\nselect 1")
    said = notebook.run("e = %sfdag export --as sql")
    found = notebook.names["e"]
    assert str(found).strip() == said.strip()
    assert repr(found) == "<graph notebook as sql>"
    assert found._repr_mimebundle_()["text/plain"] == found.text
    told = json.loads(notebook.run(f"%sfdag export --to {tmp_path}/a.py --json"))
    jsonschema.validate(told, DOCUMENTS["export"], jsonschema.Draft202012Validator)
    assert (tmp_path / "a.py").read_text() == told["text"]
    assert told["written"] == f"{tmp_path}/a.py"


def test_an_export_replaces_only_one_of_the_same_graph_and_form(notebook, tmp_path):
    notebook.run("%%sftask a --sql\nselect 1")
    notebook.run(f"%sfdag export --to {tmp_path}/a.py")
    text = (tmp_path / "a.py").read_text()
    notebook.run(f"%sfdag export --to {tmp_path}/a.py")
    with pytest.raises(InputError, match=r"an export as sql is no \.py file") as raised:
        notebook.run(f"%sfdag export --as sql --to {tmp_path}/a.py")
    assert str(raised.value.hint) == f"%sfdag export --as sql --to {tmp_path}/a.sql"
    with pytest.raises(InputError, match="holds something else"):
        notebook.run(f"%sfdag export --as dag --to {tmp_path}/a.py")
    assert (tmp_path / "a.py").read_text() == text
    notebook.run(f"%sfdag export --as dag --to {tmp_path}/a.py --yes")
    assert "sfdag export: python FILE.py" in (tmp_path / "a.py").read_text()
