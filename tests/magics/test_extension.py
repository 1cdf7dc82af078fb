import gc
import subprocess
import sys

import pytest
from IPython.core.completer import CompletionContext

from sfdag_magics import load_ipython_extension, unload_ipython_extension
from sfdag_magics.errors import InputError
from sfdag_magics.magics.extension import as_we_read_it, load
from sfdag_magics.workspace.registry import Registry


def matched(notebook, line):
    context = CompletionContext(
        token=line.split(" ")[-1],
        full_text=line,
        cursor_position=len(line),
        cursor_line=0,
        limit=None,
    )
    found = notebook.magics.matcher(context)
    return [completion.text for completion in found["completions"]]


def test_loading_twice_and_unloading_twice_works(shell, capsys):
    before = list(shell.Completer.custom_matchers)
    load_ipython_extension(shell)
    load_ipython_extension(shell)
    assert len(shell.Completer.custom_matchers) == len(before) + 1
    assert shell.input_transformers_cleanup.count(as_we_read_it) == 1
    assert shell.find_line_magic("sfdag") is not None
    unload_ipython_extension(shell)
    unload_ipython_extension(shell)
    assert shell.Completer.custom_matchers == before
    assert shell.find_line_magic("sfdag") is None
    assert shell.find_cell_magic("sftask") is None


def test_loading_says_one_line(shell, capsys):
    load_ipython_extension(shell)
    said = capsys.readouterr().out
    assert said.count("\n") == 1
    assert "target embedded · graph notebook" in said
    unload_ipython_extension(shell)


def test_a_file_of_targets_that_cannot_be_read_does_not_stop_loading(
    shell, capsys, tmp_path, monkeypatch
):
    (tmp_path / "sfdag.toml").write_text("default = ")
    monkeypatch.chdir(tmp_path)
    load_ipython_extension(shell)
    assert "target unknown (sfdag.toml is not TOML: " in capsys.readouterr().out
    assert shell.find_line_magic("sfdag") is not None
    unload_ipython_extension(shell)


def test_importing_loading_and_a_cell_load_no_client_no_verb_no_widget_and_open_nothing():
    script = (
        "import sys\n"
        "import sfdag_magics\n"
        "assert 'IPython' not in sys.modules\n"
        "from IPython.core.interactiveshell import InteractiveShell\n"
        "shell = InteractiveShell()\n"
        "before = set(sys.modules)\n"
        "sfdag_magics.load_ipython_extension(shell)\n"
        "shell.run_cell('%%sftask\\ndef train(): ...\\n').raise_error()\n"
        "heavy = ['snowflake.connector', 'snowflake.snowpark', 'anywidget', 'pygraphviz',"
        " 'graphviz', 'pandas', 'psutil', 'importlib.metadata',"
        " 'importlib.resources', 'email', 'html', 'difflib', 'pickletools',"
        " 'sfdag_magics.client.connecting.connect',"
        " 'sfdag_magics.client.running.runs', 'sfdag_magics.magics.first_use',"
        " 'sfdag_magics.workspace.workspace', 'sfdag_magics.widget.view']\n"
        "print([name for name in heavy if name in sys.modules.keys() - before])\n"
    )
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_kernels_first_verb_loads_nothing_that_only_few_need():
    script = (
        "import sys\n"
        "import sfdag_magics.magics.verbs.all_verbs\n"
        "heavy = ['nbformat', 'jsonschema', 'duckdb', 'sqlglot', 'pandas', 'numpy', 'pyarrow',"
        " 'rich', 'snowflake.snowpark', 'snowflake.core', 'opentelemetry', 'openlineage']\n"
        "print([name for name in heavy if name in sys.modules])\n"
    )
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("collects", [True, False])
def test_loading_leaves_the_collection_of_garbage_as_it_was(shell, capsys, collects):
    was = gc.isenabled()
    try:
        (gc.enable if collects else gc.disable)()
        load_ipython_extension(shell)
        assert gc.isenabled() is collects
    finally:
        (gc.enable if was else gc.disable)()
        unload_ipython_extension(shell)


@pytest.mark.parametrize("before", [(), ("%sfdag graph",)])
def test_a_cell_says_of_a_file_of_targets_that_it_cannot_be_read(
    shell, capsys, tmp_path, monkeypatch, before
):
    load(shell, registry=Registry())
    for line in before:
        shell.run_cell(line).raise_error()
    (tmp_path / "sfdag.toml").write_text("default = ")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=r"sfdag\.toml is not TOML"):
        shell.run_cell("%%sftask\ndef train(): ...\n").raise_error()
    unload_ipython_extension(shell)


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("%sfdag re", ["retry", "resume"]),
        ("run = %sfdag wh", ["why"]),
        ("%sfdag run --no", ["--no-wait", "--no-widget"]),
        ("%sfdag logs tr", ["train"]),
        ("%sfdag help va", ["validate"]),
        ("%%sftask --after tr", ["train"]),
        ("%%sftask --after split,tr", ["train"]),
        ("%%sftask x --fin", ["--finalizer"]),
        ("print(1) --", []),
    ],
)
def test_tab_offers_verbs_options_and_tasks(notebook, line, offered):
    notebook.run("%%sftask\ndef train(): ...\n")
    assert matched(notebook, line) == offered


def test_a_bare_double_dash_offers_all_options(notebook):
    assert {"--wait", "--set", "--graph"} <= set(matched(notebook, "%sfdag run --"))
    assert "--after" in matched(notebook, "%%sftask --")


@pytest.mark.parametrize("line", ["%sfdag run?", "%sfdag run ?", "  %sfdag run??"])
def test_a_question_mark_shows_the_verbs_own_help(notebook, line):
    assert "--no-wait" in notebook.run(line)


def test_a_semicolon_at_the_end_is_no_part_of_the_verb(notebook):
    assert "every day" in notebook.run("%sfdag help;")


def test_an_error_shows_as_two_lines_and_not_as_a_traceback(notebook, capsys):
    with pytest.raises(InputError):
        notebook.run("%sfdag rnu")
    assert notebook.output.strip().splitlines()[-2:] == [
        "InputError: %sfdag has no verb 'rnu'; did you mean run?",
        "  next: %sfdag help",
    ]
    assert "Traceback" not in notebook.output
