"""Faults of other files that a script runs into: told in the script, and proven by running it."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from torchlint.engine.check import check_bytes
from torchlint.engine.settings import Overrides, load_settings

if TYPE_CHECKING:
    from pathlib import Path

    from torchlint.finding import Finding

HEAD = "import torch\nfrom torch import nn\n"
BLOCK = """
class Block(nn.Module):
    def __init__(self, inplace):
        super().__init__()
        self.skip = nn.Linear(3, 3)
        self.body = nn.Sequential(nn.ReLU(inplace=inplace), nn.Linear(3, 3))

    def forward(self, x):
        skip = self.skip(x)
        return self.body(x) + skip
"""
USE_OF_BLOCK = """
from other import Block

block = Block({inplace})
loss = block(torch.randn(2, 3, requires_grad=True) * 2).sum()
loss.backward()  # here
"""
UPDATE = """
def update(optimizer, loss, retain=False):
    optimizer.zero_grad()
    loss.backward(retain_graph=retain)
    optimizer.step()
"""
USE_OF_UPDATE = """
import torch.optim
from other import update

first, second = nn.Linear(3, 3), nn.Linear(3, 3)
hidden = first(torch.ones(3))
loss = second(hidden).sum()
other = {other}
update(torch.optim.SGD(second.parameters(), lr=0.1), loss, retain=True)
update(torch.optim.SGD(first.parameters(), lr=0.1), other)  # here
"""
CACHE = """
class Cache:
    def __init__(self):
        self.table = None

    def scaled(self, x):
        if self.table is None:
            self.table = torch.ones(3)
        return x * self.table
"""
USE_OF_CACHE = """
from other import Cache

w = torch.ones(3, requires_grad=True)
cache = Cache()
with torch.{mode}():
    cache.scaled(torch.ones(3))
cache.scaled(w).sum().backward()  # here
"""
BACKWARD = """
def go_back(loss):
    loss.backward()
"""
USE_OF_BACKWARD = """
import other

w = torch.ones(3, requires_grad=True)
loss = (w * w).sum()
other.go_back(loss)
other.go_back({second})  # here
"""
SHIFT = """
def shift(x):
    x += 1
"""
USE_OF_SHIFT = """
from other import shift

w = torch.ones(3, requires_grad=True)
shift({given})  # here
(w * 2).sum().backward()
"""

TRAINER = """
class Trainer:
    def __init__(self, model):
        self.model = model
        self.optimizer = torch.optim.SGD(model.parameters(), lr=0.1)

    def step(self, x):
        loss = self.model(x).mean()
        {clear}
        loss.backward()
        self.optimizer.step()
        return loss.item()
"""
USE_OF_TRAINER = """
from other import Trainer

if __name__ == "__main__":
    model = nn.Linear(3, 1)
    trainer = Trainer(model)
    for _ in range(3):
        trainer.step(torch.ones(4, 3))  # here
    fault = not torch.allclose(model.bias.grad, torch.ones(1))
"""
AGENT = """
class Agent:
    def __init__(self):
        self.actor, self.critic = nn.Linear(3, 2), nn.Linear(5, 1)
        self.actors = torch.optim.Adam(self.actor.parameters())

    def learn(self, states):
        actions = {actions}
        loss = -self.critic(torch.cat([states, actions], dim=1)).mean()
        self.actors.zero_grad()
        loss.backward()
        self.actors.step()
"""
USE_OF_AGENT = """
from other import Agent

if __name__ == "__main__":
    agent = Agent()
    for _ in range(3):
        agent.learn(torch.ones(4, 3))  # here
    fault = not agent.actors.state
"""

SILENT = {
    "gradients that nothing clears": (TRAINER.format(clear="pass"), USE_OF_TRAINER, "TLC603"),
    "gradients that are cleared": (TRAINER.format(clear="self.optimizer.zero_grad()"), USE_OF_TRAINER, None),
    "an actor behind a detached action": (
        AGENT.format(actions="self.actor(states).detach()"),
        USE_OF_AGENT,
        "TLC304",
    ),
    "an actor that is not asked": (AGENT.format(actions="torch.ones(4, 2)"), USE_OF_AGENT, "TLC609"),
    "an actor that learns": (AGENT.format(actions="self.actor(states)"), USE_OF_AGENT, None),
}
REFUSED = """
import copy

def use(x):
    {use}
"""
USE_OF_REFUSED = """
from other import use

