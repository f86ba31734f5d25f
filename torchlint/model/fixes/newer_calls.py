"""Calls of what is deprecated or removed, written with what replaces it."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torchlint.finding import Edit
    from torchlint.model.code.api_changes import Use
    from torchlint.model.fixes.protocol import FileFacts


class _Arguments:
    """The arguments of a call by the names of its parameters."""

    def __init__(self, call: ast.Call, parameters: Sequence[str], *, owner: ast.expr | None = None) -> None:
        positional = [*([owner] if owner is not None else []), *call.args]
        self.is_known = (
            len(positional) <= len(parameters)
            and all(each.arg in parameters for each in call.keywords)
            and not any(isinstance(each, ast.Starred) for each in positional)
        )
        self.given: dict[str, ast.expr] = dict(zip(parameters, positional, strict=False))
        self.given.update({each.arg: each.value for each in call.keywords if each.arg})

    def constant(self, name: str, default: object) -> object:
        """The value of a constant argument, Ellipsis where it is none."""
        value = self.given.get(name)
        return default if value is None else value.value if isinstance(value, ast.Constant) else ...


def _arguments(use: Use, *parameters: str) -> _Arguments | None:
    if use.call is None:
        return None
    owner = use.node.value if use.reference is None and isinstance(use.node, ast.Attribute) else None
    found = _Arguments(use.call, parameters, owner=owner)
    return found if found.is_known else None


def _replaced(facts: FileFacts, use: Use, name: str, arguments: str, *, behind: str = "") -> Sequence[Edit] | None:
    """Another call in the place of a call."""
    spelled = facts.spelling.of(name, use.node) if use.call is not None and facts.has(name) else None
    if spelled is None or use.call is None or "#" in facts.layout.text(use.call):
        return None
    return (*spelled.edits, facts.layout.replace(use.call, f"{spelled.text}({arguments}){behind}"))


def _texts(facts: FileFacts, arguments: _Arguments, *names: str) -> str:
    return ", ".join(facts.source.slice(facts.layout.whole(arguments.given[each])) for each in names)


# Linear algebra.


def _qr(facts: FileFacts, use: Use) -> Sequence[Edit] | None:
    found = _arguments(use, "input", "some")
    some = found.constant("some", True) if found else ...
    if found is None or not isinstance(some, bool) or "input" not in found.given:
        return None
    mode = "" if some else ', mode="complete"'
    return _replaced(facts, use, "torch.linalg.qr", _texts(facts, found, "input") + mode)


def _cholesky(facts: FileFacts, use: Use) -> Sequence[Edit] | None:
    found = _arguments(use, "input", "upper")
    upper = found.constant("upper", False) if found else ...
    if found is None or not isinstance(upper, bool) or "input" not in found.given:
        return None
    return _replaced(facts, use, "torch.linalg.cholesky", _texts(facts, found, "input"), behind=".mH" if upper else "")


def _symeig(facts: FileFacts, use: Use) -> Sequence[Edit] | None:
    found = _arguments(use, "input", "eigenvectors", "upper")
    if found is None or found.constant("eigenvectors", False) is not True or "input" not in found.given:
        return None
    upper = found.constant("upper", True)
    if not isinstance(upper, bool):
        return None
    text = f'{_texts(facts, found, "input")}, UPLO="{"U" if upper else "L"}"'
    return _replaced(facts, use, "torch.linalg.eigh", text)


def _matrix_rank(facts: FileFacts, use: Use) -> Sequence[Edit] | None:
    found = _arguments(use, "input")
    return _replaced(facts, use, "torch.linalg.matrix_rank", _texts(facts, found, "input")) if found else None


def _chain_matmul(facts: FileFacts, use: Use) -> Sequence[Edit] | None:
    call = use.call
    if call is None or call.keywords or len(call.args) < 2 or any(isinstance(each, ast.Starred) for each in call.args):
        return None
    texts = ", ".join(facts.source.slice(facts.layout.whole(each)) for each in call.args)
    return _replaced(facts, use, "torch.linalg.multi_dot", f"[{texts}]")


# Mixed precision.


def _mixed(facts: FileFacts, use: Use, *, name: str, device: str) -> Sequence[Edit] | None:
    """``torch.amp`` takes the device first; a positional ``enabled`` of autocast comes after it by its name."""
    call, full = use.call, f"torch.amp.{name}"
    if call is None or any(isinstance(each, ast.Starred) for each in call.args):
        return None
    if name == "autocast" and len(call.args) > 1:
        return None
    spelled = facts.spelling.of(full, use.node) if facts.has(full) else None
    if spelled is None or facts.layout.whole(call.func) != facts.layout.span(call.func):
        return None
    start = facts.source.data.index(b"(", facts.layout.span(call.func).end) + 1
    text = f'"{device}"'
    if call.args or call.keywords:
        breaks = facts.source.data[start : start + 1] in (b"\n", b"\r")
        text += "," if breaks else ", "
    edits = [*spelled.edits, facts.layout.replace(call.func, spelled.text), facts.layout.insert(start, text)]
    if name == "autocast" and call.args:
        edits.append(facts.layout.insert(facts.layout.whole(call.args[0]).start, "enabled="))
    return edits


def _custom(facts: FileFacts, use: Use, *, name: str) -> Sequence[Edit] | None:
    """A decorator of a custom function's ``forward`` or ``backward``, which takes the device now."""
    function = facts.layout.parent(use.call or use.node)
    if not isinstance(function, ast.FunctionDef) or (use.call is not None and use.call.args):
        return None
    full = f"torch.amp.{name}"
    if use.call is not None:
        texts = [facts.layout.text(each) for each in use.call.keywords]
        return _replaced(facts, use, full, ", ".join([*texts, 'device_type="cuda"']))
    spelled = facts.spelling.of(full, use.node) if facts.has(full) else None
    if spelled is None:
        return None
    return (*spelled.edits, facts.layout.replace(use.node, f'{spelled.text}(device_type="cuda")'))


