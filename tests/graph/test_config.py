"""What is wrong with a configuration, for tasks however they read it."""

from dataclasses import replace

import pytest

from sfdag_magics.bundle.shipped.values import form_by_text
from sfdag_magics.errors import GraphError, InputError
from sfdag_magics.graph.config import config_findings, config_value, with_insisted
from sfdag_magics.graph.model import TaskGraph, python_task, sql_task, task_function
from sfdag_magics.graph.task import Task, TaskKind
from sfdag_magics.graph.values.signature import Parameter, ParameterKind
from sfdag_magics.graph.values.value_types import type_of
from sfdag_magics.magics.reading.words import typed_value

TRAIN = (
    "def train(*, rate: float = 0.1, rows=5, verbose=False, label: str = 'x', "
    "keys: list = None): ..."
)


def python(text, **options):
    return python_task(task_function(text, cell="Cell [1]"), **options)


def found(config, *tasks, **options):
    plain, insisted = with_insisted(config)
    return config_findings(tasks or (python(TRAIN),), plain, insisted=insisted, **options)


@pytest.mark.parametrize(
    "config",
    [
        {"rate": 0.5},
        {"rate": 1},
        {"rows": 3},
        {"rows": 0.5},
        {"verbose": True},
        {"label": "y"},
        {"keys": [1]},
        {"keys": (1,)},
        {"keys": None},
        {"+anything": 1},
        {"sfdag": {}},
    ],
)
def test_what_fits_is_not_spoken_of(config):
    assert found(config).problems == ()
    assert found(config).notes == ()


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"rate": "abc"}, "train: config key 'rate' is \"abc\", which is not a number"),
        ({"rate": True}, "train: config key 'rate' is true, which is not a number"),
        ({"rows": "many"}, "train: config key 'rows' is \"many\", which is not a number"),
        (
            {"verbose": "no"},
            "train: config key 'verbose' is \"no\", which is neither true nor false",
        ),
        ({"verbose": 1}, "train: config key 'verbose' is 1, which is neither true nor false"),
        ({"label": 20240105}, "train: config key 'label' is 20240105, which is not a text"),
        ({"rate": None}, "train: config key 'rate' is null, which is not a number"),
        ({"label": None}, "train: config key 'label' is null, which is not a text"),
        ({"keys": {"a": 1}}, "train: config key 'keys' is {\"a\": 1}, which is not a JSON list"),
        ({"rat": 0.5}, "no task reads the config key 'rat'"),
    ],
)
def test_what_does_not_fit_is_named(config, told):
    (problem,) = found(config).problems
    assert str(problem).startswith(told)
    assert problem.hint


def test_of_a_whole_number_by_default_the_default_is_the_example():
    (problem,) = found({"rows": "many"}).problems
    assert problem.hint == "--set rows=5"


def test_an_unknown_key_is_told_with_the_nearest_and_all_there_are():
    (problem,) = found({"vebose": True}).problems
    assert problem.hint == (
        "did you mean 'verbose'? keys: keys, label, rate, rows, verbose; "
        "+vebose is passed all the same"
    )


@pytest.mark.parametrize(
    ("reader", "why"),
    [
        (python("def f(ctx): return ctx.get_task_graph_config()"), "as a whole"),
        (python("def f(ctx): return help(ctx)"), "as a whole"),
        (python("def f(ctx): return help(context=ctx)"), "as a whole"),
        (
            python("def f(session): return session.sql('select system$get_task_graph_config()')"),
            "as a whole",
        ),
        (sql_task("f", "select system$get_task_graph_config()"), "as a whole"),
        (sql_task("f", "call anything()"), "as a whole"),
        (Task(name="f", kind=TaskKind.NOT_LOADED), "which was not loaded here"),
    ],
)
def test_an_unknown_key_is_a_note_where_a_task_may_read_it(reader, why):
    told = found({"vebose": True}, python(TRAIN), reader)
    assert told.problems == ()
    (note,) = told.notes
    assert "no task declares the config key 'vebose' (did you mean 'verbose'?); f" in note
    assert why in note


def test_all_tasks_that_were_not_loaded_may_read_an_unknown_key():
    absent = [Task(name=name, kind=TaskKind.NOT_LOADED) for name in ("a", "b")]
    (note,) = found({"secs": 40}, python(TRAIN), *absent).notes
    assert "one of a, b, which were not loaded here, may read it" in note


