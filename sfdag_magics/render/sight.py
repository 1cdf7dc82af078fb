"""What is known of a graph as it stands on its target, and how that is said. Pure; asks nobody.

That nothing is known is another thing than that nothing ran: a view must never say the second
where only the first is so.
"""

from __future__ import annotations

from enum import StrEnum

from sfdag_magics.place_words import to_type


class Sight(StrEnum):
    """What whoever looks for a graph's runs has learnt so far."""

    CLEAR = "clear"
    LOOKING = "looking"
    ENGINE_OFF = "engine off"
    #: This kernel starts the engine or logs in, for whatever was typed.
    OPENING = "opening"
    NOT_CONNECTED = "not connected"
    SILENT = "silent"
    #: Its runs went with it: what is shown of them is all that is left.
    DROPPED = "dropped"

    @property
    def word(self) -> str:
        """What stands where the state of a run would."""
        return _WORDS[self]

    @property
    def is_unanswered(self) -> bool:
        """Whether it was asked what ran, and has not been answered: a run may be going."""
        return self in (Sight.LOOKING, Sight.SILENT, Sight.OPENING)

    @property
    def plain(self) -> str:
        """The same in a line of text."""
        return _PLAIN.get(self, "runs not known")

    @property
    def note(self) -> str:
        """Why nothing is known and what to type to know it; empty where nothing is to be done."""
        return _NOTES.get(self, "").format(status=to_type("status"))


def where_nothing_runs(*, is_embedded: bool, has_run: bool = True) -> Sight:
    """What is known of a graph on a target that cannot be asked now.

    Args:
        has_run: an embedded engine ever served it; where none did, nothing is there to be known.
    """
    if not is_embedded:
        return Sight.NOT_CONNECTED
    return Sight.ENGINE_OFF if has_run else Sight.CLEAR


_WORDS = {
    Sight.CLEAR: "Not run yet",
    Sight.LOOKING: "Looking for its runs",
    Sight.ENGINE_OFF: "Engine stopped",
    Sight.OPENING: "Connecting",
    Sight.NOT_CONNECTED: "Not connected",
    Sight.SILENT: "No answer yet",
    Sight.DROPPED: "Dropped",
}
_PLAIN = {
    Sight.CLEAR: "no run yet",
    Sight.ENGINE_OFF: "runs not known, the engine is stopped",
    Sight.NOT_CONNECTED: "runs not known, not connected yet",
    Sight.DROPPED: "dropped",
}
_NOTES = {
    Sight.ENGINE_OFF: "The engine is stopped: what is deployed and what ran is not known here. "
    "{status} starts it and looks.",
    Sight.NOT_CONNECTED: "Not connected yet: what is deployed and what ran is not known here. "
    "{status} connects and looks.",
    Sight.SILENT: "Nothing has answered yet: what is deployed and what ran is not known here.",
    Sight.DROPPED: "The graph was dropped: its runs are gone, and none of them can be continued.",
}
