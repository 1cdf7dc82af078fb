"""What runs in the process that loads tasks, and in the notebook to compare it with what is there.

Imports nothing but the standard library and itself: that process is to know nothing else.
"""
