"""Options of magics: declared once per verb, read strictly. Knows no verb and no IPython.

argparse does the reading; what it does silently is made an error here: abbreviations, a
single-value option given twice, a value swallowed because it starts with a dash.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NoReturn

from sfdag_magics.errors import InputError
from sfdag_magics.graph.names import nearest
from sfdag_magics.magics.words import unquoted_value

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|sec|m|min|h|hours?|d|days?)?", re.IGNORECASE)
_SECONDS = {"ms": 0.001, "s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}
_VARIABLE = re.compile(r"\{(\w+)\}|\$(\w+)")


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
        names = [unquoted_value(part.strip()) for part in str(values).split(",")]
        namespace.given.add(self.dest)
        before = getattr(namespace, self.dest)
        setattr(namespace, self.dest, (*before, *(name for name in names if name)))


class _Pairs(argparse.Action):
    """Collects `key=value`; the same key twice is an error."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        key, equals, value = str(values).partition("=")
        if not equals or not key:
            parser.error(f"{option_string} takes key=value, not {values!r}")
        before = getattr(namespace, self.dest)
        if key in before:
            parser.error(f"{option_string} {key} is given twice")
        namespace.given.add(self.dest)
        setattr(namespace, self.dest, {**before, key: unquoted_value(value)})


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
        self.flag("-h", "--help", help="show this")

    def value(
        self,
        *flags: str,
        metavar: str,
        help: str,  # noqa: A002 - argparse's word
        type: Callable[[str], Any] = str,  # noqa: A002 - argparse's word
        choices: Iterable[str] | None = None,
    ) -> None:
        """An option with one value."""
        listed = None if choices is None else tuple(choices)
        self.add_argument(
            *flags, metavar=metavar, help=help, type=type, choices=listed, action=_Once
        )
        self._taking_values.update(flags)

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

    def word(self, name: str, *, help: str, required: bool = False) -> None:  # noqa: A002 - argparse's word
        """A positional word."""
        self.add_argument(name, help=help, nargs=None if required else "?")

    @property
    def flags(self) -> tuple[str, ...]:
        """All option strings, long ones first: for completion and for the nearest name."""
        return tuple(sorted(self._option_string_actions, key=lambda flag: flag[:2] != "--"))

    def read(self, words: Sequence[str]) -> Options:
        """The options in these words.

        Raises:
            InputError: a word does not belong, a value is missing, wrong or given twice.
        """
        options = Options(given=set())
        _, unknown = self.parse_known_args(self._with_values_attached(words), options)
        if unknown:
            raise self._unknown(unknown[0])
        return options

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would have printed before exiting."""
        raise InputError(f"{self.prog}: {message}", hint=f"{self.prog} -h")

    def _unknown(self, word: str) -> InputError:
        if not word.startswith("-"):
            return InputError(f"{self.prog}: {word!r} is one word too many", hint=f"{self.prog} -h")
        typed = word.partition("=")[0]
        near = nearest(typed, self.flags)
        did = f"; did you mean {near}?" if near else ""
        return InputError(f"{self.prog} has no option {typed}{did}", hint=f"{self.prog} -h")

    def _with_values_attached(self, words: Sequence[str]) -> list[str]:
        """`--option value` as `--option=value`, and the words of a list that commas connect."""
        attached, left = [], list(words)
        while left:
            word = left.pop(0)
            if word not in self._taking_values or not left:
                attached.append(word)
                continue
            value = left.pop(0)
            while word in self._lists and left and _comma_between(value, left[0]):
                value += left.pop(0)
            attached.append(f"{word}={value}" if word.startswith("--") else f"{word}{value}")
        return attached


def _comma_between(before: str, after: str) -> bool:
    return before.endswith(",") or after.startswith(",")


def duration(text: str) -> timedelta:
    """A duration such as `20m`, `90 s`, `1.5h`; a bare number is seconds."""
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no duration: 20m, 90s, 1.5h")
    unit = (found[2] or "s").lower()
    factor = _SECONDS.get(unit, _SECONDS.get(unit[0], 1))
    return timedelta(seconds=float(found[1]) * factor)


def resolved(text: str, variables: Mapping[str, Any]) -> Any:  # noqa: ANN401 - any notebook value
    """The notebook's variable where the text as a whole is `{name}` or `$name`; else the text.

    Raises:
        InputError: there is no such variable.
    """
    found = _VARIABLE.fullmatch(text)
    if found is None:
        return text
    name = found[1] or found[2]
    if name not in variables:
        near = nearest(name, variables)
        did = f"; did you mean {near}?" if near else ""
        raise InputError(
            f"{text}: the notebook has no variable {name!r}{did}",
            hint=f"run the cell that sets {near or name}, or type the value itself",
        )
    return variables[name]
