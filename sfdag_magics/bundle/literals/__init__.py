"""Values written as source."""
