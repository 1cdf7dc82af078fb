"""Snowflake Scripting blocks: read into steps, then carried out one statement at a time.

Knows DECLARE, LET, assignment, IF, CASE, loops, RETURN, EXECUTE IMMEDIATE, SELECT … INTO,
RESULTSET, RAISE and EXCEPTION WHEN OTHER. Expressions and SQL go through the session with the
block's variables bound, so they mean what they mean anywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sfdag_magics.engine.answers import Result, SqlError, syntax_error, unsupported
from sfdag_magics.engine.ports import SqlSession, Value
from sfdag_magics.engine.sql.scripting.script_text import Piece, bound_text, pieces
from sfdag_magics.sqltext import SqlTextError, Token, TokenKind, TokenReader, tokenize

Run = Callable[[str, Mapping[str, Value]], Result]
_LOOP_ENDS = ("BREAK", "EXIT")


@dataclass(slots=True)
class _Returned(Exception):  # noqa: N818 - it ends a block, it is no error
    """A RETURN on its way out of the block."""

    value: Value | Result


class _Break(Exception):  # noqa: N818 - it ends a loop, it is no error
    """A BREAK on its way out of the loop."""


class _Continue(Exception):  # noqa: N818 - it starts a loop anew, it is no error
    """A CONTINUE on its way to the next round."""


@dataclass(slots=True)
class _Frame:
    """The variables of a running block; inner blocks see and change the outer ones."""

    run: Run
    values: dict[str, Value] = field(default_factory=dict)

    def sql(self, text: str) -> Result:
        """Carry out one SQL statement with `:name` bound."""
        result = self.run(text, self.values)
        self.values["SQLROWCOUNT"] = result.rows_affected
        return result

    def value(self, text: str) -> Value:
        """What an expression is; variables stand in it without a colon."""
        result = self.run(f"SELECT {bound_text(text, self.values)} AS V", self.values)
        return result.rows.column(0)[0].as_py() if result.rows.num_rows else None


def run_block(text: str, session: SqlSession, given: Mapping[str, Value] | None = None) -> Value:
    """Carry out a block; what it returns: a value, a `Result` for RETURN TABLE, or None.

    Raises:
        SqlError: the block cannot be read, or a statement in it failed and nothing caught it.
    """

    def run(statement: str, values: Mapping[str, Value]) -> Result:
        return session.execute(statement, bindings=dict(values))

    frame = _Frame(run=run, values={name.upper(): value for name, value in (given or {}).items()})
    try:
        _block(text, frame)
    except _Returned as returned:
        return returned.value
    except SqlTextError as problem:
        raise syntax_error(str(problem)) from problem
    return None


def _block(text: str, frame: _Frame) -> None:
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


def _handle(text: str, frame: _Frame, problem: SqlError) -> None:
    """`EXCEPTION WHEN OTHER THEN …`; other names are of declared exceptions."""
    reader = TokenReader(text)
    reader.expect("EXCEPTION", "WHEN")
    name = reader.identifier()
    reader.expect("THEN")
    if name not in ("OTHER", "STATEMENT_ERROR", "EXPRESSION_ERROR"):
        raise unsupported(f"EXCEPTION WHEN {name}")
    try:
        _steps(text[reader.position :], frame)
    except SqlError as again:
        raise (problem if again.message == _RAISE_AGAIN else again) from problem


_RAISE_AGAIN = "RAISE"


def _declare(text: str, frame: _Frame) -> None:
    """`name [type] [DEFAULT expression]` of DECLARE."""
    reader = TokenReader(text)
    name = reader.identifier()
    if reader.peek_words("CURSOR") or reader.peek_words("EXCEPTION"):
        raise unsupported(f"DECLARE {name} {reader.take().word}")
    frame.values[name] = None
    _skip_type(reader)
    if not reader.at_end:
        _assign(name, reader, frame)


def _skip_type(reader: TokenReader) -> None:
    while not reader.at_end and not reader.peek_words("DEFAULT") and not reader.peek_words(":="):
        if reader.peek_words("("):
            reader.parenthesized()
        else:
            reader.take()


def _assign(name: str, reader: TokenReader, frame: _Frame) -> None:
    if not reader.accept("DEFAULT"):
        reader.expect(":=")
    text = reader.rest()
    inner = _query_inside(text)
    frame.values[name] = frame.sql(inner) if inner is not None else frame.value(text)


def _query_inside(text: str) -> str | None:
    """The query of `(SELECT …)`, which makes a RESULTSET; a single value is one of its rows."""
    reader = TokenReader(text)
    if not reader.peek_words("(", "SELECT") and not reader.peek_words("(", "SHOW"):
        return None
    inner = reader.parenthesized()
    return inner if reader.at_end else None


def _statement(reader: TokenReader) -> str:
    """The text up to the next semicolon, which is read."""
    start = reader.position
    while not reader.peek_words(";"):
        reader.take()
    end = reader.position
    reader.take()
    return reader.text[start:end]


def _steps(text: str, frame: _Frame) -> None:
    for piece in pieces(text):
        _step(piece, frame)


def _step(piece: Piece, frame: _Frame) -> None:
    known = _STEPS.get(piece.word)
    reader = TokenReader(piece.text)
    if known is not None:
        known(piece, reader, frame)
        return
    following = reader.peek(1)
    if following is not None and following.text == ":=":
        name = reader.identifier()
        if name not in frame.values:
            raise _not_declared(name)
        _assign(name, reader, frame)
        return
    _run_sql(piece, frame)


def _not_declared(name: str) -> SqlError:
    return SqlError(
        "SQL compilation error: error line 1 at position 0\n"
        f"invalid identifier '{name}': LET or DECLARE makes a variable.",
        code=904,
        sqlstate="42000",
    )


def _run_sql(piece: Piece, frame: _Frame) -> None:
    """Any SQL statement; `SELECT … INTO :a, :b` keeps its one row in variables."""
    text, names = _without_into(piece)
    for name in names:
        if name not in frame.values:
            raise _not_declared(name)
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
    for index, name in enumerate(names):
        frame.values[name] = result.rows.column(index)[0].as_py()


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


def _let(piece: Piece, reader: TokenReader, frame: _Frame) -> None:
    reader.expect("LET")
    _declare(reader.rest(), frame)


def _return(piece: Piece, reader: TokenReader, frame: _Frame) -> None:
    reader.expect("RETURN")
    if reader.accept("TABLE"):
        text = reader.parenthesized().strip()
        found = frame.values.get(text.upper())
        raise _Returned(found if isinstance(found, Result) else frame.sql(text))
    text = reader.rest()
    raise _Returned(frame.value(text) if text else None)


def _if(piece: Piece, reader: TokenReader, frame: _Frame) -> None:
    """`IF (condition) THEN … [ELSEIF (condition) THEN …] [ELSE …] END IF`."""
    for condition, body in _branches(piece.text):
        if condition is None or frame.value(condition):
            _steps(body, frame)
            return


def _branches(text: str) -> Iterator[tuple[str | None, str]]:
    reader = TokenReader(text)
    reader.expect("IF")
    condition: str | None = _until(reader, "THEN")
    while True:
        start = reader.position
        word, end = _next_branch(reader, ("ELSEIF", "ELSE"))
        yield condition, text[start:end]
        if word == "END":
            return
        condition = _until(reader, "THEN") if word == "ELSEIF" else None


def _case(piece: Piece, reader: TokenReader, frame: _Frame) -> None:
    """`CASE [(value)] WHEN … THEN … [ELSE …] END [CASE]`; which it is, one expression says."""
    reader.expect("CASE")
    value = _until(reader, "WHEN")
    bodies: list[str] = []
    conditions, word = "", "WHEN"
    while word != "END":
        if word == "WHEN":
            conditions += f" WHEN {_until(reader, 'THEN')} THEN {len(bodies)}"
        else:
            conditions += f" ELSE {len(bodies)}"
        start = reader.position
        word, end = _next_branch(reader, ("WHEN", "ELSE"))
        bodies.append(piece.text[start:end])
    chosen = frame.value(f"CASE {value}{conditions} END")
    if chosen is not None:
        _steps(bodies[int(chosen)], frame)


def _next_branch(reader: TokenReader, words: Sequence[str]) -> tuple[str, int]:
    """Reads to one of the words or the END of this statement, over those of inner ones."""
    depth, previous = 0, ";"
    while True:
        token = reader.take()
        if token.word in _OPENING and not _is_closing(reader, token):
            depth += 1
        elif token.word == "END":
            if depth == 0:
                return "END", token.start
            depth -= 1
            _skip_closing(reader)
        elif depth == 0 and token.word in words and previous == ";":
            return token.word, token.start
        previous = token.text


_OPENING = ("IF", "CASE", "BEGIN", "LOOP", "FOR", "WHILE", "REPEAT")


def _is_closing(reader: TokenReader, token: Token) -> bool:
    """IF of `DROP TABLE IF EXISTS` opens nothing."""
    return token.word == "IF" and (
        reader.peek_words("EXISTS") or reader.peek_words("NOT", "EXISTS")
    )


def _skip_closing(reader: TokenReader) -> None:
    for word in _OPENING:
        if reader.accept(word):
            return


def _until(reader: TokenReader, word: str) -> str:
    """The text up to `word`, which is read; a CASE inside keeps its own THEN."""
    start, cases = reader.position, 0
    while True:
        token = reader.take()
        cases += {"CASE": 1, "END": -1}.get(token.word, 0)
        if token.word == word and not cases:
            return reader.text[start : token.start]


def _while(piece: Piece, reader: TokenReader, frame: _Frame) -> None:
    reader.expect("WHILE")
    condition = _until(reader, "DO")
    body = _loop_body(reader)
    while frame.value(condition):
        if _round(body, frame):
            return


def _loop(piece: Piece, reader: TokenReader, frame: _Frame) -> None:
    reader.expect("LOOP")
    body = _loop_body(reader)
    while not _round(body, frame):
        pass


def _for(piece: Piece, reader: TokenReader, frame: _Frame) -> None:
    """`FOR i IN [REVERSE] a TO b DO …` and `FOR row IN resultset DO …`."""
    reader.expect("FOR")
    name = reader.identifier()
    reader.expect("IN")
    reverse = reader.accept("REVERSE")
    source = _until(reader, "DO")
    body = _loop_body(reader)
    for value in _rounds(name, source, frame, reverse=reverse):
        frame.values.update(value)
        if _round(body, frame):
            return


def _rounds(name: str, source: str, frame: _Frame, *, reverse: bool) -> Iterator[dict[str, Value]]:
    words = TokenReader(source)
    first = _until(words, "TO") if any(t.word == "TO" for t in tokenize(source)) else None
    if first is not None:
        start, stop = frame.value(first), frame.value(words.rest())
        numbers = range(int(start), int(stop) + 1)
        yield from ({name: number} for number in (reversed(numbers) if reverse else numbers))
        return
    found = frame.values.get(source.strip().upper())
    if not isinstance(found, Result):
        raise unsupported(f"FOR {name} IN {source.strip()}")
    names = [column.name for column in found.columns]
    for row in zip(*(column.to_pylist() for column in found.rows.columns), strict=True):
        yield {f"{name}.{column}": value for column, value in zip(names, row, strict=True)}


def _loop_body(reader: TokenReader) -> str:
    """What stands up to the last END of this text."""
    start = reader.position
    tokens = tokenize(reader.text)
    end = next(token for token in reversed(tokens) if token.word == "END")
    return reader.text[start : end.start]


def _round(body: str, frame: _Frame) -> bool:
    """One round of a loop; whether it was the last."""
    try:
        _steps(body, frame)
    except _Break:
        return True
    except _Continue:
        return False
    return False


def _inner(piece: Piece, reader: TokenReader, frame: _Frame) -> None:
    """A block within; BEGIN TRANSACTION is a statement."""
    if any(token.word == "END" for token in tokenize(piece.text)):
        _block(piece.text, frame)
    else:
        _run_sql(piece, frame)


def _immediate(piece: Piece, reader: TokenReader, frame: _Frame) -> None:
    """EXECUTE IMMEDIATE of a text, a variable or an expression."""
    reader.expect("EXECUTE", "IMMEDIATE")
    first = reader.peek()
    if first is None:
        raise reader.unexpected("a statement")
    text = first.value if first.kind in _STRINGS else frame.value(reader.rest())
    frame.sql(str(text))


_STRINGS = (TokenKind.STRING, TokenKind.DOLLAR_STRING)


def _raise(piece: Piece, reader: TokenReader, frame: _Frame) -> None:
    reader.expect("RAISE")
    if reader.at_end:
        raise SqlError(_RAISE_AGAIN)
    raise unsupported(f"RAISE {reader.rest()}")


def _break(piece: Piece, reader: TokenReader, frame: _Frame) -> None:
    raise _Break if piece.word in _LOOP_ENDS else _Continue


def _nothing(piece: Piece, reader: TokenReader, frame: _Frame) -> None:
    """NULL does nothing."""


_STEPS: Mapping[str, Callable[[Piece, TokenReader, _Frame], None]] = {
    "LET": _let,
    "RETURN": _return,
    "IF": _if,
    "CASE": _case,
    "WHILE": _while,
    "LOOP": _loop,
    "FOR": _for,
    "BEGIN": _inner,
    "DECLARE": _inner,
    "EXECUTE": _immediate,
    "RAISE": _raise,
    "BREAK": _break,
    "EXIT": _break,
    "CONTINUE": _break,
    "NULL": _nothing,
}
