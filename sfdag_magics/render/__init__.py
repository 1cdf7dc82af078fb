"""A graph as picture or text: pure functions from values to strings. Knows no kernel, no server."""
