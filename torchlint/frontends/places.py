"""The places of a finding: what they are called, and what is marked there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import EffectKind
from torchlint.frontends.snippet import Mark
from torchlint.frontends.visible import visible
from torchlint.syntax.source import CELLS

if TYPE_CHECKING:
    from torchlint.finding import Finding, Place

_HERE = {
    EffectKind.RAISES: "raises here",
    EffectKind.SILENT: "goes wrong here, silently",
    EffectKind.SLOW: "slow here",
    EffectKind.INSECURE: "insecure here",
    EffectKind.NONE: "",
}


def name_of(at: Place | Mark, path: str, cell: int | None) -> str:
    """``a.py:4:9``, in notebooks ``a.ipynb: cell 4, line 15, column 9``."""
    if cell is None:
        return f"{visible(path)}:{at.line}:{at.column}"
    return f"{cell_of(path, cell)}, line {at.line}, column {at.column}"


def cell_of(path: str, cell: int) -> str:
    """``a.ipynb: cell 4``, in a session ``In [4]``."""
    return f"In [{cell}]" if path == CELLS else f"{visible(path)}: cell {cell}"


def step_here(finding: Finding) -> int | None:
    """Which step of its story a finding is itself: the last one at its place; None where no step is there."""
    return max((number for number, each in enumerate(finding.story) if each.place == finding.place), default=None)


def marks_of(finding: Finding, path: str) -> dict[tuple[str, int | None], list[Mark]]:
    """What to mark in each file and cell that a finding of the file at ``path`` runs through, its own place first."""
    effect = finding.effect
    story = [(finding.place, "", True)]
    if effect.place:
        story.append((effect.place, _HERE[effect.kind], False))
    story += [(each.place, f"{each.role}: {each.message}" if each.message else each.role, False)
              for each in finding.related]  # fmt: skip
    groups: dict[tuple[str, int | None], list[Mark]] = {}
    for place, label, primary in story:
        mark = Mark(place.line, place.column, place.end_line, place.end_column, visible(label), primary)
        groups.setdefault((place.path or path, place.cell), []).append(mark)
    return groups
