"""From a target to an open connection, and the engine behind it. Knows no task."""
