"""One module per family of causes; each tries its remedy and returns suspicions."""
