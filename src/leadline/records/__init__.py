"""What must be remembered: the one Django app with tables."""
