"""When a graph runs: intervals, cron with its zones, and moments as people read them."""
