"""GET_DDL: the statement that makes an object again, of the kinds that have one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sfdag_magics.engine.borders.answers import SqlError, does_not_exist, unsupported
from sfdag_magics.engine.borders.ports import Definition, SqlSession, Value
from sfdag_magics.engine.sql.names.scope import name_from_text
from sfdag_magics.engine.sql.sessions.session import own_session
from sfdag_magics.engine.sql.statements.relation_definitions import RELATION_DEFINITIONS
from sfdag_magics.engine.sql.streams.watched import Mode, name_of, stream_of
from sfdag_magics.sqltext import QualifiedName, quoted_string

GET_DDL = "GET_DDL"


def ddl_function(
    definitions: Mapping[str, Definition],
) -> Callable[[tuple[Value, ...], SqlSession], Value]:
    """GET_DDL(kind, name [, with full names])."""

    def get_ddl(values: tuple[Value, ...], session: SqlSession) -> Value:
        if not 2 <= len(values) <= 3:
            raise SqlError(f"SQL compilation error:\ninvalid number of arguments for {GET_DDL}")
        kind = str(values[0]).upper()
        definition = definitions.get(kind)
        if definition is None:
            hint = "DESCRIBE and SHOW tell what an object is"
            raise unsupported(f"{GET_DDL} of a {kind}", hint)
        is_full = len(values) == 3 and str(values[2]).lower() == "true"
        return definition(str(values[1]), is_full, session)

    return get_ddl


def _stream(name: str, is_full: bool, session: SqlSession) -> str:  # noqa: FBT001 - a `Definition`
    own = own_session(session)
    full = own.resolve(name_from_text(name))
    fact = own.catalogue().find("STREAM", full)
    if fact is None:
        raise does_not_exist("Stream", full.sql())
    stream = stream_of(fact)
    kind = "VIEW" if stream.is_view else "TABLE"
    shown = name_of(fact) if is_full else QualifiedName(fact.name).sql()
    parts = [f"create or replace stream {shown} on {kind.lower()} {stream.source}"]
    if stream.mode is Mode.APPEND_ONLY:
        parts.append("append_only = true")
    if stream.shows_initial_rows:
        parts.append("show_initial_rows = true")
    if fact.comment:
        parts.append(f"comment = {quoted_string(fact.comment)}")
    return f"{' '.join(parts)};"


DEFINITIONS: Mapping[str, Definition] = {"STREAM": _stream, **RELATION_DEFINITIONS}
