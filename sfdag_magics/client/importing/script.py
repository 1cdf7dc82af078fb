"""From a SQL script to the tasks that it leaves behind. Carries nothing out.

Statements on tasks act on one another in order, as they would there: a task is made, altered,
started, dropped. What is no task is left out and named.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace

from sfdag_magics.client.importing.altered import altered
from sfdag_magics.client.importing.found import Findings, FoundTask
from sfdag_magics.client.importing.headers import prepared
from sfdag_magics.client.importing.templates import Hidden, hidden, numbers_in
from sfdag_magics.errors import InputError
from sfdag_magics.graph.grammar import (
    AlterTask,
    CloneTask,
    CreateMode,
    CreateTask,
    DropTask,
    ExecuteTask,
    TaskStatement,
    parse_task_statement,
)
from sfdag_magics.graph.grammar.actions import ResumeTask
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import (
    QualifiedName,
    SqlTextError,
    Token,
    TokenKind,
    TokenReader,
    statement_spans,
    tokenize,
)

_MAKES = (
    ("CREATE", "TASK"),
    ("CREATE", "OR", "REPLACE", "TASK"),
    ("CREATE", "OR", "ALTER", "TASK"),
    ("DEFINE", "TASK"),
)
_ON_TASKS = (
    *_MAKES,
    ("ALTER", "TASK"),
    ("DROP", "TASK"),
    ("EXECUTE", "TASK"),
    ("COMMENT", "ON", "TASK"),
    ("COMMENT", "IF", "EXISTS", "ON", "TASK"),
)
#: They only look, or say where one is: nothing of them would be missed.
_SILENT = frozenset({"USE", "SHOW", "DESCRIBE", "DESC", "SELECT", "LIST", "LS", "SET", "UNSET"})
_DEPENDENTS = "SYSTEM$TASK_DEPENDENTS_ENABLE"


@dataclass(slots=True, kw_only=True)
class _Session:
    """What a script has said so far. Filled while it is read."""

    tasks: dict[QualifiedName, FoundTask] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    database: str | None = None
    schema: str | None = None
    #: The numbers of templates that stand in something that is carried.
    kept: set[int] = field(default_factory=set)

    def full(self, name: QualifiedName) -> QualifiedName:
        schema, database = name.schema or self.schema, name.database or self.database
        return QualifiedName(name.name, schema, database)

    def found(self, name: QualifiedName) -> FoundTask | None:
        """The task that a name means: by all of it, else by its last part alone."""
        exact = self.tasks.get(self.full(name))
        if exact is not None:
            return exact
        same = [task for key, task in self.tasks.items() if key.name == name.name]
        return same[0] if len(same) == 1 else None


class Script:
    """SQL that is read piece by piece, as one session would carry it out."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._session = _Session()

    @property
    def tasks(self) -> tuple[FoundTask, ...]:
        """The tasks that there are by now."""
        return tuple(self._session.tasks.values())

    def read(self, text: str, line: int | None = None, *, only_tasks: bool = False) -> None:
        """Read statements.

        Args:
            line: where they stand, if not where a text's own lines are.
            only_tasks: say nothing of others.

        Raises:
            InputError: a string, quoted name or comment is not closed, or it is too long.
        """
        script = hidden(text)
        try:
            spans = statement_spans(script.text)
        except SqlTextError as error:
            raise InputError(f"the script is no SQL: {error}", hint="correct the line") from error
        for start, end in spans:
            tokens = tokenize(script.text[start:end])
            if (inner := _immediate(tokens)) is not None:
                self.read(script.shown(inner), line or script.line(start), only_tasks=only_tasks)
                continue
            said = _Said(script, tokens, start, line or script.line(start))
            _read(said, self._session, self._findings, only_tasks=only_tasks)
        for number, place in script.deciding:
            if number not in self._session.kept and not only_tasks:
                decides = script.templates[number]
                self._findings.left(f"{decides}: both sides are read", script.line(place))


def tasks_of_script(text: str, findings: Findings) -> tuple[FoundTask, ...]:
    """The tasks that a script makes, as it leaves them.

    Raises:
        InputError: a string, quoted name or comment is not closed, or it is too long.
    """
    script = Script(findings)
    script.read(text)
    return script.tasks


@dataclass(frozen=True, slots=True)
class _Said:
    """A statement as it stands in its script."""

    script: Hidden
    tokens: tuple[Token, ...]
    start: int
    line: int
    left: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return self.script.text[self.start : self.start + self.tokens[-1].end]

    def shown(self, name: QualifiedName) -> str:
        return self.script.shown(name.sql())


def _read(said: _Said, session: _Session, findings: Findings, *, only_tasks: bool) -> None:
    if not any(_begins(said.tokens, words) for words in _ON_TASKS):
        _beside(said, session, findings, only_tasks=only_tasks)
        return
    ready = prepared(said.text, session.variables)
    session.kept |= numbers_in(said.text)
    try:
        statement = parse_task_statement(ready.text)
    except SqlTextError as error:
        findings.problem(said.script.shown(f"{_shortly(said.tokens)}: {error}"), said.line)
        return
    left = tuple(map(said.script.shown, ready.left))
    _act(replace(said, left=left), statement, session, findings)


def _act(said: _Said, statement: TaskStatement, session: _Session, findings: Findings) -> None:
    match statement:
        case CreateTask():
            _create(said, statement, session, findings)
        case CloneTask(name=name, source=source):
            _clone(said, (name, source), session, findings)
        case AlterTask(name=name):
            _alter(said, statement, session, findings)
        case DropTask(name=name, if_exists=if_exists):
            found = session.found(name)
            if found is not None:
                del session.tasks[found.name]
            elif not if_exists:
                findings.problem(f"DROP TASK {said.shown(name)}: nothing made it", said.line)
        case ExecuteTask(name=name):
            findings.left(f"EXECUTE TASK {said.shown(name)}: a run", said.line)


