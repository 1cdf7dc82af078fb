import pytest

from sfdag_magics.errors import InputError
from sfdag_magics.magics.reading.misplaced import Known
from sfdag_magics.magics.reading.options import OptionParser
from sfdag_magics.magics.reading.words import split_words

KNOWN = Known(
    tasks=["load", "train"],
    graphs=["mortgage"],
    targets=["embedded", "prod"],
    options={"--timeout": ["%sfdag graph"], "--run": ["%sfdag why", "%sfdag logs"]},
)


def run():
    made = OptionParser("%sfdag run", summary="Runs.", example="%sfdag run")
    made.pairs("--set", metavar="KEY=VALUE", help="config")
    made.flag("--wait", help="wait")
    made.value("--last", metavar="N", help="how many")
    made.value("--comment", metavar="TEXT", help="words", words=True)
    made.names("--after", metavar="T,T", help="tasks")
    made.value("-g", "--graph", metavar="G", help="graph")
    made.value("-t", "--target", metavar="T", help="target")
    return made


def logs():
    made = OptionParser("%sfdag logs", summary="Shows.", example="%sfdag logs load")
    made.word("task", help="a task")
    made.value("--grep", metavar="RE", help="lines", words=True)
    return made


def stop():
    made = OptionParser("%sfdag stop", summary="Stops.", example="%sfdag stop")
    made.word("run", help="a run")
    made.flag("--yes", help="ask nothing")
    return made


@pytest.mark.parametrize(
    ("parser", "line", "message", "hint"),
    [
        (run, "rows=5", "did you mean --set rows=5?", "%sfdag run --set rows=5"),
        (run, "+rows=5", "did you mean --set +rows=5?", "%sfdag run --set +rows=5"),
        (
            run,
            "--set rows=5 mode=fast",
            "--set mode=fast?",
            "%sfdag run --set rows=5 --set mode=fast",
        ),
        (run, "a=1 -t prod b=2", "--set a=1?", "%sfdag run --set a=1 -t prod --set b=2"),
        (run, "--wait -g mortgage 5", "--last 5?", "%sfdag run --wait -g mortgage --last 5"),
        (run, "-g mortgage load", "'load' is one of its tasks", "%sfdag run -g mortgage"),
        (run, "-t prod extra", "'extra' is one word too many", "%sfdag run -t prod -g extra where"),
        (run, "--last 5 extra", "one word too many", "%sfdag run --last 5 -g extra where"),
        (stop, "3f yes", "'yes' is one word too many; did you mean --yes?", "%sfdag stop 3f --yes"),
        (run, "comment=x", "did you mean --comment x?", "%sfdag run --comment x"),
        (logs, "grep=x", "did you mean --grep x?", "%sfdag logs --grep x"),
        (
            run,
            "--comment 20 minutes",
            "--comment takes one value",
            '%sfdag run --comment "20 minutes"',
        ),
        (logs, "--grep 5 min load", "--grep takes one value", '%sfdag logs --grep "5 min" load'),
        (logs, "load --grep out of it", "mean --grep", '%sfdag logs load --grep "out of it"'),
        (run, "--whn 5", "has no option --whn", "%sfdag run -h"),
        (run, "wait", "did you mean --wait?", "%sfdag run --wait"),
        (run, "5", "did you mean --last 5?", "%sfdag run --last 5"),
        (run, "prod", "did you mean -t prod?", "%sfdag run -t prod"),
        (run, "Mortgage", "did you mean -g Mortgage?", "%sfdag run -g Mortgage"),
        (
            run,
            "--comment of the day --wait",
            'did you mean --comment "of the day"?',
            '%sfdag run --comment "of the day" --wait',
        ),
        (
            run,
            "--set note=hello you",
            'did you mean --set note="hello you"?',
            '%sfdag run --set note="hello you"',
        ),
        (run, "load", "%sfdag run is about a graph, and 'load' is one of its tasks", "%sfdag run"),
        (run, "--after a b", "did you mean --after a,b?", "%sfdag run --after a,b"),
        (
            run,
            "--after load train c --wait",
            "did you mean --after load,train,c?",
            "%sfdag run --after load,train,c --wait",
        ),
        (
            stop,
            "-- -1 --yes",
            "behind -- there are no options, and --yes is one",
            "%sfdag stop --yes -- -1",
        ),
        (stop, "-- --yes", "behind -- there are no options", "%sfdag stop --yes"),
        (run, "--wait -- -1", "'-1' is one word too many", "%sfdag run -h"),
        (run, "extra words", "'extra', 'words' are 2 words too many", "%sfdag run -h"),
        (run, "new-one", "'new-one' is one word too many", "%sfdag run -h"),
        (
            logs,
            "load train",
            "%sfdag logs takes one task, and 'train' is",
            "%sfdag logs load · %sfdag logs train",
        ),
        (
            logs,
            "load --grep x train",
            "takes one task",
            "%sfdag logs load --grep x · %sfdag logs --grep x train",
        ),
        (logs, "load prod", "'prod' is one word too many", "%sfdag logs -h"),
        (run, "--wiat", "has no option --wiat; did you mean --wait?", "%sfdag run -h"),
        (run, "--timeout 5", "--timeout, which is one of %sfdag graph", "%sfdag graph -h"),
        (logs, "--run 3f", "--run, which is one of %sfdag why, %sfdag logs", "%sfdag why -h"),
        (stop, "--run=3f", "what it would say is typed by itself", "%sfdag stop 3f"),
        (stop, "--run 3f", "what it would say is typed by itself", "%sfdag stop 3f"),
        (stop, "--run", "what it would say is typed by itself", "%sfdag stop RUN"),
        (stop, "--run=3f --yes", "is typed by itself", "%sfdag stop 3f --yes"),
        (run, "--set rows", "--set takes KEY=VALUE, not rows", "%sfdag run --set rows=value"),
        (run, "--set rows = 5", "--set takes KEY=VALUE, not rows", "%sfdag run --set rows=value"),
        (run, "--set =5", "--set takes KEY=VALUE, not =5", "%sfdag run --set KEY=value"),
    ],
)
def test_what_was_meant_is_said(parser, line, message, hint):
    with pytest.raises(InputError) as raised:
        parser().read(split_words(line), lambda: KNOWN)
    assert message in raised.value.message
    assert raised.value.hint.startswith(hint)


def test_what_is_advised_says_no_value_of_a_variable():
    words, typed = split_words("rows=5 --set key=hunter2"), split_words("rows=5 --set key={key}")
    with pytest.raises(InputError) as raised:
        run().read(words, lambda: KNOWN, typed=typed)
    assert raised.value.hint == "%sfdag run --set rows=5 --set key={key}"


def test_a_task_may_be_called_as_a_unit_behind_a_number_that_is_no_time():
    assert logs().read(split_words("--grep 5 m")).task == "m"


def test_a_key_may_stand_in_quotes():
    assert run().read(split_words('--set "rows"=5')).set["rows"].text == "5"
