"""The README's tables of verbs and errors, from the code: `python -m tests.readme_tables` writes.

Knows what verbs say of themselves, and the errors' first sentences.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

from sfdag_magics import errors
from sfdag_magics.magics.reading.options import OptionParser
from sfdag_magics.magics.verbs.all_verbs import VERBS
from sfdag_magics.magics.verbs.verb import Verb

README = Path(__file__).parent.parent / "README.md"
_VERBS = "| `%sfdag …` | does | options of its own |"
_ERRORS = "| error | is | a kind of |"


def verb_table() -> str:
    """Every verb: those of every day first, as help has them."""
    rows = sorted(VERBS.values(), key=lambda verb: not verb.daily)
    return "".join([f"{_VERBS}\n| --- | --- | --- |\n", *map(_verb_row, rows)])


def _verb_row(verb: Verb) -> str:
    parser = OptionParser(verb.name, summary=verb.summary, example=verb.example)
    verb.options(parser)
    named = {flag for flag in parser.flags if flag.startswith("--")} - {"--help"}
    own = parser.schema()
    words = [name for name in own["properties"] if f"--{name}" not in named and len(name) > 1]
    called = [
        name.upper() if name in own["required"] else f"[{name.upper()}]"
        for name in words
        if not name.startswith("-")
    ]
    options = [f"`--{name}`" for name in own["properties"] if f"--{name}" in named]
    does = verb.summary[:1].lower() + verb.summary[1:].rstrip(".")
    return f"| `{' '.join([verb.name, *called])}` | {does} | {' '.join(options)} |\n"


def error_table() -> str:
    """Every error that is raised on purpose, below those that it is a kind of."""
    return "".join(
        [f"{_ERRORS}\n| --- | --- | --- |\n", *map(_error_row, _below(errors.SfdagError))]
    )


def _below(kind: type[errors.SfdagError]) -> Iterator[type[errors.SfdagError]]:
    for each in kind.__subclasses__():
        if each.__module__ == errors.__name__:
            yield each
            yield from _below(each)


def _error_row(kind: type[errors.SfdagError]) -> str:
    says = (inspect.getdoc(kind) or "").partition("\n\n")[0].replace("\n", " ")
    above = ", ".join(f"`{base.__name__}`" for base in kind.__bases__)
    return f"| `{kind.__name__}` | {says.rstrip('.')} | {above} |\n"


def _with_table(text: str, table: str) -> str:
    """The text with this table in the place of the one that has the same heading."""
    begin = text.index(table.partition("\n")[0])
    end = text.index("\n\n", begin) + 1
    return text[:begin] + table + text[end:]


if __name__ == "__main__":
    told = README.read_text("utf-8")
    for made in (verb_table(), error_table()):
        told = _with_table(told, made)
    README.write_text(told, "utf-8")
