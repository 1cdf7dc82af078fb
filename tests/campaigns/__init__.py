"""Long trials that print figures, run by hand: `python -m tests.campaigns NAME …`."""
