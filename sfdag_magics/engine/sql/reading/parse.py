"""From one statement's text to sqlglot's tree. Knows spelling; names and functions mean nothing.

Two things are noted while parsing, because the tree forgets them: the name a function was called
by (`meta[CALLED]`), and how an expression without an alias was written, which is its column's name
in Snowflake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Any, ClassVar, TypeVar

from sqlglot import exp
from sqlglot.dialects.snowflake import Snowflake
from sqlglot.errors import ParseError, SqlglotError, TokenError
from sqlglot.parsers.snowflake import SnowflakeParser
from sqlglot.tokenizer_core import TokenType

from sfdag_magics.engine.borders.answers import SqlError, syntax_error, unsupported
from sfdag_magics.engine.limits.hearing import EACH, hear
from sfdag_magics.engine.sql.functions.flatten import tokens_to_table
from sfdag_magics.engine.sql.functions.macros import AS_WRITTEN
from sfdag_magics.engine.sql.reading.chains import evenly_chained, refuse_too_deep
from sfdag_magics.engine.sql.reading.hierarchies import with_levels
from sfdag_magics.engine.sql.reading.join_forms import with_join_forms
from sfdag_magics.engine.sql.reading.models_called import (
    MODEL,
    model_of,
    with_models_written_out,
)
from sfdag_magics.engine.sql.reading.nesting import deep_reading
from sfdag_magics.engine.sql.reading.parentheses import without_parentheses
from sfdag_magics.engine.sql.values.intervals import intervals_last

_Tree = TypeVar("_Tree", bound=exp.Expr)

CALLED = "called"
#: Of texts that may have a form which few have: others need not be gone through for it.
_OF_JOINS = re.compile(r"\(\s*\+\s*\)|MATCH_CONDITION", re.IGNORECASE)
_OF_HIERARCHIES = re.compile(r"CONNECT\s+BY", re.IGNORECASE)
_CUTTING = frozenset({"TRUNC", "TRUNCATE"})
_NO_ITEM = "Expected an item of the list"
_NAMED_ALREADY = (exp.Alias, exp.Aliases, exp.Star, exp.Column, exp.Query)


class _Parser(SnowflakeParser):
    FUNCTIONS: ClassVar = {
        **SnowflakeParser.FUNCTIONS,
        "HLL": exp.ApproxDistinct.from_arg_list,
        "STRTOK_SPLIT_TO_TABLE": tokens_to_table,
    }
    #: `& | ^`, DIV and GLOB are other systems'; Snowflake has functions for them.
    BITWISE: ClassVar = {}
    #: `ARRAY[1]` and `LIST[1]` are elements of columns that are called so.
    ARRAY_CONSTRUCTORS: ClassVar = {}
    FACTOR: ClassVar = {
        token: kind for token, kind in SnowflakeParser.FACTOR.items() if kind is not exp.IntDiv
    }
    RANGE_PARSERS: ClassVar = {
        token: reading
        for token, reading in SnowflakeParser.RANGE_PARSERS.items()
        if token is not TokenType.GLOB
    }

    #: Whether what is read are the clauses of a MERGE.
    _is_merging = False

    def _advance(self, times: int = 1) -> None:
        super()._advance(times)
        if not self._index % EACH:
            hear()

    def _parse_csv(
        self, parse_method: Callable[[], Any], sep: TokenType = TokenType.COMMA
    ) -> list[Any]:
        """The items of a list; the base class takes nothing between two commas for no item."""
        item, written = parse_method(), False
        items = [item] if item is not None else []
        while self._match(sep):
            comma = self._prev
            if item is None and not written:
                self.raise_error(_NO_ITEM, comma)
            if isinstance(item, exp.Expr):
                self._add_comments(item)
            index = self._index
            item, written = parse_method(), self._index > index
            if item is not None:
                items.append(item)
            elif not written and parse_method != self._parse_projection:
                self.raise_error(_NO_ITEM, self._curr or comma)
        return items

    def _parse_join(
        self,
        skip_join_token: bool = False,  # noqa: FBT001, FBT002 - the base class's signature
        parse_bracket: bool = False,  # noqa: FBT001, FBT002 - the base class's signature
        alias_tokens: Collection[TokenType] | None = None,
    ) -> exp.Join | None:
        """The same of a list of tables."""
        comma, behind = self._curr, self._next
        if self._match(TokenType.COMMA, advance=False) and (
            not behind or behind.token_type in (TokenType.COMMA, TokenType.R_PAREN)
        ):
            self.raise_error(_NO_ITEM, behind or comma)
        join: exp.Join | None = super()._parse_join(skip_join_token, parse_bracket, alias_tokens)
        return join

    def _parse_derived_table_values(  # type: ignore[override]  # who calls it asks for no more
        self,
        allow_value_synonym: bool = False,  # noqa: FBT001, FBT002 - the base class's signature
    ) -> exp.Values | exp.Subquery | None:
        """VALUES behind FROM; the base class knows no PIVOT of it."""
        values: exp.Values | None = super()._parse_derived_table_values(allow_value_synonym)
        if values is None or not (pivots := self._parse_pivots()):
            return values
        return exp.Subquery(this=exp.select("*").from_(values), pivots=pivots)

    def _parse_when_matched(self) -> exp.Whens:
        """The clauses of a MERGE; the base class knows no ALL BY NAME, and takes a star for it."""
        self._is_merging = True
        try:
            return expected(super()._parse_when_matched(), exp.Whens)
        finally:
            self._is_merging = False

    def _parse_star(self) -> exp.Expr | None:
        if not self._is_merging:
            star: exp.Expr | None = super()._parse_star()
            return star
        return exp.Star() if self._match_text_seq("ALL", "BY", "NAME") else None

    def _parse_projections(self) -> tuple[list[exp.Expr], list[exp.Expr] | None]:
        return self._parse_csv(self._parse_projection), None

    def _parse_projection(self) -> exp.Expr | None:
        start = self._curr
        item: exp.Expr | None = self._parse_expression()
        if item is None or (isinstance(item, _NAMED_ALREADY) and not _is_subquery(item)):
            return item
        if (star := item.find(exp.Star)) and star.find_ancestor(exp.Func) is None:
            return item
        written = self._find_sql(start, self._prev)
        return exp.alias_(item, exp.to_identifier(written.upper(), quoted=True), copy=False)

    def _parse_column_ops(self, this: exp.Expr | None) -> exp.Expr | None:
        """What follows a value; the base class takes `v[0].name` for a part of a name."""
        return _fields_by_key(super()._parse_column_ops(this))

    def _parse_cte(self) -> exp.CTE | exp.FunctionSpecification | None:
        """One part of WITH; the base class knows no `m AS MODEL name VERSION v`."""
        index = self._index
        alias = self._parse_id_var()
        is_model = alias and self._match(TokenType.ALIAS) and self._match_text_seq(MODEL)
        if is_model and (name := self._parse_table_parts()):
            version = self._parse_id_var() if self._match_text_seq("VERSION") else None
            return exp.CTE(this=model_of(name, version), alias=exp.TableAlias(this=alias))
        self._retreat(index)
        return super()._parse_cte()

    def _parse_interval(
        self,
        require_interval: bool = True,  # noqa: FBT001, FBT002 - the base class's signature
        parse_function_unit: bool = True,  # noqa: FBT001, FBT002 - the base class's signature
    ) -> exp.Add | exp.Interval | None:
        """One interval; the base class takes the 1 of `+ INTERVAL '1 day' + 1` for a second."""
        index = self._index
        is_written = self._match(TokenType.INTERVAL) and self._match(
            TokenType.STRING, advance=False
        )
        if is_written and (text := self._parse_primary()) is not None:
            return expected(self._parse_interval_span(text), exp.Interval)
        self._retreat(index)
        return super()._parse_interval(require_interval, parse_function_unit)

    def _parse_function_call(
        self,
        functions: dict[str, Callable[..., Any]] | None = None,
        anonymous: bool = False,  # noqa: FBT001, FBT002 - the base class's signature
        optional_parens: bool = True,  # noqa: FBT001, FBT002 - the base class's signature
        any_token: bool = False,  # noqa: FBT001, FBT002 - the base class's signature
    ) -> exp.Expr | None:
        token = self._curr
        is_method = self._index > 0 and self._prev.token_type == TokenType.EXCLAMATION
        anonymous = anonymous or is_method or bool(token and token.text.upper() in AS_WRITTEN)
        with_arguments = bool(token and self._next and self._next.token_type == TokenType.L_PAREN)
        result: exp.Expr | None = super()._parse_function_call(
            functions=functions,
            anonymous=anonymous,
            optional_parens=optional_parens,
            any_token=any_token,
        )
        if result is not None and with_arguments:
            result = _with_value_once(token.text.upper(), result)
            result.meta[CALLED] = token.text.upper()
        return result


def _fields_by_key(tree: exp.Expr | None) -> exp.Expr | None:
    """`v[0].name` as `v[0]['name']`: behind an element stands a key, as it is written."""
    steps: list[exp.Expr] = []
    node = tree
    while isinstance(node, exp.Dot | exp.Bracket | exp.Cast | exp.JSONExtract):
        steps.append(node)
        node = node.this
    within_element = False
    for step in reversed(steps):
        if isinstance(step, exp.Dot) and isinstance(step.expression, exp.Identifier):
            if not within_element:
                continue
            key = exp.Literal.string(step.expression.name)
            field = exp.Bracket(this=step.this, expressions=[key])
            if step is tree:
                tree = field
            else:
                step.replace(field)
        within_element = within_element or isinstance(step, exp.Bracket)
    return tree


def _with_value_once(called: str, call: exp.Expr) -> exp.Expr:
    """ZEROIFNULL and NULLIFZERO, for which the base class writes the value twice.

    And TRUNC to as many digits as an expression says, of which it makes nothing.
    """
    if called == "ZEROIFNULL":
        return exp.Coalesce(this=call.args["false"], expressions=[exp.Literal.number(0)])
    if called == "NULLIFZERO":
        return exp.Nullif(this=call.args["false"], expression=exp.Literal.number(0))
    if called in _CUTTING and isinstance(call, exp.Anonymous) and len(call.expressions) == 2:
        value, digits = call.expressions
        return exp.Trunc(this=value, decimals=digits)
    return call


class SnowflakeText(Snowflake):
    """Snowflake's dialect with the notes of this module."""

    Parser = _Parser


