"""Statistics of controlled experiments: aggregates in, frozen results out."""
