"""Thin: how findings reach people and programs."""
