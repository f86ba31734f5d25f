"""The server: its tools by name, with what an agent reads about them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field

from torchlint import __version__
from torchlint.errors import TorchlintError
from torchlint.frontends.agents import answers

if TYPE_CHECKING:
    from collections.abc import Callable

INSTRUCTIONS = """\
torchlint reads PyTorch code and says what PyTorch will raise, or silently get wrong, and where. It runs nothing.
After you edit code that uses torch, call `check` on the files. For a finding call `fix_preview`, apply its diff with
your own tools, and call `check` again until nothing is left. `explain` has the reasons behind a rule or a line. When a
run died, give its output to `why`. A finding that is `certain` happens whenever the code runs; `likely` depends on a
path or on one fact that was not seen: look at that fact before you change the code. A safe fix keeps what the program
computes; an unsafe one may change results, checkpoints or what is trained, so say so to the user."""
_READS_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_one_at_a_time = threading.Lock()


class Findings(TypedDict):
    """Findings are objects as ``torchlint check --output-format json`` prints them."""

    version: int
    findings: list[dict[str, Any]]


class Checked(Findings):
    """``total`` counts the findings that are left out as well; ``errors`` names files that could not be checked."""

    total: int
    errors: list[str]


class Preview(TypedDict):
    """``diff`` is unified; ``fixed`` counts by code, ``left`` has the findings that it leaves."""

    version: int
    diff: str
    fixed: dict[str, int]
    left: list[dict[str, Any]]


class Blamed(TypedDict):
    """What ``torchlint why --output-format json`` prints."""

    version: int
    error: dict[str, Any]
    frames: list[dict[str, Any]]
    forward: list[dict[str, Any]]
    suspects: list[dict[str, Any]]
    experiment: str | None


def made() -> MCPServer[Any]:
    """A server with all tools."""
    server = MCPServer[Any]("torchlint", instructions=INSTRUCTIONS, version=__version__, log_level="WARNING")
    for tool in (check, explain, why, fix_preview):
        server.tool(annotations=_READS_ONLY)(tool)
    return server


def check(
    paths: Annotated[list[str], Field(description="files and folders, relative to the working directory")],
    select: Annotated[
        list[str] | None, Field(description="only these rules: codes, beginnings of codes, or slugs")
    ] = None,
    certainty: Annotated[
        Literal["certain", "likely", "advice"], Field(description="the least certain findings that are told")
    ] = "likely",
    limit: Annotated[int, Field(ge=1, le=200, description="how many findings are told in full")] = 20,
) -> Annotated[CallToolResult, Checked]:
    """Find faults in PyTorch code: what raises, what silently computes something else, where, why, and how to fix it.

    Nothing is run. The project's own settings for torchlint apply.
    """
    return _told(lambda: answers.check(paths, select or (), certainty, limit))


def explain(
    target: Annotated[str, Field(description="a rule's code or slug, or FILE:LINE, in notebooks FILE.ipynb:CELL:LINE")],
) -> Annotated[CallToolResult, Findings]:
    """Explain a rule, or all that is found at a line: what was kept, changed and needed, in the program's order."""
    return _told(lambda: answers.explain(target))


def why(
    log: Annotated[str, Field(description="what the run printed, with its traceback")],
    root: Annotated[str, Field(description="the folder of the project")] = ".",
) -> Annotated[CallToolResult, Blamed]:
    """Say which line is to blame for a run that died, from what it printed, and how sure that is. Nothing is run."""
    return _told(lambda: answers.why(log, root))


def fix_preview(
    path: Annotated[str, Field(description="a file or notebook")],
    line: Annotated[int | None, Field(ge=1, description="fix only what is found at this line")] = None,
    cell: Annotated[int | None, Field(ge=1, description="in a notebook, the cell that the line is in")] = None,
    unsafe: Annotated[
        bool, Field(description="also fixes that may change results, checkpoints or what is trained")
    ] = False,
) -> Annotated[CallToolResult, Preview]:
    """Show as a diff what torchlint's fixes would change in a file, and what would be left. Nothing is written."""
    return _told(lambda: answers.fix_preview(path, line, cell, unsafe))


def _told(answer: Callable[[], answers.Answer]) -> CallToolResult:
    """An answer as the protocol has it. Raises: ToolError with what an agent can do something about."""
    try:
        with _one_at_a_time:
            text, data = answer()
    except TorchlintError as error:
        raise ToolError("\n".join([str(error), *error.more])) from error
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=data)
