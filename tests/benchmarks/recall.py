"""How many faults torchlint finds that are put into real code on purpose.

    python -m tests.benchmarks.recall FOLDER [FOLDER ...]

Each folder holds unpacked packages. Registrations in it are undone one at a time (a buffer, an ``nn.ModuleList``, a
Parameter), each changed file is linted, never run, and the finding is looked for at the changed line. Not every change
makes a fault: a tensor that is only an index may stay on the CPU, and what comes from a function of another file is
unknown. So this compares versions of torchlint; it is no share of all faults.
"""

from __future__ import annotations

import argparse
import ast
import random
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.engine.check import check_source
from torchlint.engine.settings import Overrides, load_settings
from torchlint.errors import SourceError
from torchlint.finding import Certainty
from torchlint.syntax.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

EACH_FILE = 3
"""How many changes of a kind are tried in one file, so that no file counts for too much."""


@dataclass(frozen=True)
class Fault:
    """Put ``text`` in the place of ``node``; rule ``code`` should speak up at its line."""

    kind: str
    code: str
    node: ast.stmt
    text: str


def faults(source: Source, tree: ast.Module) -> Iterator[Fault]:
    """Every fault that can be put into a file by undoing one statement."""
    for node in ast.walk(tree):
        match node:
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id="self"), attr="register_buffer"),
                    args=[ast.Constant(value=str(name)), value, *_],
                )
            ) if not isinstance(value, ast.Constant):
                yield Fault("plain buffer", "TLC101", node, f"self.{name} = ({text_of(source, value)})")
            case ast.Assign(
                targets=[ast.Attribute(attr=name)],
                value=ast.Call(func=ast.Attribute(attr="ModuleList"), args=[value], keywords=[]),
            ):
                yield Fault("plain ModuleList", "TLC102", node, f"self.{name} = list({text_of(source, value)})")
            case ast.Assign(
                targets=[ast.Attribute(attr=name)], value=ast.Call(func=ast.Attribute(attr="Parameter")) as value
            ):
                yield Fault("lost Parameter", "TLC103", node, f"self.{name} = {text_of(source, value)} * 0.1")


def text_of(source: Source, node: ast.expr | ast.stmt) -> str:
    """The source text of a node."""
    start, end = span_of(source, node)
    return source.data[start:end].decode()


def span_of(source: Source, node: ast.expr | ast.stmt) -> tuple[int, int]:
    """The byte offsets at which a node starts and ends."""
    start = source.offset_of_bytes(node.lineno, node.col_offset)
    return start, source.offset_of_bytes(node.end_lineno or node.lineno, node.end_col_offset or 0)


def outcome(source: Source, fault: Fault) -> str:
    """What torchlint says of a file with one fault: shown by default, advice only, or nothing."""
    start, end = span_of(source, fault.node)
    changed = source.data[:start] + fault.text.encode() + source.data[end:]
    settings = load_settings(Path.cwd(), Overrides(isolated=True, certainty=Certainty.ADVICE))
    result = check_source(Source(changed.decode(), source.path), settings)
    found = [
        each.certainty for each in result.findings if each.code == fault.code and each.place.line == fault.node.lineno
    ]
    if not found:
        return "missed"
    return "advice" if all(each is Certainty.ADVICE for each in found) else "shown"


def main() -> None:
    """Print one row for each kind of fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    counts: dict[str, Counter[str]] = {}
    chosen = random.Random(1)
    for path in sorted(path for folder in parser.parse_args().folders for path in folder.rglob("*.py")):
        try:
            source = Source.from_bytes(path.read_bytes(), str(path))
            by_kind: dict[str, list[Fault]] = {}
            for fault in faults(source, ast.parse(source.text)):
                by_kind.setdefault(fault.kind, []).append(fault)
        except (SourceError, SyntaxError, ValueError):
            continue
        for kind, each in by_kind.items():
            for fault in chosen.sample(each, min(EACH_FILE, len(each))):
                counts.setdefault(kind, Counter())[outcome(source, fault)] += 1
    print("| fault | tried | shown | advice | missed |\n|---|---:|---:|---:|---:|")
    for kind, count in sorted(counts.items()):
        print(f"| {kind} | {count.total()} | {count['shown']} | {count['advice']} | {count['missed']} |")


if __name__ == "__main__":
    main()
