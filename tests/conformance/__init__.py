"""Outside judges, and what they say of us."""
