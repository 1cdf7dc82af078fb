"""What is said in Python of tasks, graphs and calls: which options there are, what each takes."""
