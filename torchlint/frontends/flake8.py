"""The flake8 plugin: torchlint's findings among flake8's, from the tree that flake8 has parsed anyway.

torchlint's own settings files apply as on its command line, its options go by ``--torchlint-...`` and can stand in
flake8's settings files, and flake8 then selects and ignores as it does for any plugin. A full TLC code in flake8's
``select`` or ``extend-select`` also brings that rule's advice, and switches on a rule that is off by default.
``--disable-noqa`` switches off torchlint's own suppression too.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from torchlint.import_path import CurrentFolderLeft

if TYPE_CHECKING:
    import argparse
    import ast
    from collections.abc import Iterable, Iterator, Mapping

    from flake8.options.manager import OptionManager

    from torchlint.engine.baseline import Baseline
    from torchlint.engine.settings import Overrides, Settings
    from torchlint.finding import Finding

_LISTS = {
    "select": "run these of torchlint's rules only: codes, beginnings of codes, slugs or ALL",
    "extend-select": "run these of torchlint's rules too",
    "ignore": "do not run these of torchlint's rules",
}
_FULL_CODE = re.compile(r"TLC\d{3}")
_SYNTAX_ERROR = "TLC001"


def _version() -> str:
    try:
        return metadata.version("torchlint")
    except metadata.PackageNotFoundError:  # run from a folder, without being installed
        return "unknown"


class Plugin:
    """One file's check; flake8 makes an instance for each file."""

    name = "torchlint"
    version = _version()

    selected: ClassVar[tuple[str, ...]] = ()
    given: ClassVar[Mapping[str, Any]] = {}
    suppress: ClassVar[bool] = True

    def __init__(self, tree: ast.Module, filename: str, lines: list[str]) -> None:
        self.tree = tree
        self.filename = filename
        self.lines = lines

    @classmethod
    def add_options(cls, manager: OptionManager) -> None:
        """Tell flake8 torchlint's own options, which mean what they do on its command line."""

        def add(name: str, words: str, **how: Any) -> None:
            manager.add_option(f"--torchlint-{name}", parse_from_config=True, help=words, **how)

        for name, words in _LISTS.items():
            add(name, words, metavar="RULES", comma_separated_list=True)
        levels = ("certain", "likely", "advice")
        add("certainty", "the least certain of torchlint's findings shown (default: likely)", choices=levels)
        add("target-version", "the lowest torch version that the code must run on, such as 2.5", metavar="VERSION")
        add("config", "read torchlint's settings from this file", metavar="FILE", normalize_paths=True)
        add("isolated", "read no settings file of torchlint's", action="store_true")

    @classmethod
    def parse_options(cls, options: argparse.Namespace) -> None:
        """Take what flake8 was asked for; flake8 calls it once in each of its processes."""
        lists: tuple[Iterable[str] | None, ...] = (options.select, options.extend_select)
        codes = {code for each in lists for code in each or () if _FULL_CODE.fullmatch(code)}
        cls.selected = tuple(sorted(codes & _known_codes())) if codes else ()
        cls.suppress = not options.disable_noqa
        prefix = "torchlint_"
        cls.given = {name.removeprefix(prefix): each for name, each in vars(options).items() if name.startswith(prefix)}

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """Line (1-based), column (0-based: flake8 adds 1), code and message, this class.

        Raises: flake8's ExecutionError for a configuration that torchlint cannot use.
        """
        with CurrentFolderLeft():  # ``python -m flake8`` looks for modules there
            findings = self._findings()
            from torchlint.frontends.visible import as_line
        for finding in findings:
            if finding.code != _SYNTAX_ERROR:  # flake8 says it as E999
                message = as_line(f"{finding.code} {' '.join(finding.message.splitlines())}")
                yield finding.place.line, finding.place.column - 1, message, type(self)

    def _findings(self) -> tuple[Finding, ...]:
        from torchlint.engine.check import check_source
        from torchlint.syntax.source import Source

        source = Source("".join(self.lines), self.filename)
        settings = self._settings()
        result = check_source(source, settings, tree=self.tree, suppress=self.suppress)
        if settings.baseline is not None:
            result = _baseline(settings.baseline).new(result, source)
        return result.findings

    def _settings(self) -> Settings:
        from torchlint.engine.settings import load_settings

        with _told_by_flake8():
            return load_settings(Path(self.filename).parent, self._overrides())

    def _overrides(self) -> Overrides:
        """What flake8's options say of torchlint's settings. Raises: ConfigError."""
        from torchlint.engine.settings import Overrides, parse_version
        from torchlint.finding import Certainty

        given = {name: each for name, each in self.given.items() if each}
        version, config = given.get("target_version"), given.get("config")
        return Overrides(
            select=tuple(given["select"]) if "select" in given else None,
            extend_select=(*given.get("extend_select", ()), *self.selected),
            ignore=tuple(given.get("ignore", ())),
            certainty=Certainty(given["certainty"]) if "certainty" in given else None,
            target_version=parse_version(version, "--torchlint-target-version") if version else None,
            config=Path(config) if config else None,
            isolated="isolated" in given,
        )


@contextmanager
def _told_by_flake8() -> Iterator[None]:
    """Turn torchlint's errors about settings into flake8's."""
    from torchlint.errors import ConfigError

    try:
        yield
    except ConfigError as error:
        from flake8.exceptions import ExecutionError

        raise ExecutionError(f"torchlint: {error}") from error


@cache
def _baseline(path: Path) -> Baseline:
    from torchlint.engine.baseline import Baseline

    with _told_by_flake8():
        return Baseline.read(path)


def _known_codes() -> frozenset[str]:
    """The codes of all rules; flake8 lets a configuration name codes that nothing reports."""
    from torchlint.rule import all_rules

    return frozenset(all_rules())
