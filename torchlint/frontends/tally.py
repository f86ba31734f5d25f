"""What was fixed and what was left, rule by rule: the end of ``torchlint check --fix`` and of the codemod."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.finding import Applicability

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchlint.finding import Finding


@dataclass(slots=True)
class Tally:
    """How many faults of each rule, by code, were fixed and are left, and how many of those unsafe fixes would fix."""

    fixed: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    unsafe: Counter[str] = field(default_factory=Counter)

    def add(self, fixed: Counter[str], left: Iterable[Finding]) -> None:
        """Count one file: ``fixed`` by code, and the findings that are left in it."""
        self.fixed += fixed
        for finding in left:
            self.left[finding.code] += 1
            if finding.fix and finding.fix.edits and finding.fix.applicability is Applicability.UNSAFE:
                self.unsafe[finding.code] += 1

    def table(self) -> str:
        """A line for each rule that something was fixed or is left of, under a heading; empty where there is none."""
        codes = sorted(self.fixed.keys() | self.left.keys())
        if not codes:
            return ""
        from torchlint import rule as rule_module
        from torchlint.engine.selection import known_rules

        rules = known_rules(rule_module.all_rules())
        lines = ["fixed  left"]
        for code in codes:
            unsafe = f" ({self.unsafe[code]} with --unsafe-fixes)" if self.unsafe[code] else ""
            lines.append(f"{self.fixed[code]:>5}  {self.left[code]:>4}  {code} {rules[code].slug}{unsafe}")
        return "\n".join(lines) + "\n"
