"""What all resources are made of: shapes of values, tables of fields, paths, operations."""
