"""One module a kind of source: read it through its connector, store its facts, report."""
