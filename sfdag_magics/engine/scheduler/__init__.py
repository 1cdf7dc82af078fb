"""Decides which task runs when. Knows states and rules; does nothing itself and stores nothing."""

from sfdag_magics.engine.scheduler.core import DEFAULT_SLOTS, Scheduler

__all__ = ["DEFAULT_SLOTS", "Scheduler"]
