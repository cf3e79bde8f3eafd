"""Peers on the same cases: pinned environments, a mapping written before the first run."""
