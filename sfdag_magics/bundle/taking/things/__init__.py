"""Functions, classes and objects of the notebook as lines that make them again."""
