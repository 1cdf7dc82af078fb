"""The session's formats, around what reads and writes texts of moments and bytes. Trees only.

They work on DuckDB's tree, where every conversion is a macro's call, implicit ones too. A text that
the session's format does not fit is read as without one: constants of ours are written as ISO.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from sqlglot import exp

from sfdag_magics.engine.borders.ports import Value
from sfdag_magics.engine.sql.reading.walking import nodes
from sfdag_magics.engine.sql.rewriting.text_rewrites import DATE_TEXT
from sfdag_magics.engine.sql.values import date_formats as formats
from sfdag_magics.engine.sql.values.calls import macro

_READS = ("date", "time", "timestamp", "timestamp_ltz", "timestamp_tz")
_TEXT = "_sf_text"
_BINARY = "BINARY_OUTPUT_FORMAT"
#: By DuckDB's type: the parameters that say how it is shown, the first one that is set.
_SHOWN: Mapping[str, tuple[str, ...]] = {
    "DATE": ("DATE_OUTPUT_FORMAT",),
    "TIME": ("TIME_OUTPUT_FORMAT",),
    "TIMESTAMP": ("TIMESTAMP_NTZ_OUTPUT_FORMAT", "TIMESTAMP_OUTPUT_FORMAT"),
    "TIMESTAMP WITH TIME ZONE": ("TIMESTAMP_LTZ_OUTPUT_FORMAT", "TIMESTAMP_OUTPUT_FORMAT"),
    "STRUCT(utc TIMESTAMP, offset_minutes INTEGER)": (
        "TIMESTAMP_TZ_OUTPUT_FORMAT",
        "TIMESTAMP_OUTPUT_FORMAT",
    ),
}
_INPUT: Mapping[str, str] = {
    "date": "DATE_INPUT_FORMAT",
    "time": "TIME_INPUT_FORMAT",
    **dict.fromkeys(("timestamp", "timestamp_ltz", "timestamp_tz"), "TIMESTAMP_INPUT_FORMAT"),
}
#: What is in force where nobody says more.
DEFAULTS: Mapping[str, str] = {
    _BINARY: "HEX",
    **dict.fromkeys(_INPUT.values(), "AUTO"),
    "DATE_OUTPUT_FORMAT": "YYYY-MM-DD",
    "TIME_OUTPUT_FORMAT": "HH24:MI:SS",
    "TIMESTAMP_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM",
    "TIMESTAMP_NTZ_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3",
    "TIMESTAMP_LTZ_OUTPUT_FORMAT": "",
    "TIMESTAMP_TZ_OUTPUT_FORMAT": "",
}

_Call = Callable[[exp.Expr], exp.Expr]


def in_session_formats(tree: exp.Expr, parameters: Mapping[str, Value]) -> exp.Expr:
    """DuckDB's tree, in which the session's own formats come first."""
    if all(parameters[name] in (default, "AUTO") for name, default in DEFAULTS.items()):
        return tree
    calls = {**_reading(parameters), **_writing(parameters)}
    found = [each for each in nodes(tree) if isinstance(each, exp.Anonymous | exp.Cast)]
    for node in reversed(found):  # what stands around one is copied
        is_date = isinstance(node, exp.Cast) and node.meta.get(DATE_TEXT)
        made = calls.get(_TEXT if is_date else node.name)
        if made is not None and node.find_ancestor(exp.DefaultColumnConstraint) is None:
            node.replace(made(node))
    return tree


def _reading(parameters: Mapping[str, Value]) -> dict[str, _Call]:
    calls: dict[str, _Call] = {}
    for kind in _READS:
        written = str(parameters[_INPUT[kind]])
        if formats.is_auto(written) or formats.has_zone(written):
            continue
        year = "" if formats.has_year(written) else "%Y "
        listed = [f"{year}{each}" for each in formats.reading_patterns(written)]
        patterns = macro("list_value", *map(exp.Literal.string, listed))
        before = exp.Literal.string("1970 " if year else "")
        for verb in ("strict", "read", "to", "as"):
            name = f"_sf_{kind}_by_patterns"
            calls[f"_sf_{verb}_{kind}"] = partial(_read, name, patterns, before)
    return calls


def _read(name: str, patterns: exp.Expr, before: exp.Expr, call: exp.Expr) -> exp.Expr:
    """What the patterns read, and of the rest what is read without them."""
    value, *others = call.expressions
    read = macro(name, value.copy(), patterns.copy(), before.copy())
    left = exp.Case().when(exp.Is(this=read.copy(), expression=exp.Null()), value.copy())
    return exp.Coalesce(this=read, expressions=[macro(call.name, left, *others)])


def _writing(parameters: Mapping[str, Value]) -> dict[str, _Call]:
    written = {
        duck: str(next((parameters[name] for name in names if parameters[name]), ""))
        for duck, names in _SHOWN.items()
    }
    shown = {
        duck: text
        for duck, text in written.items()
        if text and not formats.is_auto(text) and text != _default_of(_SHOWN[duck])
    }
    if str(parameters[_BINARY]).upper() != DEFAULTS[_BINARY]:
        shown["BLOB"] = str(parameters[_BINARY])
    return {_TEXT: partial(_written, shown)} if shown else {}


def _default_of(names: tuple[str, ...]) -> str:
    return next(DEFAULTS[name] for name in names if DEFAULTS[name])


def _written(shown: Mapping[str, str], call: exp.Expr) -> exp.Expr:
    value = call.this if isinstance(call, exp.Cast) else call.expressions[0]
    kind = macro("typeof", value.copy())
    chosen = exp.Case(this=kind)
    for duck, written in shown.items():
        how = "_sf_bytes_text" if duck == "BLOB" else "_sf_time_text"
        chosen = chosen.when(
            exp.Literal.string(duck), macro(how, value.copy(), exp.Literal.string(written))
        )
    return exp.Coalesce(this=chosen, expressions=[call.copy()])
