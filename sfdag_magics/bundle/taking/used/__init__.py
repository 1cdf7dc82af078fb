"""What code uses, by name or by text, and what its process has not. Reads code; runs none."""
