"""What must hold for a folder that the command is run in."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from unittest import mock

from tests.fuzz.inputs import Input, Problem, Verdict
from torchlint.engine.settings import forget_settings
from torchlint.frontends import cli
from torchlint.frontends.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_STATUSES = (0, 1, 2)


class _Ran(NamedTuple):
    status: object
    out: bytes
    err: str


def judge_folder(given: Input, step: Callable[[], None]) -> Verdict:
    """Run the command in the folder in all of its ways, the ones that change it last."""
    home = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="torchlint-fuzz-") as name:
        folder = Path(name, "folder")
        folder.mkdir()
        given.write(folder)
        os.chdir(folder)
        try:
            problems = tuple(_problems(folder, step))
        finally:
            os.chdir(home)
    return Verdict(problems)


def _problems(folder: Path, step: Callable[[], None]) -> Iterator[Problem]:
    def ran(*arguments: str) -> _Ran:
        step()
        return _run("check", "--jobs", "1", *arguments)

    before = _contents(folder)
    for output_format in FORMATS:
        arguments = ("--no-cache", "--output-format", output_format)
        yield from _sound(ran(*arguments, "."), *arguments)
    kept = ("--cache-dir", "../cache", "--output-format", "json", "--certainty", "advice", ".")
    cold, warm = ran(*kept), ran(*kept)
    yield from _sound(cold, *kept)
    if cold != warm:
        yield Problem("unequal", f"what is kept is not what is found:\n{cold}\n{warm}")
    for arguments in (("--diff", "--unsafe-fixes"), ("--statistics",), ("--explain", "--select", "ALL")):
        yield from _sound(ran("--no-cache", *arguments, "."), *arguments)
    if _contents(folder) != before:
        yield Problem("stray", "checking changed the folder")
    known = ran("--no-cache", "--write-baseline", "../known.json", ".")
    yield from _sound(known, "--write-baseline")
    if Path("../known.json").exists() and known.status in (0, 1):
        yield from _sound(ran("--no-cache", "--baseline", "../known.json", "."), "--baseline")
    for arguments in (("--fix",), ("--fix", "--unsafe-fixes"), ("--add-noqa",)):
        yield from _sound(ran("--no-cache", *arguments, "."), *arguments)
        settled = _contents(folder)
        yield from _sound(ran("--no-cache", *arguments, "."), *arguments)
        if _contents(folder) != settled:
            yield Problem("unsettled", f"{' '.join(arguments)} changes something again")
    if stray := sorted(_contents(folder).keys() - before.keys()):
        yield Problem("stray", f"left behind: {stray}")


def _sound(ran: _Ran, *arguments: str) -> Iterator[Problem]:
    said = " ".join(arguments)
    if ran.status not in _STATUSES:
        yield Problem("status", f"{said}: {ran.status}\n{ran.err}")
    if any(words in ran.err for words in ("Traceback", "internal error", "bug in torchlint")):
        yield Problem("traceback", f"{said}: {ran.err}")
    if "settled" in ran.err or "undo each other" in ran.err:
        yield Problem("unsettled", f"{said}: {ran.err}")


def _run(*arguments: str) -> _Ran:
    """The command, in this process."""
    forget_settings()
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="\n") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), mock.patch.object(sys, "stdin", None):
        try:
            status: object = cli.main(arguments)
        except SystemExit as ended:
            status = ended.code
        except Exception:
            status = None
            traceback.print_exc(file=err)
    for stream in (out, err):
        stream.flush()
    return _Ran(status, out.buffer.getvalue(), err.buffer.getvalue().decode())  # type: ignore[attr-defined]


def _contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
