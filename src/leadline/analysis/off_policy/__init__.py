"""What a policy would have earned, from the log of another: before any user meets it."""
