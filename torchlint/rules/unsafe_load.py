"""A file that may run code while it is loaded.

What it does
    Finds ``torch.load`` with ``weights_only=False`` or a ``pickle_module``, and without ``weights_only`` where the
    project runs on a PyTorch before 2.6, by ``target-version`` or by what its own files ask for. Finds functions that
    run anything among what ``weights_only=True`` shall allow, and ``load_state_dict_from_url`` without it.

Why
    A checkpoint is a pickle: whoever wrote it decides what Python runs while it is loaded. ``weights_only=True`` only
    takes tensors and plain containers, and is the default since PyTorch 2.6.

Example
    ``torch.load(path)`` for PyTorch 2.1.

Fix safety
    There is none: a file with other objects in it would no longer be loaded with ``weights_only=True``.

What it misses
    Calls with ``**`` arguments, and other ways to unpickle. Whether a file can be trusted is not seen: what asks for
    pickles of any kind is advice.

Source
    ``torch.load`` in the releases 1.13 to 2.14; the examples run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind
from torchlint.model.code.deliberate import is_deliberate
from torchlint.model.code.named_calls import public_name
from torchlint.model.code.references import shortened
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

_SAFE_BY_DEFAULT = (2, 6)
_NAME = "weights_only"
_LOAD = "torch.load"
_FROM_ADDRESS = ("torch.hub.load_state_dict_from_url", "torch.utils.model_zoo.load_url")
_ALLOWING = tuple(map(shortened, ("torch.serialization.add_safe_globals", "torch.serialization.safe_globals")))
_RUNNING = frozenset(
    (
        *("eval", "exec", "compile", "getattr", "open", "__import__", "importlib.import_module", "runpy.run_path"),
        *(f"subprocess.{name}" for name in ("Popen", "run", "call", "check_call", "check_output")),
    )
)
"""Functions with which a pickle can do anything."""

RULE = Rule(
    code="TLC903",
    slug="unsafe-load",
    since="0.1.0",
    message="a file that may run code while it is loaded",
    triggers=(Trigger(Sign.REFERENCE, frozenset((_LOAD, *_FROM_ADDRESS, *_ALLOWING))),),
    highest=Certainty.LIKELY,
    topics=frozenset({Topic.SECURITY}),
)

_RUNS = Effect(EffectKind.INSECURE, "what is unpickled may run any code")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every way to load what may run code."""
    for reference in facts.references.of((_LOAD, *_FROM_ADDRESS)):
        call = reference.call
        if call is None or any(each.arg is None for each in call.keywords) or is_deliberate(facts.layout, call):
            continue
        given = {each.arg or "": each.value for each in call.keywords}
        text, certainty = (_loads if reference.name == _LOAD else _downloads)(facts, given)
        if text:
            yield RULE.finding_at(facts.source, facts.layout.span(reference.node), text, certainty, _RUNS)
    for reference in facts.references.of(_ALLOWING):
        for function in _allowed(reference.call) if reference.call is not None else ():
            if (name := _called(facts, function)) in _RUNNING:
                text = f"a file that may use `{name}` runs what it wants, whatever `{_NAME}` says"
                yield RULE.finding_at(facts.source, facts.layout.span(function), text, Certainty.LIKELY, _RUNS)


def _loads(facts: Facts, given: Mapping[str, ast.expr]) -> tuple[str, Certainty]:
    """What is wrong with the arguments of ``torch.load``."""
    if _is(given.get(_NAME), False):
        return f"`{_NAME}=False` lets a file run what it says while it is loaded", Certainty.ADVICE
    if "pickle_module" in given and not _is(given["pickle_module"], None) and _NAME not in given:
        return f"with a `pickle_module`, `{_NAME}` is False, and a file runs what it says", Certainty.ADVICE
    if _NAME not in given and facts.oldest_version is not None and facts.oldest_version < _SAFE_BY_DEFAULT:
        oldest = ".".join(map(str, facts.oldest_version))
        text = f"`torch.load` without `{_NAME}` runs what a file says in PyTorch before 2.6, and {oldest} is supported"
        return text, Certainty.LIKELY
    return "", Certainty.ADVICE


def _downloads(facts: Facts, given: Mapping[str, ast.expr]) -> tuple[str, Certainty]:
    """What is wrong with a download: its default is to unpickle, and a hash knows the file."""
    if _is(given.get("check_hash"), True) or (_NAME in given and not _is(given[_NAME], False)):
        return "", Certainty.ADVICE
    return f"without `{_NAME}=True`, what is downloaded runs what it says while it is loaded", Certainty.ADVICE


def _allowed(call: ast.Call) -> Iterator[ast.expr]:
    """The functions and classes that a call allows."""
    given = call.args[0] if call.args else None
    yield from given.elts if isinstance(given, (ast.List, ast.Tuple)) else ()


def _called(facts: Facts, function: ast.expr) -> str:
    """The qualified name of a function, that of a built-in one alone."""
    if isinstance(function, ast.Name) and function.id not in facts.outline.imports:
        return "" if function.id in facts.outline.bound else function.id
    return public_name(function, facts).removeprefix("builtins.")


def _is(value: ast.expr | None, wanted: object) -> bool:
    return isinstance(value, ast.Constant) and value.value is wanted


EXAMPLES = (
    Example(
        "whatever is in it",
        """
import io
import torch

class Greeting:
    def __reduce__(self):
        return list, (("ran",),)

file = io.BytesIO()
torch.save(Greeting(), file)
file.seek(0)
loaded = ⟦torch.load⟧(file, weights_only=False)
""",
        Certainty.ADVICE,
        proof='fault = loaded == ["ran"]',
    ),
    Example(
        "a file that may use what runs code",
        """
import io
import torch

class Sum:
    def __reduce__(self):
        return eval, ("6 * 7",)

file = io.BytesIO()
torch.save(Sum(), file)
file.seek(0)
torch.serialization.add_safe_globals([⟦eval⟧, Sum])
loaded = torch.load(file, weights_only=True)
torch.serialization.clear_safe_globals()
""",
        Certainty.LIKELY,
        proof="fault = loaded == 42",
    ),
    Example(
        "another module of pickles, and a download",
        """
import io
import pickle
import torch

class Sum:
    def __reduce__(self):
        return eval, ("6 * 7",)

def weights(url):
    return ⟦torch.hub.load_state_dict_from_url⟧(url)

file = io.BytesIO()
torch.save(Sum(), file)
file.seek(0)
loaded = ⟦torch.load⟧(file, pickle_module=pickle)
""",
        Certainty.ADVICE,
        proof="fault = loaded == 42",
    ),
    Example(
        "tensors only",
        """
import io
import torch

file = io.BytesIO()
torch.save({"weight": torch.ones(2)}, file)
file.seek(0)
loaded = torch.load(file, weights_only=True)
file.seek(0)
again = torch.load(file)
""",
        proof='fault = not torch.equal(loaded["weight"], again["weight"])',
    ),
)
