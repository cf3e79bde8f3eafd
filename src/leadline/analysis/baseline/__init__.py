"""Rules without machine learning, and whether a model is worth more than the best one."""
