"""Every rule of other PyTorch linters, and what finds the same here: ``torchlint/docs/peers.md`` from ``rules.tsv``.

    python -m tests.peers             # print the page
    python -m tests.peers --update    # write it anew

Each line of ``rules.tsv`` is a rule of a peer: what it is about, and ``here`` the codes that find it, or one of
``ABSENT``, with a note. Without codes there is a note, or the meaning of the word says enough.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from torchlint.engine.selection import known_rules
from torchlint.rule import all_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

TABLE = Path(__file__).parent / "rules.tsv"
PAGE = Path(__file__).parents[2] / "torchlint" / "docs" / "peers.md"

ABSENT = {
    "later": "not found yet",
    "speed": "not found yet: about speed alone",
    "no": "not to be found",
}
"""The words for what no rule here finds, as the page says them. A ``no`` needs a note."""

_HEAD = """\
# Rules of other linters, and what finds the same here

Every rule of the other tools that look at PyTorch code, with the rules of torchlint that find the same, or why none
does. A note says where less is found, or under which condition. `python -m tests.peers --update` writes this page from
`tests/peers/rules.tsv`, and a test holds it against the rules there are. Side by side, line by line:
`python -m tests.benchmarks.torchfix FOLDER` and `python -m tests.benchmarks.preflight FOLDER`.
"""


class Row(NamedTuple):
    """A rule of a peer, what it is about, and what finds it here: codes, or one word of ``ABSENT``."""

    peer: str
    rule: str
    about: str
    here: tuple[str, ...]
    note: str

    @property
    def is_found(self) -> bool:
        return self.here[0] not in ABSENT


def rows() -> list[Row]:
    """The rows of ``rules.tsv`` in their order."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        _, *found = csv.reader(file, dialect="excel-tab", quoting=csv.QUOTE_NONE)
    return [Row(peer, rule, about, tuple(here.split()), note) for peer, rule, about, here, note in found]


def page(table: Sequence[Row]) -> str:
    """The page: how many rules of each peer are found, then all of them."""
    return "\n".join((_HEAD, *_totals(table), *(line for peer in _by_peer(table) for line in _section(peer)))) + "\n"


def _totals(table: Sequence[Row]) -> Iterator[str]:
    yield f"| peer | rules | found | {' | '.join(ABSENT.values())} |"
    yield f"|---|{'---:|' * (2 + len(ABSENT))}"
    for peer in _by_peer(table):
        yield _total(peer[0].peer, peer)
    yield _total("all", table)


def _total(name: str, some: Sequence[Row]) -> str:
    counts = Counter("found" if row.is_found else row.here[0] for row in some)
    numbers = len(some), *(counts[kind] for kind in ("found", *ABSENT))
    return f"| {name} | {' | '.join(map(str, numbers))} |"


def _section(peer: Sequence[Row]) -> Iterator[str]:
    slugs = {code: rule.slug for code, rule in known_rules(all_rules()).items()}
    yield f"\n## {peer[0].peer}\n"
    yield "| rule | about | here | |"
    yield "|---|---|---|---|"
    for row in peer:
        here = ", ".join(f"`{code}` {slugs[code]}" for code in row.here) if row.is_found else ABSENT[row.here[0]]
        yield f"| {row.rule} | {row.about} | {here} | {row.note} |".replace("|  |", "| |")


def _by_peer(table: Iterable[Row]) -> list[list[Row]]:
    return [list(some) for _, some in groupby(table, key=lambda row: row.peer)]


def main() -> int:
    parser = argparse.ArgumentParser(description="Say what finds each rule of other linters here.")
    parser.add_argument("--update", action="store_true", help=f"write {PAGE.name} anew")
    if parser.parse_args().update:
        PAGE.write_text(page(rows()), encoding="utf-8")
    else:
        sys.stdout.write(page(rows()))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
