"""Faults as rules tell them: places, names, and the steps of what happens."""