@pytest.mark.parametrize(
    "reader",
    [
        sql_task("f", "select system$get_task_graph_config('limit')"),
        sql_task("f", "select SYSTEM$GET_TASK_GRAPH_CONFIG( 'limit.lower' )"),
        python('def f(ctx): return ctx.get_task_graph_config_property("limit")'),
    ],
)
def test_a_key_that_is_asked_for_by_name_is_one_and_no_other_is(reader):
    assert found({"limit": 1}, reader).problems == ()
    assert len(found({"limt": 1}, reader).problems) == 1


def test_a_context_that_is_only_asked_other_things_reads_no_key():
    reader = python("def f(ctx): return ctx.get_current_task_name()")
    assert len(found({"limit": 1}, reader).problems) == 1


def test_a_required_key_is_missing_where_nothing_is_added_any_more():
    train = python("def train(*, rate: float): ...")
    other = python("def other(*, rate=1): ...")
    assert len(found({}, train).notes) == 1
    (problem,) = found({}, train, is_complete=True).problems
    assert str(problem).startswith("train: needs the config key 'rate', which nothing sets")
    assert found({}, train, elsewhere={"rate": 1.0}, is_complete=True).problems == ()
    assert (
        found({}, train, other, is_complete=True).problems == ()
        or found({}, train, other, is_complete=True).problems[0].task == "train"
    )


def test_a_task_that_does_not_run_needs_no_key():
    """A part of a graph is started with what the part needs."""
    train, report = python("def train(*, rate: float): ..."), python("def report(*, to: str): ...")
    (problem,) = found({}, train, report, is_complete=True, runs=("report",)).problems
    assert problem.task == "report"
    assert found({"rate": "x"}, train, is_complete=True, runs=()).problems != ()


def test_keys_that_stand_elsewhere_are_not_asked_after_but_their_types_are():
    assert found({}, elsewhere={"old": 1}).problems == ()
    (problem,) = found({}, elsewhere={"rate": "x"}).problems
    assert "which is not a number" in problem.message


def test_a_graph_checks_its_own_config_and_a_runs():
    graph = TaskGraph("g", tasks=[python(TRAIN)])
    graph.configure(config={"rat": 1})
    with pytest.raises(GraphError, match="no task reads the config key 'rat'"):
        graph.check()
    graph.configure(config={"+rat": 1})
    graph.check()
    assert graph.config() == {"rat": 1}
    assert graph.check_config({"rate": 0.2, "+more": 1}) == ()
    with pytest.raises(InputError, match="does not fit graph 'g'\n  no task reads"):
        graph.check_config({"rte": 0.2})


ANNOTATIONS = (
    *("str", "bool", "int", "float", "dict", "Dict[str, int]", "list", "tuple", "'str'"),
    *("int | None", "Optional[float]", "typing.List[int]", "Union[int, None]", "'int | None'"),
    *("Literal['a', 1]", "Optional[Literal['x']]", "Literal[Mode.A]", "Anything", "int | str"),
    *("date", "datetime.date", "datetime", "Decimal", "'date | None'", "'not Python", "None"),
)
VALUES = ("x", "a", True, 1, 0.5, {"a": 1}, [1], "2026-01-31", "2026-01-31T05:00:00", "1.10")


@pytest.mark.parametrize("annotation", ANNOTATIONS)
@pytest.mark.parametrize("value", VALUES)
def test_the_notebook_and_the_code_that_ships_agree_on_types(annotation, value):
    parameter = Parameter(name="key", kind=ParameterKind.CONFIG, annotation=annotation)
    form = form_by_text(annotation)
    try:
        form.read(value, "key")
        refused = False
    except ValueError:
        refused = True
    # What is in a union, the text of an annotation does not tell.
    assert type_of(parameter).fits(value) is not refused or annotation in ("int | str", "None")


@pytest.mark.parametrize("annotation", ANNOTATIONS)
def test_none_fits_where_the_type_or_the_default_says_so(annotation):
    without = Parameter(name="key", kind=ParameterKind.CONFIG, annotation=annotation)
    optional = {
        "int | None",
        "Optional[float]",
        "Union[int, None]",
        "'int | None'",
        "'date | None'",
    }
    optional |= {"Optional[Literal['x']]", "Literal[Mode.A]", "Anything", "int | str"}
    optional |= {"'not Python", "None"}
    assert type_of(without).fits(None) is (annotation in optional)
    assert type_of(replace(without, default="None")).fits(None)


