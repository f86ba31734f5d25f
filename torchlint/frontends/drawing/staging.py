"""From the steps of a story to its scene."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.finding import Role
from torchlint.frontends.drawing.scene import Arrow, Lane, Line, Moment, Scene, Sign
from torchlint.frontends.places import step_here
from torchlint.frontends.snippet import lines_of
from torchlint.frontends.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torchlint.finding import Finding, Place, Step
    from torchlint.syntax.source import Source

_SIGNS = {Role.USED: Sign.READ, Role.READ: Sign.READ, Role.RETAINED: Sign.BACKWARD, Role.UNUSED: Sign.READ}
_BIRTHS = (Role.CREATED, Role.SAVED, Role.RECORDED, Role.CUT)


def scene_of(finding: Finding, path: str, sources: Callable[[str], Source | None]) -> Scene | None:
    """The scene of a finding of the file at ``path``, or None where it has no story to draw."""
    if len(finding.story) < 2:
        return None
    lanes = _lanes(finding.story)
    stage = _Stage(lanes, finding.story)
    words = _Words(finding, path, sources)
    moments = tuple(_moment(stage.play(number), words, number) for number in range(len(finding.story)))
    return Scene(tuple(lanes.values()), moments, finding.effect)


@dataclass(slots=True)
class _Event:
    """What one step does on the stage."""

    signs: list[Sign | None]
    lines: tuple[Line, ...] = ()
    version: str = ""
    arrow: Arrow | None = None
    rises: tuple[int, int] | None = field(default=None)


_Key = tuple[str, bool]
"""The name of a lane, and whether it is that of a tensor."""


def _lanes(story: Sequence[Step]) -> dict[_Key, Lane]:
    """Everybody who takes part: the other name of a tensor, the tensor, the operation."""
    whats = {(step.alias, True): "tensor" for step in story if step.alias}
    tensor = "same memory" if whats else "tensor"
    for is_tensor, what in ((True, tensor), (False, "operation")):
        for step in story:
            if name := step.tensor if is_tensor else step.operation:
                whats.setdefault((name, is_tensor), what)
    return {key: Lane(visible(key[0]), what, key[1], not _is_born(key, story)) for key, what in whats.items()}


def _is_born(key: _Key, story: Sequence[Step]) -> bool:
    """Whether a lane begins with its first step."""
    name, is_tensor = key
    for step in story:
        if name == (step.tensor if is_tensor else step.operation) or (is_tensor and name == step.alias):
            return step.role in _BIRTHS
    return False


class _Stage:
    """Plays one step after the other and keeps what became of everybody."""

    def __init__(self, lanes: dict[_Key, Lane], story: Sequence[Step]) -> None:
        self._story = story
        self._indices = {key: number for number, key in enumerate(lanes)}
        self._lines = [Line.WHOLE if lane.is_old else Line.NONE for lane in lanes.values()]
        self._births = dict.fromkeys(range(len(lanes)), 0)
        self._counts = any(step.role is Role.SAVED for step in story)

    def play(self, number: int) -> _Event:
        """What the step with this index does."""
        step = self._story[number]
        event = _Event([None] * len(self._lines))
        tensor, operation = self._indices.get((step.tensor, True)), self._indices.get((step.operation, False))
        for index, sign in ((tensor, Sign.TENSOR), (operation, Sign.OPERATION)):
            if index is not None and self._lines[index] is Line.NONE:
                event.signs[index], self._lines[index], self._births[index] = sign, Line.WHOLE, number
        if step.role in (Role.CHANGED, Role.OVERWRITTEN) and tensor is not None:
            self._change(event, step, tensor)
        elif step.role in _SIGNS and tensor is not None:
            event.signs[tensor] = _SIGNS[step.role]
        elif step.role is Role.SAVED and tensor is not None and operation is not None:
            event.arrow, event.version = Arrow(tensor, operation, "kept"), "version n"
        elif step.role in (Role.CUT, Role.FREED) and operation is not None:
            self._end(event, step, operation)
        elif step.role is Role.BACKWARD:
            self._backward(event, tensor, operation)
        event.lines = tuple(self._lines)
        return event

    def _change(self, event: _Event, step: Step, tensor: int) -> None:
        is_seen = step.role is Role.CHANGED
        touched = [tensor]
        alias = self._indices.get((step.alias, True)) if step.alias else None
        if alias is not None and alias != tensor:
            touched.append(alias)
            event.arrow = Arrow(alias, tensor, "same memory")
        for index in touched:
            event.signs[index], self._lines[index] = Sign.CHANGE, Line.CHANGED if is_seen else Line.UNSEEN
        if self._counts:
            event.version = "version n + 1" if is_seen else "still version n"

    def _end(self, event: _Event, step: Step, operation: int) -> None:
        self._lines[operation] = Line.GONE
        event.signs[operation] = Sign.CUT if step.role is Role.CUT else Sign.FREED
        if step.role is Role.FREED:
            event.rises = (operation, self._births[operation])

    def _backward(self, event: _Event, tensor: int | None, operation: int | None) -> None:
        if operation is None or (tensor is not None and not self._counts):
            if tensor is not None:
                event.signs[tensor] = Sign.BACKWARD
            if tensor is not None and operation is not None:
                event.arrow = Arrow(tensor, operation, "no graph", fails=True)
            return
        event.signs[operation] = Sign.BACKWARD
        event.rises = (operation, self._births[operation])
        if tensor is not None:
            is_stale = self._lines[tensor] is Line.UNSEEN
            event.arrow = Arrow(operation, tensor, "reads version n" if is_stale else "needs version n", fails=True)


class _Words:
    """Where a step stands, what its line says, and what part it has in the finding."""

    def __init__(self, finding: Finding, path: str, sources: Callable[[str], Source | None]) -> None:
        self._finding = finding
        self._path = path
        self._sources = sources
        self._story = finding.story
        places = [step.place for step in finding.story]
        self._here = step_here(finding)
        ends = [number for number, each in enumerate(places) if each in (finding.effect.place, None)]
        self._end = ends[-1] if ends else None

    def step(self, number: int) -> Step:
        return self._story[number]

    def is_here(self, number: int) -> bool:
        return number == self._here

    def is_end(self, number: int) -> bool:
        return number == self._end

    def elsewhere(self, place: Place | None) -> str:
        """The file and the cell of a place as far as they are not the finding's own."""
        if place is None:
            return ""
        is_other_file = place.path not in (None, self._path)
        file = visible((place.path or "").rpartition("/")[2]) if is_other_file else ""
        is_other_cell = place.cell is not None and (is_other_file or place.cell != self._finding.place.cell)
        return ", ".join(filter(None, (file, f"cell {place.cell}" if is_other_cell else "")))

    def code(self, place: Place | None) -> tuple[str, tuple[int, int]]:
        """The line at which a place begins, and what part of it is the place."""
        lines = lines_of(self._sources(place.path or self._path), place.cell) if place is not None else None
        if place is None or lines is None or place.line > lines.total:
            return "", (0, 0)
        text = lines.text(place.line).replace("\t", " ").rstrip()
        start = place.column - 1
        end = place.end_column - 1 if place.end_line == place.line else len(text)
        low = start if start > _LONGEST else len(text) - len(text.lstrip())
        return visible(text[low : low + _LONGEST]), (max(0, start - low), max(0, end - low))


_LONGEST = 1000
"""Code points of a line that are looked at; no drawing has room for more."""


def _moment(event: _Event, words: _Words, number: int) -> Moment:
    step = words.step(number)
    code, focus = words.code(step.place)
    return Moment(
        step.role,
        step.place.line if step.place else None,
        words.elsewhere(step.place),
        code,
        visible(step.message),
        tuple(event.signs),
        event.lines,
        event.version,
        event.arrow,
        event.rises,
        words.is_here(number),
        words.is_end(number),
        focus,
    )
