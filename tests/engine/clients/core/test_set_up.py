"""What programs set up around their tasks, through the unmodified client."""

from __future__ import annotations

import pytest
from snowflake.core import CreateMode
from snowflake.core.database import Database
from snowflake.core.exceptions import APIError, ConflictError, NotFoundError
from snowflake.core.procedure import Argument, CallArgument, CallArgumentList, Procedure
from snowflake.core.procedure import PythonFunction as ProcedureCode
from snowflake.core.procedure import ReturnDataType as ProcedureResult
from snowflake.core.role import Role
from snowflake.core.schema import Schema
from snowflake.core.sequence import Sequence
from snowflake.core.stage import Stage, StageDirectoryTable
from snowflake.core.stream import Stream, StreamSourceTable
from snowflake.core.table import PrimaryKey, Table, TableColumn
from snowflake.core.tag import Tag, TagValue
from snowflake.core.task import Task
from snowflake.core.user import User
from snowflake.core.user_defined_function import Argument as FunctionArgument
from snowflake.core.user_defined_function import (
    PythonFunction,
    ReturnDataType,
    UserDefinedFunction,
)
from snowflake.core.view import View, ViewColumn
from snowflake.core.warehouse import Warehouse


def test_a_database_and_its_schema(root):
    database = root.databases.create(Database("made", comment="c"), mode=CreateMode.or_replace)
    fetched = database.fetch()
    assert (fetched.name, fetched.comment, fetched.kind) == ("MADE", "c", "PERMANENT")
    assert (fetched.owner, fetched.retention_time) == ("ACCOUNTADMIN", 1)
    with pytest.raises(ConflictError):
        root.databases.create(Database("made"))
    database.create_or_alter(Database("made", comment="d"))
    assert database.fetch().comment == "d"
    assert "MADE" in [each.name for each in root.databases.iter(like="ma%")]
    schema = database.schemas.create(Schema("inside", kind="TRANSIENT"))
    schema.create_or_alter(Schema("inside", comment="e"))
    assert (schema.fetch().comment, schema.fetch().kind) == ("e", "TRANSIENT")
    assert [each.name for each in database.schemas.iter()] == ["INSIDE", "PUBLIC"]
    schema.drop()
    database.drop()
    with pytest.raises(NotFoundError):
        database.fetch()
    with pytest.raises(NotFoundError):
        list(database.schemas.iter())


@pytest.mark.rule("13.12")
@pytest.mark.parametrize(
    "call",
    [
        lambda root, schema: root.databases["sfdag"].undrop(),
        lambda root, schema: schema.tables["t"].undrop(),
        lambda root, schema: list(root.compute_pools.iter()),
        lambda root, schema: list(schema.dynamic_tables.iter()),
        lambda root, schema: root.databases["sfdag"].enable_replication(["a.b"]),
        lambda root, schema: schema.event_tables["e"].drop(if_exists=True),
        lambda root, schema: schema.functions["f(REAL)"].execute([1.0]),
    ],
)
def test_what_is_not_served_is_named_and_never_said_to_be_missing(root, schema, call):
    with pytest.raises(APIError, match="embedded engine") as caught:
        call(root, schema)
    assert caught.value.status == 405


def columns() -> list[TableColumn]:
    return [
        TableColumn(name="id", datatype="int", nullable=False),
        TableColumn(name='"what it is"', datatype="varchar(10)", default="'a'", comment="c"),
        TableColumn(name="n", datatype="int", autoincrement=True, autoincrement_start=5),
    ]


def test_a_table_with_all_that_a_column_has(schema, rows):
    table = schema.tables.create(
        Table(
            name="t",
            columns=columns(),
            constraints=[PrimaryKey(column_names=["id"])],
            comment="all",
        )
    )
    fetched = table.fetch()
    assert [(each.name, each.datatype, each.nullable) for each in fetched.columns] == [
        ("ID", "NUMBER(38,0)", False),
        ('"what it is"', "VARCHAR(10)", True),
        ("N", "NUMBER(38,0)", True),
    ]
    assert (fetched.columns[1].default, fetched.columns[1].comment) == ("'a'", "c")
    assert (fetched.columns[2].autoincrement, fetched.columns[2].autoincrement_start) == (True, 5)
    assert [each.column_names for each in fetched.constraints] == [["ID"]]
    assert (fetched.kind, fetched.comment, fetched.rows) == ("PERMANENT", "all", 0)
    rows("insert into t(id) values (1), (2)")
    (listed,) = schema.tables.iter()
    assert (listed.rows, listed.columns) == (2, None)
    (deep,) = schema.tables.iter(deep=True)
    assert len(deep.columns) == 3


