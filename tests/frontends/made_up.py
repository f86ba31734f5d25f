"""Made-up rules and findings, so that what prints them is tested without any real rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Edit, Effect, EffectKind, Finding, Fix, Place, Related, Span
from torchlint.rule import Example, LoadedRule, Rule

if TYPE_CHECKING:
    from torchlint.syntax.source import Source

NO_EFFECT = Effect(EffectKind.NONE, "")


def place_of(source: Source, text: str, nth: int = 0) -> tuple[Span, Place]:
    """The span and the place of the ``nth`` occurrence of ``text``."""
    needle, start = text.encode(), -1
    for _ in range(nth + 1):
        start = source.data.index(needle, start + 1)
    span = Span(start, start + len(needle))
    return span, source.place(span)


def finding(
    source: Source,
    text: str,
    *,
    code: str = "TLC101",
    message: str = "wrong",
    certainty: Certainty = Certainty.CERTAIN,
    effect: Effect = NO_EFFECT,
    related: tuple[Related, ...] = (),
    fix: tuple[Applicability, str] | None = None,
) -> Finding:
    """A finding at ``text``; ``fix`` is how its fix may be applied and what it puts in its place."""
    span, place = place_of(source, text)
    a_fix = Fix(fix[0], "write it anew", (Edit(span, place, fix[1]),)) if fix else None
    slug = RULES[code].rule.slug if code in RULES else "a-slug"
    return Finding(code, slug, message, certainty, span, place, effect, related, a_fix)


DOC = """A tensor kept as a plain attribute.

What it does
------------
Finds `self.x = torch.zeros(3)`.

## Why

It stays behind.

Source:
    a thread
"""
EXAMPLES = (
    Example(
        "a table",
        "class M:\n    def __init__(self):\n        ⟦self.x = 1⟧\n⟦y⟧ = 2\n",
        fixed="class M: ...\n",
        raises="no such device",
    ),
    Example("a silent one", "x = 1\n"),
)


def _rule(code: str, slug: str, default: bool = True, fix: Applicability | None = None) -> LoadedRule:
    rule = Rule(code, slug, "0.1.0", "a tensor kept as a plain attribute", (), default, fix)
    return LoadedRule(rule, DOC, EXAMPLES, None, lambda facts, options: ())


RULES = {
    "TLC101": _rule("TLC101", "unregistered-tensor", fix=Applicability.SAFE),
    "TLC302": _rule("TLC302", "data-access", default=False),
}
