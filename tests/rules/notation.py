"""The notation of cases, and what it takes to prove one.

A rule's teaching cases are the ``EXAMPLES`` of its module. Its edge cases are in ``tests/rules/<slug>.md``, or by theme
in the files of a folder ``tests/rules/<slug>/``, in Markdown that any forge shows::

    # saved-inplace: loops

    ## Recurrences

    ### a state written over

    `likely` `target=2.5`

    ```python
    code, with each expected span between ⟦ and ⟧
    ```

    ```diff
    what all fixes change, unsafe ones included; without this block nothing is fixed
    ```

    ```python proof
    Python that runs after the code: it sets ``fault`` to True for the faulty code and to False for the fixed one
    ```

    ```text raises
    what the error that the faulty code, or its proof, raises must say; the fixed code must not raise
    ```

Each ``###`` begins a case, of which only the ``python`` block must be there, and first; ``#`` and ``##`` are for who
reads. The words between heading and code may be left out: a certainty (certain without one), ``target=`` with the
lowest torch version the code must run on, ``default``, for a case in which findings count only where they are shown by
default, and ``gap``, for one that is right but known not to be found yet (a comment in its code says why). Any other
text outside of the blocks is a comment. Backquotes in a heading are no part of the name. A case without spans must stay
silent; with a proof, it must show no fault either.

The ``diff`` block has the lines of a unified difference, as ``patches.py`` says exactly, from the code without its
marks to the fixed one; ``difference`` there writes it. A block ends at a line of as many backquotes as began it.

A proof must depend on the code: it reads a name that the code binds, and sets ``fault`` to a constant only
on one of several ways. Where a fault raises, it is enough for a silent case to do what would raise.
"""

from __future__ import annotations

import ast
import linecache
import re
import threading
import traceback
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.rules.patches import applied, difference
from torchlint.finding import Certainty, Span
from torchlint.rule import Example

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from torchlint.finding import Finding

OPEN, CLOSE = "⟦", "⟧"
FOLDER = Path(__file__).parent
_HEADING = re.compile(r"### (?P<name>.+)")
_WORDS = re.compile(r"`[^`]+`(?: `[^`]+`)*")
_FENCE = re.compile(r"(?P<fence>`{3,})(?P<kind>.*)")
_BLOCKS = ("python", "diff", "python proof", "text raises")


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


def case_files(slug: str) -> list[Path]:
    """The files of a rule's cases."""
    return [path for path in (FOLDER / f"{slug}.md", *sorted((FOLDER / slug).glob("*.md"))) if path.exists()]


def cases_of(slug: str) -> list[Case]:
    """The cases of a rule, those of its module left out. Raises: ValueError where one is not in the notation."""
    return [case for path in case_files(slug) for case in read_cases(path.read_text(encoding="utf-8"), path.name)]


def read_cases(text: str, name: str = "cases") -> list[Case]:
    """The cases of a Markdown file. Raises: ValueError where it is not in the notation."""
    cases: list[Case] = []
    blocks: dict[str, list[str]] = {}
    lines = enumerate(text.splitlines(), 1)
    for number, line in lines:
        where = f"{name}, line {number}"
        if heading := _HEADING.fullmatch(line):
            _assert_has_code(cases, blocks, where)
            cases.append(Case(Example(heading["name"].replace("`", ""), "")))
            blocks = {}
        elif fence := _FENCE.fullmatch(line):
            if not cases or fence["kind"] not in _BLOCKS or fence["kind"] in blocks:
                raise ValueError(f"{where}: no block, or a second one, is {fence['kind']!r}")
            blocks[fence["kind"]] = list(_block(lines, fence["fence"], where))
            _assert_has_code(cases, blocks, where)
            cases[-1] = replace(cases[-1], example=_with_blocks(cases[-1], blocks, where))
        elif _WORDS.fullmatch(line):
            if not cases or blocks:
                raise ValueError(f"{where}: words must stand between a heading and its code")
            cases[-1] = _with_words(cases[-1], line.replace("`", ""), where)
    _assert_has_code(cases, blocks, f"{name}, at its end")
    names = [each.example.name for each in cases]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"two cases are called {', '.join(sorted(twice))}")
    return cases


def _block(lines: Iterator[tuple[int, str]], fence: str, where: str) -> Iterator[str]:
    """The lines up to the end of a block."""
    for _, line in lines:
        if line == fence:
            return
        yield line
    raise ValueError(f"{where}: this block has no end")


def _assert_has_code(cases: Sequence[Case], blocks: Mapping[str, list[str]], where: str) -> None:
    if cases and "python" not in blocks:
        raise ValueError(f"{where}: the case {cases[-1].example.name!r} must begin with its code")


def _with_words(case: Case, words: str, where: str) -> Case:
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
            raise ValueError(f"{where}: {word!r} is no certainty, default, gap or target=version")
    return case


def _with_blocks(case: Case, blocks: Mapping[str, list[str]], where: str) -> Example:
    text = {name: "\n".join(lines).rstrip() + "\n" for name, lines in blocks.items() if name != "diff"}
    example = replace(
        case.example,
        code=text["python"],
        proof=text.get("python proof", ""),
        raises=text.get("text raises", "").strip(),
    )
    if "diff" not in blocks:
        return example
    try:
        return replace(example, fixed=applied(replace(case, example=example).plain, blocks["diff"]))
    except ValueError as error:
        raise ValueError(f"{where}: {case.example.name}: {error}") from error


def proof_problems(case: Case) -> Iterator[str]:
    """Why a proof would come to the same whatever the code is."""
    proof = ast.parse(case.example.proof)
    if not _names(proof, ast.Load) & (_names(ast.parse(case.plain), ast.Store) - {"fault"}):
        yield "it reads no name that the code binds"
    answers = [node for node in proof.body if "fault" in _names(node, ast.Store)]
    if answers and isinstance(answers[-1], ast.Assign) and not _names(answers[-1].value, ast.Load):
        yield "it sets fault to a constant"


def _names(tree: ast.AST, context: type[ast.expr_context]) -> set[str]:
    """The names that code reads, or binds otherwise than by an import."""
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, context)}
    if context is ast.Store:
        defining = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        found |= {node.name for node in ast.walk(tree) if isinstance(node, defining)}
    return found


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
        shown = "\n".join(difference(case.plain, fixed)) if fixed != case.plain else "nothing"
        raise AssertionError(f"expected after fixing:\n{expected}\ngot:\n{fixed}\nwhich changes:\n{shown}")
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
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            torch.distributed.destroy_process_group()
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
