"""The notation of cases, and what it takes to prove one.

A rule's teaching cases are the ``EXAMPLES`` of its module. Its edge cases are in ``tests/rules/<slug>.txt``::

    === a name [likely target=2.5]
    code, with each expected span between ⟦ and ⟧
    --- fixed
    the exact text after all fixes, unsafe ones included; without this section nothing is fixed
    --- proof
    Python that runs after the code: it sets ``fault`` to True for the faulty code and to False for the fixed one
    --- raises
    what the error that the faulty code, or its proof, raises must say; the fixed code must not raise

The words in brackets may be left out: a certainty (certain without one), ``target=`` with the lowest torch version
the code must run on, ``default``, for a case in which findings count only where they are shown by default, and ``gap``,
for one that is right but known not to be found yet (a comment in its code says why). A case
without spans must stay silent; with a proof, it must show no fault either.
"""

from __future__ import annotations

import linecache
import re
import threading
import traceback
import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Span
from torchlint.rule import Example

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Finding

OPEN, CLOSE = "⟦", "⟧"
_HEADER = re.compile(r"=== (?P<name>.+?)(?: \[(?P<words>[^\]]*)\])?")
_SECTION = re.compile(r"--- (?P<name>\w+)")
_SECTIONS = ("code", "fixed", "proof", "raises")


@dataclass(frozen=True, slots=True)
class Case:
    """An example with the conditions under which it is linted."""

    example: Example
    default: bool = False
    target_version: tuple[int, int] | None = None
    gap: bool = False

    @property
    def plain(self) -> str:
        """The code without the markers of spans."""
        return self.example.code.replace(OPEN, "").replace(CLOSE, "")

    @property
    def spans(self) -> list[Span]:
        """The marked spans, as byte offsets into the plain code; they may be nested."""
        spans = []
        opened: list[int] = []
        at = 0
        for part in re.split(f"([{OPEN}{CLOSE}])", self.example.code):
            if part == OPEN:
                opened.append(at)
            elif part == CLOSE:
                if not opened:
                    raise ValueError(f"{self.example.name}: {CLOSE} without {OPEN}")
                spans.append(Span(opened.pop(), at))
            else:
                at += len(part.encode())
        if opened:
            raise ValueError(f"{self.example.name}: {OPEN} without {CLOSE}")
        return sorted(spans)

    @property
    def is_faulty(self) -> bool:
        return OPEN in self.example.code


def marked(text: str, spans: Sequence[Span]) -> str:
    """``text`` with markers around ``spans``."""
    data = text.encode()
    opens = [(span.start, 1, -span.end, OPEN) for span in spans]
    closes = [(span.end, 0, -span.start, CLOSE) for span in spans]
    for at, _, _, mark in sorted([*opens, *closes], reverse=True):
        data = data[:at] + mark.encode() + data[at:]
    return data.decode()


