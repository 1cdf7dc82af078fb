"""Every verb in every situation: what it says helps, and no `next:` leads in a circle."""

import contextlib
import re

import pytest

from sfdag_magics.client.connecting.activity import meanwhile
from sfdag_magics.errors import SfdagError
from sfdag_magics.magics.verbs.all_verbs import VERBS
from sfdag_magics.magics.verbs.verb import ActsOn
from tests.client.running_snowflake import RunningSnowflake
from tests.magics.scenes import two_tasks
from tests.rows import thinned

#: What stands behind a verb that needs more than its name.
WORDS = {
    "forget": "a",
    "logs": "a",
    "deploy": "--yes",
    "drop": "--yes",
    "stop": "--yes",
    "load": "a.csv",
    "local": "status --data nothing",
    "pull": "a",
    "import": "t.sql",
}
LINES = tuple(" ".join(filter(None, (name, WORDS.get(name)))) for name in VERBS)


@pytest.fixture
def fake():
    made = RunningSnowflake()
    made.session = "a Snowpark session"
    return made


def nothing(notebook):
    """No graph, no cell, nothing deployed."""


def cells_only(notebook):
    two_tasks(notebook)


def deployed(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag deploy --yes")


def scheduled(notebook):
    notebook.run("%sfdag graph g --schedule '1 hour'")
    deployed(notebook)


def ran(notebook):
    two_tasks(notebook)
    notebook.run("%sfdag run")


def failed(notebook):
    two_tasks(notebook)
    notebook.fake.failing = {"G$B"}
    with pytest.raises(SfdagError):
        notebook.run("%sfdag run")


def restarted(notebook):
    """As after a restart of the kernel, with other cells run than those of what is deployed."""
    ran(notebook)
    notebook.magics.desk.workspace.registry.__init__()
    notebook.magics.desk.workspace.places.place(None).runs.clear()


SITUATIONS = (nothing, cells_only, deployed, scheduled, ran, failed, restarted)


def said(notebook, line):
    """What a line answers, and the command that it says comes next, where it is one alone."""
    try:
        return notebook.run(line), None
    except SfdagError as error:
        text = "\n".join(error._render_traceback_())
        alone = re.fullmatch(r"%sfdag [^·,;:]+", error.hint or "")
        return text, alone[0] if alone else None


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("line", thinned(LINES))
def test_what_comes_next_goes_on(notebook, situation, line):
    situation(notebook)
    seen, command = [], f"%sfdag {line}"
    while command is not None:
        assert command not in seen, f"{seen} leads in a circle"
        seen.append(command)
        text, command = said(notebook, command)
        is_refusal = re.match(r"(Input|Graph)Error: ", text)
        helps = "next: " in text or "\n    " in text
        assert helps or not is_refusal, "it says what is wrong and not what to do"
        assert "object at 0x" not in text
        assert not re.search(r"sfdag_magics[./]\w+|InternalError", text), text


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(("what", "option"), [(ActsOn.GRAPH, "-g"), (ActsOn.TARGET, "-t")])
def test_an_option_that_would_do_nothing_is_refused(
    notebook, verb, what, option, tmp_path, monkeypatch
):
    two_tasks(notebook)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.sql").write_text("create task r as insert into t values (1)")
    (tmp_path / "a.csv").write_text("n\n1\n")
    takes = what in VERBS[verb].acts_on
    text, _ = said(notebook, f"%sfdag {verb} {WORDS.get(verb, '')} {option} nope")
    assert (f"%sfdag {verb} has no option {option}" in text) is not takes
    assert "nope" in text or not takes


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_explains_itself_in_every_way_that_is_tried(notebook, verb):
    told = notebook.run(f"%sfdag {verb} -h")
    for asked in (f"{verb} --help", f"help {verb}", f"{verb}?", f"{verb} x y -h"):
        assert notebook.run(f"%sfdag {asked}") == told
    assert VERBS[verb].summary in told
    assert re.search(rf"example:\n  (\w+ = )?%sfdag {verb}\b", told)


@pytest.mark.parametrize("verb", VERBS)
def test_a_letter_too_few_is_understood(notebook, verb):
    text, following = said(notebook, f"%sfdag {verb[:-1]}z")
    assert "did you mean" in text
    assert following == "%sfdag help"


@pytest.mark.parametrize("situation", [ran, failed], ids=["ran", "failed"])
@pytest.mark.parametrize("line", thinned(LINES))
def test_each_call_of_a_verb_is_heard_of_where_it_takes_long(notebook, situation, line):
    situation(notebook)
    said, unsaid, fake = set(), [], notebook.fake

    def heard(call):
        def calls(*given):
            # What the Backend over Snowpark says before each of its calls.
            meanwhile("asking the embedded engine")
            status = notebook.magics.desk.notebook._status
            now = status._now.what if status is not None else ""
            said.add(now)
            if not now:
                unsaid.append(given)
            return call(*given)

        return calls

    for name in ("rows", "script", "upload", "download"):
        setattr(fake, name, heard(getattr(fake, name)))
    with contextlib.suppress(SfdagError):
        notebook.run(f"%sfdag {line}")
    assert not unsaid
    assert "" not in said
