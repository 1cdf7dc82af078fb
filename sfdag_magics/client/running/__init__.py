"""A run to hold on to: follow it, explain it, retry it, stop it."""
