"""Parts of a graph as a person asks for them: which tasks, whose values, and what is said of it."""
