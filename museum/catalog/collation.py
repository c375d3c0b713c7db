"""Vietnamese collation."""


def sort_key(text: str) -> str:
    """Placeholder until the collation lands."""
    return text.casefold()
