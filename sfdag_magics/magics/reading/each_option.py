"""What else is wrong with the options of a line of which one is wrong. Knows no verb."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from sfdag_magics.errors import InputError, Problem
from sfdag_magics.magics.reading.misplaced import Known
from sfdag_magics.magics.reading.options import OptionParser, Options


def read_whole(
    parser: OptionParser, words: Sequence[str], known: Callable[[], Known], typed: Sequence[str]
) -> Options:
    """As `OptionParser.read`; an error carries what is wrong with the other options as well.

    Raises:
        InputError: a word does not belong, a value is missing, wrong or given twice.
    """
    try:
        return parser.read(words, known, typed=typed)
    except InputError as error:
        others = dict.fromkeys(_each_alone(parser, words, known, typed))
        told = tuple(each for each in others if each.message not in error.message)
        error.problems = (*error.problems, *told)
        raise


def _each_alone(
    parser: OptionParser, words: Sequence[str], known: Callable[[], Known], typed: Sequence[str]
) -> Iterator[Problem]:
    starts = [place for place, word in enumerate(words) if word.startswith("-")]
    for start, end in pairwise([*starts, len(words)]):
        try:
            parser.read(words[start:end], known, typed=typed[start:end])
        except InputError as error:
            said = error.message.removeprefix(f"{parser.prog}: ")
            yield Problem(task=None, message=said, hint=error.hint)
