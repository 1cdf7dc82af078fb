"""What the names in a tree mean: tables, columns, types of expressions. Trees only."""
