"""How fast torchlint is, beside ``ast.parse``, flake8, ruff and TorchFix, as one table.

    python -m tests.benchmarks                    # a few minutes: timm and transformers, TorchFix on a sample of timm
    python -m tests.benchmarks --packages timm --runs 5
    python -m tests.benchmarks --full             # hours: everything on everything

Run it from the root of the repository, in an environment in which torchlint is installed. What is linted are the wheels
of released packages, which pip downloads and which are unpacked, never installed. Seconds are CPU seconds of the whole
process and its children, start-up included; of several runs, taken in turns, the median counts.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
import zipfile
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.rule import all_rules
from torchlint.syntax.gate import Gate

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSIONS = {"timm": "1.0.31", "transformers": "5.23.0"}
TORCHFIX = "0.7.0"
UNINTERPRETED = "torchlint without the interpreter"
SAMPLE = 15
"""TorchFix reads every so-manieth file of a package, unless it is asked to read all."""

PARSE = """
import ast, sys, warnings
warnings.simplefilter("ignore")
for path in sys.stdin.read().splitlines():
    with open(path, "rb") as file:
        ast.parse(file.read())
"""
COUNT = """
import os, sys
import libcst
lines, parse = 0, libcst.parse_module
def counting(source, *arguments):
    global lines
    lines += source.count("\\n")
    return parse(source, *arguments)
