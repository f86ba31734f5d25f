"""What torchlint finds in thirty released packages, compared with what it found when their table was written.

    python -m tests.corpus                          # a few minutes; needs a network the first time
    python -m tests.corpus --only timm --only peft
    python -m tests.corpus --update                 # write the table anew; its diff belongs to the commit
    python -m tests.corpus --table FILE FOLDER ...  # any folders, and a table of your own

Every rule runs, and advice is shown. Exit status: 0 where the table still holds, 1 where a finding vanished or is new,
2 where torchlint failed on a file. The packages are those of ``packages.txt``; pip downloads their wheels, which are
unpacked, never installed.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.corpus import packages, table
from tests.corpus.table import Row
from torchlint.engine.project import RunOptions, check_paths
from torchlint.engine.settings import Overrides, load_settings
from torchlint.finding import Certainty

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torchlint.engine.check import FileResult

HERE = Path(__file__).parent
TABLE = HERE / "findings.tsv"
EVERYTHING = Overrides(select=("ALL",), certainty=Certainty.ADVICE, isolated=True)


class Failure(Exception):
    """torchlint could not do its work on a file."""


def lint(name: str, version: str, folder: Path, jobs: int | None) -> list[Row]:
    """Every finding in a folder. Raises: Failure."""
    settings_for = partial(load_settings, overrides=EVERYTHING)
    found = check_paths([str(folder)], RunOptions(settings_for, jobs=jobs))
    return sorted(row for result in found for row in _rows(name, version, folder, result))


def _rows(name: str, version: str, folder: Path, result: FileResult) -> Iterator[Row]:
    if result.error is not None:
        raise Failure(f"{result.path}: {result.error}")
    path = Path(result.path).relative_to(folder).as_posix()
    for each in result.findings:
        yield Row(name, version, path, each.place.cell or 0, each.place.line, each.code, each.certainty.value)


def summary(rows: Iterable[Row]) -> str:
    """How many findings of each code and certainty there are."""
    counts = Counter((row.code, row.certainty) for row in rows)
    lines = [f"{code} {certainty:<8}{number:>6}" for (code, certainty), number in sorted(counts.items())]
    return "\n".join([*lines, f"in all          {counts.total():>6}"])


def wanted(parser: argparse.ArgumentParser, options: argparse.Namespace) -> list[tuple[str, str, Path]]:
    """The name, version and folder of what is to be linted; packages are downloaded where they are not there yet."""
    if options.folders:
        if options.only or options.table == TABLE:
            parser.error("folders need a --table of their own, and no --only")
        return [(folder.name, "-", folder) for folder in map(Path.resolve, options.folders)]
    listed = {each.name: each for each in packages.read(HERE / "packages.txt")}
    if unknown := set(options.only or ()) - listed.keys():
        parser.error(f"packages.txt has no {', '.join(sorted(unknown))}")
    chosen = [listed[name] for name in sorted(set(options.only or listed))]
    return [(each.name, each.version, packages.fetch(each, options.folder)) for each in chosen]


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.corpus", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", help="lint these instead of the packages")
    parser.add_argument("--only", action="append", metavar="NAME", help="of the packages, only this one; repeatable")
    parser.add_argument("--update", action="store_true", help="write what is found into the table")
    parser.add_argument("--table", type=Path, default=TABLE, help="default: %(default)s")
    parser.add_argument("--folder", type=Path, default=packages.user_folder(), help="of packages; default: %(default)s")
    parser.add_argument("--jobs", type=int, help="how many processes; default: one for each CPU")
    options = parser.parse_args()
    found: list[Row] = []
    names = set()
    for name, version, folder in wanted(parser, options):
        sys.stderr.write(f"{name}\n")
        names.add(name)
        try:
            found += lint(name, version, folder, options.jobs)
        except Failure as failure:
            sys.stderr.write(f"{failure}\n")
            return 2
    known = table.read(options.table) if options.table.exists() else []
    if not options.folders and not options.only:
        names.update(row.package for row in known)  # also what is no longer among the packages
    rest = [row for row in known if row.package not in names]
    difference = table.Difference.of((row for row in known if row.package in names), found)
    print("\n".join([summary(found), *difference.lines()]))
    if options.update:
        table.write(options.table, [*rest, *found])
        return 0
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main())
