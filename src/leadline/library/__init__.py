"""What a notebook calls: connectors and analysis put together, no workspace needed."""
