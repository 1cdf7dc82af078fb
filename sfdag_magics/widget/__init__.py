"""The live view of a graph in a notebook: feeds it, draws it in the page, answers its clicks."""

from sfdag_magics.widget.held.actions import Actions
from sfdag_magics.widget.held.feed import EMBEDDED_PACE, SNOWFLAKE_PACE, Pace
from sfdag_magics.widget.view import LiveView

__all__ = ["EMBEDDED_PACE", "SNOWFLAKE_PACE", "Actions", "LiveView", "Pace"]
