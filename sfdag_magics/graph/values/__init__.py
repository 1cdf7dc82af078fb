"""What tasks give each other: types, annotations, signatures and what is returned."""
