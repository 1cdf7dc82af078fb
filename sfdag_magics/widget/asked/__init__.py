"""What the page asks: taken, and answered or carried out beside the kernel's own work."""
