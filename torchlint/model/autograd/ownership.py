"""Who trains what on one path: what optimizers have, what backwards come to, and which modules were built."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Sequence

    from torchlint.model.autograd.tensor import Node, Tensor


class Begun(NamedTuple):
    """A backward: where, from which nodes and leaves, by which call the program had left the file, and its number in
    the order of nodes."""

    at: ast.AST
    starts: tuple[Node | Tensor, ...]
    entered: ast.AST | None
    order: int


class Owner(NamedTuple):
    """An optimizer: where it was made, and of which parameters; ``modules`` are those that are not looked into of which
    it has the parameters."""

    at: ast.AST
    parameters: tuple[Tensor, ...]
    modules: tuple[object, ...]


class Stepped(NamedTuple):
    """A step of an optimizer, after a backward."""

    at: ast.AST
    owner: Owner
    begun: Begun
    entered: ast.AST | None


class Came(NamedTuple):
    """The first backward that came to a leaf, and how often that had been changed by then."""

    backward: ast.AST
    version: int


@dataclass(slots=True)
class Ownership:
    """``owners`` are the optimizers, ``steps`` the first run of each step after each backward, ``came`` what backwards
    came to, and ``built`` the modules that were built, each with where and its parameters. ``is_open``: some optimizer
    has parameters that are not seen."""

    owners: dict[object, Owner] = field(default_factory=dict)
    steps: dict[tuple[ast.AST, ast.AST], Stepped] = field(default_factory=dict)
    came: dict[Tensor, Came] = field(default_factory=dict)
    built: list[tuple[ast.AST, Sequence[Tensor]]] = field(default_factory=list)
    is_open: bool = False

    def own(
        self, at: ast.AST, optimizer: object, parameters: Sequence[Tensor], modules: tuple[object, ...] | None
    ) -> None:
        """An optimizer was made, or given more; ``modules`` have what is not seen of it (None: not known)."""
        before = self.owners.get(optimizer, Owner(at, (), ()))
        self.is_open = self.is_open or modules is None
        self.owners[optimizer] = before._replace(
            parameters=(*before.parameters, *parameters), modules=(*before.modules, *(modules or ()))
        )

    def step(self, at: ast.AST, optimizer: object, begun: Begun, entered: ast.AST | None) -> None:
        """An optimizer steps, after a backward."""
        if optimizer in self.owners and (at, begun.at) not in self.steps:
            self.steps[at, begun.at] = Stepped(at, self.owners[optimizer], begun, entered)

    def come(self, at: ast.AST, leaves: Sequence[Tensor]) -> None:
        """A backward comes to some leaves."""
        for each in leaves:
            if each not in self.came:
                self.came[each] = Came(at, each.storage.version)

    def outermost(self) -> Iterator[tuple[ast.AST, Sequence[Tensor]]]:
        """The modules that are part of no other one that was built; of two with the same parameters, the later one."""
        holders: dict[Tensor, set[int]] = {}
        largest_first = sorted(enumerate(self.built), key=lambda each: (len(each[1][1]), each[0]), reverse=True)
        for number, (at, parameters) in largest_first:
            held = [holders.get(each, set()) for each in parameters]
            if held and not set.intersection(*held):
                for each in parameters:
                    holders.setdefault(each, set()).add(number)
                yield at, parameters
