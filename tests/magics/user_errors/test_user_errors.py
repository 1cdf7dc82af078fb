"""Each error that a user can cause is reached, says what a person has read, and shows no frame."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sfdag_magics.errors import SfdagError
from tests.magics.user_errors.cases import CASES, TYPED
from tests.magics.user_errors.places import place_of, places
from tests.rows import thinned

ANSWERS = Path(__file__).parent / "answers.txt"


def answers() -> dict[str, str]:
    """`{case: its answer}` of the file."""
    parts = re.split(r"^=== (.+)\n", ANSWERS.read_text("utf-8"), flags=re.MULTILINE)
    return {name: text.strip("\n") for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def refused(case, notebook, tmp_path, monkeypatch) -> SfdagError:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SfdagError) as raised:
        CASES[case](notebook)
    return raised.value


@pytest.fixture(scope="module")
def reached():
    """The places that the cases of this module were refused at."""
    return set()


@pytest.mark.parametrize("case", thinned(CASES))
def test_the_answer_is_what_was_read(case, notebook, tmp_path, monkeypatch, reached):
    error = refused(case, notebook, tmp_path, monkeypatch)
    # None where one function makes the error and another raises it.
    reached |= {place_of(error.__traceback__, places())}
    shown = f"{type(error).__name__}: {error}"  # how wide a window is shows elsewhere
    assert shown == answers().get(case), case


@pytest.mark.slow  # so are most cases
def test_every_place_that_raises_is_reached(reached):
    assert sorted(map(str, places() - reached)) == []


def test_every_answer_belongs_to_a_case():
    assert list(answers()) == list(CASES)


@pytest.mark.parametrize("case", CASES)
def test_every_answer_says_what_to_type_next_and_no_word_of_ours(case):
    said = answers()[case]
    assert "next: " in said or "\n    " in said, "says what is wrong and not what to do"
    assert not re.search(r"Traceback|object at 0x|sfdag_magics\.|__\w+__|None", said)


@pytest.mark.parametrize("case", TYPED)
def test_no_answer_sends_back_to_what_was_refused(case):
    following = re.search(r"next: (%+\w+ \w+\S*)$", answers()[case], re.MULTILINE)
    assert following is None or following[1] not in TYPED[case]
