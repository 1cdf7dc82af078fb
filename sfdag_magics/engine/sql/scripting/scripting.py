"""Snowflake Scripting blocks: read into steps, then carried out one statement at a time.

Knows DECLARE, LET, assignment, IF, CASE, loops, RETURN, EXECUTE IMMEDIATE, SELECT … INTO,
RESULTSET, CURSOR, RAISE and EXCEPTION. Expressions and SQL go through the session with the block's
variables bound, so they mean what they mean anywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from sfdag_magics.engine.borders.answers import Result, SqlError, syntax_error
from sfdag_magics.engine.borders.ports import Bindings, SqlSession, Value
from sfdag_magics.engine.sql.scripting.catching import (
    Failed,
    RaisedError,
    clauses,
    declared_exception,
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
    immediate_parts,
    next_branch,
    pieces,
    until,
)
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import SqlTextError, Token, TokenReader, tokenize

#: What a block's last statement was; nothing before the first.
_OF_STATEMENTS = ("SQLID", "SQLROWCOUNT", "SQLFOUND", "SQLNOTFOUND")


@dataclass(slots=True)
class _Returned(Exception):  # noqa: N818 - it ends a block, it is no error
    """A RETURN on its way out of the block."""

    value: Value | Result


def run_block(text: str, session: SqlSession, given: Mapping[str, Value] | None = None) -> Value:
    """Carry out a block; what it returns: a value, a `Result` for RETURN TABLE, or None.

    Raises:
        SqlError: the block cannot be read, or a statement in it failed and nothing caught it.
    """

    def run(statement: str, values: Bindings, query_id: str | None) -> Result:
        kept = dict(values) if isinstance(values, Mapping) else values
        return session.execute(statement, bindings=kept, query_id=query_id)

    named = {name.upper(): value for name, value in (given or {}).items()}
    frame = Frame(run=run, values={**dict.fromkeys(_OF_STATEMENTS), **named})
    try:
        _block(text, frame)
    except _Returned as returned:
        return returned.value
    except RaisedError as raised:
        raise raised.uncaught() from raised
    except Leap as leap:
        raise syntax_error(
            f"{leap.word} {leap.label}".strip() + " stands in no such loop."
        ) from leap
    except SqlTextError as problem:
        raise syntax_error(str(problem)) from problem
    return None


def _block(text: str, frame: Frame) -> None:
    """`[DECLARE …] BEGIN … [EXCEPTION …] END`."""
    tokens = tokenize(text)
    reader = TokenReader(text, tokens)
    if reader.accept("DECLARE"):
        while not reader.peek_words("BEGIN"):
            _declare(_statement(reader), frame)
    reader.expect("BEGIN")
    body, handler = _parts(text, tokens, reader.position)
    if handler is None:
        _steps(body, frame)
        return
    try:
        _steps(body, frame)
    except SqlError as problem:
        frame.values |= {
            "SQLERRM": problem.message,
            "SQLCODE": problem.code,
            "SQLSTATE": problem.sqlstate,
        }
        _handle(handler, frame, problem)


def _parts(text: str, tokens: Sequence[Token], start: int) -> tuple[str, str | None]:
    """The text between BEGIN and END, and what stands behind its own EXCEPTION."""
    end = next(token for token in reversed(tokens) if token.word == "END")
    for piece in pieces(text[start : end.start]):
        if piece.word == "EXCEPTION":
            split = start + piece.start
            return text[start:split], text[split : end.start]
    return text[start : end.start], None


def _handle(text: str, frame: Frame, problem: SqlError) -> None:
    """The steps of the clause that takes the error; RAISE in them raises it again."""
    failed, frame.failed = frame.failed, Failed.STATEMENT
    known = list(clauses(text, frame.exceptions))
    chosen = next((each for each in known if each.takes(failed)), None)
    if chosen is None:
        frame.failed = failed
        raise problem
    outer, frame.handled = frame.handled, (problem, failed)
    try:
        _steps(chosen.body, frame)
    except SqlError as again:
        if again is problem:
            raise
        raise again from problem
    finally:
        frame.handled = outer


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
    declared = _type(reader)
    given = None if reader.at_end else _given(reader)
    frame.declare(name, declared, given, is_result_set=is_result_set)


def _type(reader: TokenReader) -> str:
    """The text of a type, empty where none is declared."""
    start = reader.position
    while not reader.at_end and not reader.peek_words("DEFAULT") and not reader.peek_words(":="):
        if reader.peek_words("("):
            reader.parenthesized()
        else:
            reader.take()
    return reader.text[start : reader.position].strip()


def _given(reader: TokenReader) -> str:
    """The text behind `:=` or DEFAULT."""
    if not reader.accept("DEFAULT"):
        reader.expect(":=")
    return reader.rest()


def _statement(reader: TokenReader) -> str:
    """The text up to the next semicolon, which is read."""
    start = reader.position
    while not reader.peek_words(";"):
        reader.take()
    end = reader.position
    reader.take()
    return reader.text[start:end]


def _steps(text: str, frame: Frame) -> None:
    for piece in pieces(text):
        _step(piece, frame)


def _step(piece: Piece, frame: Frame) -> None:
    known = _STEPS.get(piece.word)
    reader = TokenReader(piece.text)
    if known is not None:
        known(piece, reader, frame)
        return
    following = reader.peek(1)
    if following is not None and following.text == ":=":
        name = reader.identifier()
        frame.assign(name, _given(reader))
        return
    _run_sql(piece, frame)


def _run_sql(piece: Piece, frame: Frame) -> None:
    """Any SQL statement; `SELECT … INTO :a, :b` keeps its one row in variables."""
    text, names = _without_into(piece)
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


def _without_into(piece: Piece) -> tuple[str, list[str]]:
    if piece.word not in ("SELECT", "WITH", "CALL"):
        return piece.text, []
    tokens = tokenize(piece.text)
    for index, token in enumerate(tokens):
        if token.word == "INTO":
            names, end = _targets(tokens, index + 1)
            return f"{piece.text[: token.start]} {piece.text[end:]}", names
    return piece.text, []


def _targets(tokens: Sequence[Token], index: int) -> tuple[list[str], int]:
    """The variables behind INTO, and where the text after them starts.

    Raises:
        SqlError: one of them has no colon.
    """
    names: list[str] = []
    while True:
        found = [token.text for token in tokens[index : index + 2]]
        if found[:1] != [":"] or len(found) < 2:
            raise syntax_error(
                f"syntax error unexpected '{found[0] if found else '<EOF>'}': INTO takes variables"
                " with a colon, as in INTO :name."
            )
        names.append(tokens[index + 1].value)
        index += 2
        if index >= len(tokens) or tokens[index].text != ",":
            return names, tokens[index - 1].end
        index += 1


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


def _if(piece: Piece, reader: TokenReader, frame: Frame) -> None:
    """`IF (condition) THEN … [ELSEIF (condition) THEN …] [ELSE …] END IF`."""
    for condition, body in _branches(piece.text):
        if condition is None or frame.value(condition):
            _steps(body, frame)
            return


def _branches(text: str) -> Iterator[tuple[str | None, str]]:
    reader = TokenReader(text)
    reader.expect("IF")
    condition: str | None = until(reader, "THEN")
    while True:
        start = reader.position
        word, end = next_branch(reader, ("ELSEIF", "ELSE"))
        yield condition, text[start:end]
        if word == "END":
            return
        condition = until(reader, "THEN") if word == "ELSEIF" else None


def _case(piece: Piece, reader: TokenReader, frame: Frame) -> None:
    """`CASE [(value)] WHEN … THEN … [ELSE …] END [CASE]`; which it is, one expression says."""
    reader.expect("CASE")
    value = until(reader, "WHEN")
    bodies: list[str] = []
    conditions, word = "", "WHEN"
    while word != "END":
        if word == "WHEN":
            conditions += f" WHEN {until(reader, 'THEN')} THEN {len(bodies)}"
        else:
            conditions += f" ELSE {len(bodies)}"
        start = reader.position
        word, end = next_branch(reader, ("WHEN", "ELSE"))
        bodies.append(piece.text[start:end])
    chosen = frame.value(f"CASE {value}{conditions} END")
    if chosen is not None:
        _steps(bodies[int(chosen)], frame)


def _inner(piece: Piece, reader: TokenReader, frame: Frame) -> None:
    """A block within; BEGIN TRANSACTION is a statement."""
    if any(token.word == "END" for token in tokenize(piece.text)):
        with frame.scope():
            _block(piece.text, frame)
    else:
        _run_sql(piece, frame)


def _immediate(piece: Piece, reader: TokenReader, frame: Frame) -> None:
    """`EXECUTE IMMEDIATE expression [USING (variable, …)]`: of a text, which may be computed."""
    if not reader.peek_words("EXECUTE", "IMMEDIATE"):
        _run_sql(piece, frame)  # EXECUTE TASK
        return
    reader.expect("EXECUTE", "IMMEDIATE")
    text, used = immediate_parts(reader)
    statement = frame.value(text)
    if statement is None:
        raise syntax_error(f"EXECUTE IMMEDIATE of NULL, which {text.strip()} is.")
    frame.sql(str(statement), [frame.value(each) for each in used])


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
    "IF": _if,
    "CASE": _case,
    "WHILE": partial(while_loop, _steps),
    "LOOP": partial(endless_loop, _steps),
    "FOR": partial(for_loop, _steps),
    "BEGIN": _inner,
    "DECLARE": _inner,
    "EXECUTE": _immediate,
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
