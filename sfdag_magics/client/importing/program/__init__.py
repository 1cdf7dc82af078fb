"""Python programs that make task graphs, read by their syntax trees. Runs none of them."""
