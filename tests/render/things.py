"""Things that tasks showed, as a drawing reads them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Thing:
    name: str
    kind: str
    cut: str = ""
    size: int = 1
    mime: str = ""
    data: bytes = b""
    text: str = ""
    columns: tuple = ()
    rows: tuple = ()
