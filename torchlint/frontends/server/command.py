"""``torchlint server``: answer one editor over standard input and output until it says goodbye."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from torchlint.errors import ConfigError

_SWITCH_INTERVAL = 0.001
"""Seconds after which the thread that checks lets the one that reads messages run."""


def serve() -> int:
    """Run the server. Raises: ConfigError where pygls is not installed."""
    if find_spec("pygls") is None or find_spec("lsprotocol") is None:
        raise ConfigError("the language server needs pygls: pip install 'torchlint[server]'")
    from torchlint.engine.workers import rare_garbage_collection
    from torchlint.frontends.server.features import add_features
    from torchlint.frontends.server.session import Session

    sys.setswitchinterval(_SWITCH_INTERVAL)
    session = Session()
    add_features(session)
    with rare_garbage_collection():
        session.start_io()
    return 0
