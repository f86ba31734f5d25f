"""``torchlint completion``: what a shell needs to complete the command line, from the parser that reads it."""

from __future__ import annotations

import sys
from argparse import _SubParsersAction
from typing import TYPE_CHECKING

from torchlint import rule as rule_module
from torchlint.engine.discovery import SUFFIXES
from torchlint.engine.presets import PRESETS
from torchlint.engine.selection import known_rules

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

SHELLS = ("bash", "zsh", "fish", "powershell")


def declare(parser: ArgumentParser) -> None:
    """Give the parser of the command all that it takes."""
    parser.set_defaults(run=_run)
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=f"one of {', '.join(SHELLS)}")


def _run(options: Namespace) -> int:
    from torchlint.frontends.cli import COMMANDS, parser_of

    sys.stdout.write(script(parser_of(COMMANDS), options.shell))
    return 0


def script(parser: ArgumentParser, shell: str) -> str:
    """The completion script of ``parser`` for a shell; the parser is of no other use afterwards."""
    import shtab

    rules = known_rules(rule_module.all_rules()).values()
    names = [*(rule.code for rule in rules), *(rule.slug for rule in rules)]
    files = {
        "FILE": shtab.FILE,
        "FILE:LINE": shtab.FILE,
        "FILE::CLASS": shtab.FILE,
        "SCRIPT [ARGS...]": shtab.FILE,
        "FOLDER": shtab.DIRECTORY,
        "PATH": shtab.glob(*(f"*{suffix}" for suffix in SUFFIXES)),
    }
    for each in _parsers(parser):
        for action in each._actions:
            if action.metavar in ("RULE", "RULES"):
                action.choices = names
            elif action.metavar == "PRESET":
                action.choices = PRESETS
            elif isinstance(action.metavar, str) and action.metavar in files:
                action.complete = files[action.metavar]  # type: ignore[attr-defined]  # where shtab looks for it
    return shtab.complete(parser, shell)


def _parsers(parser: ArgumentParser) -> Iterator[ArgumentParser]:
    """``parser`` and those of all its commands."""
    yield parser
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for each in action.choices.values():
                yield from _parsers(each)
