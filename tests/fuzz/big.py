"""Big inputs: each writes a program or folder whose size can be grown, to find what grows faster than it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
_TRAIN = (
    f"{_HEAD}m = nn.Linear(3, 3)\no = torch.optim.SGD(m.parameters(), 0.1)\nx = torch.randn(3, requires_grad=True)\n"
)
_NET = f"{_HEAD}class Net(nn.Module):\n    def __init__(self, cfg):\n        super().__init__()\n"


def _lines(head: str, line: str, indent: str = "") -> Callable[[int], str]:
    """A head, and then a line ``size`` times; ``{i}`` is its number, ``{j}`` that of the next."""
    return lambda size: head + "".join(f"{indent}{line.format(i=i, j=i + 1)}\n" for i in range(size))


def _nested(head: str, opening: str, inner: str, closing: str = "") -> Callable[[int], str]:
    return lambda size: f"{head}{opening * size}{inner}{closing * size}\n"


def _blocks(head: str, header: str, inner: str = "x = x * 2") -> Callable[[int], str]:
    """Blocks in blocks, with one space each: Python takes a hundred."""

    def text(size: int) -> str:
        depth = min(size, 95)
        lines = [" " * i + header.format(i=i) for i in range(depth)]
        return head + "\n".join([*lines, *[" " * depth + inner] * max(1, size // 95)]) + "\nx.sum().backward()\n"

    return text


def _layers_and_conditions(size: int) -> str:
    layers = "".join(f"    nn.Linear(3, 3), nn.ReLU(inplace={i % 2}),\n" for i in range(max(1, size // 3)))
    steps = "".join(f"    if cfg.f{i}:\n        loss = loss + m(b).mean()\n" for i in range(max(1, size // 10)))
    return (
        f"{_HEAD}m = nn.Sequential(\n{layers})\nfor b in loader:\n    loss = m(b).sum()\n{steps}    loss.backward()\n"
    )


def _calls(size: int) -> str:
    functions = "".join(f"def f{i}(x):\n    return f{i + 1}(x * 2) + f{i + 1}(x)\n" for i in range(size))
    return f"{_TRAIN}{functions}def f{size}(x):\n    return x\nf0(x).sum().backward()\n"


def _chain(size: int) -> str:
    functions = "".join(f"def f{i}(x):\n    return f{i + 1}(x * 2)\n" for i in range(size))
    return f"{_TRAIN}{functions}def f{size}(x):\n    x += 1\n    return x\ny = f0(x)\ny.sum().backward()\n"


def _mutual(size: int) -> str:
    functions = "".join(
        f"def f{i}(x, n):\n    if n:\n        x = f{(i * 7 + 1) % size}(x, n - 1)\n"
        f"    return f{(i + 1) % size}(x * 2, n)\n"
        for i in range(size)
    )
    return f"{_TRAIN}{functions}f0(x, 3).sum().backward()\n"


def _conditional_attributes(size: int) -> str:
    lines = "".join(f"        if cfg.a{i}:\n            self.t{i} = torch.zeros(3)\n" for i in range(size))
    uses = "".join(f"        x = x + self.t{i}\n" for i in range(size))
    return f"{_NET}{lines}    def forward(self, x):\n{uses}        return x\n"


def _classes(size: int) -> str:
    return _HEAD + "".join(
        f"class N{i}({f'N{i - 1}' if i % 5 else 'nn.Module'}):\n    def __init__(self):\n        super().__init__()\n"
        f"        self.l{i} = [nn.Linear(3, 3)]\n        self.t = torch.zeros(3)\n    def forward(self, x):\n"
        f"        return self.l{i}[0](x) + self.t\n"
        for i in range(size)
    )


def _modules_in_modules(size: int) -> str:
    classes = "".join(
        f"class N{i}(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.a = N{i + 1}()\n"
        f"        self.b = N{i + 1}()\n    def forward(self, x):\n        return self.a(x) + self.b(x)\n"
        for i in range(size)
    )
    return f"{_HEAD}{classes}class N{size}(nn.Linear):\n    pass\nm = N0()\nm(torch.ones(3)).sum().backward()\n"


def _branches(size: int) -> str:
    lines = "".join(f"if c{i}:\n    x = x.sigmoid()\nelse:\n    x.mul_({i})\n" for i in range(size))
    return f"{_TRAIN}{lines}x.sum().backward()\n"


def _loops(size: int) -> str:
    depth = min(size, 20)
    heads = "".join(f"{' ' * i}for i{i} in range({i + 2}):\n" for i in range(depth))
    body = f"{' ' * depth}h = m(h)\n" * max(1, size // 20)
    return f"{_TRAIN}h = x\n{heads}{body}{' ' * depth}h.sum().backward()\n"


def _returns(size: int) -> str:
    lines = "".join(f"    if x.sum() > {i}:\n        return x * {i}\n" for i in range(size))
    return f"{_TRAIN}def f(x):\n{lines}    return x\ny = f(x) + f(x)\ny += f(y)\ny.sum().backward()\n"


def _tries(size: int) -> str:
    lines = "".join(
        f"try:\n    y = y.exp()\n    y += {i}\nexcept E{i}:\n    y = x\nfinally:\n    z = y\n" for i in range(size)
    )
    return f"{_TRAIN}y = x * 2\n{lines}y.sum().backward()\n"


def _aliases(size: int) -> str:
    lines = "".join(f"v{i + 1} = v{i}[{i % 3}:]\nv{i + 1}.add_(1)\n" for i in range(size))
    return f"{_TRAIN}v0 = x * 2\n{lines}v0.sum().backward()\n"


def _matches(size: int) -> str:
    cases = "".join(f"    case {{'a{i}': [x, *_]}} | [{i}, x]:\n        x += 1\n" for i in range(size))
    return f"{_TRAIN}match cfg:\n{cases}x.sum().backward()\n"


def _containers(size: int) -> str:
    return (
        f"{_TRAIN}ys = [x * i for i in range({size})]\nd = {{}}\n"
        + "".join(f"d['k{i}'] = ys[{i}]\nys.append(d['k{i}'])\nd['k{i}'] += 1\n" for i in range(size))
        + "sum(ys).sum().backward()\n"
    )


def _bombs(size: int) -> str:
    """What is short to write and long to compute; nothing of it may be computed."""
    return _TRAIN + "".join(
        each.replace("N", str(10**6 * size**2)) + "\n"
        for each in (
            *(
                "a = [0] * N",
                "b = 'x' * N",
                "c = '%N%d' % 1" if size % 2 else "c = '%Nd' % 1",
                "d = 1 << N",
                "e = 10 ** N",
            ),
            *(
                "f = list(range(N))",
                "g = f'{1:>N}'",
                "h = (x,) * N",
                "i = [x] * N * N",
                "j = bytes(N)",
                "k = 9 ** 9 ** 9",
            ),
            *(
                "l = 'a'.ljust(N)",
                "n = [0] * N + [1]",
                "p = nn.Sequential(*[nn.Linear(3, 3)] * N)",
                "q = [nn.Linear(3, 3) for _ in range(N)]",
            ),
            *(
                "r = nn.ModuleList([nn.Linear(3, 3) for _ in range(N)])",
                "s = x.repeat(N)",
                "for t in range(N):\n    x = m(x)",
            ),
            *(
                "u = tuple(range(N))[N // 2]",
                "v = {i: x for i in range(N)}",
                "w = ('a' * N).encode()",
                "z = ','.join(['a'] * N)",
            ),
            *(
                "while True:\n    x = x * 2\n    break",
                "y = torch.zeros(N, N)",
                "import itertools\naa = list(itertools.product(range(N), repeat=9))",
            ),
            *(
                "ab = -(1 << N) >> N",
                "ac = int('9' * N)",
                "ad = [[0] * N] * N",
                "ae = 'a'.join('b' * N)",
                "af = 'a'.replace('a', 'b' * N)",
            ),
            *(
                "ag = (lambda n: n * n * N)(N) ** N",
                "ah = range(N)[::-1][5]",
                "ai = [0][:] * N",
                "aj = 'x'.zfill(N)",
                "ak = sorted(range(N))",
            ),
            *(
                "al = '{:>N}'.format(1)",
                "am = (1,) * N == (1,) * N",
                "an = sum([1] * N)",
                "ao = nn.ModuleList([m] * N)",
                "ap = [*range(N)]",
            ),
        )
    )


def _folder_of_stars(size: int) -> dict[str, str]:
    """Modules that all import all of each other."""
    stars = "".join(f"from m{i} import *\n" for i in range(size))
    files = {f"m{i}.py": f"{_HEAD}{stars}class Base{i}(nn.Module):\n    pass\n" for i in range(size)}
    text = f"{_HEAD}{stars}class Net(Base{size - 1}):\n    def __init__(self):\n        self.x = torch.ones(1)\n"
    return {"main.py": text, **files}


def _folder_of_bases(size: int) -> dict[str, str]:
    """A class whose bases are in a chain of files."""
    files = {
        f"p/b{i}.py": f"{_HEAD}from p.b{i + 1} import B{i + 1}\nclass B{i}(B{i + 1}):\n    x = torch.ones(1)\n"
        for i in range(size)
    }
    text = f"{_HEAD}from p.b0 import B0\nclass Net(B0):\n    def __init__(self):\n        self.l = [nn.Linear(1, 1)]\n"
    return {"main.py": text, "p/__init__.py": "", **files, f"p/b{size}.py": f"{_HEAD}class B{size}(nn.Module): pass\n"}


def _notebook_of_cells(size: int) -> str:
    sources = [f"y{i} = x * {i}\n%time y{i} += 1" if i % 3 else f"!ls {i}\nx.data.add_({i})" for i in range(size)]
    cells = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": each} for each in [_TRAIN, *sources]]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def _notebook_of_outputs(size: int) -> str:
    outputs = [{"output_type": "stream", "text": ["é\\n" * 50] * 50} for _ in range(size)]
    cell = {"cell_type": "code", "metadata": {}, "outputs": outputs, "source": f"{_TRAIN}x.data.add_(1)"}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


PROGRAMS: dict[str, tuple[Callable[[int], str], int]] = {
    "layers and conditions": (_layers_and_conditions, 1500),
    "calls, two of each": (_calls, 300),
    "calls in a chain": (_chain, 1000),
    "mutual recursion": (_mutual, 200),
    "conditional attributes": (_conditional_attributes, 600),
    "classes": (_classes, 800),
    "modules in modules": (_modules_in_modules, 100),
    "branches": (_branches, 1000),
    "loops in loops": (_loops, 1000),
    "returns": (_returns, 600),
    "tries": (_tries, 400),
    "aliases": (_aliases, 1500),
    "matches": (_matches, 1000),
    "containers": (_containers, 800),
    "bombs": (_bombs, 1000),
    "long forward": (
        _lines(
            f"{_NET}        self.l = nn.Linear(3, 3)\n    def forward(self, x):\n",
            "x = F.relu(self.l(x) + {i})",
            " " * 8,
        ),
        8000,
    ),
    "long script": (_lines(_TRAIN, "x{j} = (x * {i}).sigmoid()"), 8000),
    "in-place after in-place": (_lines(f"{_TRAIN}y = x.exp()\n", "y += {i}; y.mul_({i})"), 3000),
    "backwards": (_lines(f"{_TRAIN}y = m(x).sum()\n", "y.backward()"), 2000),
    "steps": (_lines(f"{_TRAIN}y = m(x).sum()\n", "o.step(); y = y + m(x).sum(); y.backward()"), 1000),
    "entry points": (_lines(_TRAIN, "def test_{i}(x):\n    y = m(x)\n    y += {i}\n    y.sum().backward()"), 2000),
    "functions": (_lines(_HEAD, "def f{i}(x, y=None, *a, **k):\n    return x.data"), 5000),
    "attributes": (_lines(_NET, "self.t{i} = torch.zeros({i})", " " * 8), 3000),
    "data writes": (_lines(_TRAIN, "x.data[{i}] = x.data.mul_({i})"), 3000),
    "discarded": (_lines(_TRAIN, "x.add({i}); torch.add(x, {i})"), 3000),
    "imports": (_lines(_HEAD, "from m{i} import a{i} as b{i}, c{i}"), 5000),
    "star imports": (_lines(_HEAD, "from m{i} import *"), 3000),
    "decorators": (_lines(_HEAD, "@torch.no_grad()"), 3000),
    "noqa comments": (lambda size: f"{_TRAIN}x += 1  {'# noqa ' * size}\n", 60000),
    "ignore comments": (lambda size: f"{_TRAIN}x += 1  {'# torchlint: ignore[' * size}\n", 20000),
    "names in ignore": (
        lambda size: f"{_TRAIN}x += 1  # torchlint: ignore[{', '.join(f'TLC{i}' for i in range(size))}]\n",
        20000,
    ),
    "names in noqa": (lambda size: f"{_TRAIN}x += 1  # noqa: {','.join(f'TLC{i}' for i in range(size))}\n", 20000),
    "comment of blanks": (lambda size: f"{_TRAIN}x += 1  # noqa:{' ' * size}!\n# torchlint:{' ' * size}\n", 60000),
    "comments": (_lines(_TRAIN, "x += 1  # noqa: TLC101  # torchlint: ignore[TLC102]"), 3000),
    "suppressed, in one statement": (
        lambda size: f"{_TRAIN}x += (\n" + "    1 +  # torchlint: ignore[TLC101]\n" * size + "    1)\n",
        1000,
    ),
    "parentheses": (_nested(f"{_TRAIN}x = ", "(", "x", ")"), 20000),
    "lists": (_nested(f"{_TRAIN}x = ", "[", "x", "]"), 20000),
    "subscripts": (_nested(f"{_TRAIN}y = x", "[0]", "; y += 1"), 3000),
    "calls of calls": (_nested(f"{_TRAIN}y = x", ".exp()", "; y += 1; y.sum().backward()"), 3000),
    "attributes of attributes": (_nested(f"{_TRAIN}y = x", ".data", ".add_(1)"), 3000),
    "sums": (_nested(f"{_TRAIN}y = ", "x + ", "x"), 5000),
    "powers": (_nested(f"{_TRAIN}y = ", "2 ** ", "x"), 3000),
    "minuses": (_nested(f"{_TRAIN}y = ", "-", "x"), 20000),
    "nots": (_nested(f"{_TRAIN}y = ", "not ", "x"), 3000),
    "lambdas": (_nested(f"{_TRAIN}y = ", "lambda x: ", "x.data"), 3000),
    "conditionals": (_nested(f"{_TRAIN}y = ", "x if c else ", "x.data"), 3000),
    "walruses": (_nested(f"{_TRAIN}y = ", "(x := x + ", "x", ")"), 3000),
    "targets": (_nested(f"{_TRAIN}", "y = ", "x"), 5000),
    "and": (lambda size: f"{_TRAIN}if {'x and ' * size}x:\n    x.add(1)\n", 20000),
    "or, in a class": (
        lambda size: f"{_NET}        self.t = torch.zeros(3)\n        self.c = {'x or ' * size}x\n",
        20000,
    ),
    "comparisons": (_nested(f"{_TRAIN}y = x", " < x", ""), 8000),
    "strings in a row": (_nested(f"{_TRAIN}y = ", "'a' ", "'b'"), 8000),
    "f-strings": (lambda size: f"{_TRAIN}y = f'{'{x.data!r:>{x}}' * size}'\n", 5000),
    "a long string": (lambda size: f"{_TRAIN}y = '''{'# noqa [{( ' * size}'''\n", 60000),
    "a long bytes": (lambda size: f"{_TRAIN}y = b'{chr(92)}x00{'a' * size}'\n", 500000),
    "a long number": (lambda size: f"{_TRAIN}y = 0x{'f' * size}\nz = 1{'_0' * size}.0\n", 100000),
    "a long name": (lambda size: f"{_TRAIN}{'x' * size} = x\n{'x' * size} += 1\n", 100000),
    "a long list": (lambda size: f"{_TRAIN}y = torch.tensor([{'1.0, ' * size}])\n", 30000),
    "a long dict": (lambda size: f"{_TRAIN}y = {{{''.join(f'{i}: x, ' for i in range(size))}}}\n", 10000),
    "layers": (
        lambda size: f"{_TRAIN}n = nn.Sequential({'nn.ReLU(inplace=True), ' * size})\nn(x).sum().backward()\n",
        3000,
    ),
    "arguments": (
        lambda size: f"{_TRAIN}def f({', '.join(f'a{i}=x' for i in range(size))}):\n    a0.data += 1\nf()\n",
        5000,
    ),
    "a long line": (lambda size: f"{_TRAIN}{'x += 1; ' * size}\n", 3000),
    "blank lines": (lambda size: f"{_TRAIN}{chr(10) * size}x += 1\n{chr(13) * size}", 100000),
    "continued lines": (
        lambda size: (
            f"{_TRAIN}x = x + 1 {chr(92) + chr(10)} + 1\n" * 1 + f"x = 1{(' ' + chr(92) + chr(10)) * size} + 2\n"
        ),
        5000,
    ),
    "form feeds": (lambda size: f"{_TRAIN}{chr(12) * size}x += 1\n", 100000),
    "brackets, open": (lambda size: f"{_TRAIN}{'x[(' * size}\n", 60000),
    "quotes": (lambda size: f"{_TRAIN}{chr(39) * size}\n", 60000),
    "wide characters": (lambda size: f"{_TRAIN}y = '{'é🎉𝔵' * size}'; x += 1\n", 20000),
    "findings on one wide line": (
        lambda size: f"{_TRAIN}{'x += 1; y = (' + repr('é🎉') + ', x.data); ' * size}\n",
        1000,
    ),
    "if in if": (_blocks(_TRAIN, "if c{i}:"), 2000),
    "for in for": (_blocks(_TRAIN, "for i{i} in range(3):"), 2000),
    "with in with": (_blocks(_TRAIN, "with torch.no_grad():"), 2000),
    "def in def": (_blocks(_TRAIN, "def f{i}(x):", "return x.data"), 2000),
    "class in class": (_blocks(_TRAIN, "class C{i}(nn.Module):", "x = torch.ones(1)"), 2000),
    "generators": (_lines(_TRAIN, "def g{i}(x):\n    y = yield from g{j}(x)\n    y += 1\nx = next(g{i}(x))"), 500),
    "async": (_lines(_TRAIN, "async def g{i}(x):\n    async with x as y, y:\n        y += await g{j}(x)"), 1000),
    "type parameters": (
        _lines(_TRAIN, "def g{i}[T: int, *U, **V](x: T) -> T:\n    type A{i}[B] = B\n    return x.data"),
        1000,
    ),
}
"""How a file of each family is written, and up to which size."""

NOTEBOOKS: dict[str, tuple[Callable[[int], str], int]] = {
    "cells": (_notebook_of_cells, 500),
    "outputs": (_notebook_of_outputs, 500),
    "magics": (lambda size: _one_cell("%time " * size + "x = 1"), 10000),
    "bangs": (lambda size: _one_cell(f"{'!' * size}\nx = !{'ls ' * size}\n{'?' * size}"), 30000),
    "questions": (lambda size: _one_cell(f"x{'?' * size}\n{'x.' * size}?"), 30000),
    "continued magics": (lambda size: _one_cell("%time x \\\n" * size), 3000),
    "cell magics": (lambda size: _one_cell("%%time\n" * size + "x = 1"), 3000),
    "brackets in cells": (lambda size: _one_cell("x = (\n" * size + "%time\n"), 5000),
    "indented cells": (lambda size: _one_cell("".join(f"{' ' * (i % 90)}x = {i}\n" for i in range(size))), 3000),
}

FOLDERS: dict[str, tuple[Callable[[int], dict[str, str]], int]] = {
    "star imports of each other": (_folder_of_stars, 60),
    "bases in a chain": (_folder_of_bases, 150),
    "ignore globs": (lambda size: {".gitignore": f"{'*a' * size}b\n", f"{'a' * 200}.py": _TRAIN}, 60),
    "ignore folders": (lambda size: {".gitignore": f"{'**/' * size}b\n", f"{'a/' * 25}a.py": _TRAIN}, 60),
    "ignore lines": (
        lambda size: {".gitignore": "".join(f"*{i}?[a-z]*\n!*{i}\n" for i in range(size)), "a.py": _TRAIN},
        5000,
    ),
    "per-file globs": (
        lambda size: {
            "pyproject.toml": f"[tool.torchlint.per-file-ignores]\n'{'*a' * size}b' = ['TLC101']\n",
            f"{'a' * 200}.py": f"{_TRAIN}x += 1\n",
        },
        60,
    ),
    "settings": (
        lambda size: {
            "pyproject.toml": f"[tool.torchlint]\nselect = [{'{chr(34)}TLC101{chr(34)}, ' * size}]\n",
            "a.py": _TRAIN,
        },
        5000,
    ),
    "files": (lambda size: {f"d{i % 7}/f{i}.py": f"{_TRAIN}x += {i}\n" for i in range(size)}, 60),
}


def _one_cell(source: str) -> str:
    return json.dumps(
        {"cells": [{"cell_type": "code", "metadata": {}, "outputs": [], "source": source}], "metadata": {}}
    )
