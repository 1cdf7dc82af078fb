"""Lines that make things, in their order, and what was set, filled or taken away since."""
