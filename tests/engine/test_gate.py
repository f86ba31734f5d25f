"""The gate is sound: what it keeps from LibCST has nothing that a rule could find."""

from __future__ import annotations

import os
import sysconfig
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import libcst as cst
import pytest

from torchlint.engine.check import check_source
from torchlint.engine.settings import Overrides, load_settings
from torchlint.errors import SourceError
from torchlint.finding import Certainty
from torchlint.rule import all_rules
from torchlint.syntax.gate import Gate
from torchlint.syntax.read_source import read_source
from torchlint.syntax.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

SETTINGS = load_settings(Path.cwd(), Overrides(select=("ALL",), certainty=Certainty.ADVICE, isolated=True))
EXAMPLES = [
    pytest.param(example.code, id=f"{code}-{example.name.replace(' ', '-')}")
    for code, rule in all_rules().items()
    for example in rule.examples
]
OPEN = Gate.open(trigger for each in all_rules().values() for trigger in each.triggers(Certainty.ADVICE))
MAY_READ = 15
"""About how many files of each folder are compared; TORCHLINT_CORPUS names folders that are read whole instead."""


def found(source: Source, gate: Gate | None = None) -> list[tuple[object, ...]]:
    result = check_source(source, SETTINGS, gate=gate)
    assert result.error is None, f"{source.path}: {result.error}"
    return [(each.place, each.code, each.message, each.certainty, each.related, each.fix) for each in result.findings]


def corpus() -> Iterator[Path]:
    """Python files at hand in which the word torch stands, and some in which only ``nn.`` or ``F.`` does."""
    given = os.environ.get("TORCHLINT_CORPUS")
    if given:
        for folder in given.split(os.pathsep):
            yield from sorted(Path(folder).rglob("*.py"))
        return
    folders = [Path(sysconfig.get_path("stdlib"))]
    spec = find_spec("torch")  # finds it without importing it
    if spec is not None and spec.submodule_search_locations:
        torch = Path(spec.submodule_search_locations[0])
        folders += [torch / name for name in ("nn/modules", "nn/utils", "ao/nn", "optim", "distributions", "testing")]
    for folder in folders:
        files = (path for path in sorted(folder.rglob("*.py")) if "site-packages" not in path.relative_to(folder).parts)
        seen = [path for path in files if any(word in path.read_bytes() for word in (b"torch", b"nn.", b"F."))]
        yield from seen[:: max(1, len(seen) // MAY_READ)]


def readable(source: Source) -> bool:
    """Whether LibCST can parse all of it: a few tests of Python's own parser are beyond it."""
    try:
        cst.parse_module(source.text)
    except Exception:  # its errors have no common base
        return False
    return True


@pytest.mark.parametrize("code", EXAMPLES)
def test_examples(code: str) -> None:
    source = Source(code.replace("⟦", "").replace("⟧", ""), "example.py")
    assert found(source) == found(source, OPEN)


@pytest.mark.corpus
@pytest.mark.once
def test_corpus() -> None:
    different, looked_at, findings = [], 0, 0
    for path in corpus():
        try:
            source = read_source(path.read_bytes(), str(path))
        except SourceError:
            continue
        gated = found(source)
        looked_at += 1
        findings += len(gated)
        if readable(source) and gated != found(source, OPEN):
            different.append(str(path))
    assert not different
    assert looked_at > (100 if find_spec("torch") else 10)  # the standard library alone has few such files
    print(f"{looked_at} files, {findings} findings")
