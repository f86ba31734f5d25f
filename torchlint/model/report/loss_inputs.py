"""Losses of what another operation gave: which they are, and how that is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.finding import Related
from torchlint.model.interpreter.events import Operation, operations

if TYPE_CHECKING:
    import ast
    from collections.abc import Collection, Iterator, Sequence

    from torchlint.model.interpreter.events import Event
    from torchlint.model.report.story import Story


@dataclass(frozen=True, slots=True)
class LossOf:
    """A loss, and the operation that gave its input."""

    loss: Operation
    maker: Operation

    @property
    def at(self) -> ast.AST:
        return self.loss.at

    def told(self, story: Story, takes: str, makes: str) -> tuple[str, Related]:
        """That the loss takes something else than what the operation makes, and where it was made."""
        given, taker = story.text(self.loss.arguments["input"].written), story.operation(self.at, self.loss.label)
        maker = story.operation(self.maker.at, self.maker.label)
        text = f"`{taker}` takes {takes}, but `{given}` is what `{maker}` gave at {story.line(self.maker.at, self.at)}"
        return text, Related("made", f"`{maker}` makes {makes}", story.place(self.maker.at))


def losses_of(events: Sequence[Event], losses: Collection[str], makers: Collection[str]) -> Iterator[LossOf]:
    """Every loss of some names whose input has the values that an operation of some names gave."""
    for loss in operations(events, losses):
        given = loss.arguments.get("input")
        maker = given.producer if given is not None else None
        if maker is not None and maker.name in makers:
            yield LossOf(loss, maker)
