"""Choose fixes, apply them, check again.

A round applies every fix that does not meet another one and checks the new text; rounds follow until nothing is left to
fix. Text that Python cannot parse is never kept: the fix that makes it is refused, by name, and the others go on.
"""

from __future__ import annotations

import difflib
import hashlib
from bisect import bisect_right, insort
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from torchlint.engine.check import FileResult, check_source
from torchlint.engine.writing import replace_atomically
from torchlint.errors import SourceError
from torchlint.finding import Applicability
from torchlint.syntax.notebook import apply_to_notebook, cell_program, command_lines
from torchlint.syntax.read_source import read_source
from torchlint.syntax.reading import read_bytes
from torchlint.syntax.source import Source
from torchlint.syntax.tree import parse_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from torchlint.engine.settings import Settings
    from torchlint.finding import Edit, Finding, Span

Narrow: TypeAlias = "Callable[[FileResult, Source], FileResult]"
"""Takes those findings out of a result, which is that of the source, that do not count."""

MIN_ROUNDS = 100
"""So many rounds are made, or one for each line of a longer file, before fixes are said not to settle."""
MAX_CHARACTERS = 600_000
"""Characters of text that all rounds on a file check together, some seconds of work, before fixing pauses ..."""
MIN_ROUNDS_OF_LONG = 10
"""... which it does not before this many rounds, even on the longest file."""


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

    def diff(self, path: str) -> Iterator[str]:
        """The lines of a unified diff of the file, called ``path``; in a notebook, one for each cell that changed."""
        return diff(self.before, self.after, path)


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
        new = apply_to_notebook(data, source, edits)
        return read_source(new, source.path), new
    text = apply_edits(source, edits)
    return Source(text, source.path, encoding=source.encoding, bom=source.bom), source.encode(text)


