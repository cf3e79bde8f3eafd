"""One small module a family of pages: read, choose page or fragment, render."""
