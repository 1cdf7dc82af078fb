"""Deployed graphs, runs and logs as a target tells them, as values. Changes nothing."""
