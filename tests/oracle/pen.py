"""The pen that a program is written with: it knows which names there are, their shapes, and what can follow."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from tests.oracle import operations
from tests.oracle.noise import noise

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Sequence

T = TypeVar("T")
Shape = tuple[int, ...]

SHAPES: tuple[Shape, ...] = ((3,), (4,), (5,), (2, 3), (3, 3), (4, 4), (3, 2), (2, 2), (2, 3, 2))
_TENSORS = (
    *("x", "y", "z", "a", "b", "c", "u", "v", "h", "p", "q", "r", "feats", "hidden", "out", "act", "score", "state"),
    *("proj", "base", "part", "mixed", "temp", "latent", "code", "grid", "signal", "energy"),
)
_FLAGS = ("flag", "debug", "use_aux", "warm", "shift", "strict", "scale_it", "fast", "regularize", "late")
_INDENT = "    "


@dataclass(frozen=True, slots=True)
class Value:
    """A float tensor of the program; ``grad``: it is meant to require grad, ``leaf``: as a leaf."""

    name: str
    shape: Shape
    grad: bool = False
    leaf: bool = False


class Pen:
    """Writes one program, line by line; everything it decides comes from ``rng``."""

    def __init__(self, rng: random.Random, notebook: bool = False) -> None:
        self.rng = rng
        self.notebook = notebook
        self.values: list[Value] = []
        self._cells: list[list[str]] = [[]]
        self._depth = 0
        self._functions: list[str] = []
        self._flags: list[str] = []
        self._names: set[str] = set()

    # Choices.

    def one(self, *options: T) -> T:
        return self.rng.choice(options)

    def pick(self, options: Sequence[T]) -> T:
        return self.rng.choice(options)

    def fill(self, options: str, **names: object) -> str:
        """One of several texts, separated by `` | ``, with names in it."""
        return self.rng.choice(options.split(" | ")).format(**names)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    # Text.

    def say(self, *lines: str) -> None:
        """Write lines at the current depth."""
        for line in lines:
            self._cells[-1].extend(_INDENT * self._depth + each for each in line.split("\n"))

    @contextmanager
    def block(self, header: str) -> Iterator[None]:
        """A compound statement; ``header`` without its colon."""
        self.say(f"{header}:")
        self._depth += 1
        before = len(self._cells[-1])
        yield
        if len(self._cells[-1]) == before:
            self.say("pass")
        self._depth -= 1

    @contextmanager
    def perhaps(self, share: float, *headers: str) -> Iterator[None]:
        """In a block with one of the headers, or in none."""
        if self.chance(share):
            with self.block(self.pick(headers)):
                yield
        else:
            yield

    @contextmanager
    def main(self, share: float = 0.25) -> Iterator[None]:
        """Perhaps in a function that is called where the program is run and not imported."""
        if not self.chance(share):
            yield
            return
        name = self.name("main", "main", "run")
        with self.block(f"def {name}()"):
            yield
        with self.block("if __name__ == '__main__'"):
            self.say(f"{name}()")

    @contextmanager
    def setting(self, share: float = 0.35) -> Iterator[None]:
        """Around a statement that defines no name: perhaps a condition, a loop, a grad mode."""
        if not self.chance(share):
            yield
            return
        way = self.rng.random()
        if way < 0.55:
            header = f"if {self.condition()}"
        elif way < 0.7:
            header = self.one("for _ in range(1)", "for i in range(2)", "for _ in [0]")
        elif way < 0.85:
            header = self.one(
                "with torch.enable_grad()", "if torch.is_grad_enabled()", "with torch.set_grad_enabled(True)"
            )
        else:
            header = self.one("if True", "if not None", f"for {self.name('k')} in (1,)")
        with self.block(header):
            yield

    def function(self, text: str, stem: str = "step") -> str:
        """Define a function before everything else; ``{f}`` in ``text`` is its name, which is returned."""
        name = self.name(stem)
        self._functions.append(text.replace("{f}", name))
        return name

    def cell(self) -> None:
        """The next cell, where this is a notebook and a cell can end here."""
        if self.notebook and not self._depth and self._cells[-1] and len(self._cells) < 6:
            self._cells.append([])

    def pause(self, noise: float = 0.35) -> None:
        """Some distance: a statement that has nothing to do with it, a new cell."""
        if self.chance(0.45):
            self.cell()
        while self.chance(noise):
            self.noise()

    def name(self, *stems: str) -> str:
        """A name that is not taken yet."""
        stem = self.pick(stems or _TENSORS)
        name, count = stem, 1
        while name in self._names:
            count += 1
            name = f"{stem}{count}"
        self._names.add(name)
        return name

    def condition(self) -> str:
        """A condition that cannot be decided from the text; the same ones come again."""
        if not self._flags or (len(self._flags) < 2 and self.chance(0.45)):
            self._flags.append(self.name(*_FLAGS))
        flag = self.pick(self._flags)
        way = self.rng.random()
        if way < 0.6:
            return flag
        if way < 0.9 or len(self._flags) < 2:
            return f"not {flag}"
        return f"{self._flags[0]} {self.one('and', 'or')} {self._flags[1]}"

    def times(self, count: int) -> str:
        """What a ``for`` loop runs over: mostly ``range(count)``, sometimes of a length that the text does not say."""
        if self.chance(0.2):
            return 'range(int(os.environ.get("STEPS", "2")))'
        return f"range({count})"

    # Tensors.

    def shape(self, dims: int = 0) -> Shape:
        return self.pick([shape for shape in SHAPES if not dims or len(shape) == dims])

    def know(self, name: str, shape: Shape, grad: bool = False, leaf: bool = False) -> Value:
        value = Value(name, shape, grad, leaf)
        self.values.append(value)
        return value

    def fresh(self, shape: Shape) -> str:
        """An expression for new numbers."""
        sizes = ", ".join(map(str, shape))
        if len(shape) == 1 and self.chance(0.15):
            return f"torch.tensor([{', '.join(str(self.rng.randint(1, 30) / 10) for _ in range(shape[0]))}])"
        return self.one(
            f"torch.randn({sizes})",
            f"torch.randn({sizes})",
            f"torch.rand({sizes})",
            f"torch.rand({sizes}) + 0.5",
            f"torch.full({_tuple(shape)}, 0.{self.rng.randint(1, 9)})",
            f"torch.linspace(0.1, 2, {sizes})" if len(shape) == 1 else f"torch.randn({sizes}) * 2",
            f"torch.ones({sizes})",
            f"torch.randn({_tuple(shape)})",
        )

    def leaf(self, shape: Shape | None = None, *stems: str) -> Value:
        """A leaf that requires grad, made in one of many ways."""
        shape = shape or self.shape()
        name = self.name(*stems)
        sizes = ", ".join(map(str, shape))
        numbers = self.fresh(shape)
        way = self.rng.randrange(7)
        if way <= 1:
            self.say(f"{name} = torch.{self.one('randn', 'rand', 'randn')}({sizes}, requires_grad=True)")
        elif way == 2:
            self.say(
                f"{name} = ({numbers}).requires_grad_()" if " " in numbers else f"{name} = {numbers}.requires_grad_()"
            )
        elif way == 3:
            self.say(f"{name} = {numbers}", f"{name}.requires_grad = True")
        elif way == 4:
            self.say(f"{name} = {numbers}", f"{name}.requires_grad_({self.one('', 'True')})")
        else:
            self.say(f"{name} = nn.Parameter({numbers})")
        return self.know(name, shape, grad=True, leaf=True)

    def constant(self, shape: Shape | None = None, *stems: str) -> Value:
        shape = shape or self.shape()
        name = self.name(*stems)
        self.say(f"{name} = {self.fresh(shape)}")
        return self.know(name, shape)

    def let(self, template: str, x: Value, y: Value | None = None, name: str = "") -> Value:
        """Give an expression over ``x`` and ``y``, of the shape of ``x``, a name."""
        name = name or self.name()
        self.say(f"{name} = {template.format(x=x.name, y=(y or x).name)}")
        return self.know(name, x.shape, grad=x.grad or bool(y and y.grad))

    def grown(self, x: Value) -> Value:
        """Something computed from ``x``."""
        if self.chance(0.12):
            return self.layer(x)
        if self.chance(0.25):
            return self.let(self.pick(self.pairs(x)), x, self.like(x))
        return self.let(self.pick(operations.ELEMENTWISE), x)

    def pairs(self, x: Value) -> tuple[str, ...]:
        """Expressions over ``x`` and another tensor of its shape."""
        return self.keeping_pairs(x) + operations.PAIR_KEEPS_NOTHING

    def keeping_pairs(self, x: Value) -> tuple[str, ...]:
        """Those that keep one of the two, or both."""
        return operations.PAIR_KEEPS + operations.SQUARE_KEEPS * self.is_square(x)

    def is_square(self, x: Value) -> bool:
        return len(x.shape) == 2 and x.shape[0] == x.shape[1]

    def like(self, x: Value) -> Value:
        """Another tensor of the shape of ``x``."""
        others = [each for each in self.values if each.shape == x.shape and each.name != x.name]
        if others and self.chance(0.5):
            return self.pick(others)
        return self.leaf(x.shape) if self.chance(0.5) else self.constant(x.shape)

    def layer(self, x: Value) -> Value:
        """The output of a layer with parameters."""
        width, dims = x.shape[-1], len(x.shape)
        makers = [f"nn.Linear({width}, {width})", f"nn.LayerNorm({width})"]
        makers += [
            f"nn.Sequential(nn.Linear({width}, {width}), {self.one('nn.Tanh()', 'nn.ReLU(inplace=True)', 'nn.GELU()')})"
        ]
        if dims == 2:
            makers += [f"nn.BatchNorm1d({width})", f"nn.Linear({width}, {width}, bias=False)"]
        layer = self.name("fc", "layer", "lin", "head", "norm", "net")
        self.say(f"{layer} = {self.pick(makers)}")
        name = self.name()
        self.say(f"{name} = {layer}({x.name})")
        return self.know(name, x.shape, grad=True)

    def number(self, x: Value, *, templates: Sequence[str] = operations.TO_NUMBER, stem: str = "loss") -> str:
        """Reduce ``x`` to a number with a name."""
        name = self.name(stem)
        self.say(f"{name} = {self.pick(templates).format(x=x.name)}")
        return name

    def noise(self) -> None:
        """A statement that has nothing to do with the rest, and is right."""
        noise(self)

    def backward(self, loss: str, leaves: Sequence[str] = (), more: str = "") -> None:
        """Go back from the number ``loss``; ``more`` are keywords such as ``retain_graph=True``."""
        comma = f", {more}" if more else ""
        way = self.rng.random()
        if leaves and way < 0.2:
            unused = "" if self.chance(0.5) else ", allow_unused=True"
            target = self.name("grad", "g", "grads")
            one = len(leaves) == 1
            inputs = leaves[0] if one and self.chance(0.6) else f"[{', '.join(leaves)}]"
            first = "," if one and self.chance(0.3) else ""
            self.say(f"{target}{first} = torch.autograd.grad({loss}, {inputs}{comma}{unused})")
        elif way < 0.3:
            target = loss if self.chance(0.5) else f"[{loss}]"
            self.say(f"torch.autograd.backward({target}{comma})")
        else:
            self.say(f"{loss}.backward({more})")

    # The finished text.

    def cells(self) -> tuple[str, ...]:
        """The program, its imports, flags and functions in front."""
        bodies = ["\n".join(each) + "\n" for each in self._cells if each]
        written = "\n".join([*bodies, *self._functions])
        used = [flag for flag in self._flags if re.search(rf"\b{flag}\b", written)]
        head = [f'{flag} = os.environ.get("FLAG_{letter}") == "1"' for letter, flag in zip("AB", used, strict=False)]
        head += [line for text in self._functions for line in ("", *text.strip("\n").split("\n"))]
        front = "\n".join([*head, ""] if head else [])
        imports, texts = _imported([front, *bodies], self.rng)
        first = imports + texts[0] + ("\n" if texts[0].strip() and self.chance(0.7) else "")
        return (first + texts[1], *texts[2:])


_MODULES = (
    (r"\bF\.", "import torch.nn.functional as F", "torch.nn.functional."),
    (r"\bnn\.", "from torch import nn", "torch.nn."),
    (r"\bnp\.", "import numpy as np", ""),
    (r"\bos\.", "import os", ""),
    (r"\bmath\.", "import math", ""),
    (r"\bcopy\.", "import copy", ""),
    (r"\bpartial\(", "from functools import partial", ""),
    (r"\bDataLoader\(", "from torch.utils.data import DataLoader, TensorDataset", ""),
)


def _imported(texts: list[str], rng: random.Random) -> tuple[str, list[str]]:
    """The imports that texts need, in one of several styles, and the texts in that style."""
    style = rng.random()
    imports = ["import torch"]
    for use, line, full in _MODULES:
        pattern = re.compile(rf"(?<![\w.]){use}")
        if not any(pattern.search(text) for text in texts):
            continue
        if full and style < 0.15:
            texts = [pattern.sub(full, text) for text in texts]
        elif line.endswith(" nn") and style < 0.5:
            imports.append("import torch.nn as nn")
        elif full and style > 0.9:
            imports.append(line.replace("import torch.nn.functional as F", "from torch.nn import functional as F"))
        else:
            imports.append(line)
    if style > 0.8 and any("torch.optim." in text for text in texts):
        imports.append("from torch import optim")
        texts = [text.replace("torch.optim.", "optim.") for text in texts]
    if 0.6 < style < 0.7 and any("torch.no_grad()" in text for text in texts):
        imports.append("from torch import no_grad")
        texts = [text.replace("torch.no_grad()", "no_grad()") for text in texts]
    if 0.7 < style < 0.75:
        imports[0] = "import torch as th"
        texts = [re.sub(r"(?<![\w.])torch\.", "th.", text) for text in texts]
        imports = [line for line in imports if line != "import torch"]
    order = sorted(set(imports), key=lambda line: ("torch" in line or line.endswith(" th"), line))
    return "\n".join(order) + "\n", texts


def _tuple(shape: Shape) -> str:
    return f"({shape[0]},)" if len(shape) == 1 else str(shape)
