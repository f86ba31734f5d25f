"""Knows torch, knows no rule: visitors that build facts."""