# Others.


def _upsample(facts: FileFacts, use: Use, *, mode: str) -> Sequence[Edit] | None:
    call = use.call
    if call is None or any(each.arg is None for each in call.keywords) or not (call.args or call.keywords):
        return None
    given = [facts.layout.text(each) for each in (*call.args, *call.keywords)]
    return _replaced(facts, use, "torch.nn.functional.interpolate", ", ".join([*given, mode]))


def _attribute(facts: FileFacts, use: Use) -> Sequence[Edit] | None:
    """A function that says what an attribute of ``torch`` said."""
    if not isinstance(use.node, ast.Attribute) or use.call is not None:
        return None
    spelled = facts.spelling.of(use.change.replacement, use.node)
    return (*spelled.edits, facts.layout.replace(use.node, f"{spelled.text}()")) if spelled else None


CALLS: Mapping[str, Callable[[FileFacts, Use], Sequence[Edit] | None]] = {
    **{f"torch{part}.qr": _qr for part in ("", ".Tensor")},
    **{f"torch{part}.cholesky": _cholesky for part in ("", ".Tensor")},
    **{f"torch{part}.symeig": _symeig for part in ("", ".Tensor")},
    "torch.matrix_rank": _matrix_rank,
    "torch.chain_matmul": _chain_matmul,
    **{
        f"torch.{device}.amp.{name}": partial(_mixed, name=name, device=device)
        for device in ("cuda", "cpu")
        for name in ("autocast", "GradScaler")
    },
    **{f"torch.cuda.amp.{name}": partial(_custom, name=name) for name in ("custom_fwd", "custom_bwd")},
    "torch.nn.functional.upsample_nearest": partial(_upsample, mode='mode="nearest"'),
    "torch.nn.functional.upsample_bilinear": partial(_upsample, mode='mode="bilinear", align_corners=True'),
    **{f"torch.{name}": _attribute for name in ("has_mps", "has_cuda", "has_cudnn", "has_mkldnn")},
}
"""How each is written anew; those whose fix is to be asked for have none here."""
