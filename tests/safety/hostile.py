"""A repository by somebody who wants linting it to run, write or delete something."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# What Python, torchlint or its dependencies import from the standard library, early or late.
STANDARD_NAMES = tuple(
    """
    abc argparse ast asyncio base64 bisect builtins codecs collections concurrent configparser contextlib copyreg
    ctypes dataclasses datetime difflib enum functools gc genericpath getpass gettext glob hashlib heapq hmac
    importlib inspect io ipaddress itertools json keyword locale logging multiprocessing operator os pathlib pickle
    platform posixpath queue random re runpy selectors shutil signal site socket sqlite3 stat string struct
    subprocess sysconfig tempfile textwrap threading token tokenize tomllib traceback types typing unicodedata uuid
    warnings weakref xml zipfile
    """.split()  # noqa: SIM905
)
PACKAGES = (
    *("anyio", "libcst", "markdown_it", "mcp", "pathspec", "platformdirs", "pydantic", "pygls", "pygments", "rich"),
    *("starlette", "torch", "watchfiles"),
)
STARTERS = ("sitecustomize", "usercustomize", "conftest", "setup")

FAULT = "import torch\n\nw = torch.ones(3, requires_grad=True)\nw += 1\n"
"""A program with one finding, TLC201 at line 4."""


def modules(folder: Path, marker: Path) -> None:
    """Put modules under the names of what is imported into a folder; each leaves its name in ``marker``."""
    for name in (*STANDARD_NAMES, *STARTERS):
        (folder / f"{name}.py").write_text(_mark(marker, name), encoding="utf-8")
    for name in PACKAGES:
        (folder / name).mkdir()
        (folder / name / "__init__.py").write_text(_mark(marker, name), encoding="utf-8")
    (folder / "hostile.pth").write_text(f"import os; open({str(marker)!r}, 'a').write('pth')\n", encoding="utf-8")


def _mark(marker: Path, name: str) -> str:
    return f"import torch\nopen({str(marker)!r}, 'a').write({name!r} + ' ')\n"


def programs(folder: Path, count: int) -> None:
    """``count`` programs and a notebook, each with one finding."""
    for number in range(count):
        (folder / f"train_{number:02}.py").write_text(FAULT, encoding="utf-8")
    cell = {"cell_type": "code", "execution_count": None, "id": "a", "metadata": {}, "outputs": [], "source": FAULT}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "lesson.ipynb").write_text(json.dumps(notebook, indent=1), encoding="utf-8")


def repository(folder: Path, marker: Path) -> None:
    """Commit what is in a folder, then configure all that git can run; each leaves its name in ``marker``."""
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "all")
    run = f"sh -c 'echo %s >> {marker}; cat'"
    for key in ("filter.x.clean", "filter.x.smudge", "filter.x.process", "diff.x.command", "diff.x.textconv"):
        git(folder, "config", key, run % key)
    for key in ("core.fsmonitor", "core.sshCommand", "core.gitProxy", "core.alternateRefsCommand", "core.pager",
                "core.editor", "core.askPass", "gpg.program", "diff.external", "credential.helper"):  # fmt: skip
        git(folder, "config", key, run % key)
    git(folder, "config", "filter.x.required", "true")
    git(folder, "config", "alias.status", f"!{run % 'alias'}")
    git(folder, "config", "core.repositoryFormatVersion", "1")
    git(folder, "config", "extensions.partialClone", "origin")
    git(folder, "config", "remote.origin.promisor", "true")
    git(folder, "config", "remote.origin.url", f"ext::sh -c echo% lazy% fetch% >>% {marker}")
    git(folder, "config", "protocol.ext.allow", "always")
    (folder / ".gitattributes").write_text("* filter=x diff=x\n", encoding="utf-8")
    (folder / ".git" / "info" / "attributes").write_text("* filter=x diff=x\n", encoding="utf-8")
    hooks = folder / ".git" / "hooks"
    for name in ("post-index-change", "pre-commit", "post-checkout", "reference-transaction", "fsmonitor-watchman"):
        (hooks / name).write_text(f"#!/bin/sh\necho {name} >> {marker}\n", encoding="utf-8")
        (hooks / name).chmod(0o755)


def git(folder: Path, *arguments: str) -> str:
    """Run git plainly, as the one who makes the repository does."""
    names = {f"GIT_{who}_{what}": "x@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    ran = subprocess.run(
        ["git", "-C", str(folder), *arguments], env={**os.environ, **names}, capture_output=True, text=True, check=True
    )
    return ran.stdout
