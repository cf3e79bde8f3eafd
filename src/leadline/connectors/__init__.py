"""Other systems, read-only: each folder turns one of them into facts."""