libcst.parse_module = counting
from torchlint.frontends.cli import main
sys.stdout = open(os.devnull, "w")
main(["check", "--isolated", "--no-cache", "--jobs", "1", "--exit-zero", *sys.argv[1:]])
sys.__stdout__.write(str(lines))
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds and the peak memory, in MB, of one process and its children."""

    seconds: float
    memory: float


@dataclass(frozen=True, slots=True)
class Package:
    """A package unpacked: its folder, the files in it that Python can parse, and how many lines they have."""

    name: str
    folder: Path
    files: tuple[Path, ...]
    lines: int


@dataclass(slots=True)
class Row:
    """One command over one package; ``share`` is how much of the package it reads."""

    name: str
    command: list[str]
    stdin: str = ""
    share: float = 1.0
    costs: list[Cost] = field(default_factory=list)
    start_up: float = 0.0

    @property
    def seconds(self) -> float:
        """The median; of a sample, what all would take: start-up is paid once, the rest grows with the lines."""
        median = statistics.median(each.seconds for each in self.costs)
        return self.start_up + (median - self.start_up) / self.share

    @property
    def memory(self) -> float:
        return max(each.memory for each in self.costs)


def cost(command: list[str], stdin: str = "") -> Cost:
    """Run a command, its output thrown away. Raises: RuntimeError where it fails."""
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as errors:
        given.write(stdin.encode())
        given.seek(0)
        process = subprocess.Popen(command, stdin=given, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, 1):  # 1: something was found
            errors.seek(0)
            raise RuntimeError(f"{command} exited with {process.returncode}: {errors.read().decode()[-2000:]}")
    unit = 1e6 if sys.platform == "darwin" else 1e3
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def fetch(name: str, cache: Path) -> Package:
    """A package as released, downloaded by pip and unpacked."""
    folder = cache / f"{name}-{VERSIONS[name]}"
    if not folder.is_dir():
        wheel = next(cache.glob(f"{folder.name}-*.whl"), None)
        if wheel is None:
            say(f"downloading {name} {VERSIONS[name]}")
            pip(sys.executable, "download", "--no-deps", "-d", str(cache), f"{name}=={VERSIONS[name]}")
            wheel = next(cache.glob(f"{folder.name}-*.whl"))
        with zipfile.ZipFile(wheel) as file:
            file.extractall(folder.with_suffix(".part"))
        folder.with_suffix(".part").rename(folder)
    files, lines = [], 0
    for path in sorted(folder.rglob("*.py")):
        data = path.read_bytes()
        try:
            compile(data, str(path), "exec", 1024, dont_inherit=True)  # 1024: only parse
        except (SyntaxError, ValueError):
            continue
        files.append(path)
        lines += data.count(b"\n")
    return Package(name, folder, tuple(files), lines)


def environment(cache: Path, name: str, *requirements: str) -> Path:
    """The folder of the commands of an environment that has some requirements and nothing else."""
    folder = cache / name
    commands = folder / ("Scripts" if os.name == "nt" else "bin")
    if not folder.is_dir():
        say(f"installing {' '.join(requirements)}")
        venv.create(folder, with_pip=True)
        pip(str(commands / "python"), "install", *requirements)
    return commands


def pip(python: str, *arguments: str) -> None:
    subprocess.run([python, "-m", "pip", "--disable-pip-version-check", "-q", *arguments], check=True)


def sample(package: Package, folder: Path) -> Package:
    """Every ``SAMPLE``-th file of a package, copied to a folder."""
    shutil.rmtree(folder, ignore_errors=True)
    files = package.files[::SAMPLE]
    for path in files:
        target = folder / path.relative_to(package.folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return Package(package.name, folder, files, sum(path.read_bytes().count(b"\n") for path in files))


def interpreted() -> list[str]:
    """The rules that the interpreter serves: they say what makes a program worth being run."""
    return [code for code, each in all_rules().items() if Gate.of(each.rule.triggers).program]


def torchlint(*arguments: str) -> list[str]:
    return [str(Path(sys.executable).with_name("torchlint")), *arguments]


def check(*arguments: str) -> list[str]:
    return torchlint("check", "--isolated", "--jobs", "1", "--output-format", "concise", *arguments)


def flake8(commands: Path, folder: Path) -> list[str]:
    options = ["--isolated", "--jobs", "1", "--exit-zero", "-q", "--max-line-length", "120"]
    return [str(commands / "flake8"), *options, str(folder)]  # not `-m`: a plugin that lies here would be found


def rows(package: Package, cache: Path, options: argparse.Namespace) -> Iterator[Row]:
    """What is measured on a package, cheap things first."""
    folder, kept = str(package.folder), str(cache / "results")
    yield Row("ast.parse", [sys.executable, "-c", PARSE], "\n".join(map(str, package.files)))
    yield Row("torchlint", check("--no-cache", folder))
    yield Row(UNINTERPRETED, check("--no-cache", "--ignore", ",".join(interpreted()), folder))
    cost(check("--cache-dir", kept, folder))
    yield Row("torchlint, cached", check("--cache-dir", kept, folder))
    if not (options.full or package.name == "timm"):
        return
    version = metadata.version("flake8")
    plain = environment(cache, f"flake8-{version}", f"flake8=={version}", "ruff")
    yield Row("ruff", [str(plain / "ruff"), "check", "--isolated", "--no-cache", "--exit-zero", "-q", folder])
    yield Row("flake8", flake8(plain, package.folder))
    yield Row("flake8 with torchlint", flake8(Path(sys.executable).parent, package.folder))
    if options.no_torchfix:
        return
    fixer = str(environment(cache, f"torchfix-{TORCHFIX}", f"torchfix=={TORCHFIX}") / "torchfix")
    if options.full:
        yield Row(f"TorchFix {TORCHFIX}", [fixer, folder])
        return
    part = sample(package, cache / "sample" / package.name)
    empty = cache / "sample" / "empty.py"
    empty.write_text("x = 1\n", encoding="utf-8")
    name = f"TorchFix {TORCHFIX}, from {len(part.files)} files"
    yield Row(
        name, [fixer, str(part.folder)], share=part.lines / package.lines, start_up=cost([fixer, str(empty)]).seconds
    )


def measured(all_rows: list[Row], runs: int) -> list[Row]:
    """All rows with their costs; what is slow is run once."""
    for run in range(runs):
        for row in all_rows:
            if run == 0 or row.costs[0].seconds < 60:
                say(f"run {run + 1} of {runs}: {row.name}")
                row.costs.append(cost(row.command, row.stdin))
    return all_rows


def table(package: Package, found: list[Row]) -> str:
    """The costs of a package as Markdown."""
    base = found[0].seconds
    lines = [
        f"{package.name} {VERSIONS[package.name]}: {len(package.files):,} files, {package.lines:,} lines",
        "",
        "| | CPU s | us/line | times `ast.parse` | peak MB |",
        "|---|---:|---:|---:|---:|",
    ]
    for row in found:
        about = "about " if row.share < 1 else ""
        per_line = row.seconds / package.lines * 1e6
        memory = "" if row.share < 1 else f"{row.memory:.0f}"
        lines.append(
            f"| {row.name} | {about}{row.seconds:.1f} | {per_line:.1f} | {row.seconds / base:.2f} | {memory} |"
        )
    return "\n".join(lines)


def bar(what: str, value: float, limit: float, unit: str = "", at_least: bool = False) -> str:
    """One line that compares a figure with what it is to be."""
    kept = value >= limit if at_least else value <= limit
    wanted = f"{'at least' if at_least else 'at most'} {limit:g}{unit}"
    return f"{'ok  ' if kept else 'MISS'}  {what}: {value:.2f}{unit} ({wanted})"


def bars(package: Package, found: list[Row]) -> Iterator[str]:
    """What torchlint promises of its speed, on one package."""
    by_name = {row.name.partition(" 0")[0]: row for row in found}
    base, cold = by_name["ast.parse"].seconds, by_name["torchlint"]
    yield bar(f"{package.name}: torchlint, times ast.parse", cold.seconds / base, 4)
    share = 100 * (1 - by_name[UNINTERPRETED].seconds / cold.seconds)
    yield f"      {package.name}: the interpreter's share of torchlint: {share:.0f} %"
    yield bar(f"{package.name}: torchlint, cached, times ast.parse", by_name["torchlint, cached"].seconds / base, 0.5)
    yield bar(f"{package.name}: torchlint, peak memory", cold.memory, 400, " MB")
    if "flake8" in by_name:
        added = by_name["flake8 with torchlint"].seconds / by_name["flake8"].seconds - 1
        yield bar(f"{package.name}: what torchlint adds to flake8", 100 * added, 25, " %")
    if "TorchFix" in by_name:
        ratio = by_name["TorchFix"].seconds / cold.seconds
        yield bar(f"{package.name}: TorchFix, times torchlint", ratio, 30, at_least=True)


def small_bars(cache: Path, runs: int) -> Iterator[str]:
    """Start-up."""
    plain = cache / "plain.py"
    plain.write_text("import os\n\n\ndef main():\n    print(os.getcwd())\n", encoding="utf-8")
    for what, command, limit in (
        ("torchlint --version", torchlint("--version"), 0.1),
        ("a file without torch", check("--no-cache", str(plain)), 0.15),
    ):
        seconds = statistics.median(cost(command).seconds for _ in range(max(runs, 5)))
        yield bar(what, seconds, limit, " s")


def share_parsed(package: Package) -> float:
    """The share of a package's lines that LibCST gets to see, in percent."""
    ran = subprocess.run([sys.executable, "-c", COUNT, str(package.folder)], capture_output=True, text=True, check=True)
    return 100 * int(ran.stdout) / package.lines


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", nargs="+", choices=VERSIONS, default=list(VERSIONS))
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--full", action="store_true", help="flake8 and TorchFix on all files of all packages")
    parser.add_argument("--no-torchfix", action="store_true")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "torchlint-benchmarks")
    options = parser.parse_args()
    cache = options.cache.absolute()
    cache.mkdir(parents=True, exist_ok=True)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a module is compiled once, as where it was installed
    lines, promises = [], list(small_bars(cache, options.runs))
    for name in options.packages:
        package = fetch(name, cache)
        found = measured(list(rows(package, cache, options)), options.runs)
        lines += [table(package, found), ""]
        promises += bars(package, found)
        promises.append(bar(f"{name}: lines that reach LibCST", share_parsed(package), 20, " %"))
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, {options.runs} runs\n")
    print("\n".join([*lines, *promises]))


if __name__ == "__main__":
    main()
