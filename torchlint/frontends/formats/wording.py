"""What a finding says, in the words that the formats share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, EffectKind

if TYPE_CHECKING:
    from torchlint.finding import Finding, Fix, Verdict

HEADS = {
    EffectKind.RAISES: "PyTorch raises",
    EffectKind.SILENT: "no error, but",
    EffectKind.SLOW: "slow",
    EffectKind.INSECURE: "insecure",
    EffectKind.NONE: "note",
}
"""What stands before the message of an effect."""

WHO = {
    Applicability.SAFE: "safe, --fix applies it",
    Applicability.UNSAFE: "unsafe, --fix --unsafe-fixes applies it",
    Applicability.DISPLAY: "shown only, never applied",
}
"""Who may apply a fix."""


def offer(fix: Fix) -> str:
    """What a fix does and who may apply it."""
    return f"{fix.message} ({WHO[fix.applicability]})"


def verdict(told: Verdict) -> str:
    """What a run said of a finding."""
    return f"{told.kind.value}: {told.message}"


def headline(finding: Finding) -> str:
    """The message on one line; in a notebook it begins with the cell and the line in it."""
    place = finding.place
    where = f"cell {place.cell}, line {place.line}: " if place.cell is not None else ""
    return where + " ".join(finding.message.splitlines())


def told(finding: Finding) -> str:
    """The headline and, each on a line of its own, what PyTorch will do, what a run said, and the fix."""
    lines = [headline(finding)]
    if finding.effect.message:
        lines.append(f"{HEADS[finding.effect.kind]}: {finding.effect.message}")
    if finding.verdict:
        lines.append(verdict(finding.verdict))
    if finding.fix:
        lines.append(f"fix: {offer(finding.fix)}")
    return "\n".join(lines)
