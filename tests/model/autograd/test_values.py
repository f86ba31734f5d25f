"""Values of the interpreter against what they stand for."""

from __future__ import annotations

from torch import nn

from torchlint.model.interpreter.values import MODULE_ATTRIBUTES


def test_what_every_module_has() -> None:
    assert {name for name in dir(nn.Module()) if not name.startswith("_")} == MODULE_ATTRIBUTES
