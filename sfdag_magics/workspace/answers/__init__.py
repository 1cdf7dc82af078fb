"""What is told of graphs and runs: checks, simulations, listings, status, causes, pictures."""
