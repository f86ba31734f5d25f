"""What fingers type that know ruff or flake8: each of their options and commands, and what it is called here.

The command line says so where one is typed that torchlint has not. ``python -m torchlint.frontends.habits --update
torchlint/docs/coming-from-ruff.md`` rewrites the tables of that page.
"""

from __future__ import annotations

import re
import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from torchlint.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Kind(Enum):
    """How an option of another tool stands to torchlint's."""

    SAME = "same"
    OTHER_NAME = "other name"
    REFUSED = "refused"


class Habit(NamedTuple):
    """What becomes of an option: ``says`` is what to write instead, why there is none, or what differs."""

    kind: Kind
    says: str = ""


def _same(says: str = "") -> Habit:
    return Habit(Kind.SAME, says)


def _write(says: str) -> Habit:
    return Habit(Kind.OTHER_NAME, says)


def _refused(says: str) -> Habit:
    return Habit(Kind.REFUSED, says)


_NOTHING_TO_TURN_OFF = _refused("no setting turns it on, so there is nothing to turn off")
_STYLE = _refused("torchlint has nothing to say about style")

RUFF: Mapping[str, Habit] = {
    "--fix": _same("refuses files with uncommitted changes, unless `--allow-dirty` is given"),
    "--no-fix": _NOTHING_TO_TURN_OFF,
    "--unsafe-fixes": _same("with `--fix`, `--fix-only` or `--diff`"),
    "--no-unsafe-fixes": _NOTHING_TO_TURN_OFF,
    "--show-fixes": _refused("`--fix` always ends with what was fixed of each rule"),
    "--no-show-fixes": _refused("`--output-format concise` ends without what was fixed"),
    "--diff": _same(),
    "--watch": _same(),
    "-w": _same(),
    "--fix-only": _same(),
    "--no-fix-only": _NOTHING_TO_TURN_OFF,
    "--ignore-noqa": _same("`# torchlint: ignore[...]` is ignored as well"),
    "--output-format": _same("`rdjson` is not among them: reviewdog reads `sarif` too"),
    "--output-file": _same("one line about the report goes to standard output"),
    "-o": _same(),
    "--target-version": _same("other meaning: the lowest version of PyTorch, such as `2.5`"),
    "--preview": _refused("rules that are off by default are selected by name, or by `--preset strict`"),
    "--no-preview": _NOTHING_TO_TURN_OFF,
    "--extension": _refused("files are told by their endings: .py, .pyi and .ipynb"),
    "--statistics": _same(),
    "--add-noqa": _same("takes no reason"),
    "--add-ignore": _write("`--add-noqa`, whose comments ruff and flake8 read too"),
    "--show-files": _same(),
    "--show-settings": _same("as TOML, for the first path"),
    "--help": _same(),
    "-h": _same("as `--help`"),
    "--select": _same("slugs are understood too"),
    "--ignore": _same(),
    "--extend-select": _same(),
    "--per-file-ignores": _same(),
    "--extend-per-file-ignores": _same(),
    "--fixable": _same(),
    "--unfixable": _same(),
    "--extend-fixable": _write("`--fixable` with all that shall be fixed"),
    "--exclude": _same("patterns are those of .gitignore"),
    "--extend-exclude": _same("patterns are those of .gitignore"),
    "--respect-gitignore": _refused("that is always so; what .gitignore names is checked where it is given by name"),
    "--no-respect-gitignore": _refused("what .gitignore names is checked where it is given by name"),
    "--force-exclude": _same(),
    "--no-force-exclude": _NOTHING_TO_TURN_OFF,
    "--no-cache": _same(),
    "-n": _same(),
    "--cache-dir": _same("results are kept in your cache folder, not in the project"),
    "--stdin-filename": _same(),
    "--exit-zero": _same(),
    "-e": _same(),
    "--exit-non-zero-on-fix": _same(),
    "--verbose": _same("names the code that was too much to be run to its end"),
    "-v": _same(),
    "--quiet": _same(),
    "-q": _same(),
    "--silent": _same("errors are told all the same"),
    "-s": _same(),
    "--config": _same("a file, or `key = value`; may be given several times"),
    "--isolated": _same(),
    "--color": _same("`NO_COLOR` and `FORCE_COLOR` count as well"),
}
"""The options of ``ruff check``."""

