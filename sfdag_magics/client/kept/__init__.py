"""Versions of a graph that were deployed, as files on its stage. Plans nothing, sends nothing."""
