"""The verbs of `%sfdag`, by topic."""