def read_cases(text: str) -> list[Case]:
    """The cases of a ``.txt`` file. Raises: ValueError where it is not in the notation."""
    cases: list[Case] = []
    sections: dict[str, list[str]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        header, section = _HEADER.fullmatch(line), _SECTION.fullmatch(line)
        if header:
            cases.append(_case(header["name"], header["words"] or "", number))
            sections = {"code": []}
            current = sections["code"]
        elif section:
            if section["name"] not in _SECTIONS or section["name"] in sections:
                raise ValueError(f"line {number}: no section, or a second one, is called {section['name']!r}")
            current = sections[section["name"]] = []
        elif not cases:
            if line.strip() and not line.startswith("#"):
                raise ValueError(f"line {number}: text before the first case")
            continue
        else:
            current.append(line)
        cases[-1] = replace(cases[-1], example=_with_sections(cases[-1].example, sections))
    names = [each.example.name for each in cases]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two cases are called {', '.join(sorted(twice))}")
    return cases


def _case(name: str, words: str, number: int) -> Case:
    case = Case(Example(name, ""))
    for word in words.split():
        key, _, value = word.partition("=")
        if word == "default":
            case = replace(case, default=True)
        elif word == "gap":
            case = replace(case, gap=True)
        elif key == "target" and re.fullmatch(r"\d+\.\d+", value):
            major, minor = map(int, value.split("."))
            case = replace(case, target_version=(major, minor))
        elif word in {each.value for each in Certainty}:
            case = replace(case, example=replace(case.example, certainty=Certainty(word)))
        else:
            raise ValueError(f"line {number}: {word!r} is no certainty, default, gap or target=version")
    return case


def _with_sections(example: Example, sections: dict[str, list[str]]) -> Example:
    text = {name: "\n".join(lines).rstrip() + "\n" for name, lines in sections.items()}
    return replace(
        example,
        code=text["code"],
        fixed=text.get("fixed"),
        proof=text.get("proof", ""),
        raises=text.get("raises", "").strip(),
    )


# What must hold. These raise AssertionError with the difference.


def assert_findings(case: Case, findings: Sequence[Finding]) -> None:
    """Exactly the marked spans are found, each as sure as the case says."""
    found = marked(case.plain, [each.span for each in findings])
    expected = marked(case.plain, case.spans)
    if found != expected:
        messages = "\n".join(f"  {each.certainty.value}: {each.message}" for each in findings)
        raise AssertionError(f"expected:\n{expected}\nfound:\n{found}\n{messages}")
    for each in findings:
        if each.certainty is not case.example.certainty:
            raise AssertionError(
                f"expected to be {case.example.certainty.value}, found as {each.certainty.value}: {each.message}"
            )


def assert_fixed(case: Case, fixed: str, left: Sequence[Finding]) -> None:
    """All fixes give exactly the expected text, in which nothing is found any more."""
    expected = case.plain if case.example.fixed is None else case.example.fixed
    if fixed != expected:
        raise AssertionError(f"expected after fixing:\n{expected}\ngot:\n{fixed}")
    if case.example.fixed is not None and left:
        raise AssertionError(f"still found after fixing:\n{marked(fixed, [each.span for each in left])}")


def assert_proven(case: Case) -> None:
    """Under PyTorch the faulty code shows the fault, and the fixed code and the silent code show none."""
    example = case.example
    outcome = run(case.plain, example.proof)
    if not case.is_faulty:
        _assert_sound("the code that is no fault", outcome)
        return
    if example.raises:
        if outcome.error is None or example.raises not in outcome.error:
            raise AssertionError(f"expected an error with {example.raises!r}, got {outcome}")
    elif outcome.error is not None or outcome.fault is not True:
        raise AssertionError(f"expected the faulty code to set fault to True, got {outcome}")
    if example.fixed is not None:
        _assert_sound("the fixed code", run(example.fixed, example.proof))


def _assert_sound(what: str, outcome: Outcome) -> None:
    if outcome.error is not None or outcome.fault is not False:
        raise AssertionError(f"expected {what} to run and show no fault, got {outcome}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What running a program came to: the error that ended it, type first, or None; and its ``fault``."""

    error: str | None
    fault: object
    trace: str = ""

    def __str__(self) -> str:
        return self.trace or f"fault = {self.fault!r}"


def run(code: str, proof: str) -> Outcome:
    """Run a program and its proof under PyTorch, in a thread, as grad modes belong to threads."""
    outcomes: list[Outcome] = []
    thread = threading.Thread(target=lambda: outcomes.append(_run(code, proof)))
    thread.start()
    thread.join()
    return outcomes[0]


def _run(code: str, proof: str) -> Outcome:
    import torch

    text = f"{code}\n{proof}"
    name = f"<example {hash(text)}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    torch.manual_seed(0)
    namespace: dict[str, object] = {"__name__": "example", "fault": False}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(text, name, "exec", dont_inherit=True), namespace)
    except (Exception, SystemExit) as error:
        return Outcome(f"{type(error).__name__}: {error}", namespace["fault"], traceback.format_exc())
    finally:
        torch.set_default_dtype(torch.float32)
        torch.set_default_device(None)
    return Outcome(None, namespace["fault"])


def section_problems(doc: str, sections: Sequence[str]) -> Iterator[str]:
    """What is wrong with the sections of a rule's docstring."""
    lines = doc.splitlines()
    if not lines or not lines[0].endswith("."):
        yield "the first line is no sentence"
    found = [line for line in lines[1:] if line and not line.startswith(" ")]
    if found != list(sections):
        yield f"its sections are {', '.join(found)}; they must be {', '.join(sections)}"
    for title in sections:
        if title in lines and not any(line.strip() for line in _body(lines, title)):
            yield f"its section {title} is empty"


def _body(lines: Sequence[str], title: str) -> Iterator[str]:
    for line in lines[lines.index(title) + 1 :]:
        if line and not line.startswith(" "):
            return
        yield line