def fix_source(
    source: Source, check: Callable[[Source], FileResult], unsafe: bool, data: bytes | None = None
) -> FixResult:
    """Fix a source to a fixed point; a notebook needs the ``data`` it was read from.

    Rounds go on while they lead to a text that was not there before, as one fault may hide the next. Fixes that make a
    text longer for ever are ended when there were more rounds than lines, and so are the rounds on a long text when
    they have checked enough; both are told.

    Raises: SourceError where ``source`` cannot be written in its own encoding, ValueError for a notebook without data.
    """
    if data is None and source.is_notebook:
        raise ValueError("a notebook can only be fixed together with the bytes it was read from")
    state = _State(source, data if data is not None else source.encode(source.text))
    result = check(source)
    fixed: Counter[str] = Counter()
    most = max(MIN_ROUNDS, source.line_count)
    rounds = min(most, max(MIN_ROUNDS_OF_LONG, MAX_CHARACTERS // max(1, len(source.text))))
    for _ in range(rounds):
        taken = state.round(result.findings, unsafe)
        if not taken:
            break
        fixed.update(finding.code for finding in taken)
        result = check(state.source)
    else:
        if choose(result.findings, unsafe)[0]:
            state.errors.append(
                f"fixes have not settled after {rounds} rounds; the last text is kept; please report this"
                if rounds == most
                else f"fixes were paused after {rounds} rounds, as the file is long: fix it again for what is left"
            )
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

    read = read_bytes(path) if data is None else data
    fixed = fix_source(read_source(read, path), check, unsafe, read)
    if write and fixed.data != read:
        replace_atomically(Path(path), read, fixed.data)
    return fixed


def diff(before: Source, after: Source, path: str | None = None) -> Iterator[str]:
    """The lines of a unified diff, newlines included; in a notebook, one diff for each cell that changed.

    The file is called ``path``, or as in ``before``.
    """
    path = before.path if path is None else path
    for (name, old), (_, new) in zip(_texts(before, path), _texts(after, path), strict=False):
        for line in difflib.unified_diff(old, new, f"a/{name}", f"b/{name}"):
            yield line if line.endswith(("\n", "\r")) else f"{line}\n\\ No newline at end of file\n"


# Choosing.


def _choose(findings: Iterable[Finding], unsafe: bool) -> tuple[list[Finding], int]:
    wanted = {Applicability.SAFE, Applicability.UNSAFE} if unsafe else {Applicability.SAFE}
    fixable = [each for each in findings if each.fix and each.fix.edits and each.fix.applicability in wanted]
    chosen: list[Finding] = []
    taken: set[Edit] = set()
    spans: list[Span] = []
    for finding in sorted(fixable, key=lambda each: (each.span, each.code)):
        edits = finding.fix.edits if finding.fix else ()
        new = [edit for edit in edits if edit not in taken]
        if not any(_meets(edit.span, spans) for edit in new):
            chosen.append(finding)
            taken.update(new)
            for edit in new:
                insort(spans, edit.span)
    return chosen, len(fixable) - len(chosen)


def _meets(span: Span, others: list[Span]) -> bool:
    """Whether a span overlaps or touches one of others, which are in order: which came first would be arbitrary."""
    at = bisect_right(others, span.end, key=lambda other: other.start)
    return at > 0 and others[at - 1].end >= span.start


def _edits(findings: Iterable[Finding]) -> list[Edit]:
    edits = dict.fromkeys(edit for finding in findings if finding.fix for edit in finding.fix.edits)
    return sorted(edits, key=lambda edit: edit.span)


def _own_newlines(text: str, source: Source) -> str:
    return text.replace("\r\n", "\n").replace("\n", source.newline)


# Applying.


_Attempt: TypeAlias = "tuple[Source, bytes]"


class _Kept(NamedTuple):
    """Fixes that can be applied together, and the file after them."""

    findings: tuple[Finding, ...]
    after: _Attempt


@dataclass(slots=True)
class _State:
    """The text so far, as a source and as the bytes of its file; digests of what was seen, and what was refused."""

    source: Source
    data: bytes
    errors: list[str] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)

    def round(self, findings: Sequence[Finding], unsafe: bool) -> list[Finding]:
        """Apply the fixes that can be applied together; the findings whose fixes those were."""
        self.seen.add(_digest(self.data))
        chosen, _ = _choose(findings, unsafe)
        kept = self._harmless(_Kept((), (self.source, self.data)), chosen)
        if kept.after[1] == self.data:
            return []
        if _digest(kept.after[1]) in self.seen:
            codes = ", ".join(sorted({each.code for each in kept.findings}))
            self.errors.append(f"the fixes of {codes} undo each other; please report this")
            return []
        self.source, self.data = kept.after
        return list(kept.findings)

    def _harmless(self, kept: _Kept, doubtful: Sequence[Finding]) -> _Kept:
        """``kept`` and those fixes that do no harm besides them, found by halving those that do."""
        if not doubtful:
            return kept
        together = (*kept.findings, *doubtful)
        after = self._attempt(together)
        if not isinstance(after, str):
            return _Kept(together, after)
        if len(doubtful) == 1:
            self.errors.append(f"the fix of {doubtful[0].code} ({doubtful[0].rule}) was refused: {after}")
            return kept
        half = len(doubtful) // 2
        return self._harmless(self._harmless(kept, doubtful[:half]), doubtful[half:])

    def _attempt(self, findings: Sequence[Finding]) -> _Attempt | str:
        """The file after the fixes, or why that must not be kept."""
        try:
            after = apply_to_file(self.source, self.data, _edits(findings))
            for text in _programs(after[0]):
                _parse(text)
        except (SourceError, ValueError) as error:
            return str(error)
        if len(after[0].problems) > len(self.source.problems):
            return after[0].problems[-1].message
        if _command_lines(after[0]) > _command_lines(self.source):
            return "its result is not valid Python, only IPython's own syntax"
        return after


def _command_lines(source: Source) -> int:
    if not source.is_notebook:
        return 0
    return command_lines(source)


def _programs(source: Source) -> Iterator[str]:
    """The texts that must be Python, each on its own: the file, or each cell and all cells together."""
    yield source.text
    if source.is_notebook:
        for cell in source.cells:
            yield cell_program(source, cell)


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


def _parse(text: str) -> None:
    try:
        parse_text(text)
    except SyntaxError as error:
        raise SourceError(f"its result is not valid Python: {error.msg}") from error
    except (RecursionError, MemoryError) as error:
        raise SourceError("its result is nested too deeply for Python's own parser") from error


# Showing.


def _texts(source: Source, path: str) -> Iterator[tuple[str, list[str]]]:
    """The name and lines of the file, or of each of its cells."""
    if not source.is_notebook:
        lines = (source.slice(source.line_span(line)) for line in range(1, source.line_count + 1))
        yield path, [line for line in lines if line]
    for cell in source.cells:
        yield f"{path}: cell {cell.index}", [f"{line}\n" for line in cell.text.split("\n")]
