"""What holds a model back: every remedy is tried, and the gain it buys is said."""
