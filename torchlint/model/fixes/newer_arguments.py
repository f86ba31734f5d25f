"""Arguments that are deprecated or removed, written anew or left out."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Fix, Span

if TYPE_CHECKING:
    from torchlint.finding import Edit
    from torchlint.model.code.api_changes import Use
    from torchlint.model.fixes.protocol import FileFacts

_AVERAGED = ("size_average", "reduce")
_THREE_INPUTS = frozenset(("cosine_embedding_loss", "margin_ranking_loss", "triplet_margin_loss"))
_WITHOUT_EFFECT = frozenset(
    ("eps", "check_reduction", "pin_memory_device", "only_inputs", "return_complex", "onesided")
)


def rewritten(facts: FileFacts, use: Use) -> Fix | None:
    """The fix of an argument, None where there is none that computes the same."""
    name = re.split(r"!?=", use.change.name.partition("(")[2][:-1])[0]
    if use.call is None:
        return None
    if name == "reduction" and isinstance(use.node, ast.keyword):
        edit = facts.layout.replace(use.node.value, '"mean"')
        return Fix(Applicability.SAFE, 'Use `reduction="mean"`', (edit,))
    if name in _AVERAGED:
        return _reduction(facts, use.call) if _are_inputs(use.change.name, use.call) else None
    if name == "-indexing":
        edit = facts.layout.add_keyword(use.call, 'indexing="ij"')
        return Fix(Applicability.SAFE, 'Say `indexing="ij"`, as it is by default', (edit,))
    if name == "grad_variables" and isinstance(use.node, ast.keyword):
        start = facts.layout.span(use.node).start
        edit = facts.layout.edit(Span(start, start + len(name)), "grad_tensors")
        return Fix(Applicability.SAFE, "Use `grad_tensors`", (edit,))
    return _left_out(facts, use, name)


def _left_out(facts: FileFacts, use: Use, name: str) -> Fix | None:
    """Without an argument that has no effect; one that prints is another matter."""
    if use.call is None or not isinstance(use.node, ast.keyword) or not isinstance(use.node.value, ast.Constant):
        return None
    if name not in _WITHOUT_EFFECT and name != "verbose":
        return None
    edit = facts.layout.remove_keyword(use.call, name)
    prints = name == "verbose" and bool(use.node.value.value)
    kind = Applicability.UNSAFE if prints else Applicability.SAFE
    return Fix(kind, f"Leave `{name}` out", (edit,)) if edit else None


def _are_inputs(name: str, call: ast.Call) -> bool:
    """Whether no positional argument can be one of the old ones."""
    function = name.partition("(")[0].rpartition(".")[2]
    allowed = 0 if function[:1].isupper() else 3 if function in _THREE_INPUTS else 2
    return len(call.args) <= allowed


def _reduction(facts: FileFacts, call: ast.Call) -> Fix | None:
    """``reduction`` instead of ``size_average`` and ``reduce``, where both are constants or missing."""
    given = {each.arg: each.value for each in call.keywords}
    old = [each for each in call.keywords if each.arg in _AVERAGED]
    if None in given or "reduction" in given or any(isinstance(each, ast.Starred) for each in call.args):
        return None
    values: dict[str, object] = {}
    for each in old:
        if each.arg and isinstance(each.value, ast.Constant):
            values[each.arg] = each.value.value
    if len(values) != len(old):
        return None
    averages, reduces = (values.get(name) is None or bool(values[name]) for name in _AVERAGED)
    text = f'reduction="{("mean" if averages else "sum") if reduces else "none"}"'
    edits: list[Edit] = [facts.layout.replace(old[0], text)]
    if len(old) == 2:
        removed = _without_second(facts, call, old[1])
        if removed is None:
            return None
        edits.append(removed)
    return Fix(Applicability.SAFE, f"Use `{text}`", tuple(edits))


def _without_second(facts: FileFacts, call: ast.Call, keyword: ast.keyword) -> Edit | None:
    """Leave a keyword out together with the comma before it."""
    given = [*call.args, *call.keywords]
    before = given[given.index(keyword) - 1]
    span = Span(facts.layout.span(before).end, facts.layout.span(keyword).end)
    between = facts.source.slice(Span(span.start, facts.layout.span(keyword).start))
    return facts.layout.edit(span, "") if between.strip() == "," else None
