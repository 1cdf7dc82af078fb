"""What stands in the notebook's cells, found by what it is and compared with it."""
