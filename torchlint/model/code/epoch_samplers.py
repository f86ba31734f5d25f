"""Distributed samplers that are never told which epoch it is. Source: as run."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from torchlint.model.code.loaders import gone_through, loader_calls
from torchlint.model.code.named_calls import calls_of, keywords_of
from torchlint.syntax.tree import dotted, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.protocol import CodeFacts

SAMPLER = "torch.utils.data.DistributedSampler"


class UntoldSampler(NamedTuple):
    """``at`` makes a sampler, kept as ``name``, over whose ``loader`` the loop ``epochs`` goes once and again."""

    at: ast.Call
    name: str
    loader: ast.Call
    epochs: ast.For


def untold_samplers(facts: CodeFacts) -> Iterator[UntoldSampler]:
    """Every sampler that shuffles, of a file in which nobody sets an epoch, with the loop that runs its epochs."""
    if "set_epoch" in facts.source.text or "DistributedSampler" not in facts.source.text:
        return
    samplers = {call for call, _ in calls_of(facts, (SAMPLER,)) if _shuffles(call)}
    if not samplers:
        return
    assignments = [each for each in walk(facts.tree()) if isinstance(each, ast.Assign) and len(each.targets) == 1]
    kept = {each.value: dotted(each.targets[0]) for each in assignments}
    loops = list(_epoch_loops(facts.tree()))
    names = {name: call for call, name in kept.items() if call in samplers and name is not None}
    for loader in loader_calls(facts):
        sampler, name = loader.arguments.get("sampler"), kept.get(loader.at)
        known = dotted(sampler) if sampler is not None else None
        if known in names and name is not None:
            epochs = next((each for each, batches in loops if name in batches), None)
            if epochs is not None:
                yield UntoldSampler(names[known], known, loader.at, epochs)


def _shuffles(call: ast.Call) -> bool:
    keywords = keywords_of(call)
    if keywords is None or len(call.args) > 3:
        return False
    shuffle = keywords.get("shuffle")
    return shuffle is None or (isinstance(shuffle, ast.Constant) and shuffle.value is True)


def _epoch_loops(tree: ast.Module) -> Iterator[tuple[ast.For, set[str]]]:
    """The loops in which there are loops, with the names of what those go through."""
    for node in walk(tree):
        if isinstance(node, ast.For):
            inner = [each for part in node.body for each in walk(part) if isinstance(each, ast.For)]
            names = {name for each in inner if (name := gone_through(each.iter)) is not None}
            if names:
                yield node, names
