"""A run as a trace for elsewhere: OpenTelemetry spans, OpenLineage events, by their libraries."""
