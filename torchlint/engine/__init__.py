"""From bytes to findings to fixed bytes; open check.py first."""
