"""A run of a graph told to where runs of all kinds are looked at. Changes nothing on the target."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from sfdag_magics.client.observing.traces.rows import with_rows
from sfdag_magics.client.running.runs import Run
from sfdag_magics.client.tracing import events, spans
from sfdag_magics.client.tracing.executed import executed
from sfdag_magics.client.tracing.touched import touched
from sfdag_magics.errors import InputError, MachineError
from sfdag_magics.graph.names import counted, nearest, short_run
from sfdag_magics.light_classes import dataclass
from sfdag_magics.place_words import to_type
from sfdag_magics.workspace.workspace import Workspace


class TraceForm(StrEnum):
    """As what a run is told."""

    OTEL = "otel"
    OPENLINEAGE = "openlineage"


_NOUNS = {TraceForm.OTEL: "span", TraceForm.OPENLINEAGE: "event"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Traced:
    """What was told of a run, and to where.

    Attributes:
        run: its id.
        count: of spans or events.
        to: an address, the name of a transport, or a file.
    """

    run: str
    form: TraceForm
    count: int
    to: str

    def __str__(self) -> str:
        return f"run {short_run(self.run)}: {counted(self.count, _NOUNS[self.form])} to {self.to}"


def check_trace_form(form: str) -> None:
    """See that a run is told so.

    Raises:
        InputError: it is not; offers the nearest name.
    """
    if form in [*TraceForm]:
        return
    near = nearest(form, TraceForm)
    did = f"; did you mean {near}?" if near else ""
    raise InputError(
        f"a run is told as {' or '.join(TraceForm)}, not as {form!r}{did}",
        hint=f"--as {near or TraceForm.OTEL}",
    )


def traced(
    workspace: Workspace, run: Run, form: str, target: str | None, *, to: Path | None = None
) -> Traced:
    """Tell a run by the library's own settings, or write it to a file, a line of JSON each.

    Raises:
        InputError: there is no such form, or the run has not begun.
        MachineError: the library is not installed, or the file cannot be written.
        BackendError: who is to be told does not take it.
    """
    check_trace_form(form)
    seen = run.refresh()
    begun = seen.begun or seen.started
    if seen.group_id is None or begun is None:
        raise InputError(f"{seen.label} has not begun", hint=to_type("status"))
    backend = workspace.places.backend(target)
    (seen,) = with_rows(backend, run.deployed.root, [seen])
    ran = executed(seen, run.attempts)
    kind = TraceForm(form)
    if kind is TraceForm.OTEL:
        made = spans.spans_of(seen, begun, ran, backend.place)
        lines = [json.dumps(json.loads(span.to_json())) for span in made] if to else []
        where = _written(to, lines) if to else spans.send(made)
    else:
        tables = touched(backend, run.deployed.root, ran)
        made = events.events_of(seen, begun, ran, _namespace(workspace, target), tables)
        where = _written(to, events.as_json(made)) if to else events.emit(made)
    return Traced(run=seen.group_id or "", form=kind, count=len(made), to=where)


def _namespace(workspace: Workspace, target: str | None) -> str:
    """Of jobs: the account as OpenLineage names it, else the embedded engine."""
    pages = workspace.places.snowsight(target)
    return f"snowflake://{pages.organization}-{pages.account}" if pages else "sfdag://embedded"


def _written(path: Path, lines: Sequence[str]) -> str:
    try:
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    except OSError as error:
        raise MachineError(
            f"cannot write {path}: {error.strerror}", hint="name a file in a folder that is there"
        ) from error
    return str(path)
