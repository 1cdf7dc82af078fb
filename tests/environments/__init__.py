"""What the tests were run with: the lock, the newest that the bounds allow, and other releases."""
