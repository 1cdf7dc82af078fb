"""Semi-structured values as JSON text: written as the service does, also where they are large."""
