"""From the text of a TASK statement to its value. Knows the grammar; knows no catalogue.

Snowflake docs: CREATE, ALTER, DROP, EXECUTE, SHOW and DESCRIBE TASK. Clauses of CREATE TASK are
taken in any order; conditions and bodies are kept as they were written.
"""

from __future__ import annotations

from collections.abc import Callable

from sfdag_magics.graph.grammar.actions import (
    AddAfter,
    AlterAction,
    ModifyBody,
    ModifyWhen,
    RemoveAfter,
    RemoveWhen,
    ResumeTask,
    SetProperties,
    SetTags,
    SuspendTask,
    UnsetProperties,
    UnsetTags,
)
from sfdag_magics.graph.grammar.clauses import SetTag, object_name, read_names, read_tags
from sfdag_magics.graph.grammar.properties import (
    PropertyReader,
    TaskProperties,
    is_property,
    unset_name,
)
from sfdag_magics.graph.grammar.statements import (
    AlterTask,
    CloneTask,
    CreateMode,
    CreateTask,
    DescribeTask,
    DropTask,
    ExecuteTask,
    ShowScope,
    ShowTasks,
    TaskStatement,
)
from sfdag_magics.graph.rules import MAX_SHOWN_TASKS, config_problem
from sfdag_magics.sqltext import (
    QualifiedName,
    SqlTextError,
    TokenReader,
    tokenize,
)


def parse_task_statement(text: str) -> TaskStatement:
    """The statement that `text` is; a final semicolon is left out.

    Raises:
        SqlTextError: it is no TASK statement, or one with an error, in Snowflake's words.
    """
    tokens = tokenize(text)
    if tokens and tokens[-1].text == ";":
        text, tokens = text[: tokens[-1].start], tokens[:-1]
    reader = TokenReader(text, tokens)
    for leading, parse in _STATEMENTS:
        if reader.accept(*leading):
            statement = parse(reader)
            if not reader.at_end:
                raise reader.unexpected()
            return statement
    raise reader.unexpected("a TASK statement")


def _create(reader: TokenReader) -> CreateTask | CloneTask:
    return _create_as(reader, CreateMode.CREATE)


def _create_or_replace(reader: TokenReader) -> CreateTask | CloneTask:
    return _create_as(reader, CreateMode.OR_REPLACE)


def _create_or_alter(reader: TokenReader) -> CreateTask | CloneTask:
    return _create_as(reader, CreateMode.OR_ALTER)


def _create_as(reader: TokenReader, mode: CreateMode) -> CreateTask | CloneTask:
    if reader.accept("IF", "NOT", "EXISTS"):
        if mode is not CreateMode.CREATE:
            other = "OR REPLACE" if mode is CreateMode.OR_REPLACE else "OR ALTER"
            raise SqlTextError(f"options IF NOT EXISTS and {other} are incompatible")
        mode = CreateMode.IF_NOT_EXISTS
    reader.check_new_name()
    name = object_name(reader)
    if reader.peek_words("CLONE") and mode is not CreateMode.OR_ALTER:
        return _clone(reader, name, mode)
    properties = PropertyReader(reader)
    said = _Clauses(reader)
    while not reader.accept("AS"):
        if not said.read_one() and not properties.read_one():
            raise reader.unexpected()
        reader.accept(",")
    if said.tags and mode is CreateMode.OR_ALTER:
        raise SqlTextError("CREATE OR ALTER TASK takes no TAG: ALTER TASK … SET TAG sets it")
    return CreateTask(
        name=name,
        body=_body(reader),
        mode=mode,
        properties=properties.properties(),
        after=said.after,
        condition=said.condition,
        tags=said.tags,
        copy_grants=said.copy_grants,
    )


def _clone(reader: TokenReader, name: QualifiedName, mode: CreateMode) -> CloneTask:
    reader.expect("CLONE")
    source = object_name(reader)
    return CloneTask(
        name=name, source=source, mode=mode, copy_grants=reader.accept("COPY", "GRANTS")
    )


