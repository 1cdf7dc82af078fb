"""What was meant by a word or an option that does not belong where it was typed.

Knows how a line is spelled and which names there are; knows no verb, and asks nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.errors import InputError
from sfdag_magics.graph.names import key_of, nearest
from sfdag_magics.magics.reading.words import quoted

_PAIR = re.compile(r"\+?[^\W\d]\w*=.*", re.DOTALL)

#: An option that more verbs have than this is no reason to mean one of them.
_MOST_OTHERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The names that a misplaced word may be, as they are known without asking a target.

    Attributes:
        options: `{flag: the verbs that have it}`.
    """

    tasks: Collection[str] = ()
    graphs: Collection[str] = ()
    targets: Collection[str] = ()
    options: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What was typed behind a verb, and what may be.

    Attributes:
        name: how the verb is typed, such as `%sfdag run`.
        typed: the words behind it.
        places: what its words are, such as `task`.
        flags: its options.
        taking_one: the options that take one value, as it stands.
    """

    name: str
    typed: Sequence[str]
    places: Collection[str]
    flags: Collection[str]
    taking_one: Collection[str]

    @property
    def help(self) -> str:
        """The command that explains it."""
        return f"{self.name} -h"


def one_too_many(line: Line, word: str, known: Known) -> InputError:
    """The error of a word for which the verb has no place."""
    meant = _meant(line, word, known)
    if meant:
        return InputError(
            f"{line.name}: {word!r} is one word too many; did you mean {meant}?",
            hint=f"{line.name} {meant}",
        )
    if _is_among(word, known.tasks):
        if "task" in line.places:
            return InputError(
                f"{line.name} takes one task, and {word!r} is one too many",
                hint=f"{line.name} {word}",
            )
        return InputError(
            f"{line.name} is about a graph, and {word!r} is one of its tasks", hint=line.name
        )
    graph = "-g" in line.flags and "name" not in line.places and word.isidentifier()
    where = f"{line.name} -g {word} where a graph is meant, " if graph else ""
    return InputError(f"{line.name}: {word!r} is one word too many", hint=f"{where}{line.help}")


def _meant(line: Line, word: str, known: Known) -> str | None:
    """The option that a bare word stands for."""
    if is_option_without_dashes(word, line.flags):
        option, _, value = word.partition("=")
        return f"--{option} {value}"
    if "--set" in line.flags and _PAIR.fullmatch(word):
        return f"--set {word}"
    if f"--{word}" in line.flags:
        return f"--{word}"
    if "--last" in line.flags and word.isdigit():
        return f"--last {word}"
    if "-t" in line.flags and _is_among(word, known.targets):
        return f"-t {word}"
    if "-g" in line.flags and _is_among(word, known.graphs):
        return f"-g {word}"
    return _in_quotes(line, word)


def _in_quotes(line: Line, word: str) -> str | None:
    """The option before the word, with all that stands behind it as one value."""
    for place in reversed(range(line.typed.index(word) if word in line.typed else 0)):
        if line.typed[place] in line.taking_one:
            end = place + 1
            while end < len(line.typed) and not line.typed[end].startswith("-"):
                end += 1
            value = " ".join(line.typed[place + 1 : end])
            key, equals, text = value.rpartition("=") if _PAIR.fullmatch(value) else ("", "", value)
            return f"{line.typed[place]} {key}{equals}{quoted(text)}"
        if line.typed[place].startswith("-"):
            return None
    return None


def is_option_without_dashes(word: str, flags: Collection[str]) -> bool:
    """Whether it is `option=value` as in a call of Python."""
    option, equals, _ = word.partition("=")
    return bool(equals) and f"--{option}" in flags


def unknown_option(line: Line, typed: str, known: Known) -> InputError:
    """The error of an option that the verb does not have."""
    flag, _, value = typed.partition("=")
    place = flag.lstrip("-")
    if place in line.places:
        return InputError(
            f"{line.name} has no option {flag}: what it would say is typed by itself",
            hint=f"{line.name} {value or place.upper()}",
        )
    others = tuple(known.options.get(flag, ()))
    if 0 < len(others) <= _MOST_OTHERS:
        return InputError(
            f"{line.name} has no option {flag}, which is one of {listed(others)}",
            hint=f"{others[0]} -h",
        )
    # Without the dashes, which all of them have and by which all look alike.
    near = nearest(place, [each.lstrip("-") for each in line.flags if each.startswith("--")])
    did = f"; did you mean --{near}?" if near else ""
    return InputError(f"{line.name} has no option {flag}{did}", hint=line.help)


def _is_among(word: str, names: Collection[str]) -> bool:
    return key_of(word) in map(key_of, names)
