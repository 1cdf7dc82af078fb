"""The resources, each with its fields and the statements that its operations are."""
