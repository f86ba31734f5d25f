"""The one thread that checks: of a document that changes faster than it is checked, only the newest content counts."""

from __future__ import annotations

import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from torchlint.engine.check import FileResult, check_source
from torchlint.engine.garbage import Garbage
from torchlint.engine.selection import SYNTAX_ERROR
from torchlint.frontends.server.documents import Checked
from torchlint.syntax.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from torchlint.frontends.server.documents import Document
    from torchlint.frontends.server.settings import ProjectSettings

_GENERATIONS = ((1000, 2), (50, 1), (1, 0))
"""Each how many checks which generation of objects is searched for garbage."""

_STACK = 64 * 1024 * 1024
"""Bytes: what is nested as deeply as Python accepts takes more than a thread usually has."""

Result = TypeVar("Result")


class Analysis:
    """Checks documents; ``done`` is called with each document and what was found, in the thread of this class."""

    def __init__(self, settings: ProjectSettings, done: Callable[[Document, Checked], None]) -> None:
        self._settings = settings
        self._done = done
        self._waiting: dict[int, Document] = {}
        self._garbage = Garbage(_GENERATIONS, enough=0)
        before = threading.stack_size(_STACK)
        self._thread = ThreadPoolExecutor(1, "torchlint")
        self.run(_warm_up)
        threading.stack_size(before)

    def run(self, job: Callable[[], Result]) -> Future[Result]:
        """Do something with the engine after all that was asked for before."""
        return self._thread.submit(job)

    def request(self, document: Document) -> None:
        """Check a document as it is by then."""
        if id(document) not in self._waiting:
            self._waiting[id(document)] = document
            self.run(lambda: self._check(document))

    def tidy(self) -> None:
        """Search everything for garbage; for when nobody waits."""
        self.run(gc.collect)

    def stop(self) -> None:
        """Finish what is being checked and drop what waits."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _check(self, document: Document) -> None:
        del self._waiting[id(document)]
        snapshot = document.snapshot
        settings = self._settings.of(Path(snapshot.path))
        if settings is None or not any(each.is_code for each in snapshot.texts):
            result = FileResult(snapshot.path, ())
        else:
            source = snapshot.source()
            result = self._settings.new(check_source(source, settings, memory=document.memory), source, settings)
        checked = Checked(snapshot, result, document.good)
        if not any(each.code == SYNTAX_ERROR.code for each in result.findings):
            document.good = checked._replace(good=None)
        self._done(document, checked)
        # Python would do it in the middle of a check; here the diagnostics are already on their way.
        self._garbage.collect()


def _warm_up() -> None:
    """Load what the first check would have to: the parsers, the rules and what they know of PyTorch."""
    from torchlint.engine.settings import Overrides, load_settings
    from torchlint.rule import all_rules

    settings = load_settings(Path.cwd(), Overrides(select=("ALL",), isolated=True))
    for rule in all_rules().values():
        for example in rule.examples[:1]:
            check_source(Source(example.code.replace("⟦", "").replace("⟧", ""), "example.py"), settings)
    gc.collect()
    gc.freeze()
