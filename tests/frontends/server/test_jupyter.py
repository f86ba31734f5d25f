"""jupyter-lsp finds the language server by itself, and what it starts answers."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from torchlint.frontends.server import jupyter

pytestmark = pytest.mark.program


def test_it_is_found() -> None:
    lsp = pytest.importorskip("jupyter_lsp")
    manager = lsp.LanguageServerManager(autodetect=True)
    manager.initialize()
    found = manager.language_servers["torchlint"]
    assert found["languages"] == ["python"]
    assert Path(found["argv"][0]).stem == "torchlint"


def test_what_is_started_answers(tmp_path: Path) -> None:
    request = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}, "rootUri": None}}
    (tmp_path / "torchlint.py").write_text("raise SystemExit('imported from the folder')\n", encoding="utf-8")
    command: Any = jupyter.servers()["torchlint"]["argv"]
    body = json.dumps(request).encode()
    given = b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    done = subprocess.run(command, cwd=tmp_path, input=given, capture_output=True, check=False)
    assert json.loads(done.stdout.partition(b"\r\n\r\n")[2])["result"]["serverInfo"]["name"] == "torchlint"


def test_nothing_is_offered_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jupyter, "find_spec", lambda name: None)
    assert jupyter.servers() == {}
