"""Classes as lines: what stands in them, and what was set in them since."""
