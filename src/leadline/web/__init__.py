"""The workspace in a browser: HTTP and HTML; it has no tables of its own."""
