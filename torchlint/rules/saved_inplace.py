"""a tensor that a pending backward kept is changed in place.

What it does
    Finds it.

Why
    It raises.

Example
    See the examples.

Fix safety
    No fix.

What it misses
    Much.

Source
    Measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.autograd.faults import Kind
from torchlint.model.autograd.values import How
from torchlint.model.story import certainty, effect, is_by, provided, steps
from torchlint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(code="TLC202", slug="saved-inplace", since="0.2.0", message="a tensor that a pending backward kept is changed in place", triggers=())


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every such fault."""
    story = facts.story
    for found in [each for each in facts.story.of(Kind.SAVED) if not is_by(each.fault, How.STEP, How.RENORM)]:
        fault = found.fault
        text = f"`{story.text(fault.name)}`: a tensor that a pending backward kept is changed in place{provided(story, found)}"
        yield RULE.finding_at(
            facts.source, story.span(fault.at), text, certainty(found), effect(story, fault), steps(story, fault)
        )


EXAMPLES = ()
