"""What magics need of the notebook around them: its cells, its names, how to speak."""
