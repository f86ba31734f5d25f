"""PyTorch programs out of others: the rules' own examples and cases, and the oracle's, cut up and put together anew."""

from __future__ import annotations

import ast
import copy
from functools import cache
from typing import TYPE_CHECKING

from tests.oracle import grammar as scripts
from tests.oracle.modules import grammar as modules
from tests.rules.notation import Case, cases_of
from torchlint.rule import all_rules

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

_WRAPPERS = (
    "for _ in range(3):\n    pass",
    "for i, _ in enumerate(loader):\n    pass\nelse:\n    last = i",
    "while not done:\n    pass",
    "if cfg.on:\n    pass",
    "if cfg.on:\n    pass\nelse:\n    x = None",
    "def inner(x, *args, **kwargs):\n    pass",
    "async def inner(x):\n    pass",
    "class Inner(torch.nn.Module):\n    pass",
    "class Inner(torch.nn.Module):\n    def forward(self, x):\n        pass",
    "try:\n    pass\nexcept RuntimeError as error:\n    x = error\nfinally:\n    done = True",
    "with torch.no_grad():\n    pass",
    "with torch.inference_mode(), open('f') as file:\n    pass",
    "with (torch.enable_grad() as a, torch.autograd.set_detect_anomaly(True) as b):\n    pass",
    "match cfg:\n    case {'a': x, **rest} if x:\n        pass\n    case [1, *x] | (x):\n        y = x",
    "if __name__ == '__main__':\n    pass",
    "@torch.no_grad()\ndef inner():\n    pass",
    "for x in xs:\n    try:\n        pass\n    except (ValueError, TypeError):\n        continue",
)
"""What statements are put into: in the place of the first ``pass``."""
_STATEMENTS = (
    *("{a} += 1", "{a}.add_({b})", "{a} = {b}", "{a}, {b} = {b}, {a}", "{a}.data = {b}", "{a}.data.add_({b})"),
    *("{a}[0] = {b}", "{a}[:, 1:].mul_(2)", "{a} = {a}.detach()", "{a}.detach_()", "{a}.requires_grad_()"),
    *("{a}.backward()", "{a}.sum().backward(retain_graph=True)", "{a} = {b}.view(-1)", "{a}.relu_()", "{a}.zero_()"),
    *("{a} = torch.nn.Linear(3, 3)({b})", "self.{a} = {b}", "self.{a} = torch.zeros(3)", "self.{a} = [{b}, {b}]"),
    *("{a} = {b} = torch.sigmoid({a})", "del {a}", "global {a}", "return {a}", "yield {a}", "await {a}", "raise {a}"),
    *(
        "({a} := {b}.exp()).sum()",
        "{a} = [{b} for {b} in {a}]",
        "{a} = lambda {b}: {b}.data",
        "{a} = f'{{{b}.data!r:>{{{a}}}}}'",
    ),
    *("torch.add({a}, {b}, out={a})", "torch.no_grad()", "optimizer.step()", "optimizer.zero_grad(set_to_none=False)"),
    *("{a}.register_buffer('{b}', {b})", "setattr(self, '{a}', {b})", "{a} = super().__init__()", "import {a}"),
    *("from {a} import *", "{a}: torch.Tensor", "{a}: torch.Tensor = {b}.data", "assert {a}, {b}", "print({a}.data)"),
    *(
        "{a} = torch.autograd.grad({b}.sum(), {a}, create_graph=True)[0]",
        "{a} = torch.utils.checkpoint.checkpoint({b}, {a})",
    ),
    *(
        "{a}.masked_fill({b}, 0)",
        "{a}.add({b}) if {b} else {a}.mul({b})",
        "{a} = {b} if {a} else {a}.data",
        "{a} @= {b}",
    ),
    *("{a}.grad.zero_()", "{a} *= {a}.data", "({a}).data[{b}] = {b}.data", "{a} = torch.from_numpy({b}.numpy())"),
)
_MOST_NODES = 4_000


