"""From a graph of the notebook to what is deployed: the plan, its steps, and undoing them."""
