"""Open this first: how the bytes of one file become its findings, on one page.

    bytes -> Source -> Outline -> Regions -> LibCST -> Facts -> rule.check -> Finding
          -> suppress -> select -> sort -> FileResult

Bad input never raises: what cannot be read becomes a TLC001 finding, a defect of torchlint's own an error that names
the rule, and the other findings of the file are kept.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from torchlint.engine.settings import Settings
from torchlint.finding import Certainty, Effect, EffectKind, Finding, Span
from torchlint.errors import SourceError
from torchlint.model.facts import Facts
from torchlint.rule import LoadedRule
from torchlint.syntax.gate import Gate
from torchlint.syntax.library import Library
from torchlint.syntax.outline import Outline
from torchlint.syntax.source import Source

SYNTAX_ERROR = "TLC001"


@dataclass(frozen=True, slots=True)
class FileResult:
    """What is said of one file.

    ``path`` is as given on the command line, with forward slashes. ``error`` says why torchlint could not do its work,
    ``depends`` are the absolute paths of other files that the findings depend on, missing ones included.
    """

    path: str
    findings: tuple[Finding, ...]
    error: str | None = None
    saw_torch: bool = True
    depends: tuple[str, ...] = ()