@cache
def cases() -> tuple[str, ...]:
    """The code of all examples and cases of the rules."""

    def each() -> Iterator[str]:
        for rule in all_rules().values():
            yield from (Case(example).plain for example in rule.examples)
            yield from (case.plain for case in cases_of(rule.rule.slug))

    return tuple(each())


def program(rng: random.Random) -> str:
    """A program as somebody would write it."""
    if rng.random() < 0.7:
        return rng.choice(cases())
    grammar: Callable[[int, int], object] = rng.choice((scripts.program, modules.program))
    return grammar(rng.randrange(1 << 30), 1).text  # type: ignore[attr-defined]


def mutated(code: str, rng: random.Random, other: str = "", most: int = 6) -> str:
    """The code after a few changes of its tree; ``other`` is code of which parts may come in.

    Raises: SyntaxError, ValueError, RecursionError where the code is no Python, or what it became cannot be written.
    """
    tree = ast.parse(code)
    others = [each for body in _bodies(ast.parse(other)) for each in body]
    for _ in range(rng.randint(1, most)):
        _change(tree, rng, others)
        if sum(1 for _ in ast.walk(tree)) > _MOST_NODES:
            break
    return ast.unparse(ast.fix_missing_locations(tree)) + "\n"


def _change(tree: ast.Module, rng: random.Random, others: list[ast.stmt]) -> None:
    bodies = _bodies(tree) or [tree.body]
    body = rng.choice(bodies)
    if not body:  # a file without a statement
        body.append(ast.Pass())
    at, second = rng.randrange(len(body)), rng.randrange(len(body))
    match rng.randrange(10):
        case 0 if len(body) > 1:
            del body[at]
        case 1:
            body.insert(at, copy.deepcopy(body[second]))
        case 2:
            body[at], body[second] = body[second], body[at]
        case 3:
            body.insert(at, copy.deepcopy(rng.choice(rng.choice(bodies))))
        case 4:
            _wrap(body, at, rng)
        case 5:
            _rename(tree, rng)
        case 6 | 7:
            names = sorted(_names(tree)) or ["x"]
            text = rng.choice(_STATEMENTS).format(a=rng.choice(names), b=rng.choice(names))
            body[at:at] = ast.parse(text).body
        case 8 if others:
            body[at:at] = copy.deepcopy([rng.choice(others) for _ in range(rng.randint(1, 3))])
        case _:
            _swap_expressions(tree, rng)


def _bodies(tree: ast.AST) -> list[list[ast.stmt]]:
    """All lists of statements that are not empty."""
    lists = (getattr(node, name, None) for node in ast.walk(tree) for name in ("body", "orelse", "finalbody"))
    return [each for each in lists if isinstance(each, list) and each and isinstance(each[0], ast.stmt)]


def _names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _wrap(body: list[ast.stmt], at: int, rng: random.Random) -> None:
    end = rng.randint(at + 1, len(body))
    wrapper = ast.parse(rng.choice(_WRAPPERS))
    inside = next(each for each in _bodies(wrapper) if isinstance(each[0], ast.Pass))
    inside[:] = body[at:end]
    body[at:end] = wrapper.body


def _rename(tree: ast.AST, rng: random.Random) -> None:
    """Every use of a name, or a single one, becomes that of another."""
    uses = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    if uses:
        use, name = rng.choice(uses), rng.choice(uses).id
        old = use.id
        for each in uses if rng.random() < 0.5 else [use]:
            if each.id == old:
                each.id = name


def _swap_expressions(tree: ast.AST, rng: random.Random) -> None:
    """Put an expression in the place of another's."""
    holders = [node for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.Return | ast.Expr) and node.value]
    values = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    values = [node for node in values if isinstance(getattr(node, "ctx", ast.Load()), ast.Load)]
    values = [node for node in values if not isinstance(node, ast.Starred | ast.Slice)]
    if holders and values:
        rng.choice(holders).value = copy.deepcopy(rng.choice(values))
