"""The packages of the corpus: which, and how they are had."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

_LINE = re.compile(r"(?P<name>[\w-]+)==(?P<version>[\w.]+) --hash=sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Package:
    """A released package; ``requirement`` names it, with the digest of its wheel, as pip reads it."""

    name: str
    version: str
    requirement: str


def read(path: Path) -> list[Package]:
    """The packages that a file of pip's requirements pins. Raises: ValueError for a line that pins none."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            match = _LINE.fullmatch(line)
            if match is None:
                raise ValueError(f"{path.name}: not NAME==VERSION --hash=sha256:DIGEST: {line}")
            found.append(Package(match["name"], match["version"], line))
    return found


def user_folder() -> Path:
    """Where this user's programs keep what they can download again."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "torchlint-corpus"


def fetch(package: Package, folder: Path) -> Path:
    """A package as released, unpacked in ``folder``; only a wheel, as that runs no code of the package."""
    target = folder.absolute() / f"{package.name}-{package.version}"
    if target.is_dir():
        return target
    sys.stderr.write(f"downloading {package.name} {package.version}\n")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as made:
        requirements = Path(made, "requirements.txt")
        requirements.write_text(package.requirement, encoding="utf-8")
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-qq", "download"]
        # A fixed interpreter, so that every Python brings the same wheels, those that need a newer one included.
        which = ["--no-deps", "--only-binary", ":all:", "--python-version", "3.13", "--require-hashes"]
        subprocess.run([*pip, *which, "-d", made, "-r", str(requirements)], check=True)
        unpacked = Path(made, "unpacked")
        with zipfile.ZipFile(next(Path(made).glob("*.whl"))) as wheel:
            wheel.extractall(unpacked)
        unpacked.rename(target)
    return target
