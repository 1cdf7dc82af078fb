from datetime import date, timedelta
from decimal import Decimal

import pytest

from sfdag_magics.errors import InputError
from sfdag_magics.magics.reading.options import OptionParser, as_json, duration, with_variables
from sfdag_magics.magics.reading.words import Typed, split_words


def parser():
    made = OptionParser("%sfdag try", summary="Tries.", example="%sfdag try --after a")
    made.names("--after", metavar="T,T", help="tasks above")
    made.value("--timeout", metavar="20m", help="how long", type=duration)
    made.value("--comment", "-c", metavar="TEXT", help="words")
    made.pairs("--set", metavar="KEY=VALUE", help="config")
    made.flag("--wait", help="wait")
    made.word("task", help="a task")
    return made


def read(line):
    return parser().read(split_words(line))


def test_each_kind_of_option_is_read():
    options = read("train --after a,b --timeout 20m --set k=1 --set s='a b' --wait -c hello")
    assert options.task == "train"
    assert options.after == ("a", "b")
    assert options.timeout == timedelta(minutes=20)
    assert options.set == {"k": Typed("1"), "s": Typed("a b", "'")}
    assert (options.wait, options.comment) == (True, "hello")
    assert options.given == {"after", "timeout", "set", "comment"}


def test_what_was_not_typed_is_empty_by_its_kind():
    options = read("")
    assert (options.task, options.after, options.timeout) == (None, (), None)
    assert (options.set, options.wait, options.given) == ({}, False, set())


@pytest.mark.parametrize("line", ["--after a, b", "--after a ,b", "--after a , b", "--after=a,b"])
def test_a_list_may_have_spaces_around_its_commas(line):
    assert read(f"{line} train").after == ("a", "b")
    assert read(f"{line} train").task == "train"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("--time 5m", "has no option --time; did you mean --timeout?"),
        ("--afer a", "has no option --afer; did you mean --after?"),
        ("--timeout 5m --timeout 6m", "--timeout is given twice"),
        ("-c a --comment b", "--comment is given twice"),
        ("--set k=1 --set k=2", "--set k is given twice"),
        ("--timeout soon", "'soon' is no duration: 20m, 90s, 1.5h"),
        ("--timeout", "expected one argument"),
        ("a b", "'b' is one word too many"),
    ],
)
def test_what_argparse_would_let_pass_or_print_is_an_error(line, message):
    with pytest.raises(InputError) as raised:
        read(line)
    assert message in raised.value.message
    assert raised.value.hint == "%sfdag try -h"


@pytest.mark.parametrize("line", ["--timeout 20 m", "--timeout 20 minutes", "--comment 2 days"])
def test_a_unit_is_not_taken_for_a_name(line):
    with pytest.raises(InputError, match="takes one value, and"):
        read(line)


def test_a_value_may_start_with_a_dash():
    assert read("--comment --wait").comment == "--wait"
    assert read("-c -5").comment == "-5"


def test_the_help_shows_options_and_an_example():
    shown = parser().format_help()
    assert "--after T,T" in shown
    assert "example:\n  %sfdag try --after a" in shown


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90),
        ("90s", 90),
        ("20m", 1200),
        ("1.5h", 5400),
        ("2 days", 172800),
        ("5 min", 300),
        ("2 Minutes", 120),
    ],
)
def test_durations(text, seconds):
    assert duration(text).total_seconds() == seconds


#: `(what is typed, the value that arrives)`: each is one `--set` among other words.
PAIRS = [
    ("k=a", Typed("a")),
    ("k=", Typed("")),
    ("k=''", Typed("", "'")),
    ("k=a=b=c", Typed("a=b=c")),
    ("'k=a b'", Typed("a b")),
    ("""k='{"a": [1, 2]}'""", Typed('{"a": [1, 2]}', "'")),
    ("""'k={"a": "b c"}'""", Typed('{"a": "b c"}')),
    (r"""k='it\'s "so"'""", Typed('it\'s "so"', "'")),
    ("k='a # b'", Typed("a # b", "'")),
    ("k=#1", Typed("#1")),
    ("k=C:\\x", Typed("C:\\x")),
    ("k='{name}'", Typed("{name}", "'")),
    ("k=x{name}", Typed("x{name}")),
    ("k=a=$5", Typed("a=$5")),
    ("k=größe", Typed("größe")),
    ("k=--wait", Typed("--wait")),
    ("k={name}", Typed("it's \"{name}\" 'a'", '"')),
    ("k=$name", Typed("it's \"{name}\" 'a'", '"')),
    ("k={none}", Typed("null")),
    ("k={day}", Typed("2026-01-31", '"')),
    ("k={count}", Typed("5")),
    ("k={whole}", Typed('{"a": "it\'s", "day": "2026-01-31", "n": "1.5"}', "'")),
]
VARIABLES = {
    "name": "it's \"{name}\" 'a'",
    "whole": {"a": "it's", "day": date(2026, 1, 31), "n": Decimal("1.5")},
    "frame": object(),
    "none": None,
    "day": date(2026, 1, 31),
    "count": 5,
}


@pytest.mark.parametrize(("typed", "value"), PAIRS)
@pytest.mark.parametrize("form", ["--set {} --wait task", "--set={} --wait task"])
def test_a_pair_arrives_as_it_was_typed(typed, value, form):
    words = split_words(form.replace("{}", typed))
    options = parser().read([with_variables(word, VARIABLES, VARIABLES) for word in words])
    assert options.set == {"k": value}
    assert (options.wait, options.task) == (True, "task")


@pytest.mark.parametrize(
    "word", ["x-{name}", '{"a": 1}', "'{name}'", "--set='$name'", "$5", "a=$5"]
)
def test_only_a_value_that_is_a_variable_as_a_whole_is_looked_up(word):
    assert with_variables(word, VARIABLES, VARIABLES) == word


def test_a_variable_that_is_not_there_is_named_with_the_nearest_and_how_to_mean_the_text():
    with pytest.raises(
        InputError, match="the notebook has no variable 'nmae'; did you mean name"
    ) as raised:
        with_variables("--set={nmae}", VARIABLES, VARIABLES)
    assert raised.value.hint == (
        "run the cell that sets name, or the text itself in quotes: --set='{nmae}'"
    )


def test_what_json_cannot_carry_is_named():
    with pytest.raises(
        InputError, match=r"\{frame\} is a builtins\.object, which JSON cannot carry"
    ):
        with_variables("k={frame}", VARIABLES, VARIABLES)
    with pytest.raises(InputError, match=r"--config c\['a'\] is nan, which JSON cannot carry"):
        as_json({"a": float("nan")}, "--config c")
    itself = {}
    itself["a"] = itself
    with pytest.raises(InputError, match="--config c holds itself, or goes too deep"):
        as_json(itself, "--config c")
