"""``torchlint mcp``: answer one agent over standard input and output."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from torchlint.errors import ConfigError

if TYPE_CHECKING:
    import argparse


def declare(parser: argparse.ArgumentParser) -> None:
    """Give the parser of the command all that it takes."""
    parser.description = (
        "Run a server of the Model Context Protocol for an agent, over standard input and output. "
        "Its tools are check, explain, why and fix_preview; none of them writes or runs anything."
    )
    parser.set_defaults(run=lambda options: serve())


def serve() -> int:
    """Run the server until its input ends. Raises: ConfigError where the SDK is not installed."""
    if find_spec("mcp") is None or find_spec("mcp.server.mcpserver") is None:
        raise ConfigError("the server for agents needs the SDK mcp, version 2: pip install 'torchlint[mcp]'")
    from torchlint.frontends.agents.server import made  # start-up: 1.5 s

    made().run("stdio")
    return 0
