"""A part of a graph, run in a bridge: other tasks give recorded values instead of running."""
