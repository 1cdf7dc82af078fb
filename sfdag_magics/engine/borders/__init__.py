"""What the engine's rooms promise one another: the borders, and the values that cross them."""
