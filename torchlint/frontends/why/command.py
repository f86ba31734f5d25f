"""``torchlint why``: a log -> its diagnosis, in one format."""

from __future__ import annotations

import codecs
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.engine.discovery import missing
from torchlint.errors import ConfigError, SourceError
from torchlint.frontends.streams import tell
from torchlint.frontends.visible import visible
from torchlint.frontends.why import as_json, in_words
from torchlint.syntax.reading import MAX_FINDINGS_BYTES, read_bytes
from torchlint.why.diagnosis import diagnose

if TYPE_CHECKING:
    import argparse

MAX_LOG = 12_000_000
"""How many bytes of a log are looked at, the last ones: the error comes last."""
_NO_ERROR = "{}: there is no error in it, neither a traceback nor words of PyTorch's"


def why(options: argparse.Namespace) -> int:
    """Say what a log is about; 0 where a line is named, 1 where none can be.

    Raises: ConfigError where the root is no folder, SourceError where the log has no error, OSError.
    """
    root = Path(options.root)
    if not root.is_dir():
        raise ConfigError(f"--root: {visible(options.root)}: {missing(options.root) or 'it is no folder'}")
    found = diagnose(_read(options.log), root)
    if found is None:
        raise SourceError(_NO_ERROR.format("standard input" if options.log == "-" else visible(options.log)))
    if options.output_format == "json":
        as_json.write(found, sys.stdout)
    else:
        in_words.write(found, options.root, options.color, sys.stdout)
    return 0 if found.suspects else 1


def _read(log: str) -> str:
    """The text of a log. Raises: SourceError where it cannot be read."""
    if log == "-":
        if sys.stdin.isatty():
            tell("Paste the traceback, and end with Ctrl-D on a line of its own.")
        return _decoded(sys.stdin.buffer.read(MAX_FINDINGS_BYTES))
    try:
        return _decoded(read_bytes(log, MAX_FINDINGS_BYTES, given=True))
    except (OSError, ValueError) as error:
        why_not = missing(log) or (isinstance(error, OSError) and error.strerror) or error
        raise SourceError(f"{visible(log)}: {why_not}") from error


def _decoded(data: bytes) -> str:
    data = data[-MAX_LOG:] if len(data) > MAX_LOG else data
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # as PowerShell's `>` writes
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")
