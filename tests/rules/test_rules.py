"""Every fact of what tasks do is held by a test, or it is said why not."""

from __future__ import annotations

from pathlib import Path

import sfdag_magics.engine
from tests.rules.held import MOST, claims, held, sections
from tests.rules.not_here import NOT_HERE
from tests.rules.written import chosen, facts_and_tests
from tests.test_repository import README

#: Facts whose tests are still to be written.
NOT_HELD = set((Path(__file__).parent / "not_held.txt").read_text("utf-8").split())
FACTS = {number for section in sections() for number in section.facts}
DOCUMENT = Path(sfdag_magics.engine.__file__).parent / "RULES.md"


def test_every_fact_has_a_test_or_a_word_on_why_it_has_none():
    without = FACTS - set(held())
    assert without == set(NOT_HERE) | NOT_HELD
    assert not set(NOT_HERE) & NOT_HELD


def test_tests_name_facts_that_are_there():
    assert {number for _, numbers in claims() for number in numbers} <= FACTS


def test_a_test_holds_few_facts():
    assert {name: numbers for name, numbers in claims() if len(numbers) > MOST} == {}


def test_no_number_stands_twice():
    numbers = [number for section in sections() for number in section.facts]
    assert len(numbers) == len(FACTS)


def test_a_reason_is_one():
    assert [why for why in NOT_HERE.values() if len(why.split()) < 3] == []


def test_the_document_is_what_facts_and_tests_are_now():
    assert DOCUMENT.read_text("utf-8") == facts_and_tests(), (
        "python -m tests.rules > sfdag_magics/engine/RULES.md"
    )


def test_the_limits_list_what_was_chosen():
    assert chosen() in README
