"""What tasks leave behind while they run: lines of their logs, rows they read and wrote."""
