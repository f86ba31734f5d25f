"""What must hold for every input, tried in the process that this runs in."""

from __future__ import annotations

import ast
import io
import json
import pickle
import re
import traceback
import warnings
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from tests.fuzz.inputs import Input, Problem, Verdict, Way
from torchlint.engine import check, fix, noqa, record
from torchlint.engine.selection import SYNTAX_ERROR
from torchlint.engine.settings import Overrides, Settings, load_settings
from torchlint.errors import SourceError
from torchlint.finding import Certainty
from torchlint.frontends import formats, seams
from torchlint.frontends.formats.report import Report
from torchlint.syntax.read_source import read_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torchlint.engine.check import FileResult
    from torchlint.engine.fix import FixResult
    from torchlint.syntax.source import Source

_PAUSED = "as the file is long"
_REFUSALS = ("IPython's own syntax", "crosses cells", "does not fit the file's encoding", _PAUSED)
"""Why a fix may be refused, or not be the last one, by right: that is told."""
_NAMES = re.compile(r"`[^`]*`|\d+")
_STORIES = 40
"""Findings up to which all formats are tried; they draw each."""


def judge(given: Input, step: Callable[[], None]) -> Verdict:
    """Try an input; ``step`` is called before everything that has a limit of its own."""
    warnings.simplefilter("ignore")
    if given.way is Way.FOLDER:
        from tests.fuzz.command import judge_folder

        return judge_folder(given, step)
    if given.way is Way.STREAM:
        from tests.fuzz.conversation import judge_stream

        return judge_stream(given, step)
    trial = _Trial(given, step)
    return Verdict(tuple(trial.problems()), frozenset(trial.traits))


class _Trial:
    """One file on its way through the engine and the formats."""

    def __init__(self, given: Input, step: Callable[[], None]) -> None:
        self.name, self.bytes = given.name, given.data
        self.step = step
        self.settings: Settings = load_settings(
            Path(), Overrides(select=("ALL",), certainty=Certainty.ADVICE, isolated=True)
        )
        self.traits: set[str] = set()
        self.is_python = True

    def problems(self) -> Iterator[Problem]:
        """All that does not hold."""
        try:
            yield from self._checked()
        except Exception:
            yield Problem("traceback", traceback.format_exc())

    def _checked(self) -> Iterator[Problem]:
        self.step()
        result = check.check_bytes(self.bytes, self.name, self.settings)
        yield from self._of_result(result)
        check.forget_files()
        self.step()
        if check.check_bytes(self.bytes, self.name, self.settings) != result:
            yield Problem("unequal", "a second check finds something else")
        if pickle.loads(pickle.dumps(result)) != result:
            yield Problem("unequal", "a pickled result is another one")
        for finding in result.findings:
            if record.read_finding(record.load(record.dump(record.finding_record(finding)))) != finding:
                yield Problem("unequal", f"the record of a finding is another one: {finding}")
        if len(result.findings) <= _STORIES:
            yield from self._written(result)
        try:
            source = read_source(self.bytes, self.name)
        except SourceError:
            return
        self.is_python = all(each.code != SYNTAX_ERROR.code for each in result.findings)
        for unsafe in (False, True):
            yield from self._fixed(source, unsafe)
        yield from self._commented(source, result)

    def _of_result(self, result: FileResult) -> Iterator[Problem]:
        if result.error is not None:
            yield Problem("traceback", result.error)
        for finding in result.findings:
            self.traits.add(f"{finding.code} {finding.certainty.value} {_NAMES.sub('_', finding.message)}")
            self.traits.update(f"{finding.code} {_NAMES.sub('_', each.message)}" for each in finding.story)
            if finding.fix:
                self.traits.add(f"{finding.code} {finding.fix.applicability.value} {len(finding.fix.edits)}")

    def _written(self, result: FileResult) -> Iterator[Problem]:
        for name in formats.FORMATS:
            self.step()
            out = io.StringIO()
            report = Report((result,), seams.Sources({self.name: self.bytes}), color="always", explain=name == "full")
            formats.write(name, report, out)
            text = out.getvalue()
            text.encode("utf-8", "backslashreplace")
            try:
                if name in ("json", "sarif", "gitlab"):
                    json.loads(text)
                elif name == "junit":
                    ElementTree.fromstring(text)
            except (ValueError, ElementTree.ParseError) as error:
                yield Problem("unparsable", f"the {name} report: {error}")

    def _fixed(self, source: Source, unsafe: bool) -> Iterator[Problem]:
        fixed = self._fix(source, self.bytes, unsafe)
        self.traits.update(f"fixed {code}" for code in fixed.fixed)
        if fixed.data == self.bytes and not fixed.left.error:
            return
        for error in (fixed.left.error or "").split("; "):
            if "settled" in error or "undo each other" in error:
                yield Problem("unsettled", error)
            elif "not valid Python" in error or "nested too deeply" in error:
                yield Problem("unparsable", error)
            elif error and not any(each in error for each in _REFUSALS):
                yield Problem("traceback", error)
        again = self._fix(source, self.bytes, unsafe)
        if again.data != fixed.data or again.left != fixed.left:
            yield Problem("unequal", f"fixing twice gives two results\n{fixed.after.text}\n-----\n{again.after.text}")
        try:
            after = read_source(fixed.data, self.name)
            if not source.is_notebook and self.is_python:
                ast.parse(after.text)
        except (SourceError, SyntaxError) as error:
            yield Problem("unparsable", f"{error}\n{fixed.after.text}")
            return
        if len(after.problems) > len(source.problems):
            yield Problem("unparsable", f"{after.problems[-1]}\n{fixed.after.text}")
        if after.text != fixed.after.text:
            yield Problem("unequal", "the fixed bytes read as another text than that which was checked")
        settled = self._fix(after, fixed.data, unsafe)
        if settled.applied and _PAUSED not in (fixed.left.error or ""):
            yield Problem("unsettled", f"fixing again fixes {dict(settled.fixed)}\n{fixed.after.text}")
        yield from self._of_result(check.check_bytes(fixed.data, self.name, self.settings))

    def _fix(self, source: Source, data: bytes, unsafe: bool) -> FixResult:
        return fix.fix_source(source, self._check, unsafe, data)

    def _check(self, source: Source) -> FileResult:
        """One round: each has the limit of a check, and how many there may be is counted by the fixes themselves."""
        self.step()
        return check.check_source(source, self.settings)

    def _commented(self, source: Source, result: FileResult) -> Iterator[Problem]:
        """Every finding gets a comment, and then none is left that a second round of comments would quiet."""
        self.step()
        try:
            after, data = noqa.add_noqa(source, self.bytes, result.findings)
        except SourceError:  # as of a file that is no Python
            return
        if data == self.bytes:
            return
        left = check.check_bytes(data, self.name, self.settings)
        yield from self._of_result(left)
        _, again = noqa.add_noqa(read_source(data, self.name), data, left.findings)
        if again != data:
            yield Problem("unsettled", f"--add-noqa adds again\n{after.text}")
