"""Metrics of models beside a task, in few words."""
