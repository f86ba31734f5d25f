"""``torchlint server``: answer one editor over standard input and output until it says goodbye."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, NoReturn

from torchlint.errors import ConfigError

if TYPE_CHECKING:
    import argparse


def declare(parser: argparse.ArgumentParser) -> None:
    """Give the parser of the command all that it takes."""
    parser.description = "Run the language server for an editor, over standard input and output."
    parser.set_defaults(run=lambda options: serve())


def serve() -> NoReturn:
    """Run the server, and end the process: with 1 where the editor went without a word, 2 where it cannot be followed.

    Raises: ConfigError where pygls is not installed.
    """
    if sys.stdin is None:
        raise ConfigError("standard input is closed")
    if find_spec("pygls") is None or find_spec("lsprotocol") is None:
        raise ConfigError("the language server needs pygls: pip install 'torchlint[server]'")
    from torchlint.frontends.server.features import add_features
    from torchlint.frontends.server.session import Session

    session = Session()
    add_features(session)
    out, sys.stdout = sys.stdout.buffer, sys.stderr  # what anything else prints must not get among the messages
    status = session.converse(sys.stdin.buffer, out)
    sys.stderr.flush()
    os._exit(status)  # Python would wait for threads that read