_DIALECT = SnowflakeText()


@deep_reading
def parse(text: str) -> exp.Expr:
    """The tree of one statement.

    Raises:
        SqlError: the text cannot be read, with the place where reading stopped.
    """
    try:
        trees = _DIALECT.parse(text)
    except ParseError as problem:
        raise syntax_error(_message(problem)) from problem
    except (TokenError, SqlglotError) as problem:
        raise syntax_error(f"syntax error: {problem}") from problem
    except (AttributeError, TypeError, ValueError, IndexError, KeyError) as problem:
        # what sqlglot's own code raises over a form that it does not expect
        raise unsupported(f"This use of {form_of(text)}") from problem
    if len(trees) != 1 or trees[0] is None:
        raise SqlError("SQL compilation error:\nEmpty SQL statement.", code=900)
    tree = trees[0]
    refuse_too_deep(tree, text)
    if "!" in text:
        tree = with_models_written_out(tree)
    tree = intervals_last(without_parentheses(evenly_chained(tree)))
    if _OF_JOINS.search(text):
        tree = with_join_forms(tree)
    return with_levels(tree) if _OF_HIERARCHIES.search(text) else tree


def expected(tree: exp.Expr, kind: type[_Tree]) -> _Tree:
    """The tree as the node it must be.

    Raises:
        SqlError: sqlglot reads the statement as something else.
    """
    if not isinstance(tree, kind):
        raise unsupported(f"{type(tree).__name__.upper()} in this place")
    return tree


