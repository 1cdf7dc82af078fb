"""Dates and times: read from texts, written as texts, and counted with."""
