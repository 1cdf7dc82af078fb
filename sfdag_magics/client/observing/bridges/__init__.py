"""Bridges: runs in which tasks give recorded values, told as runs of the graph they stand for."""
