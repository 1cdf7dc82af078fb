"""A block as it is looked at before it is carried out: its grammar, and each of its statements.

Whoever is handed the statements says what is wrong with one. What EXECUTE IMMEDIATE is given is
known to the run alone; names and values are not looked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sfdag_magics.engine.borders.answers import syntax_error
from sfdag_magics.engine.sql.scripting.block_text import (
    SYSTEM,
    given_text,
    is_block,
    read_block,
    type_text,
    without_into,
)
from sfdag_magics.engine.sql.scripting.branches import case_parts, if_parts
from sfdag_magics.engine.sql.scripting.catching import clauses, declared_exception
from sfdag_magics.engine.sql.scripting.script_text import (
    Piece,
    loop_parts,
    pieces,
    query_inside,
    statement_inside,
    until,
)
from sfdag_magics.sqltext import SqlTextError, TokenReader, tokenize

#: Looks at one statement; raises where it is none that can be carried out.
Check = Callable[[str], None]


class BlockCheck:
    """One block with those within it. `check` is called for each statement and query."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._exceptions: set[str] = set()
        self._looks: Mapping[str, Callable[[Piece, TokenReader], None]] = {
            "LET": self._let,
            "RETURN": self._return,
            "IF": self._if,
            "CASE": self._case,
            "WHILE": self._while,
            "LOOP": self._loop,
            "REPEAT": self._loop,
            "FOR": self._for,
            "BEGIN": self._inner,
            "DECLARE": self._inner,
            "EXECUTE": self._execute,
            "ASYNC": self._async,
            **dict.fromkeys(_SAYS_NAMES, _nothing),
        }

    def block(self, text: str) -> None:
        """Look at a block.

        Raises:
            SqlError: it is none, or one of its statements cannot be carried out.
        """
        try:
            self._block(text)
        except SqlTextError as problem:
            raise syntax_error(str(problem)) from problem

    def _block(self, text: str) -> None:
        block = read_block(text)
        outer = set(self._exceptions)
        for each in block.declarations:
            self._declared(each)
        self._steps(block.body)
        for clause in clauses(block.handler, self._exceptions) if block.handler else ():
            self._steps(clause.body)
        self._exceptions = outer

    def _steps(self, text: str) -> None:
        for piece in pieces(text):
            self._step(piece)

    def _step(self, piece: Piece) -> None:
        reader = TokenReader(piece.text)
        following = reader.peek(1)
        if look := self._looks.get(piece.word):
            look(piece, reader)
        elif following is not None and following.text == ":=":
            reader.identifier()
            self._given(given_text(reader))
        elif piece.word.startswith(SYSTEM):
            self._expressions([piece.text])
        else:
            self._check(without_into(piece)[0].strip())

    def _declared(self, text: str) -> None:
        reader = TokenReader(text)
        name = reader.identifier()
        if reader.accept("CURSOR"):
            reader.expect("FOR")
            source = reader.rest()
            if len(tokenize(source)) > 1:
                self._check(source)
        elif reader.peek_words("EXCEPTION"):
            declared_exception(name, reader)
            self._exceptions.add(name)
        else:
            type_text(reader)
            if not reader.at_end:
                self._given(given_text(reader))

    def _given(self, text: str) -> None:
        """What is assigned: an expression, a query or a statement."""
        reader = TokenReader(text)
        if reader.accept("ASYNC"):
            text = f"({reader.parenthesized()})"
        inner = query_inside(text)
        if statement_inside(text) is not None:
            self._execute_text(str(inner))
        elif inner is not None and TokenReader(inner).peek_words("SELECT"):
            self._check(inner)
        else:
            self._expressions([text])

    def _expressions(self, texts: Iterable[str]) -> None:
        for text in texts:
            if all(token.text in "()" for token in tokenize(text)):
                raise syntax_error("syntax error: an expression is missing, its place is empty.")
            if statement_inside(text) is None:
                self._check(f"SELECT {text}")

    def _let(self, piece: Piece, reader: TokenReader) -> None:
        reader.expect("LET")
        self._declared(reader.rest())

    def _return(self, piece: Piece, reader: TokenReader) -> None:
        reader.expect("RETURN")
        if not reader.accept("TABLE"):
            self._expressions([] if reader.at_end else [reader.rest()])
            return
        text = reader.parenthesized().strip()
        words = tokenize(text)
        if len(words) > 1 and words[0].word != "RESULTSET_FROM_CURSOR":
            self._check(text)

    def _if(self, piece: Piece, reader: TokenReader) -> None:
        for condition, body in if_parts(piece.text):
            self._expressions([] if condition is None else [condition])
            self._steps(body)

    def _case(self, piece: Piece, reader: TokenReader) -> None:
        expression, bodies = case_parts(piece)
        self._expressions([expression])
        for body in bodies:
            self._steps(body)

    def _while(self, piece: Piece, reader: TokenReader) -> None:
        reader.expect("WHILE")
        self._expressions([until(reader, "DO", "LOOP")])
        self._steps(loop_parts(reader).body)

    def _loop(self, piece: Piece, reader: TokenReader) -> None:
        reader.take()
        loop = loop_parts(reader)
        self._expressions([loop.until] if loop.until else [])
        self._steps(loop.body)

    def _for(self, piece: Piece, reader: TokenReader) -> None:
        reader.expect("FOR")
        reader.identifier()
        reader.expect("IN")
        until(reader, "DO", "LOOP")
        self._steps(loop_parts(reader).body)

    def _inner(self, piece: Piece, reader: TokenReader) -> None:
        if is_block(piece):
            self._block(piece.text)
        else:
            self._check(piece.text.strip())

    def _execute(self, piece: Piece, reader: TokenReader) -> None:
        self._execute_text(piece.text.strip())

    def _execute_text(self, text: str) -> None:
        if not TokenReader(text).peek_words("EXECUTE", "IMMEDIATE"):
            self._check(text)

    def _async(self, piece: Piece, reader: TokenReader) -> None:
        reader.expect("ASYNC")
        self._execute_text(reader.parenthesized())


def _nothing(piece: Piece, reader: TokenReader) -> None:
    """Only names stand in it."""


_SAYS_NAMES = (
    "RAISE", "BREAK", "EXIT", "CONTINUE", "ITERATE", "NULL", "OPEN", "FETCH", "CLOSE", "AWAIT",
    "CANCEL",
)  # fmt: skip
