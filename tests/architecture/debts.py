"""What the code still owes the design: one line for each place and kind, which may go away and never come back.

The table is exact. A debt that is paid is taken out of it, so that nobody can borrow it again; one that is new, or
that grew, is refused. Where code is moved, its debts move along, and only the sums must not grow.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.architecture.cycles import Graph
from tests.architecture.measures import (
    VALUES,
    instance_attributes,
    kind_tests,
    state_by_identity,
    value_kinds,
    without_triggers,
)
from tests.architecture.ranks import place_in_model
from tests.architecture.reading import When, is_inside

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from tests.architecture.reading import Import, Module

TABLE = Path(__file__).with_name("debts.tsv")

GENERATED = tuple(f"torchlint.model.api.{name}" for name in ("torch_names", "operation_table", "history_table"))
INTERPRETER = ("torchlint.model.autograd", "torchlint.model.interpreter")

MAX_LINES = 500
MAX_ATTRIBUTES = 12
START_UP = re.compile(r"# start-up: \d+(\.\d+)? m?s\b")
"""What says of an import inside a function that it was measured: ``# start-up: 0.3 s, as it imports LibCST``."""


class Debt(NamedTuple):
    """How much of one kind is owed at one place."""

    kind: str
    place: str
    number: int


def debts(modules: Collection[Module]) -> list[Debt]:
    """All that is owed, sorted."""
    packages = frozenset(each.name for each in modules if each.is_package)
    kinds = value_kinds(modules)
    found = [*_cycles(modules)]
    for module in modules:
        counted = {
            "late import": sum(map(_is_late, module.imports)),
            "lines": 0 if module.name in GENERATED else _excess(len(module.text.splitlines()), MAX_LINES),
            "loose module": _is_loose(module, packages),
            "no triggers": without_triggers(module) if is_inside(module.name, ("torchlint.rules",)) else 0,
            "state by identity": len(set(state_by_identity(module.tree))),
            "tests of kinds": 0 if is_inside(module.name, VALUES) else kind_tests(module, kinds),
        }
        found += [Debt(kind, module.name, int(number)) for kind, number in counted.items() if number]
        if is_inside(module.name, INTERPRETER):
            for name, attributes in instance_attributes(module.tree).items():
                if len(attributes) > MAX_ATTRIBUTES:
                    found.append(Debt("attributes", f"{module.name}.{name}", len(attributes)))
    return sorted(found)


def _excess(number: int, limit: int) -> int:
    return number if number > limit else 0


def _cycles(modules: Collection[Module]) -> Iterator[Debt]:
    """Of each module in a cycle, how many others of the cycle it imports."""
    graph = Graph.of(modules)
    for cycle in graph.cycles():
        for module, number in sorted(Counter(source for source, _ in graph.among(cycle).edges).items()):
            yield Debt("cycle", module, number)


def _is_late(each: Import) -> bool:
    """Whether a function imports a module of torchlint without saying what that saves at start-up."""
    return each.when is When.LATE and is_inside(each.name, ("torchlint",)) and not START_UP.search(each.text)


def _is_loose(module: Module, packages: frozenset[str]) -> bool:
    """Whether it lies in the model, but in none of its parts."""
    return module.name.startswith("torchlint.model.") and place_in_model(module.name, packages) is None


def read(path: Path = TABLE) -> list[Debt]:
    """The debts of a table. Raises: ValueError for a line that is none."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        kind, place, number = line.split("\t")
        rows.append(Debt(kind, place, int(number)))
    return rows


def write(found: Iterable[Debt], path: Path = TABLE) -> None:
    text = "".join(f"{each.kind}\t{each.place}\t{each.number}\n" for each in sorted(found))
    path.write_text(text, encoding="utf-8", newline="\n")


def sums(found: Iterable[Debt]) -> Counter[str]:
    """How much is owed of each kind."""
    total: Counter[str] = Counter()
    for each in found:
        total[each.kind] += each.number
    return total


def grown(known: Collection[Debt], found: Collection[Debt]) -> list[str]:
    """The kinds of which more is owed than before."""
    return sorted((sums(found) - sums(known)).keys())


def problems(known: Collection[Debt], found: Collection[Debt]) -> list[str]:
    """Where the code and the table of its debts differ, and what to do about it."""
    before = {(each.kind, each.place): each.number for each in known}
    after = {(each.kind, each.place): each.number for each in found}
    said = []
    for kind, place in sorted(before.keys() | after.keys()):
        old, new = before.get((kind, place), 0), after.get((kind, place), 0)
        if new != old:
            what = "more than the table allows" if new > old else "less: python -m tests.architecture --update"
            said.append(f"{kind}: {place}: {new}, {old} in the table; {what}")
    return said
