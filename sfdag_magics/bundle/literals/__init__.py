"""Values of the notebook as expressions that make them anew."""
