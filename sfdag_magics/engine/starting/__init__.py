"""What a start need not wait for: opened beside it, or imported with its first use."""