@pytest.mark.filterwarnings("ignore:The 'FQN' class:DeprecationWarning")  # the client's own
def test_tables_from_others(schema, rows):
    rows("create table t as select 1 as a union select 2")
    schema.tables.create("alike", like_table="t")
    schema.tables.create("copied", clone_table="t")
    schema.tables.create("chosen", as_select="select a from t where a = 1")
    schema.tables["alike"].swap_with("copied")
    assert {each.name: each.rows for each in schema.tables.iter()} == {
        "T": 2,
        "ALIKE": 2,
        "COPIED": 0,
        "CHOSEN": 1,
    }
    schema.tables.create(Table(name="short", kind="TEMPORARY", columns=columns()))
    assert schema.tables["short"].fetch().kind == "TEMPORARY"
    schema.tables["t"].drop()
    schema.tables["t"].drop(if_exists=True)
    with pytest.raises(NotFoundError):
        schema.tables["t"].fetch()


def test_a_view(schema, rows):
    rows("create table t(a int)")
    view = View(
        name="v",
        columns=[ViewColumn(name="b", comment="c")],
        query="select a from t",
        secure=True,
        comment="d",
    )
    fetched = schema.views.create(view).fetch()
    assert (fetched.name, fetched.secure, fetched.comment) == ("V", True, "d")
    assert [(each.name, each.datatype, each.comment) for each in fetched.columns] == [
        ("B", "NUMBER(38,0)", "c")
    ]
    assert fetched.query.endswith("select a from t")
    schema.views["v"].drop()
    assert list(schema.views.iter()) == []


def test_a_stage_and_its_files(schema, tmp_path):
    directory = StageDirectoryTable(enable=True)
    stage = schema.stages.create(Stage(name="s", comment="c", directory_table=directory))
    fetched = stage.fetch()
    assert (fetched.name, fetched.comment, fetched.kind) == ("S", "c", "PERMANENT")
    assert fetched.directory_table.enable is True
    (tmp_path / "a.csv").write_text("1,2\n")
    stage.put(tmp_path / "a.csv", "/sub", auto_compress=False)
    (file,) = stage.list_files()
    assert (file.name, file.size) == ("s/sub/a.csv", "4")
    assert list(stage.list_files(pattern=".*b")) == []
    stage.get("/sub/a.csv", tmp_path / "got")
    assert (tmp_path / "got" / "a.csv").read_text() == "1,2\n"
    with pytest.raises(APIError, match="not supported by the embedded engine"):
        schema.stages.create(Stage(name="far", url="s3://bucket/"))
    stage.drop()
    assert list(schema.stages.iter()) == []


def test_a_warehouse(root):
    warehouse = root.warehouses.create(
        Warehouse("made_wh", warehouse_size="SMALL", auto_suspend=60, comment="c"),
        mode=CreateMode.or_replace,
    )
    fetched = warehouse.fetch()
    assert (fetched.name, fetched.warehouse_size, fetched.auto_suspend) == ("MADE_WH", "Small", 60)
    warehouse.suspend()
    assert warehouse.fetch().state == "SUSPENDED"
    warehouse.resume()
    assert warehouse.fetch().state == "STARTED"
    warehouse.create_or_alter(Warehouse("made_wh", warehouse_size="LARGE"))
    assert (warehouse.fetch().size, warehouse.fetch().comment) == ("Large", "")
    warehouse.rename("other_wh")
    root.warehouses["other_wh"].drop()
    with pytest.raises(NotFoundError):
        root.warehouses["made_wh"].fetch()


def test_a_role_and_a_user(root):
    root.roles.create(Role(name="made_role", comment="c"))
    assert ("MADE_ROLE", "c") in [(each.name, each.comment) for each in root.roles.iter()]
    root.roles["made_role"].drop()
    with pytest.raises(NotFoundError):
        root.roles["made_role"].drop()
    user = root.users.create(User(name="made_user", password="p", email="a@b.c"))  # noqa: S106
    assert (user.fetch().email, user.fetch().has_password) == ("a@b.c", True)
    user.create_or_alter(User(name="made_user", comment="c"))
    assert (user.fetch().comment, user.fetch().email) == ("c", None)
    user.drop()
    assert "MADE_USER" not in [each.name for each in root.users.iter()]


