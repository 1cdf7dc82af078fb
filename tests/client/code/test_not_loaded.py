"""Half a notebook, or a second one, changes only what it knows: by hashes of what is deployed."""

import hashlib
import zipfile
from io import BytesIO

import pytest

from sfdag_magics.bundle import read_archive
from sfdag_magics.client.code.shipping import code_of
from sfdag_magics.client.connecting.targets import Target
from sfdag_magics.client.deploying.deploy import apply, apply_code
from sfdag_magics.client.deploying.standing import read_standing
from sfdag_magics.errors import BackendError, GraphError, InputError
from sfdag_magics.graph.model import TaskGraph, python_task, sql_task, task_function
from tests.client.fake_snowflake import FakeSnowflake
from tests.client.planned import make_plan

TARGET = Target(name="embedded")

FIRST = "def first() -> dict: return {'n': 1}"
SECOND = "def second(first: dict): return helper() + first['n']"
THIRD = "def third(second, *, rate: float = 0.1): return 3"
HELPER = "def helper(): return 1"


def notebook(*texts, helper=None, options=None, sql=(), **described):
    """A kernel in which these cells were run; each kernel has its own names."""
    names = {"__name__": "__main__"}
    if helper:
        exec(helper, names)  # noqa: S102 - what a kernel does
    made = TaskGraph("g")
    made.configure(**(options or {}))
    for text in texts:
        cell = f"{helper}\n\n\n{text}" if helper else text
        source = task_function(cell, cell="Cell [1]", namespace=lambda: names)
        made.add(python_task(source, **described.get(source.name, {})))
    for name, body, after in sql:
        made.add(sql_task(name, body, after=after))
    return made


def plan(backend, graph, *, forgotten=frozenset(), prune=False, **more):
    standing = read_standing(backend, graph, TARGET, leaving=None if prune else forgotten, **more)
    standing.whole.check()
    return make_plan(
        backend,
        graph,
        code_of(standing.whole),
        TARGET,
        standing=standing,
        forgotten=forgotten,
        prune=prune,
        **more,
    )


def deploy(backend, graph, **more):
    return apply(backend, plan(backend, graph, **more))


def archive_of(fake):
    """The archive that the procedure runs."""
    sql = fake.procedures["G$RUN"]["sql"]
    return fake.files[sql.split("IMPORTS = ('")[1].split("'")[0]]


def everything(fake, *tasks):
    """Hashes of what is deployed of these tasks: their rows of SHOW TASKS and their modules."""
    rows = {row["name"]: row for row in fake.rows("SHOW TASKS LIKE 'G%' IN SCHEMA DB.S")}
    shipped = read_archive(archive_of(fake))
    return {
        task: (
            hashlib.sha256(repr(sorted(rows[f"G${task.upper()}"].items())).encode()).hexdigest(),
            hashlib.sha256(shipped.module(task)[1]).hexdigest(),
            {k: v for k, v in shipped.tasks[task.upper()].items() if k != "local"},
        )
        for task in tasks
    }


@pytest.fixture
def fake():
    made = FakeSnowflake()
    deploy(made, notebook(FIRST, SECOND, THIRD, helper=HELPER, options={"schedule": "1 hour"}))
    return made


def test_half_a_notebook_that_was_run_again_changes_nothing(fake):
    before, uploads = everything(fake, "first", "second", "third"), len(fake.uploads)
    made = plan(fake, notebook(FIRST, helper=HELPER))
    assert made.is_empty
    assert made.left_alone == ("second", "third")
    assert "? second  not loaded\n" in str(made)
    assert "tasks left as they are: second, third; %sfdag forget NAME" in str(made)
    told = apply(fake, made)
    assert "nothing changed" in str(told)
    assert "left as deployed, not loaded here: second, third" in str(told)
    assert everything(fake, "first", "second", "third") == before
    assert len(fake.uploads) == uploads
    assert fake.tasks["G"]["started"]


def test_half_a_notebook_with_an_edit_changes_the_edited_task_alone(fake):
    before = everything(fake, "second", "third")
    procedure = fake.procedures["G$RUN"]["sql"]
    told = deploy(fake, notebook("def first() -> dict: return {'n': 2}"))
    assert told.plan.edited == ("first",)
    assert everything(fake, "second", "third") == before
    assert "'n': 2" in read_archive(archive_of(fake)).module("first")[1].decode()
    assert fake.procedures["G$RUN"]["sql"] != procedure
    assert fake.tasks["G"]["started"]
    assert plan(fake, notebook(FIRST, SECOND, THIRD, helper=HELPER)).edited == ("first",)


