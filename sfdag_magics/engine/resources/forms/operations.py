"""What an operation is, and a call of one: checked names, parameters and body, and a session.

Knows how statements are asked and answered, and the few forms that most resources share; no
resource.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sfdag_magics.engine.borders.answers import Result
from sfdag_magics.engine.borders.ports import SqlSession
from sfdag_magics.engine.resources.forms.fields import Field
from sfdag_magics.engine.resources.forms.refusals import RefusedCallError
from sfdag_magics.engine.resources.forms.shapes import OneOf, Shape, Text, Truth, Whole
from sfdag_magics.light_classes import dataclass
from sfdag_magics.sqltext import QualifiedName, quoted_string

BASE = "/api/v2"
IN_DATABASE = f"{BASE}/databases/{{database}}"
IN_SCHEMA = f"{IN_DATABASE}/schemas/{{schema}}"

_MODES = ("errorIfExists", "orReplace", "ifNotExists")
CREATE_MODE = Field("createMode", OneOf(_MODES))
IF_EXISTS = Field("ifExists", Truth())
LIKE = Field("like", Text())
STARTS_WITH = Field("startsWith", Text())
SHOW_LIMIT = Field("showLimit", Whole(lowest=1, highest=10_000))
FROM_NAME = Field("fromName", Text())
LISTED = (LIKE, STARTS_WITH, SHOW_LIMIT, FROM_NAME)
#: What a list has at most, where it is not asked for another number.
_MOST_LISTED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of an operation; names are stored names.

    Attributes:
        id: of the call, and of the statement that `done` carries out for it.
        names: those in the path: `database`, `schema`, `name`.
        query: the parameters that were sent.
        body: as its shape checked it; None where the operation has none.
    """

    id: str
    session: SqlSession
    names: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any = None

    @property
    def database(self) -> str:
        """The database in the path."""
        return self.names["database"]

    def place(self, name: str) -> QualifiedName:
        """An object's full name in the place that the path names."""
        return QualifiedName(name, self.names.get("schema"), self.names.get("database"))

    def inside(self, name: str) -> str:
        """The same as SQL writes it."""
        return self.place(name).sql()

    @property
    def target(self) -> QualifiedName:
        """The object that the path names."""
        return self.place(self.names["name"])

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A parameter that is true or false."""
        return bool(self.query.get(name, default))

    def run(self, statement: str) -> Result:
        """Carry out one statement."""
        return self.session.execute(statement)

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """The rows of one statement, by the names of its columns."""
        rows: list[dict[str, Any]] = self.run(statement).rows.to_pylist()
        return rows

    def done(self, statement: str) -> dict[str, str]:
        """A `SuccessResponse`: what one statement said."""
        return success(self.session.execute(statement, query_id=self.id))


def success(answer: Result) -> dict[str, str]:
    """What a statement said, as a `SuccessResponse`."""
    column = answer.rows.column(0)
    said = str(column[0].as_py()) if len(column) else ""
    return {"status": said or "Request successfully completed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path.

    Attributes:
        path: as Snowflake's descriptions write it.
        carry_out: its answer as JSON, or a `RestAnswer` where it is not the usual 200.
        query: the parameters it takes; others are ignored.
        body: what the body must be; None where it takes none.
        unnamed: names in the path that are no identifiers, as they are taken there.
    """

    method: str
    path: str
    carry_out: Callable[[Call], Any]
    query: Sequence[Field] = ()
    body: Shape | None = None
    unnamed: Sequence[str] = ()


def creation(
    call: Call, noun: str, name: str, clauses: Sequence[str], *, modifiers: str = ""
) -> str:
    """CREATE [OR REPLACE] [modifiers] noun [IF NOT EXISTS] name clauses, as `createMode` says."""
    mode = call.query.get("createMode", _MODES[0])
    words = [
        "CREATE",
        "OR REPLACE" if mode == "orReplace" else "",
        modifiers,
        noun,
        "IF NOT EXISTS" if mode == "ifNotExists" else "",
        name,
        *clauses,
    ]
    return " ".join(word for word in words if word)


def drop(call: Call, noun: str, name: str, *, more: str = "") -> dict[str, str]:
    """DROP noun [IF EXISTS] name."""
    exists = "IF EXISTS " if call.flag("ifExists") else ""
    return call.done(f"DROP {noun} {exists}{name}{more}")


def filters(call: Call, scope: str = "", *, more: str = "") -> str:
    """The clauses of SHOW that the parameters of a list mean, in their order."""
    said = call.query
    clauses = [
        f"LIKE {quoted_string(said['like'])}" if "like" in said else "",
        f"IN {scope}" if scope else "",
        f"STARTS WITH {quoted_string(said['startsWith'])}" if "startsWith" in said else "",
        more,
    ]
    if "showLimit" in said or "fromName" in said:
        clauses.append(f"LIMIT {said.get('showLimit', _MOST_LISTED)}")
    if "fromName" in said:
        clauses.append(f"FROM {quoted_string(said['fromName'])}")
    return "".join(f" {clause}" for clause in clauses if clause)


def schema_scope(call: Call) -> str:
    """IN SCHEMA of the path."""
    return f"SCHEMA {QualifiedName(call.names['schema'], call.database).sql()}"


def same_name(call: Call) -> None:
    """The body of a PUT names what its path names.

    Raises:
        RefusedCallError: it does not; renaming is an operation of its own.
    """
    if call.body["name"] != call.names["name"]:
        raise RefusedCallError(
            f"The body names {call.body['name']!r} and the path {call.names['name']!r}: a PUT"
            " does not rename"
        )
