"""What a program, and each of its entries, came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ast
    from collections.abc import Hashable, Mapping, Sequence

    from torchlint.model.autograd.faults import Fault
    from torchlint.model.interpreter.events import Event
    from torchlint.model.interpreter.limits import CutOff
    from torchlint.model.interpreter.paths import Ending


@dataclass(frozen=True, slots=True)
class Found:
    """A fault, whether it happens in every path, and else the condition under which it does (None: not told).

    ``is_entry``: it was found in a function that nothing seen calls, whose caller decides the grad mode. ``elsewhere``
    is where the same fault surfaces, too. ``here`` is the place of the file that is linted where it is told: where the
    fault is, or where that file comes to it in another one.
    """

    fault: Fault
    here: ast.AST
    is_certain: bool
    condition: ast.AST | None
    holds: bool = True
    is_entry: bool = False
    elsewhere: tuple[ast.AST, ...] = ()


class TracedPath(NamedTuple):
    """What happened on one path, and the decisions that make it; ``entered`` are the calls by which it came to what
    happened in other files."""

    choices: Mapping[Hashable, bool]
    conditions: Mapping[Hashable, tuple[ast.AST, bool]]
    complete: bool
    events: Sequence[Event]
    entered: Mapping[ast.AST, ast.AST]


class Traced(NamedTuple):
    """What happened on the paths of one entry; ``complete``: these are all that there are, each run to its end."""

    paths: tuple[TracedPath, ...]
    complete: bool
    is_entry: bool


class Outcome(NamedTuple):
    """What one entry came to; ``abroad`` is what was found in other files."""

    found: list[Found]
    abroad: list[Found]
    cut_offs: list[CutOff]
    work: int
    traced: Traced | None


@dataclass(slots=True)
class Exploration:
    """What a program came to: what goes wrong in it, and in other files that it runs, how its paths ended (but for
    those that ran for an earlier version), what was not run to its end, the work that it took, and what happened on its
    paths."""

    found: list[Found] = field(default_factory=list)
    abroad: list[Found] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    cut_offs: list[CutOff] = field(default_factory=list)
    work: int = 0
    traces: list[Traced] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Add what one entry came to."""
        self.found += outcome.found
        self.abroad += outcome.abroad
        self.cut_offs += outcome.cut_offs
        self.work += outcome.work
        if outcome.traced is not None:
            self.traces.append(outcome.traced)
