"""What can be known from a line alone is told before its file's cells run or a target is opened."""

import pytest

from sfdag_magics.errors import InputError
from sfdag_magics.magics.reading.words import split_words
from sfdag_magics.magics.verbs.all_verbs import check_words

REFUSED = {
    "backfill 2026-11-40": "'2026-11-40' is no date",
    "backfill 2025-11-27 2025-11-25": "START 2025-11-27 is behind END 2025-11-25",
    "backfill 2025-11-27T05:00+01:00 2025-11-25": "is behind END",
    "backfill 2999-01-01": "lies ahead",
    "backfill 2025-01-01 --every never": "--every 'never' is no schedule",
    "backfill --every 1h": "count from a START",
    "rollback x": "'x' is no version",
    "rollback 3 --list": "no version goes with it",
    'run --only ""': "--only names no task",
    "run --only a --group g": "--only and --group each say which tasks run",
    "run --wait --no-wait": "contradict each other",
    "run --config {bad": "--config {bad is no JSON",
    "run --config [1]": "--config is no object but list",
    "retry --mark-done a=1": "nobody says why a is not to run",
    "retry --skip a --mark-done a=1 --because x": "a is said to be done and to be skipped",
    "retry --because x": "nothing is said by hand",
    "retry --config [1]": "--config is no object but list",
    'retry --from ""': "--from names no task",
    "logs --grep (": "is no regular expression",
    "logs --follow --attempt 1": "--follow goes with none of",
    "simulate --when a=maybe": "a condition is true or false",
    "models FRAUD V1 --promote V1": "one thing at a time",
    "export --as nope": "and not as 'nope'",
    "export --as sql --to x.py": "an export as sql is no .py file",
    "trace --as nope": "not as 'nope'",
    "import": "import what?",
    "import x.py --to x.txt": "and not as x.txt",
    "load": "load what?",
    "load nothing.csv": "there is no file nothing.csv",
    "load pyproject.toml": "pyproject.toml is not read",
    "load pyproject.toml --replace --append": "contradict each other",
    "pull": "pull which table?",
    "pull T --sample 200%": "a sample of 200% is no share",
}
WELL = (
    "backfill 2025-11-25 2025-11-25",
    "backfill 2025-11-25T23:30+02:00 2025-11-25",  # another day where the schedule's zone is
    "backfill --reprocess failed",
    "run --from a --to b --config settings",
    "retry --skip a --because x",
    "pull T --sample 1%",
)


@pytest.mark.parametrize("line", REFUSED)
def test_what_cannot_be_meant_is_told_from_the_line_alone(line):
    verb, *words = split_words(line)
    with pytest.raises(InputError) as raised:
        check_words(verb, words)
    assert REFUSED[line] in raised.value.message
    assert raised.value.hint


@pytest.mark.parametrize("line", WELL)
def test_what_may_be_meant_is_left_to_its_graph(line):
    verb, *words = split_words(line)
    check_words(verb, words)
