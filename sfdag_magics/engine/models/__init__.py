"""The model registry: its statements, and where the files of versions lie."""
