"""Programs that are as large as wanted, in one or two dimensions: what they cost must not explode.

``python -m tests.large`` prints the CPU time, the peak of memory and the work that each takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_HEAD = "import torch\nfrom torch import nn\n\n"
_TENSOR = f"{_HEAD}w = torch.randn(3, requires_grad=True)\n"


def _network(layers: int) -> str:
    modules = "    nn.Linear(8, 8), nn.ReLU(),\n" * layers
    optimizer = "optimizer = torch.optim.SGD(net.parameters(), lr=0.1)\n"
    return f"{_HEAD}net = nn.Sequential(\n{modules})\n{optimizer}for batch in loader:\n    optimizer.zero_grad()\n"


def steps_on_conditions(layers: int, conditions: int) -> str:
    """A network that is trained by each of many losses, each on a condition of its own."""
    losses = (
        f"    if cfg.f{index}:\n        loss{index} = net(batch).sum()\n        loss{index}.backward()\n"
        "        optimizer.step()\n"
        for index in range(conditions)
    )
    return _network(layers) + "".join(losses)


def losses_on_conditions(layers: int, conditions: int) -> str:
    """A network that is trained by the sum of losses, each on a condition of its own."""
    losses = (f"    if cfg.f{index}:\n        loss = loss + net(batch).mean()\n" for index in range(conditions))
    ends = "    loss.backward()\n    optimizer.step()\n"
    return f"{_network(layers)}    loss = net(batch).mean()\n{''.join(losses)}{ends}"


def long_forward(lines: int) -> str:
    """A module with a long ``forward``."""
    body = "        x = x + self.layer(x)\n" * lines
    return (
        f"{_HEAD}class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        f"        self.layer = nn.Linear(8, 8)\n\n    def forward(self, x):\n{body}        return x\n\n\n"
        "net = Net()\nnet(torch.randn(2, 8)).sum().backward()\n"
    )


def conditional_attributes(count: int) -> str:
    """A module with many parts, each of which it has, and uses, on a condition."""
    made = "".join(f"        if cfg.f{i}:\n            self.a{i} = nn.Linear(8, 8)\n" for i in range(count))
    used = "".join(f"        if self.cfg.f{i}:\n            x = self.a{i}(x)\n" for i in range(count))
    return (
        f"{_HEAD}class Net(nn.Module):\n    def __init__(self, cfg):\n        super().__init__()\n{made}\n"
        f"    def forward(self, x):\n{used}        return x\n\n\nnet = Net(cfg)\nloss = net(x).sum()\nloss.backward()\n"
    )


def entries(count: int) -> str:
    """Many functions that nothing calls, each with many losses."""
    losses = "".join(f"    if cfg.f{i}:\n        net(x).sum().backward()\n" for i in range(30))
    return _HEAD + "".join(f"def train{index}(net, x, cfg):\n{losses}\n\n" for index in range(count))


def methods(count: int) -> str:
    """A module of many layers with many methods that train it."""
    made = "".join(f"        self.l{i} = nn.Linear(3, 3)\n" for i in range(count))
    losses = "".join(
        f"        if self.f{i}:\n            x = self.l{i}(x)\n            x.sum().backward()\n" for i in range(30)
    )
    trained = "".join(f"    def train{index}(self, x):\n{losses}\n" for index in range(count))
    return f"{_HEAD}class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n{made}\n{trained}"


def calling_each_other(count: int) -> str:
    """Functions each of which calls the next one twice."""
    functions = (
        f"def f{i}(x):\n    y = f{i + 1}(x)\n    y = f{i + 1}(y)\n    return y.backward()\n\n\n" for i in range(count)
    )
    return f"{_TENSOR}{''.join(functions)}f0(w)\n"


def table_of_numbers(count: int) -> str:
    """A long literal beside code that LibCST looks at."""
    return (
        f"{_TENSOR}X = [{', '.join(map(str, range(count)))}]\nw.data = torch.zeros(3)\nwith torch.no_grad:\n    pass\n"
    )


def lines(line: str, count: int, before: str = "", after: str = "") -> str:
    """The same line again and again."""
    return f"{_TENSOR}{before}" + f"{line}\n" * count + f"{after}y = w.exp()\ny.sum().backward()\n"


DOUBLING: Mapping[str, tuple[str, str, str]] = {
    "string": ('s = "abcdefgh"\n', "s = s + s", ""),
    "list": ("s = [w, 1]\n", "s = s + s", "f(s)\n"),
    "list in place": ("s = [w]\n", "s += s", "f(s)\n"),
    "extended": ("s = [w]\n", "s.extend(s)", "f(s)\n"),
    "unpacked": ("s = [w]\n", "s = [*s, *s]", "f(s)\n"),
    "nested": ("s = [w]\n", "s = [s, s]", "f(s)\ntorch.stack(s)\n"),
    "modules": ("s = nn.Linear(3, 3)\n", "s = nn.Sequential(s, s)", "list(s.parameters())\ns(w).sum().backward()\n"),
    "unknown": ("s = f()\n", "s = s + s", "if s:\n    w.sum().backward()\n"),
}
"""What is twice as large after each line."""

HUGE: Mapping[str, str] = {
    "string": 'x = "a" * 10**9',
    "bytes": 'x = b"a" * 10**9',
    "list": "x = [0] * 10**9",
    "shift": "x = 1 << 10**9",
    "power": "x = 10 ** 10 ** 10",
    "formatted": 'x = "%1000000000d" % 1, "{:>999999999}".format(1), f"{1:>999999999}"',
    "range": "x = list(range(10**9))\nfor i in range(10**30):\n    x = i",
    "length": "x = len(range(10**30)), 5 in range(10**30)",
    "integer": f"x = 0x{'f' * 6000}\nnn.Dropout(x)(w)\ntorch.zeros(x)",
    "shape": "z = torch.zeros(10**30, 10**30, requires_grad=True)\nfor row in z:\n    row[0 : 10**40].sum()",
    "list in itself": "x = [w]\nx.append(x)\nf(x)\ntorch.stack(x)\nimport copy\ncopy.deepcopy(x)",
    "dict in itself": "x = {}\nx['x'] = x\nf(x)",
    "module in itself": "x = nn.Sequential(nn.Linear(3, 3))\nx.append(x)\nx.append(x)\nlist(x.parameters())\nx(w)",
    "chain": f"x = f()\n{('x = x' + '.a' * 50 + chr(10)) * 3000}if x:\n    w.sum().backward()",
    "endless": "while True:\n    w = w + 1",
}
"""Statements that Python would need all memory, or for ever, to run."""

FAMILIES: Mapping[str, Callable[[], str]] = {
    "50 layers, 20 steps": lambda: steps_on_conditions(50, 20),
    "300 layers, 20 steps": lambda: steps_on_conditions(300, 20),
    "300 layers, 200 steps": lambda: steps_on_conditions(300, 200),
    "50 layers, 6 losses": lambda: losses_on_conditions(50, 6),
    "12000 lines of forward": lambda: long_forward(12_000),
    "300 conditional attributes": lambda: conditional_attributes(300),
    "300 entries": lambda: entries(300),
    "200 methods": lambda: methods(200),
    "300 functions": lambda: calling_each_other(300),
    "80000 numbers": lambda: table_of_numbers(80_000),
    "3000 calls with a module": lambda: lines("f(m)", 3000, f"m = nn.Sequential({'nn.Linear(3, 3), ' * 500})\n"),
    "3000 calls with a list": lambda: lines("f(x)", 3000, f"x = [{'w, ' * 3000}]\n"),
    "1500 graphs that are kept": lambda: lines("z.sum().backward(retain_graph=True)", 1500, "z = w.exp()\n"),
}


def main() -> None:
    """Print what each family costs, each in a process of its own."""
    import subprocess
    import sys

    for name in FAMILIES:
        subprocess.run([sys.executable, "-m", "tests.large", name], check=True)


def measure(name: str) -> None:
    """Print what one family costs."""
    import resource
    import sys
    import time
    from pathlib import Path

    from torchlint.engine.check import check_bytes
    from torchlint.engine.settings import Settings

    started = time.process_time()
    result = check_bytes(FAMILIES[name]().encode(), "large.py", Settings(Path()))
    seconds, memory = time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(f"{name:28} {seconds:6.2f} s {memory:5} MB  {result.incomplete or 'complete'}\n")


if __name__ == "__main__":
    import sys

    measure(sys.argv[1]) if len(sys.argv) > 1 else main()
