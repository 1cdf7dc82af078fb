"""`sfdag import`: what it writes is read back as the graph that it said."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import replace

import jsonschema

from sfdag_magics.cli.reading import graph_of, read_file
from sfdag_magics.client.importing.files import imported_file
from sfdag_magics.magics.showing.schemas import DOCUMENTS

SCRIPT = """
create task "A 'root' #1" schedule = '1 hour' warehouse = "my wh"
  config = $${"a": {"b": [1, "it's"]}}$$ comment = 'two
lines \\\\ {x} # "q"' task_auto_retry_attempts = 2 user_task_timeout_ms = 90500
as insert into t select '%sfdag run', '{y}', '#', $$ a;b $$;
create task load after "A 'root' #1" comment = 'it''s {b} # \\"c\\"' when
  system$stream_has_data('S') and
  1 = 1
as begin
  let x := 'a'';b';
  return :x; -- done
end;
create task "load " after load user_task_timeout_ms = 1500 as select 1;
create task session after load user_task_managed_initial_warehouse_size = small as select 2;
alter task load resume; alter task "load " resume; alter task session resume;
alter task "A 'root' #1" resume;
"""


def plain(graph):
    return graph.name, graph.options, {t.name: replace(t, written=None) for t in graph.tasks}


@contextlib.contextmanager
def graph_in(path):
    with contextlib.redirect_stderr(io.StringIO()), read_file(path) as read:
        yield graph_of(read, path)


def test_a_notebook_and_a_file_have_the_graph_that_was_read(tmp_path, sfdag):
    source = tmp_path / "odd names.sql"
    source.write_text(SCRIPT)
    graph = imported_file(source).graph()
    assert [task.name for task in graph.tasks] == ["A_root_1", "load", "load_2", "t_session"]
    for name in ("tasks.ipynb", "tasks.py"):
        code, said, _ = sfdag("import", source, "--to", tmp_path / name)
        assert (code, name in said) == (0, True)
        with graph_in(tmp_path / name) as read:
            assert plain(read) == plain(graph)
        assert sfdag("import", source, "--to", tmp_path / name)[0] == 0  # its own is written over


def test_a_document_and_mistakes(tmp_path, sfdag):
    source = tmp_path / "t.sql"
    source.write_text("create task a after b as insert into t values (1)")
    code, said, _ = sfdag("import", source, "--json")
    told = json.loads(said)
    jsonschema.validate(told, DOCUMENTS["import"], jsonschema.Draft202012Validator)
    assert (code, told["problems"]) == (0, ["line 1: task a: AFTER B: nothing made it"])
    code, _, aside = sfdag("import", source, "--strict", "--to", tmp_path / "t.ipynb")
    assert (code, "1 mistake" in aside, (tmp_path / "t.ipynb").exists()) == (2, True, False)
