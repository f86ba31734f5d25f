"""Renew what the README shows of a real run: ``python tests/readme.py``. Its rule table has a command of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PATH = ROOT / "README.md"
SHOWN = "TLC102 unregistered-module", "tests/examples/train.py"
"""What tells the shown finding from the others."""
_BLOCK = re.compile(r"(<!-- finding -->\n```text\n).*?(```\n<!-- /finding -->)", re.DOTALL)


def finding() -> str:
    """The shown finding as the command line prints it now."""
    command = [sys.executable, "-m", "torchlint", "check", "--no-cache", "--color", "never", "tests/examples"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    (shown,) = (each for each in ran.stdout.split("\n\n") if all(part in each for part in SHOWN))
    return f"{shown}\n"


def updated(text: str) -> str:
    """``text`` with the finding of now between its markers."""
    return _BLOCK.sub(lambda found: found[1] + finding() + found[2], text)


if __name__ == "__main__":
    PATH.write_text(updated(PATH.read_text(encoding="utf-8")), encoding="utf-8")
