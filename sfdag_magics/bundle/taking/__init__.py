"""What a task takes from the notebook, in the order in which it must run over there."""
