"""One parsed statement in Snowflake's SQL to one in DuckDB's. Knows sessions and values, no kinds.

The order matters and is stated once, in `Translator.translated`: constants first (bindings,
variables, session functions), then names, then types, then the rewrites.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sqlglot import ErrorLevel, exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.errors import SqlglotError, UnsupportedError

from sfdag_magics.engine.answers import Column, Result, SqlError, unsupported
from sfdag_magics.engine.hearing import hearing
from sfdag_magics.engine.ports import Arguments, Bindings, ObjectFact, TableFunction, Value
from sfdag_magics.engine.sql.checking import known_functions as known
from sfdag_magics.engine.sql.checking.argument_checks import check_arguments
from sfdag_magics.engine.sql.checking.call_checks import check_call
from sfdag_magics.engine.sql.checking.unknown_functions import (
    unknown_function,
    unknown_table_function,
)
from sfdag_magics.engine.sql.functions.random_rewrites import is_in_order
from sfdag_magics.engine.sql.names.expression_types import known_as, type_of_value
from sfdag_magics.engine.sql.names.lineage import output_types
from sfdag_magics.engine.sql.names.marks import mark_operands
from sfdag_magics.engine.sql.names.recursion import bounded_recursions
from sfdag_magics.engine.sql.names.scope import Namespace, resolve_tables
from sfdag_magics.engine.sql.reading.foreign_syntax import refuse_foreign
from sfdag_magics.engine.sql.reading.nesting import deep_reading
from sfdag_magics.engine.sql.reading.parse import CALLED, expected, parse
from sfdag_magics.engine.sql.reading.walking import nodes
from sfdag_magics.engine.sql.results.result_rows import query_of_rows, rows_for_duck
from sfdag_magics.engine.sql.rewriting.groups import with_groups
from sfdag_magics.engine.sql.rewriting.instants import tell_apart_by_instants
from sfdag_magics.engine.sql.rewriting.join_aliases import with_aliases
from sfdag_magics.engine.sql.rewriting.rewrites import rewrite
from sfdag_magics.engine.sql.rewriting.text_coercions import convert_texts
from sfdag_magics.engine.sql.rewriting.variant_coercions import convert_variants
from sfdag_magics.engine.sql.rewriting.window_functions import written_out
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.translating.context import context_value
from sfdag_magics.engine.sql.translating.unused_columns import without_unused
from sfdag_magics.engine.sql.translating.user_functions import (
    LentFunction,
    call_of,
    lend,
    take_back,
    user_call,
)
from sfdag_magics.engine.sql.values.constants import (
    SemiStructured,
    constant,
    has_offset,
    literal,
    semi_structured,
    stored_with_offset,
)
from sfdag_magics.engine.sql.values.duck_words import without_duckdb
from sfdag_magics.engine.sql.values.types import SqlType, number, varchar
from sfdag_magics.sqltext import QualifiedName

_DEEPEST_VIEW = 32
#: What sqlglot's functions and our rewrites raise on a form they do not expect.
_NOT_UNDERSTOOD = (
    SqlglotError,
    ValueError,
    AttributeError,
    AssertionError,
    KeyError,
    TypeError,
    IndexError,
)
#: Statements that must never stand inside a statement, and what sqlglot did not understand.
_STATEMENTS = (
    exp.Command,
    exp.Pragma,
    exp.Attach,
    exp.Detach,
    exp.Copy,
    exp.Set,
    exp.Use,
    exp.Export,
    exp.Install,
)
_ORDER_DEPENDENT = (exp.Limit, exp.TableSample, exp.Window)
_DUCKDB = DuckDB()


@dataclass(frozen=True, slots=True, kw_only=True)
class Translated:
    """A DuckDB statement with its values, and what is known of its columns."""

    sql: str
    parameters: Mapping[str, Value]
    types: tuple[SqlType | None, ...] | None
    registered: tuple[str, ...]
    lent: tuple[LentFunction, ...]
    exact: bool
    #: Whether the same text may be answered from this translation again in the same session.
    stable: bool
    #: Where rows that are registered come from: they are asked for at each answer.
    asked: tuple[Asked, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Rows that stand for a virtual table or a table function in a translation.

    Attributes:
        name: what they are registered as.
        columns: what the translation relied on.
        arguments: those of the function; a `BoundText` stands for its binding.
        kept: the positions of the columns that the translation names; None names all.
    """

    name: str
    columns: tuple[Column, ...]
    arguments: Arguments
    answer: Callable[[Arguments, Session], Result | None]
    kept: tuple[int, ...] | None = None

    def bindings(self) -> set[str]:
        """The parameters that it has its arguments from."""
        given = (*self.arguments.positional, *self.arguments.named.values())
        return {each.parameter for each in given if isinstance(each, BoundText)}

    def again(self, session: Session, bindings: Sequence[str]) -> Result | None:
        """The rows of now, with other bindings than then."""

        def value(given: Value) -> Value:
            return bindings[given.place - 1] if isinstance(given, BoundText) else given

        arguments = Arguments(
            positional=tuple(map(value, self.arguments.positional)),
            named={name: value(given) for name, given in self.arguments.named.items()},
        )
        return self.answer(arguments, session)


