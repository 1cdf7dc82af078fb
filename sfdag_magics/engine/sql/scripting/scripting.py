"""Snowflake Scripting blocks: read into steps, then carried out one statement at a time.

Knows DECLARE, LET, assignment, IF, CASE, loops, RETURN, EXECUTE IMMEDIATE, SELECT … INTO,
RESULTSET, CURSOR, ASYNC, RAISE and EXCEPTION. Expressions and SQL go through the session with the
block's variables bound, so they mean what they mean anywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from sfdag_magics.engine.borders.answers import Result, SqlError, syntax_error
from sfdag_magics.engine.borders.ports import Bindings, Value
from sfdag_magics.engine.sql.scripting.block_text import (
    SYSTEM,
    Block,
    given_text,
    is_block,
    read_block,
    type_text,
    without_into,
)
from sfdag_magics.engine.sql.scripting.branches import case_statement, if_statement
from sfdag_magics.engine.sql.scripting.catching import (
    OF_NO_STATEMENT,
    Failed,
    RaisedError,
    clauses,
    declared_exception,
    uncaught,
    unknown_exception,
)
from sfdag_magics.engine.sql.scripting.cursors import (
    close_cursor,
    declare_cursor,
    fetch,
    open_cursor,
    rows_of,
)
from sfdag_magics.engine.sql.scripting.frame import Frame, not_declared, rows_of_result
from sfdag_magics.engine.sql.scripting.loops import (
    Leap,
    endless_loop,
    for_loop,
    leap,
    repeat_loop,
    while_loop,
)
from sfdag_magics.engine.sql.scripting.script_text import (
    Piece,
    pieces,
)
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import SqlTextError, TokenReader, tokenize

#: A CONTINUE clause goes on behind them where something in them failed; of a loop's round with the
#: next one (Snowflake docs: "EXCEPTION (Snowflake Scripting)", usage notes).
_CONSTRUCTS = frozenset({"IF", "CASE", "WHILE", "LOOP", "FOR", "REPEAT"})
#: What a block's last statement was; nothing before the first.
_OF_STATEMENTS = ("SQLID", "SQLROWCOUNT", "SQLFOUND", "SQLNOTFOUND")


@dataclass(slots=True)
class _Returned(Exception):  # noqa: N818 - it ends a block, it is no error
    """A RETURN on its way out of the block."""

    value: Value | Result


def run_block(
    text: str, session: Session, given: Mapping[str, Value] | None = None, *, noted_as: str = ""
) -> Value:
    """Carry out a block; what it returns: a value, a `Result` for RETURN TABLE, or None.

    Args:
        noted_as: an id under which its outcome is noted, where it is that of one statement.

    Raises:
        SqlError: the block cannot be read, or a statement in it failed and nothing caught it.
    """

    def run(statement: str, values: Bindings, query_id: str | None) -> Result:
        kept = dict(values) if isinstance(values, Mapping) else values
        return session.execute(statement, bindings=kept, query_id=query_id, noted_as=noted)

    noted = ""
    named = {name.upper(): value for name, value in (given or {}).items()}
    frame = Frame(run=run, values={**dict.fromkeys(_OF_STATEMENTS), **named})
    try:
        block = read_block(text)
        noted = noted_as if block.is_one_statement else ""
        _block(block, frame)
    except _Returned as returned:
        return returned.value
    except SqlError as problem:
        if frame.failed_at is None or not frame.is_of_statement(problem):
            raise
        raise uncaught(problem, frame.failed, frame.failed_at[1]) from problem
    except Leap as leap:
        raise syntax_error(
            f"{leap.word} {leap.label}".strip() + " stands in no such loop."
        ) from leap
    except SqlTextError as problem:
        raise syntax_error(str(problem)) from problem
    return None


def _block(block: Block, frame: Frame) -> None:
    for declared in block.declarations:
        _declare(declared, frame)
    handler = None if block.handler is None else _Handler(text=block.handler, frame=frame)
    outer = frame.continues
    frame.continues = None if handler is None else partial(handler.took, continues=True)
    try:
        for piece in pieces(block.body):
            _step(piece, frame, may_continue=True)
    except SqlError as problem:
        if handler is None or not handler.took(problem, continues=False):
            raise
    finally:
        frame.continues = outer


@dataclass(slots=True)
class _Handler:
    """What stands behind the EXCEPTION of a block that runs.

    Attributes:
        raised: the error that a clause ended in; it is for the blocks around.
    """

    text: str
    frame: Frame
    raised: SqlError | None = None

    def took(self, problem: SqlError, *, continues: bool) -> bool:
        """Carry out the clause that takes an error, where that is of the type; whether it was.

        RAISE in its steps raises the error again.
        """
        frame = self.frame
        known = list(clauses(self.text, frame.exceptions))
        chosen = next((each for each in known if each.takes(frame.failed)), None)
        if chosen is None or chosen.continues != continues or problem is self.raised:
            return False
        if continues and problem.code in OF_NO_STATEMENT:
            return False
        frame.values |= {
            "SQLERRM": problem.message,
            "SQLCODE": problem.code,
            "SQLSTATE": problem.sqlstate,
        }
        before = frame.handled, frame.continues
        frame.handled, frame.continues = (problem, frame.failed), None
        frame.failed = Failed.STATEMENT
        try:
            _steps(chosen.body, frame)
        except SqlError as again:
            self.raised = again
            if again is problem:
                raise
            raise again from problem
        finally:
            frame.handled, frame.continues = before
        return True


def _declare(text: str, frame: Frame) -> None:
    """`name [type] [DEFAULT expression]` of DECLARE."""
    reader = TokenReader(text)
    name = reader.identifier()
    if reader.peek_words("CURSOR"):
        declare_cursor(name, reader, frame)
        return
    if reader.peek_words("EXCEPTION"):
        exception = declared_exception(name, reader)
        frame.hide(name)
        frame.exceptions[name] = exception
        return
    is_result_set = reader.peek_words("RESULTSET")
    declared = type_text(reader)
    given = None if reader.at_end else given_text(reader)
    frame.declare(name, declared, given, is_result_set=is_result_set)


def _steps(text: str, frame: Frame) -> None:
    for piece in pieces(text):
        _step(piece, frame, may_continue=piece.word in _CONSTRUCTS)


def _step(piece: Piece, frame: Frame, *, may_continue: bool) -> None:
    try:
        _carry_out(piece, frame)
    except SqlError as problem:
        frame.failing_at(problem, piece.place)
        if not (may_continue and frame.goes_on(problem)):
            raise


def _carry_out(piece: Piece, frame: Frame) -> None:
    known = _STEPS.get(piece.word)
    reader = TokenReader(piece.text)
    if known is not None:
        known(piece, reader, frame)
        return
    following = reader.peek(1)
    if following is not None and following.text == ":=":
        name = reader.identifier()
        frame.assign(name, given_text(reader))
        return
    if piece.word.startswith(SYSTEM):
        frame.value(piece.text)
        return
    _run_sql(piece, frame)


def _run_sql(piece: Piece, frame: Frame) -> None:
    """Any SQL statement; `SELECT … INTO :a, :b` keeps its one row in variables."""
    text, names = without_into(piece)
    for name in names:
        if name not in frame.values:
            raise not_declared(name)
    result = frame.sql(text)
    if not names:
        return
    if result.rows.num_rows != 1 or result.rows.num_columns != len(names):
        raise SqlError(
            "A SELECT INTO statement expects exactly 1 returned row, but got"
            f" {result.rows.num_rows}.",
            code=90232,
            sqlstate="22000",
        )
    [row] = rows_of_result(result)
    for name, value in zip(names, row, strict=True):
        frame.put(name, value)


def _let(piece: Piece, reader: TokenReader, frame: Frame) -> None:
    reader.expect("LET")
    _declare(reader.rest(), frame)


def _return(piece: Piece, reader: TokenReader, frame: Frame) -> None:
    reader.expect("RETURN")
    if reader.accept("TABLE"):
        text = reader.parenthesized().strip()
        words = tokenize(text)
        is_held = len(words) == 1 or words[0].word == "RESULTSET_FROM_CURSOR"
        raise _Returned(rows_of(text, frame) if is_held else frame.sql(text))
    text = reader.rest()
    raise _Returned(frame.value(text) if text else None)


def _inner(piece: Piece, reader: TokenReader, frame: Frame) -> None:
    """A block within; BEGIN TRANSACTION is a statement."""
    if is_block(piece):
        with frame.scope():
            _block(read_block(piece.text), frame)
    else:
        _run_sql(piece, frame)


def _execute(piece: Piece, reader: TokenReader, frame: Frame) -> None:
    """EXECUTE IMMEDIATE, whose text may be computed; else EXECUTE TASK and its like."""
    frame.carried_out(piece.text)


def _async(piece: Piece, reader: TokenReader, frame: Frame) -> None:
    """`ASYNC (statement)`."""
    frame.begin(piece.text)


def _await(piece: Piece, reader: TokenReader, frame: Frame) -> None:
    """`AWAIT ALL` and `AWAIT resultset`."""
    reader.expect("AWAIT")
    frame.end_begun("" if reader.accept("ALL") else reader.identifier())


def _cancel(piece: Piece, reader: TokenReader, frame: Frame) -> None:
    """`CANCEL resultset`: what was begun is over, and its error nobody's."""
    reader.expect("CANCEL")
    name = reader.identifier()
    if name not in frame.result_sets:
        raise not_declared(name)
    frame.begun.pop(name, None)


