"""What PyTorch's error messages call the dtypes (``c10::ScalarType``)."""

from __future__ import annotations

INTEGERS = {
    "torch.int64": "Long",
    "torch.long": "Long",
    "torch.int32": "Int",
    "torch.int": "Int",
    "torch.int16": "Short",
    "torch.short": "Short",
    "torch.uint8": "Byte",
    "torch.int8": "Char",
    "torch.bool": "Bool",
}
FLOATING = {
    "default": "Float",
    "torch.float": "Float",
    "torch.float32": "Float",
    "torch.double": "Double",
    "torch.float64": "Double",
    "torch.half": "Half",
    "torch.float16": "Half",
    "torch.bfloat16": "BFloat16",
}
"""``default`` stands for what a tensor has that was made without a dtype."""
SCALAR_TYPES = {**INTEGERS, **FLOATING}
