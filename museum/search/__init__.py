"""One protocol, its engines, Vietnamese folding, the query language."""
