"""The ``sarif`` format: SARIF 2.1.0, which code scanning services and editors read.

Regions are those of the files as they are on disk, a notebook's JSON included, and columns count code points; which
cell and line of a notebook that is stands in the message and in the properties.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes

from torchlint import __version__
from torchlint import rule as rule_module
from torchlint.engine.fingerprint import Fingerprint, fingerprint
from torchlint.engine.selection import known_rules
from torchlint.finding import Applicability, Certainty
from torchlint.frontends.explain import document
from torchlint.frontends.formats.checkout import checkout_of, inside_checkout
from torchlint.frontends.formats.regions import Region, Regions
from torchlint.frontends.formats.replacements import Replacement, replacements
from torchlint.frontends.formats.wording import HEADS, offer, told
from torchlint.frontends.places import step_here

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from torchlint.finding import Finding, Fix, Place
    from torchlint.frontends.formats.report import Report

_Json = dict[str, object]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Certainty.CERTAIN: "error", Certainty.LIKELY: "warning", Certainty.ADVICE: "note"}
_ROOT = "%SRCROOT%"


def write(report: Report, out: TextIO) -> None:
    """One log with one run."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [_Run(report).log()]}
    out.write(json.dumps(log, indent=2) + "\n")


@dataclass(slots=True)
class _Run:
    report: Report
    regions: Regions = field(init=False)
    seen: Counter[Fingerprint] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.regions = Regions(self.report.sources)

    def log(self) -> _Json:
        findings = self.report.findings
        codes = sorted({finding.code for _, finding in findings})
        root = min((checkout_of(path) for path, _ in findings), default=Path.cwd())
        driver = {"name": "torchlint", "version": __version__, "semanticVersion": __version__}
        return {
            "tool": {"driver": {**driver, "rules": [_rule(code) for code in codes]}},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {_ROOT: {"uri": f"{root.as_uri().rstrip('/')}/"}},
            "invocations": [self._invocation()],
            "results": [self._result(path, finding, codes.index(finding.code)) for path, finding in findings],
        }

    def _invocation(self) -> _Json:
        failed = [each for each in self.report.results if each.error is not None]
        notifications = [
            {"level": "error", "message": {"text": each.error}, "locations": [{"physicalLocation": _file(each.path)}]}
            for each in failed
        ]
        return {"executionSuccessful": not failed, "toolExecutionNotifications": notifications}

    def _result(self, path: str, finding: Finding, rule_index: int) -> _Json:
        mark = fingerprint(inside_checkout(path), finding, self.report.sources.get(path))
        result: _Json = {
            "ruleId": finding.code,
            "ruleIndex": rule_index,
            "level": _LEVELS[finding.certainty],
            "message": {"text": told(finding)},
            "locations": [self._location(path, finding.place)],
            "partialFingerprints": {"torchlint/v1": mark.digest(self.seen[mark])},
            "properties": _properties(finding),
        }
        self.seen[mark] += 1
        if related := list(self._related(path, finding)):
            result["relatedLocations"] = related
        if len(steps := list(self._steps(path, finding))) > 1:
            result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
        if finding.fix and (fix := self._fix(path, finding.fix)):
            result["fixes"] = [fix]
        return result

    def _location(self, path: str, place: Place, text: str = "", number: int | None = None) -> _Json:
        location: _Json = {} if number is None else {"id": number}
        where = place.path or path
        location["physicalLocation"] = {**_file(where), "region": _region(self.regions.of(path, place))}
        if place.cell is not None:
            location["logicalLocations"] = [{"name": f"cell {place.cell}", "kind": "module"}]
            text = f"cell {place.cell}, line {place.line}: {text}" if text else ""
        return {**location, "message": {"text": text}} if text else location

    def _related(self, path: str, finding: Finding) -> Iterator[_Json]:
        places = {each.place: _sentence(each.role, each.message) for each in finding.related}
        effect = finding.effect
        if effect.place and effect.place != finding.place:
            places.setdefault(effect.place, _sentence(HEADS[effect.kind], effect.message))
        for number, (place, text) in enumerate(places.items()):
            yield self._location(path, place, text, number)

    def _steps(self, path: str, finding: Finding) -> Iterator[_Json]:
        """The story as the steps of a code flow; viewers can go only to those that are at a place that is seen."""
        here = step_here(finding)
        for number, step in enumerate(finding.story):
            if step.place is not None:
                location = self._location(path, step.place, step.message)
                importance = "essential" if number == here else "important"
                yield {"location": location, "executionOrder": number, "importance": importance}

    def _fix(self, path: str, fix: Fix) -> _Json | None:
        """A fix that somebody may apply, as replacements in the text of the file."""
        sources = self.report.sources
        data, source = sources.data(path), sources.get(path)
        if fix.applicability is Applicability.DISPLAY or data is None or source is None:
            return None
        changes = [_replacement(each) for each in replacements(fix, source, data)]
        if not changes:
            return None
        change = {**_file(path), "replacements": changes}
        return {"description": {"text": offer(fix)}, "artifactChanges": [change]}


def _rule(code: str) -> _Json:
    rules = rule_module.all_rules()
    rule = known_rules(rules)[code]
    text = document(rule, rules.get(code))
    return {
        "id": code,
        "name": rule.slug,
        "shortDescription": {"text": rule.message},
        "fullDescription": {"text": rule.message},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"enabled": rule.default, "level": _LEVELS[rule.highest]},
        "properties": {"tags": ["pytorch"]},
    }


def _properties(finding: Finding) -> _Json:
    """What SARIF has no name for."""
    place = finding.place
    properties: _Json = {"certainty": finding.certainty.value, "effect": finding.effect.kind.value}
    if finding.verdict:
        properties["verdict"] = finding.verdict.kind.value
    if place.cell is not None:
        properties |= {"cell": place.cell, "line": place.line, "column": place.column}
    return properties


def _file(path: str) -> _Json:
    name = inside_checkout(path) if path != "-" else path
    if Path(name).is_absolute():
        return {"artifactLocation": {"uri": Path(name).as_uri()}}
    return {"artifactLocation": {"uri": quote_from_bytes(os.fsencode(name)), "uriBaseId": _ROOT}}


def _region(region: Region) -> _Json:
    line, column, end_line, end_column = region
    return {"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column}


def _replacement(replacement: Replacement) -> _Json:
    return {"deletedRegion": _region(replacement.region), "insertedContent": {"text": replacement.text}}


def _sentence(head: str, text: str) -> str:
    return f"{head}: {text}" if text else head