class _Clauses:
    """What CREATE TASK says beside its properties, each once."""

    def __init__(self, reader: TokenReader) -> None:
        self._reader = reader
        self.after: tuple[QualifiedName, ...] = ()
        self.condition: str | None = None
        self.tags: tuple[SetTag, ...] = ()
        self.copy_grants = False

    def read_one(self) -> bool:
        """Read one clause if one comes next. WITH says nothing, and CONTACT is a property."""
        reader = self._reader
        if reader.peek_words("WITH", "TAG") or reader.peek_words("WITH", "CONTACT"):
            reader.expect("WITH")
        if not self.tags and reader.accept("TAG", "("):
            self.tags = read_tags(reader)
            reader.expect(")")
        elif not self.after and reader.accept("AFTER"):
            self.after = read_names(reader)
        elif self.condition is None and reader.accept("WHEN"):
            self.condition = _condition(reader)
        elif not self.copy_grants and reader.accept("COPY", "GRANTS"):
            self.copy_grants = True
        else:
            return False
        return True


def _body(reader: TokenReader) -> str:
    """All text after AS; comments in front belong to it."""
    if reader.at_end:
        raise reader.unexpected("a SQL statement")
    return _after_as(reader).strip()


def _after_as(reader: TokenReader) -> str:
    start = reader.previous_end
    reader.rest()
    return reader.text[start:]


def _condition(reader: TokenReader) -> str:
    """The text of a WHEN expression, up to the clause after it."""
    start = reader.position
    end = start
    depth = 0
    while (token := reader.peek()) is not None and (depth or not _ends_condition(reader)):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        end = reader.take().end
    if end == start:
        raise reader.unexpected("a condition")
    return reader.text[start:end]


def _ends_condition(reader: TokenReader) -> bool:
    token, following = reader.peek(), reader.peek(1)
    if token is None or token.word in ("AS", "AFTER", "WITH"):
        return True
    if any(reader.peek_words(*words) for words in _AFTER_CONDITION):
        return True
    return is_property(token.word) and following is not None and following.text == "="


_AFTER_CONDITION = (("EXECUTE", "AS"), ("COPY", "GRANTS"), ("TAG", "("), ("CONTACT", "("))


def _alter(reader: TokenReader) -> AlterTask:
    if_exists = reader.accept("IF", "EXISTS")
    name = object_name(reader)
    for leading, parse in _ACTIONS:
        if reader.accept(*leading):
            return AlterTask(name=name, action=parse(reader), if_exists=if_exists)
    raise reader.unexpected()


def _set(reader: TokenReader) -> SetProperties:
    properties = PropertyReader(reader)
    if not properties.read_one():
        raise reader.unexpected("a property")
    while not reader.at_end:
        reader.accept(",")
        if not properties.read_one():
            raise reader.unexpected()
    return SetProperties(properties.properties())


def _unset(reader: TokenReader) -> UnsetProperties:
    names = [unset_name(reader)]
    while not reader.at_end:
        reader.accept(",")
        names.append(unset_name(reader))
    return UnsetProperties(tuple(names))


def _modify_when(reader: TokenReader) -> ModifyWhen:
    return ModifyWhen(_condition_to_end(reader))


def _condition_to_end(reader: TokenReader) -> str:
    if reader.at_end:
        raise reader.unexpected("a condition")
    return reader.rest()


def _comment(reader: TokenReader, *, if_exists: bool) -> AlterTask:
    """COMMENT ON TASK … IS sets a property as ALTER does."""
    name = object_name(reader)
    reader.expect("IS")
    said = SetProperties(TaskProperties(comment=reader.string()))
    return AlterTask(name=name, action=said, if_exists=if_exists)


def _drop(reader: TokenReader) -> DropTask:
    if_exists = reader.accept("IF", "EXISTS")
    return DropTask(name=object_name(reader), if_exists=if_exists)


def _execute(reader: TokenReader) -> ExecuteTask:
    name = object_name(reader)
    if reader.accept("RETRY", "LAST"):
        return ExecuteTask(name=name, retry_last=True)
    if reader.accept("RETRY", "GRAPH", "RUN", "GROUP"):
        return ExecuteTask(name=name, retry_group=reader.string())
    config = _run_config(reader) if reader.accept("USING", "CONFIG") else None
    return ExecuteTask(name=name, config=config, awaits=reader.accept("AWAIT"))


