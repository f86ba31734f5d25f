"""Code actions: apply a fix, apply all safe fixes, suppress with a comment.

What an action changes is worked out when it is chosen, where the editor can ask for it then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lsprotocol import types

from torchlint.finding import Applicability
from torchlint.frontends.server.diagnostics import diagnostic_of, in_range
from torchlint.frontends.server.edits import Change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.frontends.server.documents import Checked
    from torchlint.frontends.server.positions import Units

SAFE = "quickfix.torchlint.safe"
UNSAFE = "quickfix.torchlint.unsafe"
SUPPRESS = "quickfix.torchlint.suppress"
FIX_ALL = f"{types.CodeActionKind.SourceFixAll.value}.torchlint"
KINDS = (SAFE, UNSAFE, SUPPRESS, FIX_ALL)

_FIXES = {Applicability.SAFE: (SAFE, "safe fix"), Applicability.UNSAFE: (UNSAFE, "unsafe fix")}


class Plan(NamedTuple):
    """What an action does to which content of which document; ``finding`` is the number of a finding in its result."""

    uri: str
    number: int
    change: Change
    finding: int | None = None

    def as_data(self) -> dict[str, object]:
        """The plan as JSON, for the editor to give back."""
        return {**self._asdict(), "change": self.change.value}

    @classmethod
    def of(cls, data: object) -> Plan:
        """A plan that an editor gives back. Raises: ValueError where it is none."""
        if not isinstance(data, dict) or data.keys() != set(cls._fields):
            raise ValueError("it has no plan of torchlint's")
        return cls(str(data["uri"]), int(data["number"]), Change(data["change"]), data["finding"])


def actions(
    checked: Checked, uri: str, params: types.CodeActionParams, units: Units
) -> Iterator[tuple[types.CodeAction, Plan]]:
    """The actions for a range of a text, each with its plan; what they change is not worked out yet."""
    for action, plan in _all(checked, uri, params.range, units):
        if _is_wanted(str(action.kind), params.context.only):
            yield action, plan


def _all(checked: Checked, uri: str, asked: types.Range, units: Units) -> Iterator[tuple[types.CodeAction, Plan]]:
    snapshot, findings = checked.snapshot, checked.result.findings
    cell = snapshot.cell_of(uri)
    touched = in_range(findings, snapshot.text_of(cell), cell, asked, units)
    for change in (Change.FIX, Change.SUPPRESS):
        for number in touched:
            offered = _fix(findings[number]) if change is Change.FIX else _suppression(findings[number])
            if offered is not None:
                offered.diagnostics = diagnostic_of(findings[number], snapshot, units)
                yield offered, Plan(snapshot.uri, snapshot.number, change, number)
    if any(each.fix and each.fix.applicability is Applicability.SAFE for each in findings):
        action = types.CodeAction("torchlint: apply all safe fixes", FIX_ALL)
        yield action, Plan(snapshot.uri, snapshot.number, Change.FIX_ALL)


def _fix(finding: Finding) -> types.CodeAction | None:
    if finding.fix is None or not finding.fix.edits or finding.fix.applicability not in _FIXES:
        return None
    kind, words = _FIXES[finding.fix.applicability]
    return types.CodeAction(f"{finding.code}, {words}: {finding.fix.message}", kind, is_preferred=kind == SAFE)


def _suppression(finding: Finding) -> types.CodeAction | None:
    if not finding.span.end:  # it is about the whole file
        return None
    return types.CodeAction(f"{finding.code}: suppress with `# noqa: {finding.code}`", SUPPRESS)


def _is_wanted(kind: str, only: object) -> bool:
    """Whether an editor asked for a kind of action; a kind stands for all that begin with it."""
    if not isinstance(only, (list, tuple)):
        return True
    wanted = [each.value if isinstance(each, types.CodeActionKind) else str(each) for each in only]
    return any(not each or kind == each or kind.startswith(f"{each}.") for each in wanted)
