"""Names of torchvision that were replaced: since which of its releases, and of PyTorch's that goes with it.

Source: the Python files of torchvision 0.13 to 0.29.
"""

from __future__ import annotations

from typing import NamedTuple

Version = tuple[int, int]


class Replaced(NamedTuple):
    """Since when a name warns and is gone, as torchvision and PyTorch number it, and what to use instead.

    ``deprecated`` and ``removed`` are None where that does not happen.
    """

    deprecated: tuple[str, Version] | None
    removed: tuple[str, Version] | None
    instead: str


_VIDEO = Replaced(("0.22", (2, 7)), ("0.26", (2, 11)), "torchcodec")
_IMAGE = Replaced(("0.29", (2, 14)), None, "torchcodec")
_MODULE = Replaced(("0.12", (1, 11)), None, "torchvision.transforms")
_V2 = Replaced(("0.15", (2, 0)), None, "v2.ToImage() and v2.ToDtype(torch.float32, scale=True)")
_IMAGES = (
    "read_file write_file decode_png encode_png write_png decode_jpeg encode_jpeg write_jpeg decode_image read_image "
    "decode_gif decode_webp decode_avif decode_heic"
)

REPLACED = {
    **{f"torchvision.io.{name}": _VIDEO for name in "read_video read_video_timestamps write_video VideoReader".split()},
    **{f"torchvision.io.{name}": _IMAGE for name in _IMAGES.split()},
    **{f"torchvision.transforms.{name}": _MODULE for name in ("_transforms_video", "_functional_video")},
    "torchvision.transforms.v2.ToTensor": _V2,
    "torchvision.transforms.v2.functional.to_tensor": _V2,
    "torchvision.transforms.v2.functional.get_image_size": Replaced(("0.15", (2, 0)), None, "get_size"),
}
"""By qualified name."""

MODEL_URLS = Replaced(("0.13", (1, 12)), ("0.15", (2, 0)), "the `url` of a member of the model's `Weights`")
"""The dictionary ``model_urls`` of a module of models."""
