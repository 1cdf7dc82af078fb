"""A run as OpenLineage events: where the run and each attempt of a task began, and how they ended.

An attempt's end names the tables that it read and wrote, where they are known (`touched`). Imports
the library when a run is told, and not before.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.tracing.executed import Executed, uuid_of
from sfdag_magics.client.tracing.quiet import without_warnings_of
from sfdag_magics.client.tracing.tables import Tables
from sfdag_magics.errors import BackendError, InputError, not_installed
from sfdag_magics.graph.states import GraphRunState
from sfdag_magics.light_classes import dataclass

#: Of a run whose statements nobody tells.
NOTHING: Mapping[str, Tables] = MappingProxyType({})
_NO_TABLES = Tables()
#: Who says it, as the standard wants it: an address.
PRODUCER = "https://pypi.org/project/sfdag-magics"
_EXTRA = "'sfdag_magics[openlineage]'"
#: Transports of a client that nobody told where to send anything.
_NOWHERE = ("console", "noop")
_ENDS = {GraphRunState.SUCCEEDED: "COMPLETE", GraphRunState.CANCELLED: "ABORT"}


@dataclass(frozen=True, slots=True)
class _Library:
    """The modules of OpenLineage's client that are used."""

    event: Any
    facets: Any


def events_of(
    seen: RunSnapshot,
    begun: datetime,
    ran: Sequence[Executed],
    namespace: str,
    tables: Mapping[str, Tables] = NOTHING,
) -> list[Any]:
    """The events in the order of their times.

    Args:
        begun: when its first attempt did.
        namespace: of jobs and tables: the account, or where the run was.
        tables: `{query id of an attempt: what it read and wrote}`.

    Raises:
        MachineError: the library is not installed.
    """
    library = _library()
    found = [*_of_run(library, seen, begun, ran, namespace)]
    for each in ran:
        found += _of_task(library, seen, each, namespace, tables.get(each.query_id, _NO_TABLES))
    # What begins with another thing is told behind it, and its end before that one's.
    order = {"START": 0, "RUNNING": 1}
    return sorted(found, key=lambda event: (event.eventTime, order.get(event.eventType.value, 2)))


def _of_run(
    library: _Library,
    seen: RunSnapshot,
    begun: datetime,
    ran: Sequence[Executed],
    namespace: str,
) -> Iterator[Any]:
    facets: dict[str, Any] = {}
    if seen.scheduled is not None:
        nominal = library.facets.nominal_time_run
        facets["nominalTime"] = nominal.NominalTimeRunFacet(
            nominalStartTime=_time(seen.scheduled), producer=PRODUCER
        )
    run, job = _run_of(seen), (namespace, seen.root, "DAG")
    yield _event(library, "START", begun, run, job, facets)
    if seen.is_over:
        ended = seen.completed or max((e.completed for e in ran if e.completed), default=begun)
        error = "\n".join(f"{task.name}: {task.reason}" for task in seen.failed)
        has_failed = seen.state not in _ENDS
        told = facets | (_error(library, error, error) if has_failed and error else {})
        yield _event(library, _ENDS.get(seen.state, "FAIL"), ended, run, job, told)


def _of_task(
    library: _Library, seen: RunSnapshot, ran: Executed, namespace: str, tables: Tables
) -> Iterator[Any]:
    parent = library.facets.parent_run
    facets = {
        "parent": parent.ParentRunFacet(
            run=parent.Run(runId=_run_of(seen)),
            job=parent.Job(namespace=namespace, name=seen.root),
            producer=PRODUCER,
        )
    }
    if ran.query_id:
        query = library.facets.external_query_run
        facets["externalQuery"] = query.ExternalQueryRunFacet(
            externalQueryId=ran.query_id, source=namespace, producer=PRODUCER
        )
    run = uuid_of(seen.group_id, ran.task, ran.attempt)
    job = (namespace, f"{seen.root}.{ran.task}", "TASK")
    yield _event(library, "START", ran.started, run, job, facets)
    if ran.completed is None:
        return
    word = "FAIL" if ran.has_failed else "ABORT" if ran.was_cancelled else "COMPLETE"
    told = facets | (_error(library, ran.reason, ran.error) if ran.error else {})
    yield _event(library, word, ran.completed, run, job, told, tables)


def _event(
    library: _Library,
    word: str,
    at: datetime,
    run: str,
    job: tuple[str, str, str],
    facets: dict[str, Any],
    tables: Tables = _NO_TABLES,
) -> Any:  # noqa: ANN401 - another library's
    namespace, name, kind = job
    kinds = library.facets.job_type_job
    job_type = kinds.JobTypeJobFacet(
        processingType="BATCH", integration="SNOWFLAKE", jobType=kind, producer=PRODUCER
    )
    made = library.event
    return made.RunEvent(
        eventType=made.RunState(word),
        eventTime=_time(at),
        run=made.Run(runId=run, facets=facets),
        job=made.Job(namespace=namespace, name=name, facets={"jobType": job_type}),
        producer=PRODUCER,
        inputs=[made.InputDataset(namespace=namespace, name=each) for each in tables.read],
        outputs=[made.OutputDataset(namespace=namespace, name=each) for each in tables.written],
    )


def _error(library: _Library, reason: str, text: str) -> dict[str, Any]:
    facet = library.facets.error_message_run.ErrorMessageRunFacet(
        message=reason, programmingLanguage="python", stackTrace=text, producer=PRODUCER
    )
    return {"errorMessage": facet}


def emit(events: Sequence[Any]) -> str:
    """Send the events by the transport that OpenLineage's own settings name; says which.

    Raises:
        MachineError: the library is not installed.
        InputError: no transport is set.
        BackendError: it did not take them.
    """
    try:
        library = importlib.import_module("openlineage.client")
    except ImportError as error:
        raise not_installed("openlineage-python", _EXTRA) from error
    # Without one that events are printed, which they are not.
    with without_warnings_of("openlineage.client.client"):
        client = library.OpenLineageClient()
    kind = str(client.transport.kind)
    if kind in _NOWHERE:
        raise InputError(
            "OpenLineage is not told where to send events",
            hint="OPENLINEAGE_URL=http://HOST:5000, or openlineage.yml; --to FILE writes them",
        )
    try:
        for event in events:
            client.emit(event)
    except Exception as error:
        raise BackendError(
            f"OpenLineage's transport {kind} did not take the events: {type(error).__name__}",
            hint="OPENLINEAGE_URL names where they go, --to FILE writes them",
        ) from error
    finally:
        client.close()
    return kind


def as_json(events: Sequence[Any]) -> list[str]:
    """Each event as the standard's JSON, on one line."""
    serde = importlib.import_module("openlineage.client.serde").Serde
    return [" ".join(serde.to_json(event).split("\n")) for event in events]


def _run_of(seen: RunSnapshot) -> str:
    return uuid_of(seen.group_id)


def _library() -> _Library:
    try:
        facets = importlib.import_module("openlineage.client.facet_v2")
        return _Library(importlib.import_module("openlineage.client.event_v2"), facets)
    except ImportError as error:
        raise not_installed("openlineage-python", _EXTRA) from error


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
