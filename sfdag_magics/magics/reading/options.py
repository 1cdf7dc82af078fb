"""Options of magics: declared once per verb, read strictly. Knows no verb and no IPython.

argparse does the reading; what it does silently is made an error here: abbreviations, a
single-value option given twice, a value swallowed because it starts with a dash.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NoReturn

from sfdag_magics.errors import InputError
from sfdag_magics.graph.names import nearest
from sfdag_magics.graph.times.moments import NUMBER, UNIT, duration_from
from sfdag_magics.magics.reading.misplaced import (
    ENDS_OPTIONS,
    Known,
    Line,
    behind_the_end,
    is_option,
    is_option_without_dashes,
    too_many,
    unknown_option,
)
from sfdag_magics.magics.reading.words import quoted, typed_value, unquoted_value
from sfdag_magics.workspace.asking.given_values import as_json

#: `{name}` or `$name` as a whole value, with what stands before it in the word.
_VARIABLE = re.compile(
    r"(?P<before>(?:--[\w-]+=)?(?:[\w.+-]+=)?)"
    r"(?P<value>\{(?P<braces>[^\W\d]\w*)\}|\$(?P<dollar>[^\W\d]\w*))"
)


class _Once(argparse.Action):
    """Keeps one value; a second one is an error and not a silent replacement."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        if self.dest in namespace.given:
            parser.error(f"{option_string} is given twice")
        namespace.given.add(self.dest)
        setattr(namespace, self.dest, values)


class _List(argparse.Action):
    """Collects names from `a,b` and from the option given again."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        del parser, option_string
        parts = unquoted_value(str(values)).split(",")
        names = [unquoted_value(part.strip()) for part in parts]
        namespace.given.add(self.dest)
        before = getattr(namespace, self.dest)
        setattr(namespace, self.dest, (*before, *(name for name in names if name)))


class _Pairs(argparse.Action):
    """Collects `key=value` as `Typed` values; the same key twice is an error."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        key, equals, value = unquoted_value(str(values)).partition("=")
        key = unquoted_value(key)
        if not equals or not key:
            takes = str(self.metavar)
            said = f"{parser.prog}: {option_string} takes {takes}, not {values}"
            left = key or takes.partition("=")[0]
            raise InputError(said, hint=f"{parser.prog} {option_string} {left}=value")
        before = getattr(namespace, self.dest)
        if key in before:
            parser.error(f"{option_string} {key} is given twice")
        namespace.given.add(self.dest)
        setattr(namespace, self.dest, {**before, key: typed_value(value)})


class Options(argparse.Namespace):
    """What was typed. Every declared option is an attribute; `given` names those that were typed.

    An option that was not typed is None, False, () or {} by its kind.
    """

    given: set[str]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the options of a verb are its own
        raise AttributeError(name)