#: `(annotation, what is typed behind key=, what it is)`.
TYPED = [
    ("str", "null", "null"),
    ("str", "5", "5"),
    ("str", "", ""),
    ("str", "None", "None"),
    ("str", '"5"', "5"),
    ("str", "a=b", "a=b"),
    ("str", "[1]", "[1]"),
    ("str", '"{}"', "{}"),
    ("str", "größe#1", "größe#1"),
    ("str | None", "null", None),
    ("str | None", "None", None),
    ("str | None", '"null"', "null"),
    ("str | None", "'null'", "null"),
    ("str | None", "5", "5"),
    ("Optional[str]", "null", None),
    ("Union[None, str]", "null", None),
    ("'str | None'", "null", None),
    ("Literal['1', '2']", "1", "1"),
    ("Literal['on'] | None", "null", None),
    ("Literal[1, 2]", "1", 1),
    ("Literal['a', None]", "null", None),
    ("int", "5", 5),
    ("int", '"5"', 5),
    ("int", "null", None),
    ("int | None", "None", None),
    ("bool", "true", True),
    ("bool", "True", True),
    ("bool", "False", False),
    ("bool", "yes", "yes"),
    ("float", "1e3", 1000.0),
    ("float", "1e999", "1e999"),
    ("float", "NaN", "NaN"),
    ("float", "-Infinity", "-Infinity"),
    ("list", "'[1, \"a b\"]'", [1, "a b"]),
    ("dict[str, int]", "'{\"a\": 1}'", {"a": 1}),
    ("dict", "'{\"it\\'s\": 1}'", {"it's": 1}),
    ("date", "2026-01-31", "2026-01-31"),
    ("date", "20260131", "20260131"),
    ("date | None", "null", None),
    ("Decimal", "1.10", "1.10"),
    ("Mode", "fast", "fast"),
    ("Mode", "1", 1),
    ("Mode", '"1"', "1"),
    ("int | str", "1", 1),
    ("int | str", '"1"', "1"),
    (None, "null", None),
    (None, '"null"', "null"),
    (None, "'[1, 2]'", [1, 2]),
    (None, '"[1, 2]"', "[1, 2]"),
    (None, "", ""),
]


@pytest.mark.parametrize(("annotation", "typed", "value"), TYPED)
def test_what_is_typed_is_read_as_the_keys_type(annotation, typed, value):
    tasks = (python(f"def train(*, key: {annotation}): ..."),) if annotation else ()
    value_typed = typed_value(typed)
    assert config_value(tasks, "key", value_typed.text, value_typed.quote) == value


def test_tasks_that_read_one_key_as_different_types_are_both_asked():
    tasks = (python("def a(*, key: str): ..."), python("def b(*, key: int = 1): ..."))
    assert config_value(tasks, "key", "5") == "5"
    (problem,) = found({"key": "5"}, *tasks).problems
    assert (
        str(problem) == "b: config key 'key' is \"5\", which is not a whole number\n    --set key=3"
    )


#: `(annotation, a value that does not fit, what it is, what to type instead)`.
HINTS = [
    ("bool", "yes", "neither true nor false", "--set key=true"),
    ("int", 0.5, "not a whole number", "--set key=3"),
    ("float", "x", "not a number", "--set key=0.5"),
    ("list", 1, "not a JSON list", "--set key='[1, 2]'"),
    ("Dict[str, int]", 1, "not a JSON object", "--set key='{\"a\": 1}'"),
    ("str", 20240105, "not a text", "--set key='\"20240105\"'"),
    ("str", None, "not a text", '--set key="…"'),
    ("date", "soon", "not a date", "--set key=2026-01-31"),
    ("datetime", "soon", "not a date with a time", "--set key=2026-01-31T05:00:00"),
    ("Decimal", "much", "not a decimal number", "--set key=1.10"),
    ("Literal['a', 'b']", "c", "none of a, b", '--set key="a" (one of "a", "b")'),
    ("Optional[int]", "x", "not a whole number", "--set key=3"),
]


@pytest.mark.parametrize(("annotation", "value", "denied", "hint"), HINTS)
def test_the_hint_is_typed_as_the_type_wants_it(annotation, value, denied, hint):
    task = python(f"def train(*, key: {annotation}): ...")
    (problem,) = found({"key": value}, task).problems
    assert problem.message.endswith(f", which is {denied}")
    assert problem.hint == hint
    typed = typed_value(hint.removeprefix("--set key=").partition(" (")[0])
    said = config_value((task,), "key", typed.text, typed.quote)
    assert found({"key": said}, task).problems == ()