def _create(said: _Said, statement: CreateTask, session: _Session, findings: Findings) -> None:
    name = session.full(statement.name)
    before = session.tasks.get(name)
    if before is not None and statement.mode is CreateMode.IF_NOT_EXISTS:
        findings.left(f"{said.shown(name)}: line {before.line} has made it", said.line)
        return
    if before is not None and statement.mode is not CreateMode.OR_ALTER:
        findings.problem(
            f"task {said.shown(name)} is made again, and what line {before.line} made is lost",
            said.line,
        )
    session.tasks[name] = FoundTask(
        name=name,
        spelled=_spelled(said.tokens, name.name),
        body=said.script.shown(statement.body),
        properties=statement.properties,
        after=tuple(map(session.full, statement.after)),
        condition=statement.condition and said.script.shown(statement.condition),
        tags=statement.tags,
        is_started=_starts(said, before),
        line=said.line,
        left=said.left,
    )


def _starts(said: _Said, before: FoundTask | None) -> bool | None:
    """Whether a task that is made is started: what DEFINE leaves is known of the task alone."""
    if before is not None:
        return before.is_started
    return None if said.tokens[0].word == "DEFINE" else False


def _clone(
    said: _Said,
    names: tuple[QualifiedName, QualifiedName],
    session: _Session,
    findings: Findings,
) -> None:
    name, source = session.full(names[0]), session.found(names[1])
    if source is None:
        findings.problem(f"CLONE {said.shown(names[1])}: nothing made it", said.line)
        return
    spelled = _spelled(said.tokens, name.name)
    session.tasks[name] = replace(
        source, name=name, spelled=spelled, line=said.line, is_started=False
    )


def _alter(said: _Said, statement: AlterTask, session: _Session, findings: Findings) -> None:
    found = session.found(statement.name)
    if found is None:
        if not statement.if_exists:
            findings.problem(f"ALTER TASK {said.shown(statement.name)}: nothing made it", said.line)
        return
    session.tasks[found.name] = replace(
        altered(found, statement.action, session.full), left=(*found.left, *said.left)
    )


def _beside(said: _Said, session: _Session, findings: Findings, *, only_tasks: bool) -> None:
    """A statement that is on no task: what of it counts for those that follow."""
    text, tokens = said.text, said.tokens
    if tokens[0].word == "SET":
        session.variables |= _set(tokens)
    elif tokens[0].word == "USE":
        _use(text, tokens, session)
    elif any(token.word == _DEPENDENTS for token in tokens):
        for name, task in session.tasks.items():
            session.tasks[name] = altered(task, ResumeTask(), session.full)
    elif tokens[0].word not in _SILENT and not only_tasks:
        session.kept |= numbers_in(text)
        findings.left(said.script.shown(_shortly(tokens)), said.line)


def _set(tokens: tuple[Token, ...]) -> Mapping[str, str]:
    """`SET name = literal`; what is computed is not known."""
    match tokens[1:]:
        case [name, equals, value] if name.word and equals.text == "=":
            if value.kind in (TokenKind.STRING, TokenKind.DOLLAR_STRING, TokenKind.NUMBER):
                return {name.word: value.text}
    return {}


def _use(text: str, tokens: tuple[Token, ...], session: _Session) -> None:
    kind = tokens[1].word if len(tokens) > 1 else ""
    at = 2 if kind in ("DATABASE", "SCHEMA") else 1
    if kind in ("ROLE", "WAREHOUSE", "SECONDARY") or len(tokens) <= at:
        return
    try:
        name = TokenReader(text, tokens[at:]).qualified_name()
    except SqlTextError:
        return
    if kind == "SCHEMA" or name.schema is not None:
        session.schema, session.database = name.name, name.schema or session.database
    else:
        session.schema, session.database = None, name.name


def _immediate(tokens: tuple[Token, ...]) -> str | None:
    """What EXECUTE IMMEDIATE is given, where that is a constant statement on a task."""
    words, given = [token.word for token in tokens[:2]], tokens[2:]
    if words != ["EXECUTE", "IMMEDIATE"] or len(given) != 1:
        return None
    if given[0].kind not in (TokenKind.STRING, TokenKind.DOLLAR_STRING):
        return None
    try:
        inner = tokenize(given[0].value)
    except SqlTextError:  # a text that is no statement of ours
        return None
    return given[0].value if any(_begins(inner, words) for words in _ON_TASKS) else None


def _begins(tokens: tuple[Token, ...], words: tuple[str, ...]) -> bool:
    return tuple(token.word for token in tokens[: len(words)]) == words


def _spelled(tokens: tuple[Token, ...], stored: str) -> str:
    """The name as it is written where that is a plain word, else as it is stored."""
    words: Callable[[Token], bool] = lambda token: token.word == stored  # noqa: E731 - a key
    return next((token.text for token in tokens if words(token)), stored)


def _shortly(tokens: tuple[Token, ...]) -> str:
    """A statement by its first words: `CREATE TABLE t`."""
    words: list[str] = []
    for token in tokens[:8]:
        if token.text in ("(", "="):
            break
        joins = token.text == "." or (words and words[-1].endswith("."))
        words = [*words[:-1], words[-1] + token.text] if joins and words else [*words, token.text]
    return " ".join(words[:6])
