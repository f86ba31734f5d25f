"""The table of findings: a line for each, without any code of the packages, and what changed between two of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from torchlint.rule import all_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class Row(NamedTuple):
    """One finding: 1-based ``line``, and in a notebook 1-based ``cell``, else 0. Equal findings are equal rows."""

    package: str
    version: str
    path: str
    cell: int
    line: int
    code: str
    certainty: str

    @property
    def is_default(self) -> bool:
        """Whether it is shown where nothing is configured."""
        rule = all_rules().get(self.code)
        return self.certainty != "advice" and (rule is None or rule.rule.default)

    @property
    def place(self) -> str:
        cell = f"{self.cell}:" if self.cell else ""
        return f"{self.path}:{cell}{self.line}"


def read(path: Path) -> list[Row]:
    """The rows of a table. Raises: ValueError for a line that is none."""
    return [_row(line, path) for line in path.read_text(encoding="utf-8").splitlines()]


def _row(line: str, path: Path) -> Row:
    try:
        package, version, name, place, code, certainty = line.split("\t")
        cell, _, number = place.rpartition(":")
        return Row(package, version, name, int(cell or 0), int(number), code, certainty)
    except ValueError:
        raise ValueError(f"{path.name}: not a row of six columns: {line!r}") from None


def write(path: Path, rows: Iterable[Row]) -> None:
    """Write rows, sorted, so that what changed is what a diff of the table shows."""
    path.write_text("".join(f"{_line(row)}\n" for row in sorted(rows)), encoding="utf-8", newline="\n")


def _line(row: Row) -> str:
    place = f"{row.cell}:{row.line}" if row.cell else str(row.line)
    return "\t".join([row.package, row.version, row.path, place, row.code, row.certainty])


@dataclass(frozen=True, slots=True)
class Difference:
    """What one table has and the other has not; of equal rows, as many as there are more."""

    vanished: tuple[Row, ...]
    new: tuple[Row, ...]

    @classmethod
    def of(cls, before: Iterable[Row], after: Iterable[Row]) -> Difference:
        old, new = Counter(before), Counter(after)
        return cls(tuple(sorted((old - new).elements())), tuple(sorted((new - old).elements())))

    def __bool__(self) -> bool:
        return bool(self.vanished or self.new)

    def lines(self) -> Iterator[str]:
        """Each difference in the order of places, as a diff marks it, and how many there are."""
        marked = [*((row, "-") for row in self.vanished), *((row, "+") for row in self.new)]
        for row, mark in sorted(marked):
            shown = "  (shown by default)" if row.is_default else ""
            yield f"{mark} {row.package} {row.version}  {row.place}  {row.code} {row.certainty}{shown}"
        for what, rows in (("vanished", self.vanished), ("new", self.new)):
            yield f"{what}: {len(rows)}, of which {sum(row.is_default for row in rows)} shown by default"
