"""Lines as suspects by what they do, where the analysis says nothing: less sure, and told so."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from torchlint.why.dataflow import sources_of
from torchlint.why.details import is_operation
from torchlint.why.kind import Blame, Sign
from torchlint.why.signs import layers_in, name_of, names_in, signs_in
from torchlint.why.suspects import Sure, Suspect, Weighing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torchlint.why.case import Case
    from torchlint.why.files import Located, ProjectFile
    from torchlint.why.signs import Seen

_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_MOST = 8
"""How many lines are suspects for what they do alone."""
_LEAST = 24
"""How much must speak for one."""


def from_lines(case: Case, files: Iterable[ProjectFile]) -> list[Suspect]:
    """The line that raised where it may be to blame, and those that do something which leads to such an error."""
    files = list(files)
    found = [each for each in (_raised(case),) if each is not None]
    around = {own.path: _Around(case, own) for own in files}
    called = frozenset().union(*(each.called for each in around.values()))
    signs = [each for own in files for each in (*_signs(case, own, around[own.path], called), *_layers(case, own))]
    return found + sorted(signs, key=lambda each: -each.score)[:_MOST]


def _raised(case: Case) -> Suspect | None:
    raised = case.raised
    if raised is None or case.kind.blame is Blame.EARLIER:
        return None
    is_here = case.kind.blame is Blame.HERE
    sure = Sure.LIKELY if is_here and not raised.changed else Sure.POSSIBLE
    evidence = ("PyTorch raised here",) if is_here else ("PyTorch raised here; the cause may be in the class",)
    return Suspect(
        raised.path, raised.cell, raised.first, raised.last, sure, "this raised", evidence, 45 if is_here else 25
    )


class _Around:
    """What is around the line that raised: its function, and what its variables are computed from."""

    def __init__(self, case: Case, own: ProjectFile) -> None:
        self.frames = [each for each in case.frames if each.path == own.path]
        self.forward = [each for each in case.forward if each.path == own.path]
        self.scopes = {own.function(each.at) for each in self.frames}
        self.forward_scopes = {own.function(each.at) for each in self.forward}
        self.raised = self.frames[-1] if self.frames else None
        self.names: frozenset[str] = frozenset()
        self.statements: frozenset[ast.stmt] = frozenset()
        if self.raised is not None and own.tree is not None:
            scope = own.function(self.raised.at) or own.tree
            line = own.statement(self.raised.at)
            used = [names_in(each) for each in ast.walk(scope) if isinstance(each, ast.stmt) and each.lineno in line]
            self.names, self.statements = sources_of(frozenset().union(*used[-1:]), scope)
        self.loops = [each for each in ast.walk(own.tree) if isinstance(each, _LOOPS)] if own.tree else []
        self.forward_names = frozenset().union(*(_names_at(own, each) for each in self.forward[-1:]))

    @property
    def called(self) -> frozenset[str]:
        """The functions that the line that raised computes with; ``forward`` may always be called."""
        calls = (each for statement in self.statements for each in ast.walk(statement) if isinstance(each, ast.Call))
        return frozenset((*(name_of(each.func) for each in calls), "forward"))


def _names_at(own: ProjectFile, located: Located) -> frozenset[str]:
    """The variables in the statement of a frame."""
    lines = own.statement(located.at)
    nodes = ast.walk(own.tree) if own.tree else ()
    found = [names_in(each) for each in nodes if isinstance(each, ast.stmt) and each.lineno == lines.start]
    return found[-1] if found else frozenset()


def _signs(case: Case, own: ProjectFile, around: _Around, called: frozenset[str]) -> Iterator[Suspect]:
    if own.tree is None or not case.kind.signs:
        return
    for seen in signs_in(own.tree, case.kind.signs):
        lines = range(seen.node.lineno, (seen.node.end_lineno or seen.node.lineno) + 1)
        if around.raised and around.raised.at in lines and seen.sign in (Sign.BACKWARD, Sign.CUT):
            continue
        weighing = Weighing(20 - 2 * case.kind.signs.index(seen.sign))
        _weigh(case, own, around, called, seen, weighing)
        if weighing.score >= _LEAST:
            suspect = _suspect(own, _head(own, seen.node), f"{_named(seen)}{seen.does}", weighing)
            yield replace(suspect, is_mode=seen.sign is Sign.NO_GRAD and _encloses(seen.node, around))


def _head(own: ProjectFile, node: ast.stmt) -> range:
    """The lines of a statement without its body; of a function its decorators."""
    decorators = node.decorator_list if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else []
    if decorators:
        return range(decorators[0].lineno, (decorators[-1].end_lineno or decorators[-1].lineno) + 1)
    return own.statement(node.lineno)


def _named(seen: Seen) -> str:
    names = ", ".join(f"`{each}`" for each in sorted(seen.names)[:2])
    return f"{names}: " if names else ""


def _weigh(
    case: Case, own: ProjectFile, around: _Around, called: frozenset[str], seen: Seen, weighing: Weighing
) -> None:
    scope = own.function(seen.node.lineno)
    is_used = seen.node in around.statements
    if scope in around.forward_scopes:
        weighing.add(12, "it is in the function that anomaly mode named")
        if seen.names & around.forward_names:
            weighing.add(15, "it has a variable of the line that anomaly mode named")
    elif scope in around.scopes and (is_used or seen.sign is not Sign.CUT):
        weighing.add(8, "it is in a function of the traceback")
    elif scope is not None and scope.name in called and scope not in around.scopes:
        weighing.add(7, f"it is in `{scope.name}`, which is called on the way")
    if is_used:
        weighing.add(15, f"the line that raised computes with it{_what(seen)}")
    elif seen.names & around.names and scope in around.scopes and seen.sign is not Sign.CUT:
        weighing.add(8, f"it has a variable that the line that raised computes with{_what(seen)}")
    if seen.sign is Sign.NO_GRAD and _encloses(seen.node, around):
        weighing.add(18, "what the line that raised needs is computed under it")
    if seen.sign is Sign.CARRIED and not _is_carried(seen, around):
        weighing.add(-20)
    if seen.sign in (Sign.STEP, Sign.CHANGE):
        _weigh_tensor(case, scope or own.tree, seen, weighing)


def _weigh_tensor(case: Case, scope: ast.AST | None, seen: Seen, weighing: Weighing) -> None:
    """Whether a line may change the tensor that the message speaks of."""
    details = case.details
    if seen.sign is Sign.STEP and details.operation and not details.is_view:
        weighing.add(-20)  # a step changes leaves only
    elif seen.sign is Sign.STEP and details.tensor:
        weighing.add(8, "the tensor may be a parameter, says the message, and a step changes those")
    elif details.operation and scope is not None and (made := _made_by(scope, seen.names, details.operation)):
        weighing.add(18, f"line {made} makes it by `{details.operation}`, which the message speaks of")


def _is_carried(seen: Seen, around: _Around) -> bool:
    """Whether a variable has, where it is computed, what an earlier iteration left in it."""
    line, raised = seen.node.lineno, around.raised
    loops = [each for each in around.loops if raised and _has(each, line) and _has(each, raised.at)]
    if not loops:
        return raised is None or any(each.startswith("self.") for each in seen.names)
    loop = max(loops, key=lambda each: each.lineno)
    earlier = (each for each in ast.walk(loop) if isinstance(each, ast.Assign) and each.lineno < line)
    targets = (frozenset().union(*map(names_in, each.targets)) - names_in(each.value) for each in earlier)
    return bool(seen.names - frozenset().union(*targets))


def _has(node: ast.stmt, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _what(seen: Seen) -> str:
    return f" (`{min(seen.names)}`)" if seen.names else ""


def _encloses(node: ast.stmt, around: _Around) -> bool:
    last = node.end_lineno or node.lineno
    lines = [each.lineno for each in around.statements] + [each.at for each in around.frames]
    return any(node.lineno < each <= last for each in lines)


def _made_by(tree: ast.AST, names: frozenset[str], operation: str) -> int | None:
    """The line at which one of some variables is made by an operation."""
    for each in ast.walk(tree):
        if isinstance(each, ast.Assign) and names & frozenset().union(*map(names_in, each.targets)):
            calls = (call for call in ast.walk(each.value) if isinstance(call, ast.Call))
            if any(is_operation(name_of(call.func), operation) for call in calls):
                return each.lineno
    return None


def _layers(case: Case, own: ProjectFile) -> Iterator[Suspect]:
    """The layers of the size that the message speaks of."""
    layer = case.kind.layer
    if layer is None or own.tree is None or not (size := case.groups.get(layer.first)):
        return
    for call in layers_in(own.tree, layer, size):
        weighing = Weighing(30)
        weighing.add(10, f"it is made for {size}, as the message says, and got {case.groups.get('has', 'another')}")
        yield _suspect(
            own, range(call.lineno, (call.end_lineno or call.lineno) + 1), "the layer that refused", weighing
        )


def _suspect(own: ProjectFile, lines: range, says: str, weighing: Weighing) -> Suspect:
    cell, line = own.in_cell(lines.start)
    return Suspect(own.path, cell, line, line + len(lines) - 1, Sure.POSSIBLE, says, weighing.evidence, weighing.score)
