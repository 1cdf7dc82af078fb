"""Verbs that write down for elsewhere: a graph, and what became of a run: export, trace."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from sfdag_magics.client.exporting.exported import Exported, Form, is_same_export
from sfdag_magics.client.exporting.forms import form_named
from sfdag_magics.errors import InputError
from sfdag_magics.magics.reading.options import OptionParser, Options
from sfdag_magics.magics.verbs.verb import Desk, Verb, json_text
from sfdag_magics.magics.verbs.writing import make_folder, write_file
from sfdag_magics.workspace.answers.exporting import exported_as
from sfdag_magics.workspace.answers.tracing import TraceForm, check_trace_form, traced

_AS = "as"


def _options(parser: OptionParser) -> None:
    parser.value("--as", metavar="FORM", help="module (the default), sql, dag, dcm or ci")
    parser.value("--notebook", metavar="PATH", help="in its repository: what a CI job reads")
    parser.value(
        "--to",
        metavar="PATH",
        help="write it to this file, or a project to this folder; else it is printed",
    )


def _check_export(options: Options) -> None:
    form = form_named(getattr(options, _AS) or Form.MODULE)
    if options.to:
        _check_suffix(Path(options.to), form)


def _export(desk: Desk, options: Options) -> object:
    if options.graph:
        desk.take_up(options.graph)
    graph = desk.workspace.registry.named(options.graph)
    form = getattr(options, _AS) or Form.MODULE
    found = exported_as(desk.workspace, graph, form, options.target, notebook=options.notebook)
    path = Path(options.to) if options.to else None
    if path is not None:
        _write(path, found, is_agreed=options.yes)
    if options.json:
        desk.notebook.write(json_text(_record(found, path)))
    elif path is None:
        desk.notebook.write(found.text.rstrip("\n"))
    else:
        needs = (f"needs: {each}" for each in found.needs)
        left = (f"not carried: {each}" for each in found.not_carried)
        desk.say(options, "\n".join((f"graph {found.graph} is in {path}", *needs, *left)))
    return found


#: What each form's files end with; a name that ends otherwise, but as no form's, is somebody's own.
_ENDS: Mapping[Form, tuple[str, ...]] = {
    Form.MODULE: (".py",),
    Form.SQL: (".sql",),
    Form.DAG: (".py",),
    Form.DCM: (".sql",),
    Form.CI: (".yml", ".yaml"),
}


def _check_suffix(path: Path, form: Form) -> None:
    """Refuse to write one form under the name of another.

    Raises:
        InputError: the file's name ends as those of another form do.
    """
    own = _ENDS[form]
    if path.suffix in own or path.suffix not in {each for ends in _ENDS.values() for each in ends}:
        return
    raise InputError(
        f"an export as {form} is no {path.suffix} file: {path} is not written",
        hint=f"%sfdag export --as {form} --to {path.with_suffix(own[0])}",
    )


def _write(path: Path, found: Exported, *, is_agreed: bool) -> None:
    """Write the text, or the files of a form that has several where a folder is named."""
    typed = "export" if found.form is Form.MODULE else f"export --as {found.form}"
    is_folder = bool(found.files) and not path.suffix
    texts = {path / name: text for name, text in found.files.items()} if is_folder else {}
    for place, text in (texts or {path: found.text}).items():
        if is_folder:
            make_folder(place.parent)
        write_file(place, text, partial(is_same_export, text), is_agreed=is_agreed, typed=typed)


def _record(found: Exported, path: Path | None) -> dict[str, Any]:
    return {
        "graph": found.graph,
        "form": found.form.value,
        "text": found.text,
        "needs": list(found.needs),
        "not_carried": list(found.not_carried),
        "files": dict(found.files),
        "written": str(path) if path else None,
    }


def _trace_options(parser: OptionParser) -> None:
    parser.word("run", help="the start of a run's id; else the newest")
    parser.value("--as", metavar="FORM", help="otel (the default) or openlineage")
    parser.value("--to", metavar="PATH", help="write it to this file; else it is sent")


def _check_trace(options: Options) -> None:
    check_trace_form(getattr(options, _AS) or TraceForm.OTEL)


def _trace(desk: Desk, options: Options) -> object:
    graph = desk.graph(options)
    run = desk.workspace.runs.find(graph, options.run, options.target, begun=True, past=True)
    form = getattr(options, _AS) or TraceForm.OTEL
    to = Path(options.to) if options.to else None
    done = traced(desk.workspace, run, form, options.target, to=to)
    if options.json:
        record = {"run": done.run, "form": done.form.value, "count": done.count, "to": done.to}
        desk.notebook.write(json_text(record))
    else:
        desk.say(options, str(done))
    return done


EXPORT_VERBS = (
    Verb(
        name="export",
        summary="Writes it down: as a Python file, SQL, a DAG program, a DCM project or a CI job.",
        example="%sfdag export --to nightly.py",
        act=_export,
        check=_check_export,
        options=_options,
    ),
    Verb(
        name="trace",
        summary="Tells a run as OpenTelemetry spans or OpenLineage events, or writes them down.",
        example="%sfdag trace 3f2a91bc --as openlineage --to run.jsonl",
        act=_trace,
        check=_check_trace,
        options=_trace_options,
    ),
)