FLAKE8: Mapping[str, Habit] = {
    "--help": _same(),
    "-h": _same(),
    "--verbose": _same("other meaning: names the code that was too much to be run to its end"),
    "-v": _same(),
    "--output-file": _same(),
    "--append-config": _write("`--config 'key = value'`, on top of the settings files"),
    "--config": _same(),
    "--isolated": _same(),
    "--enable-extensions": _write("`--extend-select`"),
    "--require-plugins": _refused("torchlint has no plugins"),
    "--version": _same(),
    "--quiet": _same("other meaning, that of ruff: findings, and nothing else"),
    "-q": _same(),
    "--color": _same(),
    "--count": _refused("the last line says how many there are; `--statistics` counts by rule"),
    "--exclude": _same("patterns are those of .gitignore"),
    "--extend-exclude": _same("patterns are those of .gitignore"),
    "--filename": _refused("files are told by their endings: .py, .pyi and .ipynb"),
    "--stdin-display-name": _write("`--stdin-filename`"),
    "--format": _write("`--output-format`"),
    "--hang-closing": _STYLE,
    "--ignore": _same("on top of the settings"),
    "--extend-ignore": _write("`--ignore`, which goes on top of the settings"),
    "--per-file-ignores": _same(),
    "--max-line-length": _STYLE,
    "--max-doc-length": _STYLE,
    "--indent-size": _STYLE,
    "--select": _same(),
    "--extend-select": _same(),
    "--disable-noqa": _write("`--ignore-noqa`"),
    "--show-source": _write("`--output-format full`, the default"),
    "--no-show-source": _write("`--output-format concise`"),
    "--statistics": _same("instead of the findings, not after them"),
    "--exit-zero": _same(),
    "--jobs": _same(),
    "-j": _same(),
    "--tee": _refused("write `torchlint check | tee FILE`"),
    "--benchmark": _refused("write `time torchlint check`"),
    "--bug-report": _write("`--version`"),
    "--max-complexity": _STYLE,
    "--builtins": _refused("torchlint does not look for names that are not defined"),
    "--doctests": _refused("code in docstrings is not read"),
}
"""The options of ``flake8``, without those of plugins that are not installed with it."""

COMMANDS: Mapping[str, Habit] = {
    "format": _refused("torchlint formats nothing, and its fixes leave the rest of a file as it is"),
    "clean": _refused("results are kept in your cache folder for 30 days; `torchlint check --no-cache` does without"),
    "config": _write("`torchlint check --show-settings`"),
    "linter": _write("`torchlint rules`"),
    "analyze": _refused("torchlint prints no graph of imports"),
    "lint": _write("`torchlint check`"),
    "fix": _write("`torchlint check --fix`"),
}
"""Commands of ruff's and others that torchlint has not."""

_TABLE = re.compile(r"(<!-- (ruff|flake8) -->\n).*?(<!-- /\2 -->)", re.DOTALL)


def about_option(name: str) -> str | None:
    """What to say where an option is typed that only another tool has; None for what none of them has."""
    habit = RUFF.get(name) or FLAKE8.get(name)
    if habit is None or habit.kind is Kind.SAME:
        return None
    return _said(habit)


def about_command(name: str) -> str | None:
    """What to say where a command is typed that only another tool has; None for what none of them has."""
    return _said(COMMANDS[name]) if name in COMMANDS else None


def _said(habit: Habit) -> str:
    return f"write {habit.says}" if habit.kind is Kind.OTHER_NAME else habit.says


def table(habits: Mapping[str, Habit]) -> str:
    """Options as a Markdown table."""
    rows = ["| option | here | |", "|---|---|---|"]
    rows += (f"| `{name}` | {habit.kind.value} | {habit.says} |" for name, habit in habits.items())
    return "\n".join(rows) + "\n"


def updated(text: str) -> str:
    """``text`` with the current tables between their markers. Raises: ConfigError where it does not have both."""
    tables = {"ruff": table(RUFF), "flake8": table(FLAKE8)}
    new, count = _TABLE.subn(lambda found: found[1] + tables[found[2]] + found[3], text)
    if count != len(tables):
        raise ConfigError("there are no lines <!-- ruff -->, <!-- /ruff -->, <!-- flake8 --> and <!-- /flake8 -->")
    return new


def main(argv: Sequence[str] | None = None) -> int:
    """Print the tables, or write them into a file. Raises: ConfigError where that has no markers; OSError."""
    import argparse

    parser = argparse.ArgumentParser(description="Print the tables of other tools' options, or write them to a file.")
    parser.add_argument("--update", metavar="FILE", type=Path, help="the page that has the tables between its markers")
    path = parser.parse_args(argv).update
    if path is None:
        sys.stdout.write(f"{table(RUFF)}\n{table(FLAKE8)}")
    else:
        path.write_text(updated(path.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
