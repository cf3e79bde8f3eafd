"""Watching a model in front of users: statistics over counts by day, segment and column."""
