"""Facts of the service that this engine does not have by nature: number and why."""

from __future__ import annotations

NOT_HERE: dict[str, str] = {}
