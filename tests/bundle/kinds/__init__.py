"""How each kind of thing travels: cells, a task, and what must come of it."""
