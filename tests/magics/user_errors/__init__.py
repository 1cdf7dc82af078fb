"""Every error that a user can cause, as a table: what was typed, and what was answered."""
