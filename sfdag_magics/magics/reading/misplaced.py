"""What was meant by a word or an option that does not belong where it was typed.

Knows how a line is spelled and which names there are; knows no verb, and asks nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field, replace

from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.errors import InputError
from sfdag_magics.graph.names import key_of, nearest
from sfdag_magics.light_classes import dataclass
from sfdag_magics.magics.reading.words import quoted, unquoted_value

_PAIR = re.compile(r"\+?[^\W\d]\w*=.*", re.DOTALL)

#: Behind it a shell's tools read no more options.
ENDS_OPTIONS = "--"
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
        typed: the words behind it, with the names of variables and not what they hold.
        places: what its words are, such as `task`.
        flags: its options.
        taking_values: the options that take a value.
        taking_words: those of them whose value may be several words, in quotes.
        taking_names: those of them whose value may be several names, with commas between.
        words_elsewhere: options of other verbs for what is a word here.
    """

    name: str
    typed: Sequence[str]
    places: Collection[str]
    flags: Collection[str]
    taking_values: Collection[str]
    taking_words: Collection[str]
    taking_names: Collection[str] = ()
    words_elsewhere: Collection[str] = ()

    @property
    def help(self) -> str:
        """The command that explains it."""
        return f"{self.name} -h"

    @property
    def whole(self) -> str:
        """The line as it is typed: what is advised keeps all that was well."""
        return " ".join((self.name, *self.typed))

    def with_words(self, first: int, behind: int, *words: str) -> Line:
        """The line with other words in place of those from `first` on."""
        return replace(self, typed=(*self.typed[:first], *words, *self.typed[behind:]))

    @property
    def bare(self) -> list[int]:
        """Where its words are that belong to no option."""
        return [
            place
            for place, word in enumerate(self.typed)
            if not word.startswith("-")
            and not (place and self.typed[place - 1] in self.taking_values)
        ]

    def place_of(self, word: str) -> int | None:
        """Where a word is that belongs to no option: the last of its kind is too many."""
        found = [place for place in self.bare if self.typed[place] == word]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class Meant:
    """What was meant by one or more words: an option, in place of those from `first` on."""

    option: Sequence[str]
    first: int
    behind: int

    def __str__(self) -> str:
        return " ".join(self.option)


def too_many(line: Line, words: Sequence[str], known: Known) -> InputError:
    """The error of words for which the verb has no place."""
    word = words[0]
    said = f"{line.name}: {word!r} is one word too many"
    place = line.place_of(word)
    if place is None:
        return InputError(said, hint=line.help)
    if meant := _meant(line, place, known):
        return InputError(f"{said}; did you mean {meant}?", hint=_as_meant(line, words, known))
    if _is_among(word, known.tasks):
        return _task_too_many(line, place)
    if len(words) > 1:
        many = f"{', '.join(map(repr, words))} are {len(words)} words too many"
        return InputError(f"{line.name}: {many}", hint=line.help)
    graph = "-g" in line.flags and "name" not in line.places and word.isidentifier()
    there = line.with_words(place, place + 1, "-g", word).whole
    where = f"{there} where a graph is meant, " if graph else ""
    return InputError(said, hint=f"{where}{line.help}")


def _as_meant(line: Line, words: Sequence[str], known: Known) -> str:
    """The whole line, each of these words as it is meant."""
    for word in words:
        place = line.place_of(word)  # none where it became part of a text
        if place is not None and (meant := _meant(line, place, known)):
            line = line.with_words(meant.first, meant.behind, *meant.option)
    return line.whole


def _task_too_many(line: Line, place: int) -> InputError:
    word = line.typed[place]
    if "task" not in line.places:
        said = f"{line.name} is about a graph, and {word!r} is one of its tasks"
        return InputError(said, hint=line.with_words(place, place + 1).whole)
    said = f"{line.name} takes one task, and {word!r} is one too many"
    return InputError(said, hint=" · ".join(_with_one(line, each) for each in line.bare))


def _with_one(line: Line, place: int) -> str:
    """The line with one of its words that belong to no option."""
    others = [other for other in line.bare if other != place]
    kept = [each for other, each in enumerate(line.typed) if other not in others]
    return replace(line, typed=kept).whole


def _meant(line: Line, place: int, known: Known) -> Meant | None:
    """The option that a bare word stands for."""
    option = _option(line, line.typed[place], known)
    if option:
        return Meant(option, place, place + 1)
    if listed_names := _in_list(line, place):
        return listed_names
    return None if _is_among(line.typed[place], known.tasks) else _in_quotes(line, place)


