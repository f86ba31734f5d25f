"""What a process that checks does: documents, each with a memory of its last version, and what a fix makes of them."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.engine.check import FileResult, check_source
from torchlint.engine.garbage import Garbage
from torchlint.frontends.server import edits
from torchlint.frontends.server.settings import ProjectSettings
from torchlint.model.interpreter.memory import Memory
from torchlint.syntax.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchlint.finding import Finding
    from torchlint.frontends.server.documents import Snapshot

_GENERATIONS = ((1000, 2), (50, 1), (1, 0))
"""Each how many checks which generation of objects is searched for garbage."""


class Checker:
    """The jobs that a process can be given, one after the other."""

    def __init__(self) -> None:
        self._said: list[str] = []
        self._settings = ProjectSettings(self._said.append)
        self._memories: dict[str, Memory] = {}
        self._garbage = Garbage(_GENERATIONS, enough=0)
        gc.disable()  # in the middle of a check; ``after`` does it, when the answer is on its way

    def said(self) -> list[str]:
        """What there was to tell the user since this was asked for last."""
        said, self._said[:] = list(self._said), []
        return said

    def after(self) -> None:
        """Tidy up between two jobs."""
        self._garbage.collect()

    def warm_up(self) -> None:
        """Load what the first check would have to: the parsers, the rules and what they know of PyTorch."""
        from torchlint.engine.settings import Overrides, load_settings
        from torchlint.rule import all_rules

        settings = load_settings(Path.cwd(), Overrides(select=("ALL",), isolated=True))
        for rule in all_rules().values():
            for example in rule.examples[:1]:
                check_source(Source(example.code.replace("⟦", "").replace("⟧", ""), "example.py"), settings)
        gc.collect()
        gc.freeze()

    def tidy(self) -> None:
        """Search everything for garbage; for when nobody waits."""
        gc.collect()

    def use_settings(self, values: Mapping[Path, object]) -> None:
        """Put the editor's own settings, by workspace folder, on top from now on."""
        self._settings.use(values)

    def read_files_again(self) -> None:
        """Forget what was read from other files and configurations."""
        self._settings.read_again()

    def close(self, uri: str) -> None:
        """Forget a document."""
        self._memories.pop(uri, None)

    def check(self, snapshot: Snapshot) -> FileResult:
        """What is found in a document."""
        settings = self._settings.of(Path(snapshot.path))
        if settings is None or not any(each.is_code for each in snapshot.texts):
            return FileResult(snapshot.path, ())
        memory = self._memories.setdefault(snapshot.uri, Memory())
        source = snapshot.source()
        return self._settings.new(check_source(source, settings, memory=memory), source, settings)

    def rewritten(self, snapshot: Snapshot, change: edits.Change, finding: Finding | None) -> list[str]:
        """A document's texts after a change. Raises: SourceError where the engine refuses it."""
        return edits.rewritten(snapshot, change, finding, self._settings.of(Path(snapshot.path)))
