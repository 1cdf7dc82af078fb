"""The versions of a graph that are kept on a target, as a table. Asks nobody."""

from __future__ import annotations

from collections.abc import Sequence

from sfdag_magics.client.kept.version import KeptVersion
from sfdag_magics.client.observing.intentions import listed
from sfdag_magics.graph.displayed import Displayed
from sfdag_magics.graph.names import counted
from sfdag_magics.graph.times.moments import dated_text
from sfdag_magics.place_words import to_type


class Versions(tuple[KeptVersion, ...], Displayed):
    """What was deployed of a graph, the newest last.

    Attributes:
        altered: what somebody altered by hand since, so that it is as in no version.
    """

    graph: str
    place: str
    altered: Sequence[str]

    def __new__(
        cls,
        graph: str,
        place: str,
        versions: Sequence[KeptVersion],
        *,
        altered: Sequence[str] = (),
    ) -> Versions:
        """Those of one graph on one target."""
        listing = super().__new__(cls, versions)
        listing.graph, listing.place, listing.altered = graph, place, altered
        return listing

    def __repr__(self) -> str:
        return f"<{counted(len(self), 'version')} of {self.graph}>"

    def __str__(self) -> str:
        title = f"{counted(len(self), 'version')} of graph {self.graph} on {self.place}"
        if not self:
            return f"{title}: {to_type('deploy')} keeps what it leaves"
        since = f", altered by hand since: {listed(self.altered)}" if self.altered else ""
        lines = [_line(version) for version in reversed(self)]
        return "\n".join((title, f"{lines[0]}   ← deployed{since}", *lines[1:]))


def _line(version: KeptVersion) -> str:
    return f"  {version.number:>4}  {dated_text(version.since)}  {version.who}  {version.said}"
