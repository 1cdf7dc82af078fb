"""Values over time or versions, slots by days: drawn so that they need no script, and as text."""
