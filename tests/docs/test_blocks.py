"""Every block of code in the pages and the README runs, is checked, or says that it does not run, and why."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import subprocess
import sys
import warnings
from importlib.util import find_spec
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from tests.docs import pages
from torchlint.engine.settings import forget_settings, load_settings
from torchlint.frontends.cli import COMMANDS, parser_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.docs.pages import Block

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

BLOCKS = [block for page in pages.PAGES for block in pages.blocks(page)]
PROGRAMS = [each for each in BLOCKS if each.language == "python" and not each.kind]
SESSIONS = [page for page in pages.PAGES if any(each.language == "console" for each in pages.blocks(page))]
PATIENCE = 120
_OTHERS = ("pip", "pytest", "mkdocs")
"""Programs that the pages call besides torchlint and Python."""


def named(value: object) -> str:
    return value.where if isinstance(value, pages.Block) else str(getattr(value, "stem", value))


def agrees(shown: str, printed: str) -> bool:
    """Whether what was printed is what a page shows, in which ``...`` is anything."""
    pattern = ".*".join(map(re.escape, shown.rstrip("\n").split("...")))
    return re.fullmatch(pattern, printed.rstrip("\n"), re.DOTALL) is not None


@pytest.mark.parametrize("block", BLOCKS, ids=named)
def test_each_block_is_run_or_says_why_not(block: Block) -> None:
    if block.kind == "not run":
        assert len(block.value.split()) > 1, "a reason has more than one word"
    elif block.kind == "tested":
        test = (pages.ROOT / block.value).read_text(encoding="utf-8")
        assert block.page.stem in test or block.page.name in test
    else:
        assert block.kind == "file" or block.language in ("python", "console", *CHECKS), "nothing runs this"


@pytest.mark.torch
@pytest.mark.once
@pytest.mark.parametrize("block", PROGRAMS, ids=named)
def test_programs_print_what_is_shown(block: Block, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed")
    out = StringIO()
    names = {"__name__": "__page__", "print": lambda *values: print(*values, file=out)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(block.text, block.where, "exec"), names)
        except Exception as error:
            out.write(f"{type(error).__name__}: {error}\n")
    assert agrees(block.prints or "", out.getvalue()), f"it prints:\n{out.getvalue()}"


@pytest.mark.once
@pytest.mark.parametrize("page", SESSIONS, ids=named)
def test_sessions_print_what_is_shown(page: Path, tmp_path: Path) -> None:
    for block in pages.blocks(page):
        if block.kind == "file":
            (tmp_path / block.value).write_text(block.text, encoding="utf-8")
        elif block.language == "console" and not block.kind:
            if "torchlint confirm" in block.text:
                pytest.importorskip("torch", reason="PyTorch is not installed")
            for session in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
                command, _, shown = session.partition("\n")
                printed = ran(command, tmp_path)
                assert agrees(shown, printed), f"{block.where}: {command} prints:\n{printed}"


def ran(command: str, folder: Path) -> str:
    """What a command prints, errors included."""
    program, *arguments = shlex.split(command)
    assert program == "torchlint", command
    environment = {**os.environ, "PYTHONPATH": str(pages.ROOT), "NO_COLOR": "1", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", program, *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    return done.stdout


def is_settings(text: str, folder: Path) -> None:
    settings = tomllib.loads(text)
    if "torchlint" in settings.get("tool", {}):
        (folder / "pyproject.toml").write_text(text, encoding="utf-8")
        forget_settings()
        load_settings(folder)


def is_json(text: str, folder: Path) -> None:
    json.loads(text)


def is_ini(text: str, folder: Path) -> None:
    configparser.ConfigParser().read_string(text)


def is_yaml(text: str, folder: Path) -> None:
    pytest.importorskip("yaml", reason="PyYAML is not installed").safe_load(text)


def are_commands(text: str, folder: Path) -> None:
    for line in text.splitlines():
        for part in line.partition("  #")[0].split(" && "):
            is_command(shlex.split(part))


def is_command(words: list[str]) -> None:
    if words[:2] == ["python", "-m"]:
        assert find_spec(words[2]), words
    elif words[0] == "torchlint":
        assert words[1] in COMMANDS, words
        _, unknown = parser_of(words[1:2]).parse_known_args(words[1:])
        assert not any(each.startswith("-") for each in unknown), words
    else:
        assert words[0] in _OTHERS, words


CHECKS = {"toml": is_settings, "json": is_json, "ini": is_ini, "yaml": is_yaml, "sh": are_commands}


@pytest.mark.parametrize("block", [each for each in BLOCKS if each.language in CHECKS and not each.kind], ids=named)
def test_settings_and_commands_are_valid(block: Block, tmp_path: Path) -> None:
    CHECKS[block.language](block.text, tmp_path)
    forget_settings()


def test_what_stands_for_anything() -> None:
    assert agrees("a ... b\n", "a long\nway to b\n")
    assert not agrees("a ... b\n", "a b c\n")
    assert not agrees("a.b\n", "axb\n")
