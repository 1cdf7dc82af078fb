"""What queries, DML and a session's own statements do, each by its kind."""