w = torch.ones(3, requires_grad=True)
use({given})  # here
w.sum().backward()
"""

CASES = {
    "an activation in place": (BLOCK, USE_OF_BLOCK.format(inplace=True), "TLC202"),
    "an activation out of place": (BLOCK, USE_OF_BLOCK.format(inplace=False), None),
    "a helper that steps": (UPDATE, USE_OF_UPDATE.format(other="second(hidden).mean()"), "TLC205"),
    "a helper that steps, and a loss of its own": (UPDATE, USE_OF_UPDATE.format(other="hidden.mean()"), None),
    "a helper that steps, and a graph of its own": (
        UPDATE,
        USE_OF_UPDATE.format(other="first(torch.ones(3)).sum()"),
        None,
    ),
    "a cache that is filled in inference mode": (CACHE, USE_OF_CACHE.format(mode="inference_mode"), "TLC501"),
    "a cache that is filled without gradients": (CACHE, USE_OF_CACHE.format(mode="no_grad"), None),
    "a second backward": (BACKWARD, USE_OF_BACKWARD.format(second="loss"), "TLC401"),
    "a backward of a second loss": (BACKWARD, USE_OF_BACKWARD.format(second="(w * w).sum()"), None),
    "a backward without a graph": (BACKWARD, USE_OF_BACKWARD.format(second="loss.detach()"), "TLC404"),
    "an array of what requires grad": (
        REFUSED.format(use="return x.numpy()"),
        USE_OF_REFUSED.format(given="w * 2"),
        "TLC305",
    ),
    "an array of what is detached": (
        REFUSED.format(use="return x.numpy()"),
        USE_OF_REFUSED.format(given="w.detach()"),
        None,
    ),
    "a copy of a result": (REFUSED.format(use="copy.deepcopy(x)"), USE_OF_REFUSED.format(given="w * 2"), "TLC306"),
    "an optimizer over a result": (
        REFUSED.format(use="torch.optim.SGD([x], lr=0.1)"),
        USE_OF_REFUSED.format(given="w * 2"),
        "TLC607",
    ),
    "a result that is frozen": (
        REFUSED.format(use="x.requires_grad = False"),
        USE_OF_REFUSED.format(given="w * 2"),
        "TLC508",
    ),
    "a leaf": (SHIFT, USE_OF_SHIFT.format(given="w"), "TLC201"),
    "a copy of a leaf": (SHIFT, USE_OF_SHIFT.format(given="w.clone()"), None),
}


def found(folder: Path) -> tuple[Finding, ...]:
    path = folder / "script.py"
    settings = load_settings(folder, Overrides(select=("TLC2", "TLC3", "TLC4", "TLC5", "TLC6"), isolated=True))
    result = check_bytes(path.read_bytes(), str(path), settings)
    assert result.error is None
    assert str(folder / "other.py") in result.depends
    return result.findings


@pytest.fixture(params=CASES.values(), ids=CASES)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str | None]:
    return written(tmp_path, *request.param)


@pytest.fixture(params=SILENT.values(), ids=SILENT)
def silent_case(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, str | None]:
    return written(tmp_path, *request.param)


def written(folder: Path, other: str, script: str, code: str | None) -> tuple[Path, str | None]:
    (folder / "other.py").write_text(HEAD + other, encoding="utf-8")
    (folder / "script.py").write_text(HEAD + script, encoding="utf-8")
    return folder, code


def test_it_is_told_where_the_script_runs_into_it(case: tuple[Path, str | None]) -> None:
    told(*case)


def test_what_is_silent_is_told_there_as_well(silent_case: tuple[Path, str | None]) -> None:
    told(*silent_case)


def told(folder: Path, code: str | None) -> None:
    findings = found(folder)
    assert [each.code for each in findings] == ([code] if code else [])
    lines = (folder / "script.py").read_text(encoding="utf-8").split("\n")
    for each in findings:
        assert lines[each.place.line - 1].endswith("  # here")
        assert re.match(r"at line \d+ of other\.py: ", each.message)
        assert each.fix is None
        assert any((one.place.path or "").endswith("other.py") for one in each.related)


@pytest.mark.skipif(find_spec("torch") is None, reason="needs PyTorch")
def test_it_raises_there(case: tuple[Path, str | None]) -> None:
    folder, code = case
    done = subprocess.run([sys.executable, "script.py"], cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == (code is not None), done.stderr
    assert code is None or "  # here" in done.stderr


@pytest.mark.skipif(find_spec("torch") is None, reason="needs PyTorch")
def test_it_goes_wrong_there(silent_case: tuple[Path, str | None]) -> None:
    folder, code = silent_case
    text = (folder / "script.py").read_text(encoding="utf-8")
    (folder / "script.py").write_text(f"{text}print(fault)\n", encoding="utf-8")
    done = subprocess.run([sys.executable, "script.py"], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(code is not None)


def test_it_is_silent_where_nothing_runs(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text(HEAD + SHIFT, encoding="utf-8")
    text = "from other import shift\n\ndef never():\n    shift(torch.ones(3, requires_grad=True))\n"
    (tmp_path / "script.py").write_text(f"{HEAD}{text}print('__main__')\n", encoding="utf-8")
    assert found(tmp_path) == ()


@pytest.mark.skipif(find_spec("torch") is None, reason="needs PyTorch")
@pytest.mark.parametrize("case", [CASES["an activation in place"], CASES["a helper that steps"]], indirect=True)
def test_a_run_confirms_it(case: tuple[Path, str | None]) -> None:
    folder, _ = case
    command = [sys.executable, "-m", "torchlint", "confirm", "script.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert "The run: 1 confirmed." in done.stdout, done.stdout + done.stderr
