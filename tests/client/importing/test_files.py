"""Files as they come: encodings, ends of lines, notebooks of other tools."""

from __future__ import annotations

import json

import pytest

from sfdag_magics.client.importing.files import imported_file
from sfdag_magics.errors import InputError

SCRIPT = "create task r as insert into t values ('ä');\ncreate task s after r as\nselect 'a\nb';\n"


@pytest.mark.parametrize(
    "raw",
    [
        SCRIPT.encode(),
        SCRIPT.replace("\n", "\r\n").encode("utf-8-sig"),
        SCRIPT.replace("\n", "\r").encode(),
        SCRIPT.encode("utf-16"),
    ],
    ids=["plain", "windows", "old mac", "utf-16"],
)
def test_a_script_reads_the_same_however_it_is_written_down(tmp_path, raw):
    path = tmp_path / "tasks.sql"
    path.write_bytes(raw)
    graph = imported_file(path).graph()
    assert graph.task("r").body == "insert into t values ('ä')"
    assert graph.task("s").body == "select 'a\nb'"


def test_a_program_says_its_encoding_itself(tmp_path):
    path = tmp_path / "flow.py"
    text = (
        "# coding: latin-1\nfrom snowflake.core.task.dagv1 import DAG, DAGTask\n"
        "with DAG('g'): DAGTask('a', \"select 'ä'\")\n"
    )
    path.write_bytes(text.encode("latin-1"))
    assert imported_file(path).graph().task("a").body == "select 'ä'"


def notebook(path, *cells):
    said = [{"cell_type": "markdown", "source": "x"}, *cells]
    path.write_text(json.dumps({"cells": said}))
    return path


def code(source, language=None):
    return {"cell_type": "code", "source": source, "metadata": {"language": language}}


def test_a_notebook_with_a_program_and_sql(tmp_path):
    path = notebook(
        tmp_path / "flow.ipynb",
        code(["%pip install x\n", "from snowflake.core.task.dagv1 import *\n", "!ls\n"]),
        code("with DAG('g'):\n    %time x = 1\n    a = DAGTask('a', f'select {y}')"),
        code(
            "create task r as select 1;\ncreate task s after r as insert into t values (1);", "sql"
        ),
        code("%%sql\nalter task nope resume;"),
        code("this is no Python"),
        code("%%bash\nls"),
    )
    found = imported_file(path)
    assert [each.graph.name for each in found.graphs] == ["g", "r"]
    said = "\n".join(found.problems)
    assert "code cell 2, line 3: task a: its SQL has {y}" in said
    assert "code cell 4, line 2: ALTER TASK NOPE: nothing made it" in said
    assert "code cell 5: it is no Python and not read" in said


def test_a_notebook_of_nothing_makes_no_task(tmp_path):
    with pytest.raises(InputError, match="makes no task"):
        imported_file(notebook(tmp_path / "n.ipynb", code("x = 1")))


def test_the_folder_of_a_project_is_one_source(tmp_path):
    defined = tmp_path / "sources" / "definitions"
    (defined / "more").mkdir(parents=True)
    (tmp_path / "manifest.yml").write_text("manifest_version: 2\ntype: DCM_PROJECT\n")
    (defined / "a.sql").write_text("define task s after r as select 2;\n")
    (defined / "more" / "b.sql").write_text(
        "define task r as\ninsert into t values (1);\ncreate stream st on table t;\n"
    )
    found = imported_file(tmp_path)
    assert {task.name: task.after for task in found.graph().tasks} == {"r": (), "s": ("r",)}
    assert any("sources/definitions/more/b.sql, line 3" in line for line in found.lines())


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        (None, "is a folder"),
        ("artifacts:\n  setup_script: s.sql\n", "is a folder"),
        ("type: DCM_PROJECT\n", "has no file in sources/definitions"),
    ],
)
def test_another_folder_is_no_source(tmp_path, manifest, said):
    if manifest is not None:
        (tmp_path / "manifest.yml").write_text(manifest)
    with pytest.raises(InputError, match=said):
        imported_file(tmp_path)