@pytest.mark.rule("13.10")
def test_tags_on_what_is_made(root, schema, rows):
    rows("create table t(a int)")
    tag = schema.tags.create(Tag(name="cost", allowed_values=["high", "low"], comment="c"))
    assert (tag.fetch().allowed_values, tag.fetch().comment) == (["high", "low"], "c")
    task = schema.tasks.create(Task("k", definition="select 1"))
    for each in (task, schema, schema.tables["t"]):
        each.set_tags({tag: TagValue(value="high")})
        assert [value.value for value in each.get_tags().values()] == ["high"]
    with pytest.raises(APIError, match="'other' is not allowed"):
        task.set_tags({tag: TagValue(value="other")})
    task.unset_tags({tag})
    assert task.get_tags() == {}
    (inherited,) = task.get_tags(with_lineage=True).values()
    assert (inherited.value, inherited.level) == ("high", "SCHEMA")
    tag.rename("price")
    assert [each.name for each in schema.tags.iter()] == ["PRICE"]


@pytest.mark.slow
def test_a_procedure_is_made_told_and_called(schema):
    code = ProcedureCode(
        runtime_version="3.11", packages=["snowflake-snowpark-python"], handler="run"
    )
    made = schema.procedures.create(
        Procedure(
            name="p",
            arguments=[
                Argument(name="n", datatype="NUMBER"),
                Argument(name="t", datatype="VARCHAR"),
            ],
            return_type=ProcedureResult(datatype="VARCHAR"),
            language_config=code,
            body="def run(session, n, t):\n    return t * n",
            execute_as="CALLER",
            comment="it's $$",
        )
    )
    fetched = made.fetch()
    assert [(each.name, each.datatype) for each in fetched.arguments] == [
        ("N", "NUMBER"),
        ("T", "VARCHAR"),
    ]
    assert (fetched.execute_as, fetched.comment) == ("CALLER", "it's $$")
    assert fetched.body.startswith("def run")
    assert fetched.language_config.packages == ["snowflake-snowpark-python"]
    given = [
        CallArgument(name="n", datatype="NUMBER", value=2),
        CallArgument(name="t", datatype="VARCHAR", value="a'b"),
    ]
    assert made.call(CallArgumentList(call_arguments=given), extract=True) == "a'ba'b"
    made.drop()
    with pytest.raises(NotFoundError):
        schema.procedures["p(NUMBER, VARCHAR)"].fetch()
    with pytest.raises(APIError, match="no name with argument types"):
        schema.procedures["p(NUMBER"].fetch()


def test_a_function_and_its_overloads(schema):
    for kind in ("NUMBER", "VARCHAR"):
        schema.user_defined_functions.create(
            UserDefinedFunction(
                name="f",
                arguments=[FunctionArgument(name="x", datatype=kind)],
                return_type=ReturnDataType(datatype=kind),
                language_config=PythonFunction(runtime_version="3.11", packages=[], handler="h"),
                body="def h(x): return x",
            )
        )
    returned = {
        kind: schema.user_defined_functions[f"f({kind})"].fetch().return_type.datatype
        for kind in ("NUMBER", "VARCHAR")
    }
    assert returned == {"NUMBER": "NUMBER", "VARCHAR": "VARCHAR"}
    schema.user_defined_functions["f(NUMBER)"].drop()
    (left,) = schema.user_defined_functions.iter()
    assert left.arguments[0].datatype == "VARCHAR"


def test_a_sequence(schema):
    fetched = schema.sequences.create(Sequence(name="s", start=3, increment=2)).fetch()
    assert (fetched.name, fetched.start, fetched.increment) == ("S", 3, 2)
    api = schema.sequences._api  # the client has a method for it there only
    api.clone_sequence(schema.database.name, schema.name, "s", Sequence(name="q", comment="c"))
    clone = schema.sequences["q"].fetch()
    assert (clone.name, clone.increment, clone.comment) == ("Q", 2, "c")
    schema.sequences["q"].drop()
    schema.sequences["s"].drop()
    assert list(schema.sequences.iter()) == []


@pytest.mark.filterwarnings("ignore:The 'FQN' class:DeprecationWarning")  # the client's own
def test_a_stream_and_the_task_that_waits_for_it(schema, rows):
    rows("create table t(a int)")
    source = StreamSourceTable(name="t", append_only=True)
    stream = schema.streams.create(Stream(name="s", stream_source=source, comment="c"))
    fetched = stream.fetch()
    assert (fetched.name, fetched.table_name, fetched.comment) == ("S", "T", "c")
    assert (fetched.stream_source.name, fetched.stream_source.append_only) == ("T", True)
    assert fetched.stale is False
    twin = schema.streams.create("s2", clone_stream="s")
    assert twin.fetch().stream_source == fetched.stream_source
    twin.drop()
    task = schema.tasks.create(
        Task("k", definition="select 1", condition="SYSTEM$STREAM_HAS_DATA('S')")
    )
    assert task.fetch().condition == "SYSTEM$STREAM_HAS_DATA('S')"
    stream.drop()
    assert list(schema.streams.iter()) == []
