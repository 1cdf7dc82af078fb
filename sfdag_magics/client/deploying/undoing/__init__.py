"""Back to what was: a refused deploy is undone, an earlier version is deployed again."""
