"""Loads the tasks of an archive before it is sent, and holds their names against the notebook's.

`taking` proves kind by kind that what ships is what is there; this looks at what came of it.
"""
