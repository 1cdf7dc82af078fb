"""What is known of SQL that a user wrote: bodies, blocks, conditions, names. Runs none."""
