"""``reveal(x)`` in a program: what the interpreter knows of ``x`` there, on each path, and whether PyTorch agrees.

    python -m tests.model.interpreter.reveal FILE

prints a program with what is known beside each line that asks. ``reveal`` gives back what it is given. Nothing in the
interpreter knows of it: what runs here is the interpreter with one name more.
"""

from __future__ import annotations

import ast
import sys
import threading
import warnings
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.model.interpreter.claims import Claim, claim
from torchlint.model.autograd.backward_evidence import has_proofs
from torchlint.model.interpreter import entry_points, paths
from torchlint.model.interpreter.entry import NO_MODULES, Entry, Modules
from torchlint.model.interpreter.events import Refused
from torchlint.model.interpreter.machine import Machine
from torchlint.model.interpreter.program import run_module
from torchlint.model.interpreter.side_effects import Quiet
from torchlint.model.interpreter.state import PathState
from torchlint.syntax.tree import Function

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.model.interpreter.paths import Ending
    from torchlint.model.interpreter.scope import Scope

NAME = "reveal"


@dataclass
class Revealed:
    """What is known of a program: claims by line, each once, the lines at which it goes wrong, and what PyTorch says
    to sizes that it refuses.

    ``entered`` are those lines of functions that nothing calls: they are run on their own.
    """

    claims: dict[int, list[Claim]] = field(default_factory=dict)
    faults: dict[int, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    entered: set[int] = field(default_factory=set)

    def add(self, line: int, found: Claim) -> None:
        known = self.claims.setdefault(line, [])
        if str(found) not in map(str, known):
            known.append(found)


def revealed(code: str) -> Revealed:
    """What the interpreter knows at each ``reveal`` of a program, and of its functions that it does not call."""
    tree, result = ast.parse(code), Revealed()

    class Revealing(Machine):
        """The interpreter, asked what it knows."""

        def evaluate(self, scope: Scope, node: ast.expr) -> object:
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == NAME):
                return super().evaluate(scope, node)
            value = self.evaluate(scope, node.args[0])
            result.add(node.lineno, claim(self.as_proven(value), self.run))
            return value

    start = partial(PathState, guesses=True, quiet=Quiet(tree)) if has_proofs(code) else PathState
    called: set[ast.AST] = set()
    play = partial(run_module, tree=tree, cells=(), called=called, classes=NO_MODULES, interpreter=Revealing)
    _note_faults(paths.every(tree, play, start)[0], result)
    own = set(result.claims)
    scope = entry_points.definitions(tree)
    modules = Modules(lambda line: True, lambda line: True)
    enter = partial(entry_points.run_entry, scope=scope, classes=modules, summaries={}, interpreter=Revealing)
    for entry in _entries(tree, scope, called):
        _note_faults(paths.extremes(partial(enter, entry=entry), start)[0], result)
    result.entered = set(result.claims) - own
    return result


def _entries(tree: ast.Module, scope: Scope, called: set[ast.AST]) -> Iterator[Entry]:
    for node in tree.body:
        if isinstance(node, Function) and node not in called:
            yield Entry(node)
        elif isinstance(node, ast.ClassDef) and (owner := entry_points.class_of(node, scope)) is not None:
            methods = [each for each in node.body if isinstance(each, Function) and each not in called]
            yield from (Entry(each, owner, is_module=True) for each in methods if each.name != "__init__")


def _note_faults(endings: Sequence[Ending], result: Revealed) -> None:
    for ending in endings:
        for fault in ending.run.log.faults:
            if isinstance(fault.surfaces, ast.expr | ast.stmt):
                result.faults.setdefault(fault.surfaces.lineno, fault.kind.value)
        for event in ending.run.trace.events:
            if isinstance(event, Refused):
                result.faults.setdefault(event.at.lineno, "shape")  # type: ignore[attr-defined]
                result.refused += [] if event.is_built else [event.message]


@dataclass
class Observed:
    """What a program really did: the values that it revealed, each with what can be looked up there, and its error."""

    values: list[tuple[int, Any, dict[str, Any]]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    lines: set[int] = field(default_factory=set)
    error: tuple[int, str] | None = None


def observed(code: str, known: Revealed, given: dict[str, object]) -> Observed:
    """Run a program under PyTorch, and hold what is known against what there is at each ``reveal``."""
    result = Observed()
    thread = threading.Thread(target=_observe, args=(code, known, given, result))
    thread.start()
    thread.join()
    return result


def _observe(code: str, known: Revealed, given: dict[str, object], result: Observed) -> None:
    import torch

    def reveal(value: Any) -> Any:
        frame = sys._getframe(1)
        names = {**frame.f_globals, **frame.f_locals}
        while frame.f_back is not None and frame.f_code.co_name != "<module>":
            frame = frame.f_back  # what encloses it may have given the name
            names = {**frame.f_locals, **names}
        line = sys._getframe(1).f_lineno
        result.lines.add(line)
        result.problems += problems(line, value, names)
        return value

    def problems(line: int, value: Any, names: dict[str, Any]) -> list[str]:
        claims = known.claims.get(line, [])
        found = [list(each.refuted(value, partial(_look, names))) for each in claims]
        if not claims or not all(found):
            return [] if claims else [f"line {line}: never, but it was {value!r}"]
        return [f"line {line}: {each}, but {'; '.join(why)}" for each, why in zip(claims, found, strict=True)]

    torch.manual_seed(0)
    namespace = {"__name__": "__main__", NAME: reveal, **given}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(code, "<revealed>", "exec", dont_inherit=True), namespace)
    except Exception as error:
        frames = [error.__traceback__]
        while frames[-1] is not None and frames[-1].tb_next is not None:
            frames.append(frames[-1].tb_next)
        own = [each.tb_lineno for each in frames if each and each.tb_frame.f_code.co_filename == "<revealed>"]
        result.error = own[-1] if own else 0, f"{type(error).__name__}: {error}"


def _look(names: dict[str, Any], name: str) -> Any:
    try:
        return eval(name, names)
    except Exception:  # it has no name there
        return None


def annotated(code: str) -> str:
    """A program with what is known at each line that asks."""
    known = revealed(code)
    lines = code.splitlines()
    for number, line in enumerate(lines, 1):
        text = " | ".join(map(str, known.claims.get(number, [])))
        text = text or ("never" if f"{NAME}(" in line else "")
        fault = known.faults.get(number)
        said = [each for each in (text, fault and f"! {fault}") if each]
        if said:
            lines[number - 1] = f"{line.partition('  #: ')[0]}  #: {' '.join(said)}"
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(annotated(Path(sys.argv[1]).read_text(encoding="utf-8")))