class BoundText(str):
    """A text that a binding gave, and which: another may take its place another time."""

    place: int

    @classmethod
    def of(cls, text: str, place: int) -> BoundText:
        """The text of the binding at this place, from 1."""
        made = cls(text)
        made.place = place
        return made

    @property
    def parameter(self) -> str:
        """What DuckDB would know it by."""
        return parameter_name(self.place)


def parameter_name(place: int) -> str:
    """What DuckDB knows the binding of this place by."""
    return f"p{place}_"  # the underscore tells $p1_ from $p10_ in the text


@dataclass(slots=True, kw_only=True)
class _Noted:
    """What one translation gathers, views included."""

    parameters: dict[str, Value] = field(default_factory=dict)
    registered: list[str] = field(default_factory=list)
    lent: list[LentFunction] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    #: What a virtual table or a table function refused, which no other translation would change.
    refused: SqlError | None = None
    exact: bool = True
    stable: bool = True


class Translator:
    """Translates one statement of one session; makes its `scope.Source` as well."""

    def __init__(
        self,
        session: Session,
        bindings: Bindings = (),
        *,
        namespace: Namespace | None = None,
        noted: _Noted | None = None,
        views: tuple[str, ...] = (),
    ) -> None:
        self.session = session
        self._bindings = bindings
        self._namespace = namespace or Namespace(database=session.database, schema=session.schema)
        self._noted = noted or _Noted()
        self._views = views

    def was_refused(self, error: SqlError) -> bool:
        """Whether an error is what one said that was asked for its rows."""
        return error is self._noted.refused

    # -- the whole way ------------------------------------------------------------------------

    @deep_reading
    def query(self, tree: exp.Expr) -> Translated:
        """A query, with the types of its columns where they come straight from tables."""
        resolved = self.resolved(tree)
        types = output_types(resolved)
        return replace(self.finished(resolved), types=types)

    @deep_reading
    def query_of_prepared(self, prepared: exp.Expr) -> Translated:
        """The same for a query whose constants are put in."""
        resolved = self.resolved_only(prepared)
        types = output_types(resolved)  # before the tree becomes DuckDB's
        return replace(self.finished(resolved), types=types)

    def statement(self, tree: exp.Expr) -> Translated:
        """Any statement DuckDB carries out."""
        return self.finished(self.resolved(tree))

    @deep_reading
    def resolved(self, tree: exp.Expr) -> exp.Expr:
        """The tree with its constants put in and its tables found."""
        return self.resolved_only(self.prepared(tree))

    @deep_reading
    def resolved_only(self, prepared: exp.Expr) -> exp.Expr:
        """A prepared tree with its tables found, and values converted where they are used."""
        resolved = with_aliases(with_groups(resolve_tables(prepared, self._namespace, self)))
        resolved = check_arguments(written_out(resolved))
        return tell_apart_by_instants(convert_texts(convert_variants(resolved)))

    def finished(self, resolved: exp.Expr) -> Translated:
        """The DuckDB statement of a resolved tree."""
        noted = self._noted
        kept = without_unused(resolved, noted.registered) if noted.asked else {}
        sql = self.generated(resolved)
        return Translated(
            sql=sql,
            parameters={
                name: value for name, value in noted.parameters.items() if f"${name}" in sql
            },
            types=None,
            registered=tuple(noted.registered),
            lent=tuple(noted.lent),
            exact=noted.exact,
            stable=noted.stable,
            asked=tuple(replace(each, kept=kept.get(each.name)) for each in noted.asked),
        )

    @deep_reading
    def prepared(self, tree: exp.Expr) -> exp.Expr:
        """Names upper-cased, functions checked, everything constant put in as a value."""
        for node in hearing(list(nodes(tree))):
            if isinstance(node, exp.Identifier):
                refuse_foreign(node)
                if not node.quoted and not isinstance(node.parent, exp.PropertyEQ):
                    node.set("this", node.name.upper())
                    node.set("quoted", True)  # noqa: FBT003 - sqlglot's signature
                continue
            new = self._prepared_node(node)
            if new is not None and new is not node:
                if node is tree:
                    tree = new
                else:
                    node.replace(new)
        return tree

    @deep_reading
    def generated(self, tree: exp.Expr) -> str:
        """DuckDB's text of a prepared and resolved tree."""
        kinds = frozenset(type(node) for node in nodes(tree))
        try:
            mark_operands(tree)
            final = rewrite(tree, kinds)
            if exp.With in kinds:
                final = bounded_recursions(final, int(self.session.parameters["MAX_RECURSIONS"]))
            return _DUCKDB.generate(final, copy=False, unsupported_level=ErrorLevel.RAISE)
        except UnsupportedError as problem:
            raise unsupported(without_duckdb(str(problem).splitlines()[0]).rstrip(".")) from problem
        except _NOT_UNDERSTOOD as problem:
            raise unsupported(
                f"This use of {_called_names(tree) or 'SQL in this place'}"
            ) from problem

    # -- constants ----------------------------------------------------------------------------

    def _prepared_node(self, node: exp.Expr) -> exp.Expr | None:
        refuse_foreign(node)
        if isinstance(node, _STATEMENTS):
            raise unsupported(_statement_name(node))
        if isinstance(node, _ORDER_DEPENDENT):
            self._noted.exact = False
        if isinstance(node, exp.Rand) and is_in_order(node):
            self._noted.stable = False
        if isinstance(node, exp.Placeholder):
            return self._bound(node)
        if isinstance(node, exp.Ordered) and _is_all(node.this):
            node.set("this", exp.var("ALL"))
        if isinstance(node, exp.Parameter):
            return self._variable(node)
        if isinstance(node, exp.Column) and node.table and node.name.upper() == "NEXTVAL":
            return self._next_value(node)
        if (named := user_call(node)) is not None and not self._is_table_function(named[1]):
            return self._user_function(*named)
        called = node.meta.get(CALLED) if node._meta else None  # noqa: SLF001 - meta makes a dict
        if called is not None:
            check_call(node, called)
        if called is not None and isinstance(node.parent, exp.Dot):
            return None  # it was found by its qualified name
        if called is not None:
            if (system := self.session.shared.functions.get(called)) is not None:
                self._noted.stable = False
                if self.session.describing:
                    return literal("")
                return literal(system(self._values(node), self.session))
            if not self._is_known(node, called):
                return self._user_function(QualifiedName(called), node)
        found = context_value(node, called, self.session)
        if found is not None and node.find_ancestor(exp.DefaultColumnConstraint) is None:
            self._noted.stable = False
            return found
        return None

    def evaluated(self, query: exp.Expr) -> Value:
        """The one value of a query, computed by DuckDB now."""
        row = self.evaluated_row(query)
        if len(row) != 1:
            raise _not_single()
        return row[0]

    def evaluated_row(self, query: exp.Expr) -> tuple[Value, ...]:
        """The one row of a query, computed by DuckDB now."""
        translated = self.statement(query)
        try:
            rows: Any = self.session.transaction.read(
                lambda: self.session.connection.execute(
                    translated.sql, dict(translated.parameters) or None
                ).fetchmany(2)
            )
        finally:
            release(self.session, translated)
        if len(rows) != 1:
            raise _not_single()
        return tuple(rows[0])

    def _values(self, node: exp.Expr) -> tuple[Value, ...]:
        return tuple(self.value(argument) for argument in node.expressions)

    def _is_known(self, node: exp.Expr, called: str) -> bool:
        if called in known.VOLATILE or called in known.ORDER_DEPENDENT:
            self._noted.exact = False
        if called in known.FUNCTIONS or called in known.TABLES:
            return True
        return self._is_table_function(node) or isinstance(node, exp.DataType)

    def _user_function(self, name: QualifiedName, call: exp.Expr) -> exp.Expr:
        """The call of a function of the user's, lent to DuckDB for this statement."""
        find = self.session.shared.user_functions
        run = find(self.session.resolve(name), len(call.expressions), self.session)
        if run is None:
            raise unknown_function(name)
        lent = lend(self.session.connection, run)
        self.session.lendings.add(lent.name, partial(take_back, self.session.connection, lent))
        self._noted.lent.append(lent)
        self._noted.exact = self._noted.stable = False
        return call_of(lent, call.expressions)

    def _is_table_function(self, node: exp.Expr) -> bool:
        """Those are looked up by their full name when tables are resolved."""
        parent = node.parent
        while isinstance(parent, exp.Dot):
            parent = parent.parent
        return isinstance(parent, exp.TableFromRows | exp.Table)

    def _bound(self, node: exp.Placeholder) -> exp.Expr:
        name = node.name
        if isinstance(self._bindings, Mapping):
            value = self._named(name)
        else:
            index = int(name) - 1 if name.isdigit() else len(self._bindings)
            if index >= len(self._bindings):
                raise SqlError(
                    f"SQL compilation error: error line 1 at position 0\nBind variable :{index + 1}"
                    " not set.",
                    code=2049,
                    sqlstate="42601",
                )
            value, name = self._bindings[index], str(index + 1)
        # names may hold any character
        is_place = name.isdigit()
        parameter = parameter_name(int(name)) if is_place else f"n_{name.lower().encode().hex()}_"
        bound = exp.Parameter(this=exp.var(parameter))
        if isinstance(value, SemiStructured):
            self._noted.parameters[parameter] = str(value)
            return semi_structured(value.kind, known_as(varchar(), bound))
        stored = stored_with_offset(value) if has_offset(value) else value
        self._noted.parameters[parameter] = stored
        return known_as(type_of_value(value), bound)

    def _next_value(self, node: exp.Column) -> exp.Expr | None:
        """`sequence.NEXTVAL`, where there is a sequence of that name."""
        parts = [
            part.name if part.args.get("quoted") else part.name.upper() for part in node.parts[:-1]
        ]
        name, schema, database = [*parts[::-1], None, None][:3]
        full = self.qualified(QualifiedName(str(name), schema, database), self._namespace)
        found = self.session.catalogue().find("SEQUENCE", full)
        if found is None:
            return None
        self._noted.exact = False
        text = exp.Literal.string(found.detail["physical"])
        value = known_as(number(), exp.Anonymous(this="nextval", expressions=[text]))
        if isinstance(node.parent, exp.Select):
            return exp.alias_(value, exp.to_identifier("NEXTVAL", quoted=True), copy=False)
        return value

    def _named(self, name: str) -> Value:
        named = self._bindings if isinstance(self._bindings, Mapping) else {}
        for key, value in named.items():
            if key.upper() == name.upper():
                return value
        raise SqlError(
            f"SQL compilation error:\nBind variable :{name} not set.", code=2049, sqlstate="42601"
        )

    def _variable(self, node: exp.Parameter) -> exp.Expr | None:
        name = node.name
        if name.isdigit() and isinstance(node.parent, exp.Column):
            return exp.to_identifier(f"COLUMN{name}", quoted=True)
        if name.isdigit():
            return exp.var(f"#{name}")  # DuckDB's word for the column of what stands behind FROM
        if name in self._noted.parameters:
            return None
        self._noted.stable = False
        if name.upper() not in self.session.variables:
            raise SqlError(
                "SQL compilation error: error line 1 at position 0\n"
                f"Session variable '${name.upper()}' does not exist",
                code=2211,
                sqlstate="02000",
            )
        return literal(self.session.variables[name.upper()])

    # -- scope.Source -------------------------------------------------------------------------

    def table(self, name: QualifiedName) -> ObjectFact | None:
        """See `scope.Source`."""
        fact = self.session.relation(name)
        if fact is not None and fact.detail.get("volatile"):
            self._noted.exact = False
        return fact

    def given(self, name: str) -> Result | None:
        """See `scope.Source`."""
        return self.session.relations.get(name) if not self._views else None

    def qualified(self, name: QualifiedName, namespace: Namespace) -> QualifiedName:
        """See `scope.Source`."""
        if name.database is None:
            name = QualifiedName(name.name, name.schema or namespace.schema, namespace.database)
        full = self.session.resolve(name)
        database, schema = str(full.database), str(full.schema)
        if not self.session.schema_exists(database, schema):
            kind = "Schema" if self.session.database_exists(database) else "Database"
            shown = database if kind == "Database" else f"{database}.{schema}"
            raise SqlError(
                f"SQL compilation error:\n{kind} '{shown}' does not exist or not authorized.",
                code=2003,
                sqlstate="02000",
            )
        return full

    def view_query(self, view: ObjectFact) -> exp.Query:
        """See `scope.Source`."""
        if view.id in self._views or len(self._views) >= _DEEPEST_VIEW:
            raise SqlError(
                f"SQL compilation error:\nView definition recursion detected: {view.name}",
                code=2010,
                sqlstate="42601",
            )
        namespace = Namespace(database=view.database, schema=view.schema)
        inner = Translator(
            self.session, namespace=namespace, noted=self._noted, views=(*self._views, view.id)
        )
        tree = resolve_tables(inner.prepared(parse(view.detail["text"])), namespace, inner)
        names = [column["name"] for column in view.detail["columns"]]
        if view.detail.get("renamed"):
            columns = [exp.to_identifier(name, quoted=True) for name in names]
            alias = exp.TableAlias(this=exp.to_identifier("v", quoted=True), columns=columns)
            return exp.select("*").from_(exp.Subquery(this=tree, alias=alias))
        return expected(tree, exp.Query)

    def computed(self, name: QualifiedName) -> exp.Query | None:
        """See `scope.Source`."""

        def answer(_arguments: Arguments, session: Session) -> Result | None:
            return session.shared.computed(name, session)

        return self._asked(answer, Arguments())

    def check_called(self, function: str) -> None:
        """See `scope.Source`."""
        self._table_function(function)

    def called(self, function: str, arguments: Arguments) -> exp.Query:
        """See `scope.Source`."""
        query = self._asked(self._table_function(function), arguments)
        if query is None:
            raise unknown_table_function(function)
        return query

    def _table_function(self, function: str) -> TableFunction:
        functions = self.session.shared.table_functions
        answer = functions.get(function) or functions.get(function.rpartition(".")[2])
        if answer is None:
            raise unknown_table_function(function)
        return answer

    def _asked(
        self, answer: Callable[[Arguments, Session], Result | None], arguments: Arguments
    ) -> exp.Query | None:
        try:
            rows = answer(arguments, self.session)
        except SqlError as refused:
            self._noted.refused = refused
            raise
        if rows is None:
            return None
        query = self.rows(rows)
        name = self._noted.registered[-1]
        asked = Asked(name=name, columns=rows.columns, arguments=arguments, answer=answer)
        self._noted.asked.append(asked)
        return query

    def rows(self, result: Result) -> exp.Query:
        """See `scope.Source`."""
        name = registered(self.session, result)
        self._noted.registered.append(name)
        self._noted.exact = False
        return query_of_rows(name, result)

    def value(self, node: exp.Expr) -> Value:
        """What a constant expression is; DuckDB computes what is not a literal."""
        if isinstance(node, exp.Parameter) and node.name in self._noted.parameters:
            return self._bound_value(node.name)
        simple = constant(node)
        if simple is not NotImplemented:
            return simple
        self._noted.stable = False
        part = Translator(self.session, self._bindings, namespace=self._namespace)
        return part.evaluated(exp.select(node.copy()))

    def _bound_value(self, parameter: str) -> Value:
        value = self._noted.parameters[parameter]
        if isinstance(value, str) and _is_place(parameter):
            return BoundText.of(value, int(parameter[1:-1]))
        return value


