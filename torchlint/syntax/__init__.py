"""Knows Python and notebooks, not torch."""
