"""Scan epochs, condition, treatment, comparisons."""