@pytest.mark.parametrize("loaded", ["second", "third"])
def test_a_task_whose_predecessors_are_not_loaded_keeps_its_edges_and_its_code(fake, loaded):
    text = {"second": SECOND, "third": THIRD}[loaded]
    assert plan(fake, notebook(text, helper=HELPER)).is_empty
    deploy(fake, notebook(text.replace("return", "return 1 +"), helper=HELPER))
    assert everything(fake, "first")
    shipped = read_archive(archive_of(fake))
    produced = {p["name"]: p["produced"] for p in shipped.tasks["SECOND"]["parameters"]}
    assert produced == {"first": "dict"}


def test_two_notebooks_with_one_graph_each_keep_the_others_tasks(fake):
    mine = notebook(FIRST, "def mine(first): return 1", helper="def helper(): return 10")
    theirs = notebook(SECOND, "def theirs(second): return 2", helper="def helper(): return 2")
    deploy(fake, mine)
    after_mine = everything(fake, "first", "mine")
    deploy(fake, theirs)
    assert everything(fake, "first", "mine") == after_mine
    after_theirs = everything(fake, "second", "theirs", "third")
    told = deploy(fake, notebook(FIRST, "def mine(first): return 100"))
    assert set(told.plan.left_alone) == {"second", "third", "theirs"}
    assert everything(fake, "second", "theirs", "third") == after_theirs
    assert plan(fake, theirs).is_empty


@pytest.mark.parametrize("ship", [apply, apply_code])
def test_of_two_who_ship_code_at_once_the_loser_is_told(fake, ship):
    mine = plan(fake, notebook("def first() -> dict: return {'n': 5}"))
    deploy(fake, notebook(THIRD.replace("3", "33")))
    before = archive_of(fake)
    with pytest.raises(BackendError, match=r"the code of graph g was changed by .*: third"):
        ship(fake, mine)
    assert archive_of(fake) == before


def test_a_branch_that_is_not_loaded_stays_one_and_a_loaded_one_knows_all_its_arms():
    fake = FakeSnowflake()
    choose = "def choose() -> str: return 'left'"
    branch = {"choose": {"branch": True}}
    after = {name: {"after": ["choose"]} for name in ("left", "right")}
    left, right = "def left(): return 1", "def right(): return 2"
    deploy(fake, notebook(choose, left, right, **branch, **after))
    assert plan(fake, notebook(choose, **branch)).is_empty
    assert plan(fake, notebook(left, **after)).is_empty
    deploy(fake, notebook(choose.replace("'left'", "'right'"), left, **branch, **after))
    assert read_archive(archive_of(fake)).tasks["CHOOSE"]["answers"] == ["left", "right"]
    assert fake.tasks["G$LEFT"]["statement"].condition.endswith("= 'left'")
    with pytest.raises(GraphError, match="answers 'rihgt'"):
        plan(fake, notebook("def choose() -> str: return 'rihgt'", **branch))


def test_a_graph_is_checked_with_what_is_not_loaded(fake):
    with pytest.raises(GraphError, match="waits for itself"):
        plan(fake, notebook("def first(third): return 1"))
    with pytest.raises(GraphError, match="second: is deployed after 'first', which is to go"):
        plan(fake, notebook(THIRD), forgotten=frozenset({"FIRST"}))
    finalizer = {"sweep": {"finalizer": True}}
    deploy(fake, notebook("def sweep(): return 1", **finalizer))
    with pytest.raises(GraphError, match="'sweep' is deployed as such"):
        plan(fake, notebook("def tidy(): return 1", tidy={"finalizer": True}))


def test_a_forgotten_task_goes_with_its_code_and_nothing_else_does(fake):
    before = everything(fake, "first", "second")
    told = deploy(fake, notebook(FIRST, helper=HELPER), forgotten=frozenset({"THIRD"}))
    assert "G$THIRD" not in fake.tasks
    assert told.plan.left_alone == ("second",)
    assert everything(fake, "first", "second") == before
    assert "THIRD" not in read_archive(archive_of(fake)).tasks


def test_a_notebook_without_any_cell_can_drop_a_task(fake):
    deploy(fake, notebook(), forgotten=frozenset({"THIRD"}))
    assert list(fake.tasks) == ["G", "G$FIRST", "G$SECOND"]
    assert fake.tasks["G"]["started"]


def test_prune_drops_what_is_not_loaded_but_not_everything(fake):
    deploy(fake, notebook(FIRST, helper=HELPER), prune=True)
    assert list(fake.tasks) == ["G", "G$FIRST"]
    assert list(read_archive(archive_of(fake)).tasks) == ["FIRST"]
    with pytest.raises(GraphError, match="has no task"):
        plan(fake, notebook(), prune=True)


