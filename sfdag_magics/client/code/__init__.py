"""The code of a graph's Python tasks: as it ships, as it is deployed, as it ran."""
