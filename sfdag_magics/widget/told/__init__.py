"""What the page is told: a view and its run as they travel, and how often."""
