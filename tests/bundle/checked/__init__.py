"""The check that loads what is built, in a process of its own."""
