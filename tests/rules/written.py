"""The document of the facts, and the list of what was chosen, as texts."""

from __future__ import annotations

from sfdag_magics.engine.tasks.unknowns import UNKNOWNS
from tests.rules.held import Section, held, sections
from tests.rules.not_here import NOT_HERE

_HEAD = """# What tasks do, and which tests hold it

Made by `python -m tests.rules`, from the facts in `tests/rules` and the tests that name them by
`@pytest.mark.rule`. Facts are Snowflake's, as its documentation, REST description and clients say.
"""


def facts_and_tests() -> str:
    """Markdown, one table a section."""
    tests = held()
    return "\n".join([_HEAD, *(_table(section, tests) for section in sections())])


def chosen() -> str:
    """What the documentation leaves open, as lines of a list."""
    return "\n".join(f"- {one.question}: {one.chosen}." for one in UNKNOWNS)


def _table(section: Section, tests: dict[str, list[str]]) -> str:
    rows = [
        f"| {number} | {fact} | {_holds(number, tests)} |" for number, fact in section.facts.items()
    ]
    return "\n".join([f"## {section.title}\n", "| | | held by |", "| --- | --- | --- |", *rows, ""])


def _holds(number: str, tests: dict[str, list[str]]) -> str:
    if number in tests:
        return "<br>".join(f"`{name}`" for name in tests[number])
    return NOT_HERE.get(number) or "nothing yet"
