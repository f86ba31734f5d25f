"""The ``torchlint`` command, run in this process, in the working directory."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from typing import NamedTuple
from unittest import mock

from torchlint.engine.settings import forget_settings
from torchlint.frontends import cli


class Ran(NamedTuple):
    """How a command ended and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def found(self) -> list[tuple[str, int | None, int, str]]:
        """Path, cell, line and code of what it printed as JSON."""
        return [(each["path"], each["cell"], each["line"], each["code"]) for each in json.loads(self.out)]


def check(*arguments: str, stdin: bytes = b"") -> Ran:
    """``torchlint check --no-cache`` with ``arguments``."""
    forget_settings()
    out, err = _Stream(), _Stream()
    given = io.TextIOWrapper(io.BytesIO(stdin))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), mock.patch.object(sys, "stdin", given):
        status = cli.main(["check", "--no-cache", *arguments])
    return Ran(status, out.text, err.text)


def check_json(*arguments: str, stdin: bytes = b"") -> Ran:
    """``torchlint check --output-format json`` with ``arguments``."""
    return check("--output-format", "json", *arguments, stdin=stdin)


class _Stream(io.TextIOWrapper):
    """Text and bytes, as what a program writes to."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", newline="\n")

    @property
    def text(self) -> str:
        self.flush()
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode()
