"""Loaders that give each of several processes all of the data."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from torchlint.model.code.loaders import loader_calls, loops_over
from torchlint.model.code.named_calls import calls_of
from torchlint.model.code.training_loops import is_backward
from torchlint.syntax.tree import dotted, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.protocol import CodeFacts

_DDP = "torch.nn.parallel.DistributedDataParallel"
_SHARING = re.compile(
    r"(?i)sampler|shard|split_by|prepare\(|num_replicas|iterable|webdataset|wds\b|seed\w*\s*(?:\(|=|\+).*rank"
)
"""What a file says that gives each process data of its own."""
_RANK = re.compile(r"(?i)rank|world|process_index|num_processes")


class RepeatedData(NamedTuple):
    """``at`` builds a loader of all of the data, which the loop ``training`` gives to what ``wrapped`` makes."""

    at: ast.Call
    wrapped: ast.Call
    training: ast.For


def repeated_data(facts: CodeFacts) -> Iterator[RepeatedData]:
    """Every loader without a sampler that a model under ``DistributedDataParallel`` is trained with, in a file that
    shares its data out in no way."""
    text = facts.source.text
    if "DistributedDataParallel" not in text or _SHARING.search(text):
        return
    wrapped = next((call for call, _ in calls_of(facts, (_DDP,))), None)
    if wrapped is None:
        return
    nodes = list(walk(facts.tree()))
    for loader in loader_calls(facts):
        training = next((each for each in loops_over(loader, facts) if _trains(each)), None)
        if training is not None and not _is_of_process(loader.arguments.get("dataset"), nodes):
            yield RepeatedData(loader.at, wrapped, training)


def _trains(loop: ast.For) -> bool:
    """Whether a loop goes backward, and not only an inner one."""
    return any(is_backward(each) for part in loop.body for each in walk(part))


def _is_of_process(dataset: ast.expr | None, nodes: list[ast.AST]) -> bool:
    """Whether a dataset may be that of one process: it, or what is assigned to its name, mentions a rank."""
    name = dotted(dataset) if dataset is not None else None
    given = [each.value for each in nodes if isinstance(each, ast.Assign) and dotted(each.targets[0]) == name]
    return any(
        isinstance(part, (ast.Name, ast.Attribute)) and _RANK.search(dotted(part) or "")
        for each in (dataset, *given)
        if each is not None
        for part in walk(each)
    )
