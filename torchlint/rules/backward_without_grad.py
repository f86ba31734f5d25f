"""backward on a tensor that cannot require grad.

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

RULE = Rule(code="TLC404", slug="backward-without-grad", since="0.2.0", message="backward on a tensor that cannot require grad", triggers=())


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every such fault."""
    story = facts.story
    for found in facts.story.of(Kind.NO_GRAD):
        fault = found.fault
        text = f"`{story.text(fault.name)}`: backward on a tensor that cannot require grad{provided(story, found)}"
        yield RULE.finding_at(
            facts.source, story.span(fault.at), text, certainty(found), effect(story, fault), steps(story, fault)
        )


EXAMPLES = ()
