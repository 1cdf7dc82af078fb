"""State of modules beside the notebook: it ships, or it is said which name does not."""
