"""Management practice: rules over dates and facts. Standard library only."""
