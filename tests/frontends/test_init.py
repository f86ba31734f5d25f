"""``torchlint init``: a configuration that says what can be set, added to what is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from torchlint.engine.settings import Settings, forget_settings, load_settings
from torchlint.errors import ConfigError
from torchlint.finding import Certainty
from torchlint.frontends.init_command import INI, TOML, init

if TYPE_CHECKING:
    from pathlib import Path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "torchlint", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")


def test_a_new_project_gets_a_pyproject(tmp_path: Path) -> None:
    ran = run(tmp_path, "init")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == "Wrote torchlint's settings to pyproject.toml. Next: `torchlint check`\n"
    assert (tmp_path / "pyproject.toml").read_text(encoding="utf-8") == TOML
    assert run(tmp_path, "check").returncode == 0
    again = run(tmp_path, "init")
    assert (again.returncode, again.stdout) == (2, "")
    assert "pyproject.toml has [tool.torchlint] already; nothing was changed" in again.stderr
    assert (tmp_path / "pyproject.toml").read_text(encoding="utf-8") == TOML


@pytest.mark.parametrize(
    ("name", "before", "gap"),
    [
        pytest.param("pyproject.toml", b"", b"", id="empty"),
        pytest.param("pyproject.toml", b'[project]\nname = "\xc3\xa9"\n', b"\n", id="toml"),
        pytest.param("pyproject.toml", b"[tool.black]\n\n", b"", id="blank-line"),
        pytest.param("pyproject.toml", b"[tool]\nx = [\n  1,\n]", b"\n\n", id="no-last-newline"),
        pytest.param("pyproject.toml", b"[a]\r\nb = 1\r\n", b"\r\n", id="crlf"),
        pytest.param("pyproject.toml", b"\xef\xbb\xbf[a]\n", b"\n", id="bom"),
        pytest.param("setup.cfg", b"[metadata]\nname = a\n", b"\n", id="setup.cfg"),
        pytest.param("setup.cfg", b"[a]\r\nb =\r\n    c", b"\r\n\r\n", id="setup.cfg-crlf"),
    ],
)
def test_what_is_there_stays_byte_for_byte(tmp_path: Path, name: str, before: bytes, gap: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(before)
    path.chmod(0o640)
    assert init(tmp_path) == 0
    added = (INI if name == "setup.cfg" else TOML).encode()
    assert path.read_bytes() == before + gap + (added.replace(b"\n", b"\r\n") if b"\r\n" in before else added)
    assert [each.name for each in tmp_path.iterdir()] == [name]
    assert os.name == "nt" or path.stat().st_mode & 0o777 == 0o640
    assert load_settings(tmp_path) == Settings(tmp_path)


def test_pyproject_comes_first(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "setup.cfg"):
        (tmp_path / name).write_text("")
    init(tmp_path)
    assert ((tmp_path / "pyproject.toml").read_text(), (tmp_path / "setup.cfg").read_text()) == (TOML, "")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("pyproject.toml", b"[tool.torchlint]\n", "has [tool.torchlint] already", id="toml"),
        pytest.param("pyproject.toml", b"tool.torchlint.ignore = []\n", "has [tool.torchlint] already", id="dotted"),
        pytest.param("setup.cfg", b"[torchlint]\n", "has [torchlint] already", id="setup.cfg"),
        pytest.param("setup.cfg", b"[torchlint.rules.data-access]\nx=1\n", "has [torchlint] already", id="one-rule"),
        pytest.param("pyproject.toml", b"[project\n", "no valid TOML: ", id="broken"),
        pytest.param("pyproject.toml", b"tool = {x = 1}\n", "; nothing was added to it", id="closed-table"),
        pytest.param("pyproject.toml", b"x = '''\n", "; nothing was added to it", id="open-string"),
        pytest.param("pyproject.toml", b"# \xff\n", "cannot be read: ", id="no-text"),
        pytest.param("setup.cfg", b"x = 1\n", "no valid configuration file: ", id="no-section"),
    ],
)
def test_nothing_is_written_where_that_would_do_harm(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError, match=re.escape(message)):
        init(tmp_path)
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [(name, content)]


def test_a_section_in_setup_cfg_is_not_hidden(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "setup.cfg").write_text("[torchlint]\n")
    with pytest.raises(ConfigError, match=r"setup\.cfg has \[torchlint\] already"):
        init(tmp_path)


def test_settings_further_up_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.torchlint]\n")
    (tmp_path / "inner").mkdir()
    init(tmp_path / "inner")
    assert capsys.readouterr().out.splitlines()[1] == f"Here they replace those of {tmp_path / 'pyproject.toml'}."


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    ran = run(tmp_path, "init", "nowhere")
    assert (ran.returncode, ran.stderr) == (2, "error: nowhere: no such folder\n")


@pytest.mark.parametrize(("name", "text"), [("pyproject.toml", TOML), ("setup.cfg", INI)])
def test_every_example_in_it_is_a_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    monkeypatch.undo()  # the real rules
    forget_settings()
    (tmp_path / name).write_text(re.sub(r"^# (?=[a-z-]+ =|    )", "", text, flags=re.MULTILINE))
    assert load_settings(tmp_path) == Settings(
        tmp_path,
        extend_select=("TLC503",),
        ignore=("TLC302",),
        extend_exclude=("vendor/",),
        per_file_ignores={"tests/*": ("TLC1",)},
        certainty=Certainty.LIKELY,
        target_version=(2, 5),
    )
