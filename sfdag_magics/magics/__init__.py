"""The IPython surface: cells become tasks, `%sfdag` verbs act on their graph."""
