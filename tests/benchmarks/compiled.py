"""How much faster torchlint would be with its interpreter compiled by mypyc.

    python -m tests.benchmarks.compiled              # some minutes: it builds, then lints timm
    python -m tests.benchmarks.compiled --runs 5 --optimise 3

Run it from the root of the repository, in an environment in which torchlint and mypy are installed, with a C compiler.
``torchlint/model/autograd`` and ``torchlint/model/interpreter`` of a copy are translated, compiled and imported; what
the copy finds must be what torchlint finds. Nothing is installed, and the copy is gone afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.__main__ import PARSE, cost, fetch

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[2]
COMPILED = ("autograd", "interpreter")
FUTURE = "from __future__ import annotations\n"

BUILD = """
import sys
from pathlib import Path
from mypyc.build import mypycify
from setuptools import setup
files = [str(path) for name in sys.argv[2:] for path in sorted(Path("torchlint/model", name).rglob("*.py"))]
files = [path for path in files if not path.endswith("__init__.py")]
built = mypycify(files, only_compile_paths=files, opt_level=sys.argv[1], multi_file=True)
arguments = ["build_ext", "--inplace", "--parallel", "PARALLEL"]
setup(name="torchlint", packages=[], ext_modules=built, script_args=arguments)
"""
CHECK = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from torchlint.model.interpreter import machine
from torchlint.frontends.cli import main
print(machine.__file__, file=sys.stderr)
options = ["--isolated", "--no-cache", "--jobs", "1", "--exit-zero", "--output-format", "json"]
sys.exit(main(["check", *options, *sys.argv[1:]]))
"""


def prepare(text: str) -> str:
    """A module as mypyc takes it: it evaluates the annotations of dataclasses, so that all imports are made, which the
    lack of import cycles allows; and classes that are derived from elsewhere say so."""
    text = text.replace("if TYPE_CHECKING:\n", "if True:\n").replace(
        FUTURE, f"{FUTURE}from builtins import object\n", 1
    )
    open_to_others = "from mypy_extensions import mypyc_attr\n\n\n@mypyc_attr(allow_interpreted_subclasses=True)\n"
    for line in ("class PathState:", "class Interpreter(ABC):", "class Machine(Interpreter):"):
        text = text.replace(f"\n{line}", f"\n{open_to_others}{line}")
    return text


def build(folder: Path, optimise: int) -> None:
    """Copy torchlint into a folder and compile the copy. Raises: CalledProcessError."""
    shutil.copytree(ROOT / "torchlint", folder / "torchlint", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "setup.cfg", folder)
    for path in (path for name in COMPILED for path in (folder / "torchlint" / "model" / name).rglob("*.py")):
        path.write_text(prepare(path.read_text(encoding="utf-8")), encoding="utf-8")
    script = BUILD.replace("PARALLEL", str(os.cpu_count() or 1))
    subprocess.run(
        [sys.executable, "-c", script, str(optimise), *COMPILED], cwd=folder, check=True, stdout=subprocess.DEVNULL
    )


def check(folder: Path, path: Path) -> tuple[list[object], str]:
    """What the torchlint of a folder finds, advice included, and the file that its interpreter was imported from."""
    advice = ("--select", "ALL", "--certainty", "advice")
    done = subprocess.run([*command(folder, path), *advice], capture_output=True, text=True, check=True)
    return json.loads(done.stdout), done.stderr.strip().splitlines()[0]


def command(folder: Path, path: Path) -> list[str]:
    return [sys.executable, "-c", CHECK, str(folder), str(path)]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m tests.benchmarks.compiled", description="Compile the interpreter.")
    parser.add_argument("--runs", type=int, default=3, help="how many times each is run (default 3)")
    parser.add_argument("--optimise", type=int, default=3, choices=range(4), help="the C compiler's -O (default 3)")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir(), "torchlint-benchmarks"))
    options = parser.parse_args(arguments)
    options.cache.mkdir(parents=True, exist_ok=True)
    timm = fetch("timm", options.cache)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder, options.optimise)
        (found, compiled), (plainly, plain) = check(folder, timm.folder), check(ROOT, timm.folder)
        print(f"imported from {Path(compiled).name} and {Path(plain).name}, {len(found)} findings each")
        if found != plainly or not compiled.endswith((".so", ".pyd")) or plain.endswith((".so", ".pyd")):
            print("the compiled interpreter was not imported, or does not find the same", file=sys.stderr)
            return 1
        files = "\n".join(map(str, timm.files))
        rows = {
            "ast.parse": lambda: cost([sys.executable, "-c", PARSE], files),
            "torchlint": lambda: cost(command(ROOT, timm.folder)),
            "compiled": lambda: cost(command(folder, timm.folder)),
        }
        seconds: dict[str, list[float]] = {row: [] for row in rows}
        for _ in range(options.runs):
            for row, run in rows.items():
                seconds[row].append(run().seconds)
    medians = {row: statistics.median(each) for row, each in seconds.items()}
    for row, median in medians.items():
        print(f"{row:10} {median:6.2f} CPU s, {median / medians['ast.parse']:.2f} times ast.parse")
    return 0


if __name__ == "__main__":
    sys.exit(main())
