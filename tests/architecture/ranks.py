"""What may import what: a rank for each package, and lists for those that may import even less."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.architecture.reading import is_inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.architecture.reading import Module

RANKS = {
    "torchlint.finding": 0,
    "torchlint.errors": 0,
    "torchlint.import_path": 0,
    "torchlint.starting": 0,
    "torchlint.syntax": 1,
    "torchlint.model": 2,
    "torchlint.rule": 3,
    "torchlint.rules": 3,
    "torchlint.engine": 4,
    "torchlint.confirm": 5,
    "torchlint.why": 5,
    "torchlint.frontends": 6,
    "torchlint.__main__": 7,
    "torchlint": 7,
}
"""Imports go only to lower ranks, or inside one package of the same rank."""

MODEL_RANKS = {
    "torchlint.model.api": 0,
    "torchlint.model.autograd": 1,
    "torchlint.model.interpreter": 2,
    "torchlint.model.modules": 3,
    "torchlint.model.code": 4,
    "torchlint.model.report": 5,
    "torchlint.model.fixes": 6,
    "torchlint.model.facts": 7,
}
"""The same inside ``model``. All but the last are packages: a module beside them has no place yet, and no rank."""

FACTS = "torchlint.model.facts"

SHAPE_AND_RULES = {"torchlint.rule", "torchlint.rules"}
"""A rule has the shape of a rule, and the shape knows where rules are found."""

MAY_IMPORT = {
    "torchlint.rules": ("torchlint.finding", "torchlint.rule", "torchlint.model", "torchlint.syntax.gate"),
    "torchlint.model.interpreter.values": (
        "torchlint.model.api",
        "torchlint.model.autograd",
        "torchlint.model.interpreter.gradient_flow",
        "torchlint.model.interpreter.identities",
        "torchlint.model.interpreter.limits",
        "torchlint.model.interpreter.loop_bounds",
        "torchlint.model.interpreter.open_containers",
        "torchlint.model.interpreter.protocol",
        "torchlint.model.interpreter.refusals",
        "torchlint.model.interpreter.scope",
        "torchlint.model.interpreter.site",
        "torchlint.model.interpreter.spent_graphs",
        "torchlint.model.interpreter.texts",
        "torchlint.model.interpreter.values",
    ),
}
"""A rule sees facts and says what it finds; how text is read and results are shown is not its business. A value asks
the interpreter only through its protocol."""

VERSION = ("torchlint", "torchlint.__version__")
"""Stands above all others, but is known before anything is imported."""


def unit_of(name: str, ranks: dict[str, int]) -> str | None:
    """The module or package that has the rank of what is imported as ``name``."""
    parts = name.split(".")
    prefixes = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((prefix for prefix in prefixes if prefix in ranks), None)


def rank_problems(module: Module, packages: frozenset[str]) -> Iterator[str]:
    """What a module imports against the ranks. ``packages`` are those that there are."""
    own = unit_of(module.name, RANKS) or "torchlint"
    for each in module.imports:
        if not is_inside(each.name, ("torchlint",)) or each.name in VERSION:
            continue
        other = unit_of(each.name, RANKS) or "torchlint"
        if other != own and {own, other} != SHAPE_AND_RULES and RANKS[other] >= RANKS[own]:
            yield f"{module.name}:{each.line} imports {each.name}, of rank {RANKS[other]}"
        here, there = place_in_model(module.name, packages), place_in_model(each.name, packages)
        if here and there and here != there and MODEL_RANKS[there] >= MODEL_RANKS[here]:
            yield f"{module.name}:{each.line} imports {each.name}, of rank 2.{MODEL_RANKS[there]}"
        for package, allowed in MAY_IMPORT.items():
            if is_inside(module.name, (package,)) and module.name != package and not is_inside(each.name, allowed):
                yield f"{module.name}:{each.line} imports {each.name}; {package} imports only {', '.join(allowed)}"


def place_in_model(name: str, packages: frozenset[str]) -> str | None:
    """The part of the model that a module belongs to, None where it has none or lies loose beside the parts."""
    unit = unit_of(name, MODEL_RANKS)
    return unit if unit == FACTS or unit in packages else None
