"""Files of a hostile folder: nothing hangs, grows without end, or is written where it was not asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.safety.killing import FAULT, FIXED

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such files here")

MOST_BYTES = 1_500_000_000
"""Room for torchlint, and none for what has no end."""


def torchlint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, with little memory and little time."""
    code = (
        f"import resource, sys; resource.setrlimit(resource.RLIMIT_AS, ({MOST_BYTES}, {MOST_BYTES}))\n"
        "from torchlint.frontends.cli import main; sys.exit(main())"
    )
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL
    )


def check(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return torchlint(folder, "check", "--no-cache", "--output-format", "concise", *arguments)


def endless(path: Path) -> None:
    path.symlink_to("/dev/zero")


def never_answering(path: Path) -> None:
    os.mkfifo(path)


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(3 << 30)


KINDS = {
    endless: "it is a character device",
    never_answering: "it is a named pipe",
    huge: "it is larger than 12 MB",
}
each_kind = pytest.mark.parametrize("make", KINDS, ids=lambda make: make.__name__)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.py").write_text(FAULT)
    return tmp_path / "folder"


@each_kind
def test_ignore_patterns(folder: Path, make: object) -> None:
    assert callable(make)
    make(folder / ".gitignore")
    ran = check(folder)
    assert (ran.returncode, ran.stdout.count("TLC101")) == (1, 1)
    what = "it is larger than 64 KB" if make is huge else KINDS[make]
    assert ran.stderr == f"{folder}/.gitignore is ignored: {what}\n"


@each_kind
@pytest.mark.parametrize("name", ["pyproject.toml", "setup.cfg"])
def test_settings(folder: Path, make: object, name: str) -> None:
    assert callable(make)
    make(folder / name)
    ran = check(folder)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert f"{folder / name}: cannot be read: {KINDS[make]}" in ran.stderr


@each_kind
def test_a_baseline_that_the_settings_name(folder: Path, make: object) -> None:
    assert callable(make)
    make(folder / "known.json")
    (folder / "pyproject.toml").write_text('[tool.torchlint]\nbaseline = "known.json"\n')
    ran = check(folder)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == f"error: the baseline {folder / 'known.json'} cannot be read: {KINDS[make]}\n"


@pytest.mark.parametrize("name", ["/dev/zero", "/dev/stdin", "/dev/fd/0"])
def test_a_baseline_that_is_no_file_at_all(folder: Path, name: str) -> None:
    (folder / "pyproject.toml").write_text(f'[tool.torchlint]\nbaseline = "{name}"\n')
    ran = check(folder)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert f"error: the baseline {name} cannot be read: it is a character device" in ran.stderr


@each_kind
def test_an_imported_file_is_unknown(folder: Path, make: object) -> None:
    assert callable(make)
    make(folder / "base.py")
    (folder / "a.py").write_text(FAULT.replace("import torch\n", "import torch\nfrom base import Base, step\n", 1))
    (folder / "b.py").write_text(
        "import torch\nfrom base import step\nx = torch.ones(1, requires_grad=True)\nstep(x)\n"
    )
    ran = check(folder, "a.py", "b.py")
    assert (ran.returncode, ran.stdout.count("TLC101"), ran.stderr) == (1, 1, "")


@each_kind
def test_what_a_kept_result_depends_on(folder: Path, make: object) -> None:
    (folder / "base.py").write_text("class Base:\n    pass\n")
    (folder / "a.py").write_text(FAULT.replace("import torch\n", "import torch\nfrom base import Base\n", 1))
    arguments = ("check", "--output-format", "concise", "--cache-dir", "../cache", "a.py")
    assert torchlint(folder, *arguments).returncode == 1
    (folder / "base.py").unlink()
    assert callable(make)
    make(folder / "base.py")
    ran = torchlint(folder, *arguments)
    assert (ran.returncode, ran.stdout.count("TLC101"), ran.stderr) == (1, 1, "")


def test_what_has_the_name_of_a_file_to_check_is_passed_over_in_a_folder(folder: Path) -> None:
    endless(folder / "b.py")
    never_answering(folder / "c.py")
    ran = check(folder)
    assert (ran.returncode, ran.stdout.count("TLC101")) == (1, 1)
    assert sorted(ran.stderr.splitlines()) == [
        "b.py is not checked: it is a character device",
        "c.py is not checked: it is a named pipe",
    ]


@each_kind
def test_a_file_that_was_given_or_is_too_large_is_an_error(folder: Path, make: object) -> None:
    assert callable(make)
    make(folder / "b.py")
    ran = check(folder, "b.py", "a.py")
    assert (ran.returncode, ran.stdout.count("TLC101")) == (2, 1)
    assert ran.stderr == f"error: b.py: cannot read it: {KINDS[make]}\n"
    if make is huge:
        assert check(folder, ".").stderr == ran.stderr


@each_kind
def test_what_options_name(folder: Path, make: object) -> None:
    assert callable(make)
    make(folder / "it")
    for option in ("--baseline", "--confirmed"):
        ran = check(folder, option, "it")
        assert (ran.returncode, ran.stdout) == (2, "")
        assert "cannot be read: it is" in ran.stderr


def test_a_generated_file_names_something_endless(folder: Path) -> None:
    endless(folder / "generated.py")
    ran = check(folder, "a.py")
    assert (ran.returncode, ran.stderr) == (1, "")


def test_a_linked_repository_that_is_no_repository(folder: Path) -> None:
    never_answering(folder / ".git")
    (folder / "sub").mkdir()
    (folder / "sub" / "b.py").write_text(FAULT)
    assert check(folder, "sub").returncode == 1


def test_standard_input_has_an_end(folder: Path) -> None:
    command = [sys.executable, "-m", "torchlint", "check", "--no-cache", "-"]
    with open("/dev/zero", "rb") as zeros:  # noqa: PTH123
        ran = subprocess.run(command, cwd=folder, stdin=zeros, capture_output=True, text=True, check=False, timeout=60)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "error: -: standard input cannot be read: it is larger than 12 MB\n"


@pytest.mark.skipif(not Path("/bin/bash").exists(), reason="no bash here")
def test_what_the_shell_hands_over_is_read(folder: Path) -> None:
    command = f"'{sys.executable}' -m torchlint check --no-cache --output-format concise <(cat a.py)"
    ran = subprocess.run(["/bin/bash", "-c", command], cwd=folder, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout.count("TLC101"), ran.stderr) == (1, 1, "")


# Where links lead.


@pytest.fixture
def outside(folder: Path) -> Path:
    file = folder.parent / "outside.py"
    file.write_text(FAULT)
    return file


@pytest.mark.parametrize("option", ["--fix", "--add-noqa"])
@pytest.mark.parametrize("paths", [["."], ["link.py"], ["linked"], ["linked/outside.py"]], ids=str)
def test_what_a_link_leads_to_outside_is_not_written(
    folder: Path, outside: Path, option: str, paths: list[str]
) -> None:
    (folder / "link.py").symlink_to(outside)
    (folder / "linked").symlink_to(folder.parent, target_is_directory=True)
    ran = check(folder, option, *paths)
    if paths == ["linked"]:  # that folder was given, under another name
        assert outside.read_text() != FAULT
        return
    assert ran.returncode == 2
    assert f"a link leads to {outside}, outside of what is to be checked" in ran.stderr
    assert outside.read_text() == FAULT
    assert sorted(each.name for each in folder.iterdir()) == ["a.py", "link.py", "linked"]


def test_what_a_link_leads_to_inside_is_written(folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "sub" / "link.py").symlink_to("../a.py")
    for paths in (["."], ["sub/link.py"], [str(folder / "sub" / "link.py")]):
        (folder / "a.py").write_text(FAULT)
        assert check(folder, "--fix", *paths).returncode == 0
        assert (folder / "a.py").read_text() == FIXED
        assert (folder / "sub" / "link.py").is_symlink()


def test_a_file_elsewhere_that_was_given_is_written(folder: Path, outside: Path) -> None:
    assert check(folder, "--fix", "../outside.py").returncode == 0
    assert outside.read_text() == FIXED


@pytest.mark.parametrize("name", ["pyproject.toml", "setup.cfg"])
def test_settings_are_not_written_through_a_link(folder: Path, name: str) -> None:
    target = folder.parent / "precious"
    (folder / name).symlink_to(target)
    for text in (None, "# mine\n"):
        if text is not None:
            target.write_text(text)
        ran = torchlint(folder, "init", ".")
        if text is None and name == "setup.cfg":
            assert ran.returncode == 0
            (folder / "pyproject.toml").unlink()
        else:
            assert (ran.returncode, "is a link" in ran.stderr) == (2, True)
        assert text == (target.read_text() if target.exists() else None)


def test_hard_links_are_told(folder: Path) -> None:
    (folder / "b.txt").hardlink_to(folder / "a.py")
    ran = check(folder, "--fix")
    assert ran.returncode == 2
    assert "a.py: cannot be fixed: it has more than one name (hard links)" in ran.stderr
    assert (folder / "b.txt").read_text() == FAULT
