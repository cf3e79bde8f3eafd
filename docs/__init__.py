"""The documentation: pages by hand, and `docs/reference/` written from the code."""