def _run_config(reader: TokenReader) -> str:
    reader.expect("=")
    position, config = reader.position, reader.string()
    if problem := config_problem(config):
        raise SqlTextError(
            f"invalid value for parameter 'CONFIG': {problem}",
            text=reader.text,
            position=position,
        )
    return config


def _show(reader: TokenReader) -> ShowTasks:
    return _show_tasks(reader, terse=False)


def _show_terse(reader: TokenReader) -> ShowTasks:
    return _show_tasks(reader, terse=True)


def _show_tasks(reader: TokenReader, *, terse: bool) -> ShowTasks:
    like = reader.string() if reader.accept("LIKE") else None
    scope = _scope(reader) if reader.accept("IN") else None
    starts_with = reader.string() if reader.accept("STARTS", "WITH") else None
    root_only = reader.accept("ROOT", "ONLY")
    limit = from_name = None
    if reader.accept("LIMIT"):
        position, limit = reader.position, reader.integer()
        if not 1 <= limit <= MAX_SHOWN_TASKS:
            raise SqlTextError(
                f"invalid value [{limit}] for LIMIT", text=reader.text, position=position
            )
        from_name = reader.string() if reader.accept("FROM") else None
    return ShowTasks(
        terse=terse,
        like=like,
        scope=scope,
        starts_with=starts_with,
        root_only=root_only,
        limit=limit,
        from_name=from_name,
    )


_AFTER_SCOPE = ("STARTS", "ROOT", "LIMIT")


def _scope(reader: TokenReader) -> ShowScope:
    if reader.accept("ACCOUNT"):
        return ShowScope(kind="ACCOUNT")
    if reader.accept("DATABASE"):
        return ShowScope(
            kind="DATABASE", database=None if _no_name(reader) else reader.identifier()
        )
    if reader.accept("SCHEMA") and _no_name(reader):
        return ShowScope(kind="SCHEMA")
    name = reader.qualified_name()
    if name.database is not None:
        raise SqlTextError(f"{name} is no schema: it has three parts", text=reader.text)
    return ShowScope(kind="SCHEMA", database=name.schema, schema=name.name)


def _no_name(reader: TokenReader) -> bool:
    token = reader.peek()
    return token is None or token.word in _AFTER_SCOPE


def _describe(reader: TokenReader) -> DescribeTask:
    return DescribeTask(name=object_name(reader))


_STATEMENTS: tuple[tuple[tuple[str, ...], Callable[[TokenReader], TaskStatement]], ...] = (
    (("CREATE", "TASK"), _create),
    (("CREATE", "OR", "REPLACE", "TASK"), _create_or_replace),
    (("CREATE", "OR", "ALTER", "TASK"), _create_or_alter),
    (("ALTER", "TASK"), _alter),
    (("COMMENT", "ON", "TASK"), lambda reader: _comment(reader, if_exists=False)),
    (("COMMENT", "IF", "EXISTS", "ON", "TASK"), lambda reader: _comment(reader, if_exists=True)),
    (("DROP", "TASK"), _drop),
    (("EXECUTE", "TASK"), _execute),
    (("SHOW", "TASKS"), _show),
    (("SHOW", "TERSE", "TASKS"), _show_terse),
    (("DESCRIBE", "TASK"), _describe),
    (("DESC", "TASK"), _describe),
)
_ACTIONS: tuple[tuple[tuple[str, ...], Callable[[TokenReader], AlterAction]], ...] = (
    (("RESUME",), lambda _: ResumeTask()),
    (("SUSPEND",), lambda _: SuspendTask()),
    (("ADD", "AFTER"), lambda reader: AddAfter(read_names(reader))),
    (("REMOVE", "AFTER"), lambda reader: RemoveAfter(read_names(reader))),
    (("SET", "TAG"), lambda reader: SetTags(read_tags(reader))),
    (("UNSET", "TAG"), lambda reader: UnsetTags(read_names(reader))),
    (("SET",), _set),
    (("UNSET",), _unset),
    (("MODIFY", "AS"), lambda reader: ModifyBody(_body(reader))),
    (("MODIFY", "WHEN"), _modify_when),
    (("REMOVE", "WHEN"), lambda _: RemoveWhen()),
)