def test_packages_of_what_is_not_loaded_stay_installed_and_do_not_clash():
    fake = FakeSnowflake()
    needs = {"first": {"packages": ["xgboost==3.1"]}}
    deploy(fake, notebook(FIRST, THIRD.replace("second", "first"), **needs))
    third = THIRD.replace("second", "first")
    deploy(
        fake,
        notebook(
            third.replace("3", "4"),
            options={"unpinned": True},
            third={"packages": ["numpy", "xgboost"]},
        ),
    )
    assert sorted(_packages(fake)) == ["numpy", "snowflake-snowpark-python", "xgboost==3.1"]
    with pytest.raises(InputError, match=r"first is deployed with xgboost==3\.1, .* xgboost==3\.2"):
        plan(fake, notebook(third, third={"packages": ["xgboost==3.2"]}))
    deploy(fake, notebook(FIRST, third))
    assert _packages(fake) == ["snowflake-snowpark-python"]


def _packages(fake):
    listed = fake.procedures["G$RUN"]["sql"].split("PACKAGES = (")[1].split(")")[0]
    return [part.strip().strip("'") for part in listed.split(",")]


def test_packages_that_the_graph_names_stay_where_the_line_was_not_run():
    fake = FakeSnowflake()
    deploy(fake, notebook(FIRST, options={"packages": ("numpy==2.0",), "stage": "MINE"}))
    assert plan(fake, notebook(FIRST)).is_empty
    deploy(fake, notebook(FIRST.replace("1", "2")))
    assert _packages(fake) == ["numpy==2.0", "snowflake-snowpark-python"]
    assert "@DB.S.MINE/g/" in fake.procedures["G$RUN"]["sql"]


def as_an_earlier_release_left_it(fake):
    """Marks without what is told of archive, packages and options today."""
    procedure = fake.procedures["G$RUN"]
    for word in ("archive", "python", "packages", "named", "returns"):
        procedure["comment"] = procedure["comment"].replace(f'"{word}":', f'"old_{word}":')
    for task in fake.tasks.values():
        said = task["statement"].properties
        object.__setattr__(said, "comment", said.comment.replace('"options":', '"old_options":'))


def test_a_graph_of_an_earlier_release_is_carried_on_too():
    fake = FakeSnowflake()
    options = {"auto_retry": 3, "schedule": "1 hour"}
    deploy(fake, notebook(FIRST, SECOND, helper=HELPER, options=options))
    before = everything(fake, "second")
    as_an_earlier_release_left_it(fake)
    made = plan(fake, notebook(FIRST.replace("1", "2"), helper=HELPER))
    assert made.touched == ()
    apply(fake, made)
    after = everything(fake, "second")
    assert after["second"][1:] == before["second"][1:]
    assert fake.tasks["G"]["statement"].properties.task_auto_retry_attempts == 3


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda files, place: files.update({place: b"other"}), "not what its name says"),
        (lambda files, place: files.pop(place), "g/"),
    ],
)
def test_an_archive_that_cannot_be_read_is_told_before_anything_is_sent(fake, spoil, reason):
    place = next(name for name in fake.files if name.endswith(".zip"))
    spoil(fake.files, place)
    statements = len(fake.statements)
    with pytest.raises(BackendError, match=f"code of second, third.*{reason}") as raised:
        deploy(fake, notebook(FIRST.replace("1", "2")))
    assert "run those cells too" in str(raised.value)
    sent = fake.statements[statements:]
    assert all(text.startswith(("SHOW", "LIST", "GET")) for text in sent)


def test_the_archive_that_was_deployed_is_still_there_for_a_run_or_a_retry_that_names_it(fake):
    first = archive_of(fake)
    deploy(fake, notebook(FIRST.replace("1", "2")))
    assert first in fake.files.values()
    assert archive_of(fake) != first
    assert zipfile.ZipFile(BytesIO(archive_of(fake))).testzip() is None


@pytest.mark.parametrize(
    "loaded",
    [("c",), ("b",), ("a",), ("a", "c"), ("c", "a"), ("d", "b"), ("end", "c")],
)
def test_the_whole_graph_is_in_its_order(loaded):
    cells = {
        "a": sql_task("a", "select 1"),
        "b": sql_task("b", "select 2", after=("a",)),
        "c": sql_task("c", "select 3", after=("b",)),
        "d": sql_task("d", "select 4", after=("B",)),
        "end": sql_task("end", "select 5", finalizer=True),
    }
    fake = FakeSnowflake()
    apply(fake, plan(fake, TaskGraph("g", tasks=cells.values())))
    here = TaskGraph("g", tasks=[cells[name] for name in loaded])
    names = [task.name for task in read_standing(fake, here, TARGET).whole.tasks]
    assert set(names) == set(cells)
    assert [*map(names.index, "abc")] == sorted(map(names.index, "abc"))
    assert names.index("b") < names.index("d")
    assert names[-1] == "end"