#: Clauses and functions that have forms which are not read, the rarer first.
_FORMS = (
    *("MATCH_RECOGNIZE", "ASOF JOIN", "UNPIVOT", "PIVOT", "CONNECT BY", "OBJECT_CONSTRUCT"),
    *("INTERVAL", "GROUP BY", "VALUES"),
)
_SHOWN = 60


def form_of(text: str) -> str:
    """How the part of a statement is called that is not read, or how the statement begins."""
    spaced = " ".join(text.upper().split())
    named = next((form for form in _FORMS if re.search(rf"\b{form}\b", spaced)), None)
    if named is not None:
        return named
    beginning = " ".join(text.split())
    shown = beginning if len(beginning) <= _SHOWN else beginning[:_SHOWN] + "…"
    return f"SQL in `{shown}`"


def _is_subquery(item: exp.Expr) -> bool:
    return isinstance(item, exp.Subquery) and not item.alias


def _message(problem: ParseError) -> str:
    if not problem.errors:
        return re.sub("\x1b\\[[0-9;]*m", "", str(problem))
    first = problem.errors[0]
    unexpected = first.get("highlight") or "<EOF>"
    return (
        f"syntax error line {first.get('line', 1)} at position {first.get('col', 0)}"
        f" unexpected '{unexpected}'."
    )
