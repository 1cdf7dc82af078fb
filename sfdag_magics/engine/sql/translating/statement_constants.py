"""What is constant in a statement, as values: bindings, variables, session functions, sequences.

Also the calls of the user's own functions, which are lent to DuckDB for the statement. Resolves no
table: `translate` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from sqlglot import exp

from sfdag_magics.engine.borders.answers import SqlError, does_not_exist, unsupported
from sfdag_magics.engine.borders.ports import Bindings, FunctionRun, Value
from sfdag_magics.engine.sql.checking import known_functions as known
from sfdag_magics.engine.sql.checking.call_checks import check_call
from sfdag_magics.engine.sql.checking.unknown_functions import (
    unknown_function,
)
from sfdag_magics.engine.sql.functions.random_rewrites import is_in_order
from sfdag_magics.engine.sql.names.expression_types import known_as
from sfdag_magics.engine.sql.names.value_types import type_of_value
from sfdag_magics.engine.sql.reading.foreign_syntax import refuse_foreign
from sfdag_magics.engine.sql.reading.models_called import model_call
from sfdag_magics.engine.sql.reading.parse import CALLED
from sfdag_magics.engine.sql.sessions.session import Session
from sfdag_magics.engine.sql.translating.bound_values import parameter_of, stored
from sfdag_magics.engine.sql.translating.context import context_value
from sfdag_magics.engine.sql.translating.pivot_values import write_values_out
from sfdag_magics.engine.sql.translating.translated import (
    BoundText,
    Noted,
    is_place,
)
from sfdag_magics.engine.sql.translating.user_functions import (
    call_of,
    lend,
    take_back,
    user_call,
)
from sfdag_magics.engine.sql.values.constants import (
    SemiStructured,
    constant,
    literal,
    semi_structured,
)
from sfdag_magics.engine.sql.values.types import number, varchar
from sfdag_magics.sqltext import QualifiedName

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


class Constants:
    """Those of one statement of one session.

    Args:
        noted: what the translation gathers.
        computed: the one value of a query of constants, by DuckDB.
        qualified: the full name of an object that is named in the statement.
    """

    def __init__(
        self,
        session: Session,
        bindings: Bindings,
        noted: Noted,
        *,
        computed: Callable[[exp.Expr], Value],
        qualified: Callable[[QualifiedName], QualifiedName],
    ) -> None:
        self._session = session
        self._bindings = bindings
        self._noted = noted
        self._computed = computed
        self._qualified = qualified

    def put_in(self, node: exp.Expr) -> exp.Expr | None:
        """What stands for a node of the tree; None where it stays, which is then checked.

        Raises:
            SqlError: it may not stand there, is not supported, or names nothing.
        """
        refuse_foreign(node)
        if isinstance(node, exp.Pivot) and write_values_out(node, self._computed):
            self._noted.exact = self._noted.settled = self._noted.stable = False
        if isinstance(node, _STATEMENTS):
            raise unsupported(_statement_name(node))
        if isinstance(node, _ORDER_DEPENDENT):
            self._noted.exact = self._noted.settled = False
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
        if isinstance(node, exp.ModelAttribute):
            return self._method_of_model(node)
        called = node.meta.get(CALLED) if node._meta else None  # noqa: SLF001 - meta makes a dict
        if called is not None and isinstance(node.parent, exp.ModelAttribute):
            return None  # it was found in its model
        if called is not None:
            check_call(node, called)
        if called is not None and isinstance(node.parent, exp.Dot):
            return None  # it was found by its qualified name
        if called is not None:
            if (system := self._session.shared.functions.get(called)) is not None:
                self._noted.stable = False
                if self._session.describing:
                    return literal("")
                return literal(system(self._values(node), self._session))
            if not self._is_known(node, called):
                return self._user_function(QualifiedName(called), node)
        found = context_value(node, called, self._session, self._noted.now)
        if found is not None and node.find_ancestor(exp.DefaultColumnConstraint) is None:
            self._noted.stable = False
            return found
        return None

    def _values(self, node: exp.Expr) -> tuple[Value, ...]:
        return tuple(self.value(argument) for argument in node.expressions)

    def _is_known(self, node: exp.Expr, called: str) -> bool:
        if called in known.VOLATILE or called in known.ORDER_DEPENDENT:
            self._noted.exact = self._noted.settled = False
        if called in known.FUNCTIONS or called in known.TABLES:
            return True
        return self._is_table_function(node) or isinstance(node, exp.DataType)

    def _user_function(self, name: QualifiedName, call: exp.Expr) -> exp.Expr:
        """The call of a function of the user's, lent to DuckDB for this statement."""
        find = self._session.shared.user_functions
        run = find(self._session.resolve(name), len(call.expressions), self._session)
        if run is None:
            raise unknown_function(name)
        return self._lent(run, call.expressions)

    def _method_of_model(self, node: exp.ModelAttribute) -> exp.Expr:
        called, arguments = model_call(node)
        for find in self._session.shared.model_methods:
            run = find(called, len(arguments), self._session)
            left_out = [exp.Null() for _ in run.arguments[len(arguments) :]]
            return self._lent(run, [*arguments, *left_out])
        raise does_not_exist("Model", called.model.sql())

    def _lent(self, run: FunctionRun, arguments: list[exp.Expr]) -> exp.Expr:
        lent = lend(self._session.connection, run)
        self._session.lendings.add(lent.name, partial(take_back, self._session.connection, lent))
        self._noted.lent.append(lent)
        self._noted.exact = self._noted.stable = False
        return call_of(lent, arguments)

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
        parameter = parameter_of(name)
        self._noted.parameters[parameter] = stored(value)
        bound = exp.Parameter(this=exp.var(parameter))
        if isinstance(value, SemiStructured):
            return semi_structured(value.kind, known_as(varchar(), bound))
        return known_as(type_of_value(value), bound)

    def _next_value(self, node: exp.Column) -> exp.Expr | None:
        """`sequence.NEXTVAL`, where there is a sequence of that name."""
        parts = [
            part.name if part.args.get("quoted") else part.name.upper() for part in node.parts[:-1]
        ]
        name, schema, database = [*parts[::-1], None, None][:3]
        full = self._qualified(QualifiedName(str(name), schema, database))
        found = self._session.catalogue().find("SEQUENCE", full)
        if found is None:
            return None
        self._noted.exact = self._noted.settled = False
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
        if name.upper() not in self._session.variables:
            raise SqlError(
                "SQL compilation error: error line 1 at position 0\n"
                f"Session variable '${name.upper()}' does not exist",
                code=2211,
                sqlstate="02000",
            )
        return literal(self._session.variables[name.upper()])

    def value(self, node: exp.Expr) -> Value:
        """What a constant expression is; DuckDB computes what is not a literal."""
        if isinstance(node, exp.Parameter) and node.name in self._noted.parameters:
            return self._bound_value(node.name)
        simple = constant(node)
        if simple is not NotImplemented:
            return simple
        self._noted.stable = False
        return self._computed(exp.select(node.copy()))

    def _bound_value(self, parameter: str) -> Value:
        self._noted.reads_bound = True
        value = self._noted.parameters[parameter]
        if isinstance(value, str) and is_place(parameter):
            return BoundText.of(value, int(parameter[1:-1]))
        return value


def _statement_name(node: exp.Expr) -> str:
    """How a statement within a statement is called, or what was not understood begins with."""
    word = node.name if isinstance(node, exp.Command) else type(node).__name__
    return f"{word.upper()} in this place"


def _is_all(node: exp.Expr) -> bool:
    """ORDER BY ALL; a column of that name is quoted."""
    identifier = node.this if isinstance(node, exp.Column) and not node.table else None
    return (
        isinstance(identifier, exp.Identifier)
        and not identifier.quoted
        and identifier.name.upper() == "ALL"
    )
