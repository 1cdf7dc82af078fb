"""Models of the registry: their versions, which runs made them, and which one is the default."""
