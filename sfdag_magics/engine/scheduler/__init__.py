"""Decides which task runs when. Knows states and rules; does nothing itself and stores nothing."""
