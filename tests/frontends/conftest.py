"""Made-up rules in place of the real ones."""

from __future__ import annotations

import pytest
from made_up import RULES

from torchlint import rule as rule_module
from torchlint.engine.settings import forget_settings


@pytest.fixture(autouse=True)
def made_up_rules(monkeypatch):
    monkeypatch.setattr(rule_module, "all_rules", lambda: RULES)
    forget_settings()
    yield
    forget_settings()
