"""What is known of how ``autocast`` calls operations is what PyTorch does, as far as that shows without a GPU."""

from __future__ import annotations

import pytest

from torchlint.model.autograd.saved import _NEVER_CAST

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.torch

MORE = {"clamp": (0.5,), "clip": (0.5,), "threshold": (0.1, 0.2), "div": 1, "hypot": 1, "maximum": 1, "minimum": 1}
MORE |= {"mul": 1, "multiply": 1, "sub": 1, "add": 1, "lerp": 2}
FUNCTIONS = sorted(each for each in _NEVER_CAST if each.islower())


def called(name: str, tensor: torch.Tensor) -> torch.Tensor:
    if name == "batch_norm":
        return torch.nn.functional.batch_norm(tensor, torch.zeros(2), torch.ones(2))
    if name in ("masked_fill", "where"):
        mask = torch.ones(2, 2, dtype=torch.bool)
        return torch.where(mask, tensor, tensor) if name == "where" else tensor.masked_fill(mask, 1.0)
    more = MORE.get(name, ())
    arguments = more if isinstance(more, tuple) else (tensor,) * more
    spaces = (torch.nn.functional, torch)
    return next(getattr(space, name) for space in spaces if hasattr(space, name))(tensor, *arguments)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_never_given_a_copy_of_another_precision(name: str, dtype: torch.dtype) -> None:
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert called(name, torch.rand(2, 2, dtype=dtype)).dtype == dtype