class OptionParser(argparse.ArgumentParser):
    """The options and positional words of one verb.

    Args:
        name: how the verb is typed, such as `%sfdag run`.
        summary: what it does, in one sentence.
        example: one line that works.
    """

    def __init__(self, name: str, *, summary: str, example: str) -> None:
        super().__init__(
            prog=name,
            description=summary,
            epilog=f"example:\n  {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
            add_help=False,
        )
        self._taking_values: set[str] = set()
        self._lists: set[str] = set()
        self._durations: set[str] = set()
        self._texts: set[str] = set()
        self._words_elsewhere: set[str] = set()
        self.flag("-h", "--help", help="show this")

    def value(
        self,
        *flags: str,
        metavar: str,
        help: str,  # noqa: A002 - argparse's word
        type: Callable[[str], Any] = str,  # noqa: A002 - argparse's word
        choices: Iterable[str] | None = None,
        words: bool = False,
    ) -> None:
        """An option with one value; of several `words` it has to stand in quotes."""
        listed = None if choices is None else tuple(choices)
        self.add_argument(
            *flags,
            metavar=metavar,
            help=help,
            type=lambda text: type(unquoted_value(text)),
            choices=listed,
            action=_Once,
        )
        self._taking_values.update(flags)
        if duration_from(metavar):
            self._durations.update(flags)
        if words:
            self._texts.update(flags)

    def flag(self, *flags: str, help: str, dest: str | None = None) -> None:  # noqa: A002 - argparse's word
        """An option without a value."""
        name = dest or flags[-1].lstrip("-").replace("-", "_")
        self.add_argument(*flags, help=help, action="store_true", dest=name)

    def names(self, *flags: str, metavar: str, help: str) -> None:  # noqa: A002 - argparse's word
        """An option with names, separated by commas."""
        self.add_argument(*flags, metavar=metavar, help=help, action=_List, default=())
        self._taking_values.update(flags)
        self._lists.update(flags)

    def pairs(self, *flags: str, metavar: str, help: str) -> None:  # noqa: A002 - argparse's word
        """An option with key=value, any number of times."""
        self.add_argument(*flags, metavar=metavar, help=help, action=_Pairs, default={})
        self._taking_values.update(flags)
        self._texts.update(flags)

    def word(
        self,
        name: str,
        *,
        help: str,  # noqa: A002 - argparse's word
        required: bool = False,
        elsewhere: Collection[str] = (),
    ) -> None:
        """A positional word; the options `elsewhere` are what other verbs call it."""
        self._words_elsewhere.update(elsewhere)
        self.add_argument(name, help=help, nargs=None if required else "?", type=unquoted_value)

    @property
    def flags(self) -> tuple[str, ...]:
        """All option strings, long ones first: for completion and for the nearest name."""
        return tuple(sorted(self._option_string_actions, key=lambda flag: flag[:2] != "--"))

    def schema(self) -> dict[str, Any]:
        """The options as JSON Schema: each by its longest name, positional words by theirs."""
        actions = [each for each in self._actions if each.dest != "help"]
        properties = {_longest(each): _schema_of(each) for each in actions}
        needed = [_longest(each) for each in actions if each.required]
        return {
            "type": "object",
            "properties": properties,
            "required": needed,
            "additionalProperties": False,
        }

    def read(
        self,
        words: Sequence[str],
        known: Callable[[], Known] = Known,
        *,
        typed: Sequence[str] | None = None,
    ) -> Options:
        """The options in these words.

        Args:
            known: gives the names that a word that does not belong may be.
            typed: each word as it was typed, where that is another: what is advised says no value
                of a variable.

        Raises:
            InputError: a word does not belong, a value is missing, wrong or given twice.
        """
        as_typed = tuple(words if typed is None else typed)
        options, unknown = self._parsed(words, as_typed)
        if not unknown:
            said = (
                str(getattr(options, each.dest) or "") for each in self._get_positional_actions()
            )
            unknown = [
                word
                for word in said
                if is_option_without_dashes(word, self.flags) or is_option(word, self.flags)
            ]
        if unknown:
            written = dict(zip(words, as_typed, strict=True))
            raise self._misplaced(as_typed, [written.get(word, word) for word in unknown], known())
        return options

    def _parsed(self, words: Sequence[str], typed: Sequence[str]) -> tuple[Options, list[str]]:
        options = Options(given=set(), json=False, graph=None, target=None)
        _, unknown = self.parse_known_args(self._with_values_attached(words, typed), options)
        return options, unknown

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would have printed before exiting."""
        raise InputError(f"{self.prog}: {message}", hint=f"{self.prog} -h")

    def _misplaced(self, typed: Sequence[str], unknown: Sequence[str], known: Known) -> InputError:
        line = Line(
            name=self.prog,
            typed=typed,
            places=[place.dest for place in self._get_positional_actions()],
            flags=self.flags,
            taking_values=self._taking_values,
            taking_words=self._texts,
            taking_names=self._lists,
            words_elsewhere=self._words_elsewhere,
        )
        if ENDS_OPTIONS in typed:
            return behind_the_end(line, unknown)
        option = next((word for word in unknown if word.startswith("-")), None)
        return unknown_option(line, option, known) if option else too_many(line, unknown, known)

    def _in_two_words(self, typed: Sequence[str], place: int) -> InputError:
        """The error of an option whose value stands in the two words behind it."""
        option, number, unit = typed[place : place + 3]
        said = f"{self.prog}: {option} takes one value, and {number} {unit} are two words"
        whole = (*typed[:place], option, f'"{number} {unit}"', *typed[place + 3 :])
        return InputError(said, hint=" ".join((self.prog, *whole)))

    def _with_values_attached(self, words: Sequence[str], typed: Sequence[str]) -> list[str]:
        """`--option value` as `--option=value`, and the words of a list that commas connect."""
        attached, left = [], list(words)
        while left:
            word = left.pop(0)
            if word not in self._taking_values or not left:
                attached.append(word)
                continue
            value = left.pop(0)
            if left and _is_measured(value, left[0], letters=1 if word in self._durations else 2):
                raise self._in_two_words(typed, len(words) - len(left) - 2)
            while word in self._lists and left and _comma_between(value, left[0]):
                value += left.pop(0)
            attached.append(f"{word}={value}" if word.startswith("--") else f"{word}{value}")
        return attached


def _longest(action: argparse.Action) -> str:
    return max((flag.lstrip("-") for flag in action.option_strings), key=len, default=action.dest)


def _schema_of(action: argparse.Action) -> dict[str, Any]:
    described: dict[str, Any] = {"description": (action.help or "").replace("%%", "%")}
    if isinstance(action, _List):
        return {**described, "type": "array", "items": {"type": "string"}}
    if isinstance(action, _Pairs):
        return {**described, "type": "object", "additionalProperties": {"type": "string"}}
    if action.nargs == 0:
        return {**described, "type": "boolean"}
    if action.choices is not None:
        return {**described, "type": "string", "enum": [*action.choices]}
    return {**described, "type": "string"}


def _is_measured(number: str, unit: str, *, letters: int) -> bool:
    """Whether a value and the word behind it are one: the word would be taken for a name.

    Args:
        letters: how many a unit has at least: a task may be called `m`.
    """
    is_unit = len(unit) >= letters and re.fullmatch(UNIT, unit, re.IGNORECASE)
    return bool(is_unit and re.fullmatch(NUMBER, number))


def _comma_between(before: str, after: str) -> bool:
    return before.endswith(",") or after.startswith(",")


def duration(text: str) -> timedelta:
    """A duration such as `20m`, `90 s`, `1.5h`; a bare number is seconds."""
    found = duration_from(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration: 20m, 90s, 1.5h")
    return found


def count(text: str) -> int:
    """A number above 0."""
    if not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number above 0")
    return int(text)


def with_variables(word: str, variables: Mapping[str, Any], own: Collection[str]) -> str:
    """The word with `{name}` or `$name` replaced where it is the whole value and not in quotes.

    A value is a word, what follows `--option=`, or what follows `key=`. What is put in is quoted
    so that it arrives as it is.

    Args:
        own: the names among the variables that the person has given; one of them may be meant.

    Raises:
        InputError: there is no such variable, or what it holds is nothing that can be typed.
    """
    found = _VARIABLE.fullmatch(word)
    if found is None:
        return word
    name = found["braces"] or found["dollar"]
    if name not in variables:
        near = nearest(name, own)
        did = f"; did you mean {near}?" if near else ""
        raise InputError(
            f"{found['value']}: the notebook has no variable {name!r}{did}",
            hint=f"run the cell that sets {near or name}, or the text itself in quotes: "
            f"{found['before']}'{found['value']}'",
        )
    value = as_json(variables[name], found["value"])
    if isinstance(value, (dict, list)):
        return found["before"] + quoted(json.dumps(value), "'")
    return found["before"] + (quoted(value) if isinstance(value, str) else json.dumps(value))
