"""What code uses, by name or by text. Reads code; runs none."""
