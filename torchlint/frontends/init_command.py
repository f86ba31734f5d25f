"""``torchlint init``: a configuration to start from, added to what is there; no byte of that is changed."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.engine import config_file
from torchlint.engine.writing import replace_atomically, write_atomically
from torchlint.errors import ConfigError
from torchlint.frontends.visible import as_line
from torchlint.syntax.reading import read_bytes

if TYPE_CHECKING:
    import argparse

TOML = """\
[tool.torchlint]
# The least certain findings that are shown: "certain", "likely" or "advice".
certainty = "likely"

# The lowest torch version that the code must run on; it decides what fixes may use.
# target-version = "2.5"

# Rules besides those that are on by default, and rules that are off: codes, beginnings of codes, slugs, or "ALL".
# `torchlint rules` lists them, `torchlint rule TLC101` explains one.
# extend-select = ["prefer-inference-mode"]
# ignore = ["TLC302"]

# What is left out, besides what .gitignore leaves out; patterns as in .gitignore.
# extend-exclude = ["vendor/"]

# Rules that are off in some files.
# per-file-ignores = { "tests/*" = ["TLC1"] }
"""
INI = """\
[torchlint]
# The least certain findings that are shown: certain, likely or advice.
certainty = likely

# The lowest torch version that the code must run on; it decides what fixes may use.
# target-version = 2.5

# Rules besides those that are on by default, and rules that are off: codes, beginnings of codes, slugs, or ALL.
# `torchlint rules` lists them, `torchlint rule TLC101` explains one.
# extend-select = prefer-inference-mode
# ignore = TLC302

# What is left out, besides what .gitignore leaves out; patterns as in .gitignore.
# extend-exclude = vendor/

# Rules that are off in some files.
# per-file-ignores =
#     tests/*: TLC1
"""


def declare(parser: argparse.ArgumentParser) -> None:
    """Give the parser of the command all that it takes."""
    parser.set_defaults(run=lambda options: init(Path(options.folder)))
    parser.add_argument("folder", nargs="?", default=".", metavar="FOLDER", help="default: this folder")


def init(folder: Path) -> int:
    """Add a configuration to the pyproject.toml or the setup.cfg of ``folder``, or make a pyproject.toml.

    Raises: ConfigError where there is a configuration already, or where none can be added; OSError.
    """
    if not folder.is_dir():
        raise ConfigError(f"{folder}: no such folder")
    table = config_file.table_in(folder)
    if table is not None:
        raise ConfigError(f"{table.path} has [{table.name}] already; nothing was changed")
    path = next((folder / each for each in ("pyproject.toml", "setup.cfg") if (folder / each).exists()), None)
    if path is None:
        path = folder / "pyproject.toml"
        if path.is_symlink():
            raise ConfigError(f"{path} is a link that leads nowhere; nothing was written")
        write_atomically(path, TOML.encode())
    elif not path.resolve().is_relative_to(folder.resolve()):
        raise ConfigError(f"{path} is a link to {path.resolve()}, outside of {folder}; nothing was changed")
    else:
        old = read_bytes(path)
        replace_atomically(path, old, _extended(path, old))
    sys.stdout.write(as_line(f"Wrote torchlint's settings to {path}. Next: `torchlint check`") + "\n")
    with suppress(ConfigError):  # what is wrong further up is hidden now
        if outer := next(filter(None, map(config_file.table_in, folder.absolute().parents)), None):
            sys.stdout.write(as_line(f"Here they replace those of {outer.path}.") + "\n")
    return 0


def _extended(path: Path, data: bytes) -> bytes:
    """The bytes of a configuration file with torchlint's section at their end, in their own line endings.

    Raises: ConfigError where the file cannot be read, or not after that.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from error
    newline = "\r\n" if "\r\n" in text else "\n"
    blank_lines = text.count(newline, len(text.rstrip("\r\n")))
    gap = "\n" * max(0, 2 - blank_lines) if text else ""
    added = (gap + (INI if path.suffix == ".cfg" else TOML)).replace("\n", newline)
    try:
        config_file.table_of(path, text + added)
    except ConfigError as error:
        raise ConfigError(f"{error}; nothing was added to it") from error
    return data + added.encode()
