"""Choose fixes, apply them, check again.

A round applies every fix that does not meet another one and checks the new text; rounds follow until nothing is left to
fix. Text that Python cannot parse is never kept: the fix that makes it is refused, by name, and the others go on.
"""

from __future__ import annotations

import ast
import difflib
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from torchlint.engine.check import FileResult, check_source
from torchlint.engine.writing import write_atomically
from torchlint.errors import SourceError
from torchlint.finding import Applicability
from torchlint.syntax.source import Source, read_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from torchlint.engine.settings import Settings
    from torchlint.finding import Edit, Finding

Narrow: TypeAlias = "Callable[[FileResult, Source], FileResult]"
"""Takes those findings out of a result, which is that of the source, that do not count."""

MAX_ROUNDS = 10
"""Fixes that have not settled by then undo each other."""


@dataclass(frozen=True, slots=True)
class FixResult:
    """What fixing one file came to: ``fixed`` fixes turned ``before`` into ``after``, ``left`` is found in that.

    ``fixed`` counts them by code, ``data`` is ``after`` as the bytes of the file. ``left.error`` names the rules whose
    fixes were refused.
    """

    before: Source
    after: Source
    data: bytes
    fixed: Counter[str]
    left: FileResult

    @property
    def applied(self) -> int:
        """How many fixes were applied."""
        return self.fixed.total()


def choose(findings: Iterable[Finding], unsafe: bool) -> tuple[list[Edit], int]:
    """The edits of the fixes to apply now, in the order of the text, and how many fixes wait for the next round.

    Safe fixes, and with ``unsafe`` unsafe ones, are taken in the order of their findings. A fix with an edit that
    overlaps or touches one already taken waits; the same edit in two fixes, such as an import that both add, is taken
    once.
    """
    chosen, waiting = _choose(findings, unsafe)
    return _edits(chosen), waiting


def apply_edits(source: Source, edits: Iterable[Edit]) -> str:
    """The text of ``source`` after ``edits``; their newlines become the file's own.

    Raises: ValueError where edits overlap.
    """
    parts = []
    at = 0
    for edit in sorted(edits, key=lambda edit: edit.span):
        if edit.span.start < at or edit.span.end < edit.span.start:
            raise ValueError(f"edits overlap at byte {edit.span.start}")
        parts += [source.data[at : edit.span.start], _own_newlines(edit.text, source).encode("utf-8", "surrogatepass")]
        at = edit.span.end
    return b"".join([*parts, source.data[at:]]).decode("utf-8", "surrogatepass")


def apply_to_file(source: Source, data: bytes, edits: Sequence[Edit]) -> tuple[Source, bytes]:
    """A source and the bytes of its file, which were ``data``, after ``edits``.

    Raises: SourceError where they cannot be written there, ValueError where they overlap.
    """
    if source.is_notebook:
        from torchlint.syntax.notebook import apply_to_notebook

        new = apply_to_notebook(data, source, edits)
        return read_source(new, source.path), new
    text = apply_edits(source, edits)
    return Source(text, source.path, encoding=source.encoding, bom=source.bom), source.encode(text)


def fix_source(
    source: Source, check: Callable[[Source], FileResult], unsafe: bool, data: bytes | None = None
) -> FixResult:
    """Fix a source to a fixed point, in at most ``MAX_ROUNDS`` rounds; a notebook needs the ``data`` it was read from.

    Raises: SourceError where ``source`` cannot be written in its own encoding, ValueError for a notebook without data.
    """
    if data is None and source.is_notebook:
        raise ValueError("a notebook can only be fixed together with the bytes it was read from")
    state = _State(source, data if data is not None else source.encode(source.text))
    result = check(source)
    fixed: Counter[str] = Counter()
    for _ in range(MAX_ROUNDS):
        taken = state.round(result.findings, unsafe)
        if not taken:
            break
        fixed.update(finding.code for finding in taken)
        result = check(state.source)
    else:
        if choose(result.findings, unsafe)[0]:
            state.errors.append(f"fixes have not settled after {MAX_ROUNDS} rounds; the last text is kept")
    error = "; ".join(filter(None, [result.error, *dict.fromkeys(state.errors)])) or None
    left = FileResult(result.path, result.findings, error, result.saw_torch, result.depends, result.incomplete)
    return FixResult(source, state.source, state.data, fixed, left)


def fix_file(
    path: str,
    settings: Settings,
    *,
    data: bytes | None = None,
    unsafe: bool,
    write: bool,
    narrow: Narrow | None = None,
) -> FixResult:
    """Fix the file at ``path``, or ``data`` under its name; with ``write`` the file is replaced where it changed.

    Only what ``narrow`` leaves is fixed. Raises: SourceError, OSError where it cannot be read or written.
    """

    def check(source: Source) -> FileResult:
        result = check_source(source, settings)
        return narrow(result, source) if narrow else result

    read = Path(path).read_bytes() if data is None else data
    fixed = fix_source(read_source(read, path), check, unsafe, read)
    if write and fixed.data != read:
        write_atomically(Path(path), fixed.data)
    return fixed


