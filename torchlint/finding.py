"""What torchlint says: spans, places, edits, fixes, effects, stories and findings, all frozen values.

A finding holds offsets and text, never a syntax node, so it pickles, caches and serialises, and is the same in every
frontend.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Certainty(str, Enum):
    """How sure torchlint is; ``rank`` orders them from advice (0) to certain (2)."""

    CERTAIN = "certain"
    LIKELY = "likely"
    ADVICE = "advice"

    @property
    def rank(self) -> int:
        return _CERTAINTY_RANK[self]


_CERTAINTY_RANK = {Certainty.ADVICE: 0, Certainty.LIKELY: 1, Certainty.CERTAIN: 2}


class Applicability(str, Enum):
    """Who may apply a fix.

    ``SAFE``: applied by ``--fix``; the program computes the same, apart from the fault.
    ``UNSAFE``: applied only with ``--unsafe-fixes``; it may change results, checkpoints or what is trained.
    ``DISPLAY``: shown, never applied.
    """

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


class EffectKind(str, Enum):
    """What PyTorch will do about a fault."""

    RAISES = "raises"
    SILENT = "silent"
    SLOW = "slow"
    INSECURE = "insecure"
    NONE = "none"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of byte offsets into the UTF-8 text of one ``Source``."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A range of source as people and editors name it.

    Lines and columns are 1-based, columns count code points, the end is exclusive. ``cell`` is the 1-based position
    among all cells of a notebook, or None. ``path`` is None for the file that the finding is in.
    """

    path: str | None
    cell: int | None
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def lines(self) -> range:
        """The lines that it has something of."""
        return range(self.line, max(self.line, self.end_line - (self.end_column == 1)) + 1)


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace ``span`` by ``text``; newlines in ``text`` are ``\\n`` and become the file's own when written."""

    span: Span
    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that belong together: applied all or none."""

    applicability: Applicability
    message: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What PyTorch does, in its own words where it raises, and where that surfaces (None: outside what is seen)."""

    kind: EffectKind
    message: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """Another place of the story; ``role`` is one word: assigned, used, moved, saved, changed, freed, backward."""

    role: str
    message: str
    place: Place


class Role(str, Enum):
    """What happens in one step of a story."""

    CREATED = "created"
    """A tensor is made."""
    RECORDED = "recorded"
    """An operation becomes a part of the graph."""
    SAVED = "saved"
    """An operation keeps a tensor for backward."""
    CHANGED = "changed"
    """A tensor's content changes, and its version counter with it."""
    OVERWRITTEN = "overwritten"
    """A tensor's content changes, and its version counter does not."""
    CUT = "cut"
    """A value leaves the graph."""
    FREED = "freed"
    """A backward goes through the graph and frees it."""
    RETAINED = "retained"
    """A backward goes through the graph and keeps it, or records its own."""
    UNUSED = "unused"
    """What was kept is never needed."""
    USED = "used"
    """An operation uses a tensor in a way that autograd refuses."""
    READ = "read"
    """A tensor is read."""
    BACKWARD = "backward"
    """A backward goes through the graph."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a story.

    ``tensor`` and ``operation`` are what the user calls those that it is about, and ``alias`` is another name of the
    tensor's memory, each empty where there is none. ``place`` is None where it is outside of what is seen.
    """

    role: Role
    message: str
    place: Place | None
    tensor: str = ""
    operation: str = ""
    alias: str = ""


class VerdictKind(str, Enum):
    """What a run of the program said of a finding. ``UNPREDICTED``: it showed a fault that was not found before."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted in this run"
    NOT_REACHED = "not reached"
    INCONCLUSIVE = "inconclusive"
    UNPREDICTED = "not predicted"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was seen of a finding when the program ran.

    ``effect`` says how it showed: ``raises`` or ``silent``, None where it did not. ``seen`` are the lines that took
    part. ``gradient`` is by how much a gradient was off at most, absolute and relative, ``device`` on which device a
    tensor stayed, ``held`` how many bytes were held in vain; each is None where it does not apply or is not known.
    """

    kind: VerdictKind
    message: str
    effect: EffectKind | None = None
    seen: tuple[Related, ...] = ()
    gradient: tuple[float, float] | None = None
    device: str | None = None
    held: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at one place. ``place`` is where the user must change something, ``effect.place`` where it surfaces.

    ``story`` has what led to it and what follows, in the order in which the program runs, the fault itself included;
    it is empty where the fault is no matter of autograd.

    ``verdict`` is there only where the program was run to confirm what was found. ``release`` is the PyTorch from which
    on it matters, None where releases do not.
    """

    code: str
    rule: str
    message: str
    certainty: Certainty
    span: Span
    place: Place
    effect: Effect
    related: tuple[Related, ...] = ()
    fix: Fix | None = None
    story: tuple[Step, ...] = ()
    verdict: Verdict | None = None
    release: tuple[int, int] | None = None

    @property
    def sort_key(self) -> tuple[int, int, int, str, int, int]:
        """Order within a file: cell, line, column, code, end."""
        place = self.place
        return (place.cell or 0, place.line, place.column, self.code, place.end_line, place.end_column)