def _raise(piece: Piece, reader: TokenReader, frame: Frame) -> None:
    reader.expect("RAISE")
    if reader.at_end and frame.handled is not None:
        problem, frame.failed = frame.handled
        raise problem
    if reader.at_end:
        raise syntax_error(
            "syntax error unexpected 'RAISE': alone it stands in EXCEPTION WHEN only."
        )
    name = reader.identifier()
    declared = frame.exceptions.get(name)
    if declared is None:
        raise unknown_exception(name)
    frame.failed = name
    raise RaisedError(name, declared.code, declared.message)


def _open(piece: Piece, reader: TokenReader, frame: Frame) -> None:
    open_cursor(reader, frame)


def _fetch(piece: Piece, reader: TokenReader, frame: Frame) -> None:
    fetch(reader, frame)


def _close(piece: Piece, reader: TokenReader, frame: Frame) -> None:
    close_cursor(reader, frame)


def _nothing(piece: Piece, reader: TokenReader, frame: Frame) -> None:
    """NULL does nothing."""


_STEPS: Mapping[str, Callable[[Piece, TokenReader, Frame], None]] = {
    "LET": _let,
    "RETURN": _return,
    "IF": partial(if_statement, _steps),
    "CASE": partial(case_statement, _steps),
    "WHILE": partial(while_loop, _steps),
    "LOOP": partial(endless_loop, _steps),
    "FOR": partial(for_loop, _steps),
    "BEGIN": _inner,
    "DECLARE": _inner,
    "EXECUTE": _execute,
    "ASYNC": _async,
    "AWAIT": _await,
    "CANCEL": _cancel,
    "RAISE": _raise,
    "REPEAT": partial(repeat_loop, _steps),
    "BREAK": leap,
    "EXIT": leap,
    "CONTINUE": leap,
    "ITERATE": leap,
    "NULL": _nothing,
    "OPEN": _open,
    "FETCH": _fetch,
    "CLOSE": _close,
}
