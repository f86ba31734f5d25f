"""Write ``history_table.py``: since when PyTorch's names are there, warn, and are gone.

A development tool, which the linter never imports. It reads the Python files of releases and runs nothing of them.
"""
