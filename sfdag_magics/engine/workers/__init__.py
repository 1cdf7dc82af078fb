"""Does the work: every Python job in a process of its own, forked from a preloaded one.

Knows how to run, watch, stop and bury such a process; knows nothing of SQL, catalogue or tasks.
"""
