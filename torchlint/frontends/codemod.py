"""torchlint's fixes through LibCST's own runner, ``libcst.tool codemod -x torchlint.frontends.codemod.Fix PATH``.

The runner chooses, reads and writes the files; what becomes of each is what ``torchlint check --fix`` makes of it. The
runner has a formatter go over what was changed, which torchlint does not; here it does so only with ``--format``.
"""

from __future__ import annotations

import argparse
import atexit
import json
import os
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import libcst as cst
from libcst.codemod import CodemodCommand, SkipFile

from torchlint.engine import fix
from torchlint.engine.check import check_source
from torchlint.engine.settings import load_settings
from torchlint.errors import ConfigError
from torchlint.frontends.check_options import add_rule_options
from torchlint.frontends.narrowing import Narrowing
from torchlint.frontends.overrides import NOTHING_SAID, overrides_of
from torchlint.frontends.seams import Sources
from torchlint.frontends.streams import tell
from torchlint.frontends.tally import Tally
from torchlint.import_path import CurrentFolderLeft
from torchlint.syntax.reading import read_bytes
from torchlint.syntax.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from libcst.codemod import CodemodContext

    from torchlint.engine.check import FileResult
    from torchlint.engine.fix import FixResult
    from torchlint.engine.settings import Overrides


class Fix(CodemodCommand):
    """The codemod. Its keyword arguments are the options of ``torchlint check`` as argparse reads them.

    ``tally`` is a file that gets a line for each file with faults, from whatever process.
    """

    DESCRIPTION = "Fix what torchlint finds: PyTorch code that raises, or silently computes something else."

    def __init__(
        self, context: CodemodContext, *, unsafe_fixes: bool = False, tally: str | None = None, **settings: object
    ) -> None:
        super().__init__(context)
        self._overrides: Overrides = overrides_of(argparse.Namespace(**{**NOTHING_SAID, **settings}))
        self._narrow = Narrowing(self._overrides, Sources({}), None, baselines=True).narrow
        self._unsafe = unsafe_fixes
        self._tally = tally

    @staticmethod
    def add_args(arg_parser: argparse.ArgumentParser) -> None:
        """Add torchlint's options. LibCST calls this once for a run, in the process that starts the others."""
        add_rule_options(arg_parser, _reader)
        arg_parser.add_argument(
            "--unsafe-fixes",
            action="store_true",
            help="also apply the fixes that may change results, checkpoints or what is trained",
        )
        settings = arg_parser.add_mutually_exclusive_group()
        settings.add_argument("--config", metavar="FILE", type=_reader("--config"), help="the only settings file")
        settings.add_argument("--isolated", action="store_true", help="read no settings file")
        known = "leave what this file knows as it is"
        arg_parser.add_argument("--baseline", metavar="FILE", type=_reader("--baseline"), help=known)
        arg_parser.add_argument(
            "--format",
            dest="no_format",
            action="store_false",
            help="run LibCST's formatter, black unless configured, on the files that are changed",
        )
        arg_parser.set_defaults(no_format=True, tally=_tally_of_this_run())

    def transform_module(self, tree: cst.Module) -> cst.Module:
        """As ``transform_module_impl``; LibCST would copy the tree first, for metadata that nothing here asks for."""
        with CurrentFolderLeft():  # ``python -m libcst.tool`` looks for modules there
            return self.transform_module_impl(tree)

    def transform_module_impl(self, tree: cst.Module) -> cst.Module:
        """The fixed module, or ``tree`` itself. Raises: SkipFile, SourceError, ConfigError."""
        path = self.context.filename
        fixed = self._fix_text(tree.code) if path is None else self._fix_file(tree, path)
        if fixed.left.error:
            self.warn(fixed.left.error)
        if self._tally:
            _note(self._tally, fixed)
        if not fixed.fixed:
            return tree
        if path is None:
            return cst.parse_module(fixed.after.text, tree.config_for_parsing)
        after = cst.parse_module(fixed.data)
        _require_same(after, fixed.data)
        return after

    def _fix_file(self, tree: cst.Module, path: str) -> FixResult:
        data = read_bytes(path)
        _require_same(tree, data)
        settings = load_settings(Path(path).parent, self._overrides)
        return fix.fix_file(path, settings, data=data, unsafe=self._unsafe, write=False, narrow=self._narrow)

    def _fix_text(self, text: str) -> FixResult:
        """Fix standard input, which LibCST has decoded."""
        settings = load_settings(Path.cwd(), self._overrides)

        def check(source: Source) -> FileResult:
            return self._narrow(check_source(source, settings), source)

        return fix.fix_source(Source(text, "-"), check, self._unsafe)


def _require_same(tree: cst.Module, data: bytes) -> None:
    """Raises: SkipFile where LibCST would write another file than it has read."""
    if tree.bytes != data:
        raise SkipFile("LibCST cannot keep every byte of this file; `torchlint check --fix` can")


def _reader(option: str) -> Callable[[str], str]:
    """The type of an option's value: the text itself, where torchlint understands it."""
    name = option.removeprefix("--").replace("-", "_")
    in_list = name in ("select", "extend_select", "ignore")

    def read(text: str) -> str:
        said = {**NOTHING_SAID, "isolated": name != "config", name: [text] if in_list else text}
        try:
            load_settings(Path.cwd(), overrides_of(argparse.Namespace(**said)))
        except ConfigError as error:
            raise argparse.ArgumentTypeError(str(error).removeprefix(f"{option}: ")) from error
        return text

    return read


def _tally_of_this_run() -> str:
    """A new file for the counts of all processes; when this one ends, their sum is printed."""
    handle, name = tempfile.mkstemp(prefix="torchlint-", suffix=".jsonl")
    os.close(handle)
    atexit.register(_print_total, Path(name))
    return name


def _note(tally: str, fixed: FixResult) -> None:
    """Add the counts of one file, in one write, as other processes write too."""
    own = Tally()
    own.add(fixed.fixed, fixed.left.findings)
    if own.fixed or own.left:
        with Path(tally).open("a", encoding="utf-8") as file:
            file.write(json.dumps([own.fixed, own.left, own.unsafe]) + "\n")


def _print_total(tally: Path) -> None:
    total = Tally()
    for line in tally.read_text(encoding="utf-8").splitlines():
        fixed, left, unsafe = map(Counter[str], json.loads(line))
        total = Tally(total.fixed + fixed, total.left + left, total.unsafe + unsafe)
    tally.unlink()
    for line in total.table().splitlines():
        tell(line)
