"""Everything that is derived, put together."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

from torchlint.model.api.derive.functions import functions
from torchlint.model.api.derive.layers import layers, optimizers
from torchlint.model.api.derive.render import render
from torchlint.model.api.derive.samples import stand_in_for_expecttest
from torchlint.model.api.operation_text import write_layer, write_operation, write_optimizer

TARGET = Path(__file__).parent.parent / "operation_table.py"


@dataclass(frozen=True)
class Derived:
    """The text of ``operation_table.py``, and the public names and the overloads that it says nothing about."""

    text: str
    missing: list[str]
    unseen: list[str]


def derive() -> Derived:
    """Measure everything on the installed PyTorch."""
    stand_in_for_expecttest()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch

        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            found, modules = functions(), layers()
        finally:
            torch.set_num_threads(threads)
        sections = {
            "OPERATIONS": {name: [write_operation(each) for each in entry] for name, entry in found.entries.items()},
            "LAYERS": {name: list(write_layer(each)) for name, each in modules.items()},
            "OPTIMIZERS": {name: [write_optimizer(each)] for name, each in optimizers().items()},
        }
        return Derived(render(sections, torch.__version__.partition("+")[0]), found.missing, found.unseen)
