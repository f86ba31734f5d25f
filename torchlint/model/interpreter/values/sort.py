"""What of an argument decides which overload of an operation is meant."""

from __future__ import annotations

Sort = tuple[str, object]
"""What it is, and the value of a plain one."""

TENSOR: Sort = ("tensor", None)
UNKNOWN: Sort = ("unknown", None)
NUMBER: Sort = ("number", None)
OTHER: Sort = ("other", None)
