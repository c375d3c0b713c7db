"""Whole flows: a museum from a folder, through crashes, bad files and second runs."""
