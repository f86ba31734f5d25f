"""Slips of the fingers on the command line: what was probably meant.

Nothing of this is imported where there is none.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from torchlint.engine.discovery import missing
from torchlint.frontends import habits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_SHORT = len("--f")
"""Characters of an option that say little about which one is meant."""
_LIKENESS = 0.7
"""How much alike, of 1, a wrong option and the right one must be."""


def about_command(arguments: list[str], commands: Collection[str]) -> str:
    """What to say where the first argument is no command, file or folder."""
    first, *rest = arguments
    if said := habits.about_command(first):
        return f"no command is called {first!r}: {said}"
    if near := difflib.get_close_matches(first, commands, n=1):
        return f"no command is called {first!r}; did you mean `torchlint {' '.join([near[0], *rest])}`?"
    _, _, path = (missing(first) or "").partition("; ")
    there_are = f"the commands are {', '.join(commands)}"
    return f"no command, file or folder is called {first!r}; {path or there_are}"


def about_argument(argument: str, options: Iterable[str], is_check: bool) -> str:
    """What to say of an argument that no command takes; ``options`` are those of the one that was given it.

    Options of other tools are known where that ``is_check``.
    """
    name = argument.partition("=")[0]
    if not name.startswith("-"):
        return f"{name!r} is one argument too many"
    if is_check and (said := habits.about_option(name)):
        return f"no option is called {name}: {said}"
    options = [each for each in options if each.startswith("--")]
    near = [each for each in options if len(name) > _SHORT and each.startswith(name)]
    near = near or difflib.get_close_matches(name, options, n=1, cutoff=_LIKENESS)
    return f"no option is called {name}{f'; did you mean {_either(near)}?' if near else ''}"


def about_choice(value: str, choices: list[str]) -> str:
    """What to say of a value that is none of the choices."""
    near = difflib.get_close_matches(value, choices, n=1)
    meant = f"; did you mean {near[0]!r}?" if near else ""
    return f"must be one of {', '.join(choices)}, not {value!r}{meant}"


def _either(names: list[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