def diff(before: Source, after: Source) -> Iterator[str]:
    """The lines of a unified diff, newlines included; in a notebook, one diff for each cell that changed."""
    for (name, old), (_, new) in zip(_texts(before), _texts(after), strict=False):
        for line in difflib.unified_diff(old, new, f"a/{name}", f"b/{name}"):
            yield line if line.endswith(("\n", "\r")) else f"{line}\n\\ No newline at end of file\n"


# Choosing.


def _choose(findings: Iterable[Finding], unsafe: bool) -> tuple[list[Finding], int]:
    wanted = {Applicability.SAFE, Applicability.UNSAFE} if unsafe else {Applicability.SAFE}
    fixable = [each for each in findings if each.fix and each.fix.edits and each.fix.applicability in wanted]
    chosen: list[Finding] = []
    taken: set[Edit] = set()
    for finding in sorted(fixable, key=lambda each: (each.span, each.code)):
        edits = finding.fix.edits if finding.fix else ()
        if not any(edit not in taken and any(_meet(edit, other) for other in taken) for edit in edits):
            chosen.append(finding)
            taken.update(edits)
    return chosen, len(fixable) - len(chosen)


def _meet(one: Edit, other: Edit) -> bool:
    """Whether two edits overlap or touch; which of two that touch comes first would be arbitrary."""
    return one.span.start <= other.span.end and other.span.start <= one.span.end


def _edits(findings: Iterable[Finding]) -> list[Edit]:
    edits = dict.fromkeys(edit for finding in findings if finding.fix for edit in finding.fix.edits)
    return sorted(edits, key=lambda edit: edit.span)


def _own_newlines(text: str, source: Source) -> str:
    return text.replace("\r\n", "\n").replace("\n", source.newline)


# Applying.


_Attempt: TypeAlias = "tuple[Source, bytes]"


@dataclass(slots=True)
class _State:
    """The text so far, as a source and as the bytes of its file; what was seen, and what was refused."""

    source: Source
    data: bytes
    errors: list[str] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)

    def round(self, findings: Sequence[Finding], unsafe: bool) -> list[Finding]:
        """Apply the fixes that can be applied together; the findings whose fixes those were."""
        self.seen.add(self.data)
        kept, _ = _choose(findings, unsafe)
        after = self._attempt(kept) if kept else None
        if isinstance(after, str):
            after, kept = self._one_by_one(kept)
        if after is None:
            return []
        if after[1] in self.seen:
            if after[1] != self.data:
                codes = ", ".join(sorted({each.code for each in kept}))
                self.errors.append(f"the fixes of {codes} undo each other; please report this")
            return []
        self.source, self.data = after
        return kept

    def _one_by_one(self, chosen: list[Finding]) -> tuple[_Attempt | None, list[Finding]]:
        """Find the fixes that do harm, and do without them."""
        kept: list[Finding] = []
        best = None
        for finding in chosen:
            after = self._attempt([*kept, finding])
            if isinstance(after, str):
                self.errors.append(f"the fix of {finding.code} ({finding.rule}) was refused: {after}")
            else:
                best = after
                kept.append(finding)
        return best, kept

    def _attempt(self, findings: list[Finding]) -> _Attempt | str:
        """The file after the fixes, or why that must not be kept."""
        try:
            after = apply_to_file(self.source, self.data, _edits(findings))
            for text in _programs(after[0]):
                _parse(text)
        except (SourceError, ValueError) as error:
            return str(error)
        if len(after[0].problems) > len(self.source.problems):
            return after[0].problems[-1].message
        return after


def _programs(source: Source) -> Iterator[str]:
    """The texts that must be Python, each on its own: the file, or each cell and all cells together."""
    yield source.text
    for cell in source.cells:
        yield source.lines_text(cell.first_line, cell.first_line + cell.lines - 1)


def _parse(text: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape in somebody's string is not our concern
            ast.parse(text)
    except SyntaxError as error:
        raise SourceError(f"its result is not valid Python: {error.msg}") from error
    except (RecursionError, MemoryError) as error:
        raise SourceError("its result is nested too deeply for Python's own parser") from error


# Showing.


def _texts(source: Source) -> Iterator[tuple[str, list[str]]]:
    """The name and lines of the file, or of each of its cells."""
    if not source.is_notebook:
        lines = (source.slice(source.line_span(line)) for line in range(1, source.line_count + 1))
        yield source.path, [line for line in lines if line]
    for cell in source.cells:
        yield f"{source.path}: cell {cell.index}", [f"{line}\n" for line in cell.text.split("\n")]
