"""Values of the interpreter against what they stand for."""

from __future__ import annotations

import pytest

from torchlint.model.interpreter.values.modules import MODULE_ATTRIBUTES


@pytest.mark.torch
def test_what_every_module_has() -> None:
    nn = pytest.importorskip("torch.nn")
    assert {name for name in dir(nn.Module()) if not name.startswith("_")} == MODULE_ATTRIBUTES
