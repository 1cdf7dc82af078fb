"""Decides which task runs when. Knows states and rules; does nothing itself and stores nothing."""

from sfdag_magics.engine.scheduler.core import Scheduler
from sfdag_magics.engine.scheduler.slots import DEFAULT_SLOTS

__all__ = ["DEFAULT_SLOTS", "Scheduler"]
