"""Verbs that bring rows into tables: load, pull."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sfdag_magics.client.arriving.file_kinds import check_kind, check_there
from sfdag_magics.errors import InputError
from sfdag_magics.graph.arguments.option_values import names_of
from sfdag_magics.graph.names import nearest
from sfdag_magics.magics.reading.options import OptionParser, Options, count
from sfdag_magics.magics.verbs.verb import ActsOn, Desk, Verb, json_text
from sfdag_magics.workspace.rows.arrivals import Chosen, Wanted, loaded, pulled

if TYPE_CHECKING:
    from sfdag_magics.client.arriving.arrival import Arrived

_AS = "as"


def _load_options(parser: OptionParser) -> None:
    parser.word("what", help="a CSV, Parquet or JSON lines file, or a data frame of the notebook")
    parser.value("--as", metavar="NAME", help="the table; else the file's or the frame's name")
    parser.flag("--replace", help="in place of a table that is there")
    parser.flag("--append", help="to a table that is there, by the names of its columns")
    parser.value("--encoding", metavar="E", help="of a CSV or JSON file; else utf-8")


def _check_load(options: Options) -> None:
    if options.what is None:
        raise InputError("load what?", hint="%sfdag load FILE, or the name of a data frame")
    _wanted(options).check()
    if not options.what.isidentifier():
        path = Path(options.what).expanduser()
        check_there(path)
        check_kind(path, options.encoding or "utf-8")


def _wanted(options: Options) -> Wanted:
    return Wanted(name=getattr(options, _AS), replace=options.replace, append=options.append)


def _load(desk: Desk, options: Options) -> object:
    what = _meant(desk, options.what)
    target = desk.workspace.places.target(options.target)
    again = f"%sfdag load {options.what}"
    if not desk.means(f"load into {target.place}", again, options):
        return None
    wanted = replace(_wanted(options), agrees=desk.agreeing(options))
    encoding = options.encoding or "utf-8"
    found = loaded(
        desk.workspace, what, options.target, wanted, named=options.what, encoding=encoding
    )
    return _told(desk, options, found)


def _meant(desk: Desk, word: str) -> object:
    """The value of the notebook that a word names, else the word: it is a path."""
    if not word.isidentifier():
        return word
    variables = desk.notebook.variables
    if word in variables:
        return variables[word]
    near = nearest(word, desk.notebook.own_names)
    did = f"; did you mean {near}?" if near else ""
    raise InputError(
        f"{word} is neither a file nor a name of the notebook{did}",
        hint="%sfdag load DATA.csv, or the name of a data frame",
    )


def _pull_options(parser: OptionParser) -> None:
    parser.word("table", help="the table or view, as SQL names it there")
    parser.value("--sample", metavar="SHARE", help="of the rows, by chance: 1%% or 0.1%%")
    parser.value("--rows", metavar="N", help="so many rows at most", type=count)
    parser.value("--where", metavar="SQL", help="a condition, in quotes", words=True)
    parser.names("--without", metavar="C,C", help="columns that are left out")
    parser.value("--as", metavar="NAME", help="the table here; else the same name")
    parser.value("--to", metavar="T", help="another embedded target than the chosen one")
    parser.flag("--replace", help="in place of a table that is there")


def _check_pull(options: Options) -> None:
    if options.table is None:
        raise InputError("pull which table?", hint="%sfdag pull DB.SCHEMA.TABLE -t TARGET")
    _chosen(options).check()


def _chosen(options: Options) -> Chosen:
    return Chosen(
        sample=options.sample,
        rows=options.rows,
        where=options.where,
        without=names_of(options.without or ()),
    )


def _pull(desk: Desk, options: Options) -> object:
    wanted = Wanted(
        name=getattr(options, _AS), replace=options.replace, agrees=desk.agreeing(options)
    )
    found = pulled(
        desk.workspace, options.table, options.target, wanted, _chosen(options), to=options.to
    )
    return _told(desk, options, found)


def _told(desk: Desk, options: Options, found: Arrived) -> object:
    if options.json:
        desk.notebook.write(json_text(_record(found)))
    else:
        desk.say(options, str(found))
    return found


def _record(found: Arrived) -> dict[str, Any]:
    return {
        "table": found.table,
        "rows": found.rows,
        "way": found.way.value,
        "columns": found.columns,
        "notes": list(found.notes),
    }


ROWS_VERBS = (
    Verb(
        name="load",
        acts_on=frozenset({ActsOn.TARGET}),
        asks_production=True,
        summary="Brings a file or a data frame into a table, with its types: all rows or none.",
        example="%sfdag load clicks.parquet --as RAW.CLICKS",
        act=_load,
        check=_check_load,
        options=_load_options,
    ),
    Verb(
        name="pull",
        acts_on=frozenset({ActsOn.TARGET}),
        summary="Brings rows of a target's table onto this machine, with their types.",
        example="%sfdag pull SALES.PUBLIC.ORDERS -t prod --sample 1%",
        act=_pull,
        check=_check_pull,
        options=_pull_options,
    ),
)
