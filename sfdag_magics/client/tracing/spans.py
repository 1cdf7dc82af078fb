"""A run as OpenTelemetry spans: one of the run, and below it one of each attempt of a task.

Imports the library when a run is told, and not before.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sfdag_magics.client.observing.snapshot import RunSnapshot
from sfdag_magics.client.tracing.executed import Executed, not_run, number_of
from sfdag_magics.errors import BackendError, not_installed
from sfdag_magics.graph.states import GraphRunState
from sfdag_magics.light_classes import dataclass

_SCOPE = "sfdag_magics"
_EXTRA = "'sfdag_magics[otel]'"
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")


@dataclass(frozen=True, slots=True)
class _Library:
    """The modules of OpenTelemetry that are used."""

    api: Any
    sdk: Any
    resources: Any


def spans_of(seen: RunSnapshot, begun: datetime, ran: Sequence[Executed], place: str) -> list[Any]:
    """The spans, the run's first; what still goes on ends now.

    Args:
        begun: when its first attempt did.
        place: where it ran, for people.

    Raises:
        MachineError: the library is not installed.
    """
    library = _library()
    resource = library.resources.Resource({"service.name": seen.graph, "sfdag.place": place})
    root = _context(library, seen.group_id)
    end = max((each.completed for each in ran if each.completed), default=begun)
    has_failed = seen.state is GraphRunState.FAILED
    run = _span(
        library,
        f"{seen.graph} run",
        root,
        None,
        resource,
        {
            "sfdag.graph": seen.graph,
            "sfdag.run": seen.group_id,
            "sfdag.state": seen.state.value,
            "sfdag.attempt": seen.attempt,
            "sfdag.not_run": not_run(seen),
            **{f"sfdag.config.{key}": _value(value) for key, value in seen.config.items()},
        },
        (begun, (seen.completed or end) if seen.is_over else None),
        f"{', '.join(task.name for task in seen.failed)} failed" if has_failed else "",
        is_good=seen.state is GraphRunState.SUCCEEDED,
    )
    return [run, *(_of_task(library, seen, each, root, resource) for each in ran)]


def _of_task(library: _Library, seen: RunSnapshot, ran: Executed, root: Any, resource: Any) -> Any:  # noqa: ANN401 - another library's
    attributes = {
        "sfdag.graph": seen.graph,
        "sfdag.run": seen.group_id,
        "sfdag.task": ran.task,
        "sfdag.attempt": ran.attempt,
        "sfdag.state": ran.state,
        "db.system.name": "snowflake",
        "snowflake.query.id": ran.query_id,
        "sfdag.rows.read": ran.read,
        "sfdag.rows.written": ran.written,
        "exception.message": ran.reason or None,
        "exception.stacktrace": ran.error or None,
    }
    return _span(
        library,
        ran.task,
        _context(library, seen.group_id, ran.task, ran.attempt),
        root,
        resource,
        {key: value for key, value in attributes.items() if value not in (None, "")},
        (ran.started, ran.completed),
        ran.reason or ran.state if ran.has_failed or ran.was_cancelled else "",
        is_good=not (ran.has_failed or ran.was_cancelled) and ran.completed is not None,
    )


def _span(
    library: _Library,
    name: str,
    context: Any,  # noqa: ANN401 - another library's
    parent: Any,  # noqa: ANN401 - as above
    resource: Any,  # noqa: ANN401 - as above
    attributes: Mapping[str, Any],
    times: tuple[datetime, datetime | None],
    error: str,
    *,
    is_good: bool,
) -> Any:  # noqa: ANN401 - as above
    code = library.api.StatusCode
    status = code.ERROR if error else code.OK if is_good else code.UNSET
    started, completed = times
    return library.sdk.ReadableSpan(
        name=name,
        context=context,
        parent=parent,
        resource=resource,
        attributes=dict(attributes),
        status=library.api.Status(status, error or None),
        start_time=_nanoseconds(started),
        end_time=_nanoseconds(completed or datetime.now(UTC)),
        instrumentation_scope=importlib.import_module(
            "opentelemetry.sdk.util.instrumentation"
        ).InstrumentationScope(_SCOPE),
    )


def _context(library: _Library, group_id: str | None, *parts: object) -> Any:  # noqa: ANN401 - another library's
    return library.api.SpanContext(
        trace_id=number_of(group_id, size=16),
        span_id=number_of("span", group_id, *parts, size=8),
        is_remote=False,
        trace_flags=library.api.TraceFlags(library.api.TraceFlags.SAMPLED),
    )


def send(spans: Sequence[Any]) -> str:
    """Send the spans to the collector that OpenTelemetry's own variables name; says where to.

    Raises:
        MachineError: the library is not installed.
        BackendError: no collector took them.
    """
    try:
        http = importlib.import_module("opentelemetry.exporter.otlp.proto.http.trace_exporter")
        results = importlib.import_module("opentelemetry.sdk.trace.export")
    except ImportError as error:
        raise not_installed("opentelemetry-exporter-otlp-proto-http", _EXTRA) from error
    endpoint = next((os.environ[name] for name in _ENDPOINTS if os.environ.get(name)), None)
    place = endpoint or "http://localhost:4318"
    exporter = http.OTLPSpanExporter(timeout=10)
    reason = ""
    try:
        is_taken = exporter.export(spans) is results.SpanExportResult.SUCCESS
    except Exception as error:  # noqa: BLE001 - whatever its transport raises
        is_taken, reason = False, f": {type(error).__name__}"
    finally:
        exporter.shutdown()
    if not is_taken:
        raise BackendError(
            f"no collector took the spans at {place}{reason}",
            hint=f"{_ENDPOINTS[1]}=http://HOST:4318 names one, --to FILE writes them",
        )
    return place


def _library() -> _Library:
    try:
        return _Library(
            importlib.import_module("opentelemetry.trace"),
            importlib.import_module("opentelemetry.sdk.trace"),
            importlib.import_module("opentelemetry.sdk.resources"),
        )
    except ImportError as error:
        raise not_installed("opentelemetry-sdk", _EXTRA) from error


def _nanoseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000) * 1000


def _value(value: object) -> object:
    return value if isinstance(value, str | bool | int | float) else str(value)
