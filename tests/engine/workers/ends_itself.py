"""Imported into a preloaded process by one test: ends it in the middle of its imports."""

import os

os._exit(1)
