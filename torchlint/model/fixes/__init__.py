"""Rewrites of a file's text, each tried out before it is offered."""
