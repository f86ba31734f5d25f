"""The public name of what can be imported from several modules of PyTorch."""

from __future__ import annotations

from functools import cache

from torchlint.model.api.torch_names import HOMES


def canonical(name: str) -> str:
    """The public name of a qualified name: ``torch.nn.modules.linear.Linear`` is ``torch.nn.Linear``.

    Attributes stay attached (``torch._tensor.Tensor.add_`` is ``torch.Tensor.add_``); other names are returned as they
    are. Source: ``torch_names.HOMES``, which is measured.
    """
    if not name.startswith("torch."):
        return name
    known = _public_names()
    head, tail = name, ""
    while "." in head:
        if head in known:
            return known[head] + tail
        head, _, last = head.rpartition(".")
        tail = f".{last}{tail}"
    return name


@cache
def _public_names() -> dict[str, str]:
    return {
        f"{home}.{name}": f"{space}.{name}"
        for home, spaces in HOMES.items()
        for space, names in spaces.items()
        for name in names.split()
    }
