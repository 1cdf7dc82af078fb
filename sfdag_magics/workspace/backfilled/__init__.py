"""Backfills: the slots of a graph, which of them were missed, and how those are run."""
