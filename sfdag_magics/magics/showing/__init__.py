"""How graphs, runs and lists are shown in the notebook."""
