"""One file is one rule; they are discovered, not listed."""
