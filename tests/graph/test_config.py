"""What is wrong with a configuration, for tasks however they read it."""

import pytest

from sfdag_magics.bundle.shipped import values
from sfdag_magics.errors import GraphError, InputError
from sfdag_magics.graph.config import config_findings, type_of, with_insisted
from sfdag_magics.graph.model import TaskGraph, python_task, sql_task, task_function
from sfdag_magics.graph.task import Task, TaskKind

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
        {"rate": None},
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
        ({"rate": "abc"}, "train: config key 'rate' is \"abc\", which is not float"),
        ({"rate": True}, "train: config key 'rate' is true, which is not float"),
        ({"rows": "many"}, "train: config key 'rows' is \"many\", which is not float"),
        ({"verbose": "no"}, "train: config key 'verbose' is \"no\", which is not bool"),
        ({"verbose": 1}, "train: config key 'verbose' is 1, which is not bool"),
        ({"label": 20240105}, "train: config key 'label' is 20240105, which is not str"),
        ({"keys": {"a": 1}}, "train: config key 'keys' is {\"a\": 1}, which is not list"),
        ({"rat": 0.5}, "no task reads the config key 'rat'"),
    ],
)
def test_what_does_not_fit_is_named(config, told):
    (problem,) = found(config).problems
    assert str(problem).startswith(told)
    assert problem.hint


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


def test_keys_that_stand_elsewhere_are_not_asked_after_but_their_types_are():
    assert found({}, elsewhere={"old": 1}).problems == ()
    (problem,) = found({}, elsewhere={"rate": "x"}).problems
    assert "which is not float" in problem.message


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
    *("int | None", "Optional[float]", "typing.List[int]", "Literal['a']", "Anything"),
)
VALUES = ("x", True, 1, 0.5, {"a": 1}, [1])


@pytest.mark.parametrize("annotation", ANNOTATIONS)
def test_the_notebook_and_the_code_that_ships_agree_on_types(annotation):
    task = python(f"def train(*, key: {annotation} = None): ...")
    (parameter,) = task.config_keys
    for value in VALUES:
        refused = False
        try:
            values.checked_config(value, parameter.annotation)
        except ValueError:
            refused = True
        assert bool(found({"key": value}, task).problems) == refused, (annotation, value)
    assert (type_of(parameter) is None) == (annotation in ("Literal['a']", "Anything"))
