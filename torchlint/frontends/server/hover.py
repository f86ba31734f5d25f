"""What an editor shows over a finding: what it says, what PyTorch will do, and its rule's document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from torchlint.engine.selection import known_rules
from torchlint.frontends.explain import document
from torchlint.frontends.server.diagnostics import effect, in_range
from torchlint.frontends.server.positions import Positions
from torchlint.rule import all_rules

if TYPE_CHECKING:
    from torchlint.finding import Finding
    from torchlint.frontends.server.documents import Checked
    from torchlint.frontends.server.positions import Units


def hover(
    checked: Checked, uri: str, position: types.Position, units: Units, kind: types.MarkupKind
) -> types.Hover | None:
    """The documents of the rules whose findings are at a position of a text, None where none is."""
    snapshot = checked.snapshot
    cell = snapshot.cell_of(uri)
    text = snapshot.text_of(cell)
    findings = checked.result.findings
    found = [findings[each] for each in in_range(findings, text, cell, types.Range(position, position), units)]
    if not found:
        return None
    parts = [_said(each) for each in found]
    rules = known_rules(all_rules())
    parts += [document(rules[code], all_rules().get(code)) for code in sorted({each.code for each in found})]
    place = Positions(text.text, units).of_place(found[0].place)
    return types.Hover(types.MarkupContent(kind, "\n\n---\n\n".join(parts)), place)


def _said(finding: Finding) -> str:
    lines = [f"**{finding.code} {finding.rule}** ({finding.certainty.value}): {finding.message}"]
    lines += filter(None, [effect(finding.effect), *(_offer(finding))])
    return "\n\n".join(lines)


def _offer(finding: Finding) -> list[str]:
    return [f"Fix ({finding.fix.applicability.value}): {finding.fix.message}"] if finding.fix else []
