"""The lines that a fix takes away, and those that it puts there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.syntax.tree import split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Fix
    from torchlint.syntax.source import Source


def changed_lines(fix: Fix, source: Source) -> Iterator[tuple[int, list[str], list[str]]]:
    """The 1-based first line, the old and the new lines of each group of edits that share lines."""
    group: list[tuple[int, int, bytes]] = []
    last = 0
    edits = sorted((each.span.start, each.span.end, each.text.encode("utf-8", "surrogatepass")) for each in fix.edits)
    for edit in edits:
        if group and source.position(edit[0])[0] > last:
            yield _applied(group, source)
            group = []
        group.append(edit)
        last = source.position(edit[1])[0]
    yield _applied(group, source)


def _applied(edits: list[tuple[int, int, bytes]], source: Source) -> tuple[int, list[str], list[str]]:
    first, last = source.position(edits[0][0])[0], source.position(edits[-1][1])[0]
    span = source.lines_span(first, last)
    start, end = span.start, span.end
    new, at = b"", start
    for edit_start, edit_end, text in edits:
        new += source.data[at:edit_start] + text
        at = edit_end
    new += source.data[at:end]
    old_lines, new_lines = _lines(source.data[start:end]), _lines(new)
    common = min(len(old_lines), len(new_lines))
    head = next((at for at in range(common) if old_lines[at] != new_lines[at]), common)
    tail = next((at for at in range(common - head) if old_lines[-1 - at] != new_lines[-1 - at]), common - head)
    return first + head, old_lines[head : len(old_lines) - tail], new_lines[head : len(new_lines) - tail]


def _lines(data: bytes) -> list[str]:
    """Lines as Python has them, without what ends them: a form feed ends none."""
    lines = split_lines(data.decode("utf-8", "surrogatepass"))
    return lines if lines[-1] else lines[:-1]
