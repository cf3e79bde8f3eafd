"""What is to be predicted, from what, and how well: shared by baseline and diagnosis."""
