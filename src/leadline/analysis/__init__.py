"""Statistics over aggregates and arrays; results are frozen dataclasses."""