def _is_place(parameter: str) -> bool:
    return parameter[:1] == "p" and parameter[1:-1].isdigit()


def registered(session: Session, result: Result, kept: tuple[int, ...] | None = None) -> str:
    """The name under which DuckDB finds these rows until they are released."""
    name = f"v_{uuid.uuid4().hex}"
    session.connection.register(name, rows_for_duck(result, kept))
    session.lendings.add(name, partial(session.connection.unregister, name))
    return name


def asked_again(
    session: Session, remembered: Translated, bindings: Sequence[str] = ()
) -> Translated | None:
    """A remembered translation with the rows of now; None where they have other columns."""
    sql, names = remembered.sql, list[str]()
    try:
        for asked in remembered.asked:
            rows = asked.again(session, bindings)
            if rows is None or rows.columns != asked.columns:
                break
            names.append(registered(session, rows, asked.kept))
            sql = sql.replace(asked.name, names[-1])
        else:
            return replace(remembered, sql=sql, registered=tuple(names))
    except BaseException:
        release(session, replace(remembered, registered=tuple(names)))
        raise
    release(session, replace(remembered, registered=tuple(names)))
    return None


def release(session: Session, translated: Translated) -> None:
    """Forget what was registered for a statement.

    Raises:
        SqlError: why the statement failed, where a function of the user's is the reason.
    """
    lent = (each.name for each in translated.lent)
    session.lendings.take_back([*lent, *translated.registered])


def _statement_name(node: exp.Expr) -> str:
    """How a statement within a statement is called, or what was not understood begins with."""
    word = node.name if isinstance(node, exp.Command) else type(node).__name__
    return f"{word.upper()} in this place"


def _not_single() -> SqlError:
    return SqlError("SQL compilation error:\nA single value is needed here.", code=90150)


def _is_all(node: exp.Expr) -> bool:
    """ORDER BY ALL; a column of that name is quoted."""
    identifier = node.this if isinstance(node, exp.Column) and not node.table else None
    return (
        isinstance(identifier, exp.Identifier)
        and not identifier.quoted
        and identifier.name.upper() == "ALL"
    )


def _called_names(tree: exp.Expr) -> str:
    names = {str(node.meta[CALLED]) for node in nodes(tree) if CALLED in node.meta}
    return ", ".join(sorted(names))
