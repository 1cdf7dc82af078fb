"""Names of Snowflake's things that people type: warehouses, stages, databases. Pure.

They are read as SQL reads them: bare ones without regard to case, others in double quotes. What is
neither is refused where it is typed, and not by the statement that it would end up in.
"""

from __future__ import annotations

from sfdag_magics.sqltext import SqlTextError, TokenReader, quoted_identifier


def sql_name_problem(text: str, *, qualified: bool = False) -> str | None:
    """Why a text is no name, with what to write instead; None where it is one.

    Args:
        qualified: it may stand behind a database and a schema.
    """
    reader = TokenReader(text)
    try:
        name = reader.qualified_name()
    except SqlTextError:
        return _said(text)
    if not reader.at_end:
        return _said(text)
    if name.schema is not None and not qualified:
        return f"{text!r} is a name in another one; this is a name by itself"
    return None


def _said(text: str) -> str:
    quoted = quoted_identifier(text.strip().strip('"'))
    return f"{text!r} is no name in SQL; with such characters it is '{quoted}', quotes and all"
