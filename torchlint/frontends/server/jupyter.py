"""How jupyterlab-lsp finds the language server by itself: the entry point ``jupyter_lsp_spec_v1``.

Source of what it asks for: the schema of jupyter-lsp 2.3.
"""

from __future__ import annotations

import os
import shutil
import sysconfig
from importlib.util import find_spec
from pathlib import Path


def servers(manager: object = None) -> dict[str, dict[str, object]]:
    """The language server by its name, with the command that starts it; none where what it needs is not installed.

    The command is the program itself: ``python -m torchlint`` would look for it in the notebook's folder first.
    """
    program = _program()
    if program is None or find_spec("pygls") is None:
        return {}
    server = {
        "version": 2,
        "argv": [program, "server"],
        "languages": ["python"],
        "mime_types": ["text/python", "text/x-ipython"],
        "display_name": "torchlint",
        "install": {"pip": "pip install 'torchlint[server]'"},
    }
    return {"torchlint": server}


def _program() -> str | None:
    """The program of this environment, or else the one that the shell would find."""
    beside = Path(sysconfig.get_path("scripts"), "torchlint.exe" if os.name == "nt" else "torchlint")
    return str(beside) if beside.exists() else shutil.which("torchlint")