def _option(line: Line, word: str, known: Known) -> tuple[str, ...]:
    if is_option_without_dashes(word, line.flags):
        option, _, value = word.partition("=")
        return f"--{option}", value
    if "--set" in line.flags and _PAIR.fullmatch(word):
        return "--set", word
    if f"--{word}" in line.flags:
        return (f"--{word}",)
    if "--last" in line.flags and word.isdigit():
        return "--last", word
    if "-t" in line.flags and _is_among(word, known.targets):
        return "-t", word
    if "-g" in line.flags and _is_among(word, known.graphs):
        return "-g", word
    return ()


def _in_list(line: Line, place: int) -> Meant | None:
    """The option of names before the word, with all that stands behind it as its names."""
    first = next((at for at in reversed(range(place)) if line.typed[at].startswith("-")), None)
    if first is None or line.typed[first] not in line.taking_names:
        return None
    last = next((at for at in line.bare if at >= place and at + 1 not in line.bare), place)
    names = ",".join(line.typed[first + 1 : last + 1])
    return Meant((line.typed[first], names), first, last + 1)


def _in_quotes(line: Line, place: int) -> Meant | None:
    """The option before the word, with all that stands behind it as one value."""
    for first in reversed(range(place)):
        if line.typed[first] in line.taking_words:
            behind = first + 1
            while behind < len(line.typed) and not line.typed[behind].startswith("-"):
                behind += 1
            value = " ".join(map(unquoted_value, line.typed[first + 1 : behind]))
            key, equals, text = value.rpartition("=") if _PAIR.fullmatch(value) else ("", "", value)
            return Meant((line.typed[first], f"{key}{equals}{quoted(text)}"), first, behind)
        if line.typed[first].startswith("-"):
            return None
    return None


def is_option_without_dashes(word: str, flags: Collection[str]) -> bool:
    """Whether it is `option=value` as in a call of Python."""
    option, equals, _ = word.partition("=")
    return bool(equals) and f"--{option}" in flags


def is_option(word: str, flags: Collection[str]) -> bool:
    """Whether it is an option, with its value or without."""
    return word.partition("=")[0] in flags


def behind_the_end(line: Line, unknown: Sequence[str]) -> InputError:
    """The error of words that do not belong behind `--`, where nothing is an option."""
    end = list(line.typed).index(ENDS_OPTIONS)
    behind = line.typed[end + 1 :]
    if options := [word for word in behind if is_option(word, line.flags)]:
        rest = [word for word in behind if word not in options]
        there = [*line.typed[:end], *options, *([ENDS_OPTIONS, *rest] if rest else [])]
        return InputError(
            f"{line.name}: behind {ENDS_OPTIONS} there are no options, and {options[0]} is one",
            hint=replace(line, typed=there).whole,
        )
    said = [word for word in unknown if word != ENDS_OPTIONS] or [*behind]
    many = f"{said[0]!r} is one word" if len(said) == 1 else f"{listed(said)} are {len(said)} words"
    return InputError(f"{line.name}: {many} too many", hint=line.help)


def unknown_option(line: Line, typed: str, known: Known) -> InputError:
    """The error of an option that the verb does not have."""
    flag, _, value = typed.partition("=")
    name = flag.lstrip("-")
    if name in line.places or flag in line.words_elsewhere:
        return InputError(
            f"{line.name} has no option {flag}: what it would say is typed by itself",
            hint=_by_itself(line, typed, value or name.upper()),
        )
    others = tuple(known.options.get(flag, ()))
    if 0 < len(others) <= _MOST_OTHERS:
        return InputError(
            f"{line.name} has no option {flag}, which is one of {listed(others)}",
            hint=f"{others[0]} -h",
        )
    # Without the dashes, which all of them have and by which all look alike.
    near = nearest(name, [each.lstrip("-") for each in line.flags if each.startswith("--")])
    did = f"; did you mean --{near}?" if near else ""
    return InputError(f"{line.name} has no option {flag}{did}", hint=line.help)


def _by_itself(line: Line, option: str, value: str) -> str:
    """The line with what stands behind an option there is not, and without that one."""
    if option not in line.typed:
        return f"{line.name} {value}"
    place = list(line.typed).index(option)
    has_value = "=" not in option and place + 1 in line.bare
    return line.with_words(place, place + 1, *(() if has_value else (value,))).whole


def _is_among(word: str, names: Collection[str]) -> bool:
    return key_of(word) in map(key_of, names)
