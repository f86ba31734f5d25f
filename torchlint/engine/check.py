"""Open this first: how the bytes of one file become its findings, on one page.

    bytes -> Source -> Outline -> Regions -> LibCST -> Facts -> rule.check -> Finding
          -> suppress -> select -> sort -> FileResult

Nothing here raises for bad input. What cannot be read is a TLC001 finding; a defect of torchlint's own is an error of
the result that names the rule, and what the other rules found is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING

from torchlint.engine.selected import is_fixable, selected_rules
from torchlint.engine.selection import (
    ENGINE_RULES,
    INCOMPLETE_ANALYSIS,
    INTERNAL_ERROR,
    SYNTAX_ERROR,
    UNUSED_SUPPRESSION,
    known_rules,
)
from torchlint.errors import SourceError
from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Finding, Place, Span
from torchlint.rule import LoadedRule, all_rules
from torchlint.syntax.gate import Gate
from torchlint.syntax.library import Library
from torchlint.syntax.read_source import read_source
from torchlint.syntax.suppress import Suppressions
from torchlint.syntax.tree import parse_text, with_many_frames

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from torchlint.engine.settings import Settings
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.limits import CutOff
    from torchlint.model.interpreter.memory import Memory
    from torchlint.syntax.source import Source

_MENTIONS_TORCH = re.compile(rb"torch|(?<![\w.])(?:nn|F|optim)\.")
"""A file without any of this has nothing to do with PyTorch; a snippet may use its modules without an import."""
_TRAINS = re.compile(rb"\.(?:backward|zero_grad|state_dict|requires_grad_?)\b")
"""What is enough in a file that imports nothing: a loop that was cut out of a training."""
_IMPORTS = re.compile(rb"^[ \t]*(?:import|from)[ \t]+[\w.]", re.MULTILINE)
_NAMES_A_RULE = re.compile(rb"(?i)\b(?:TLC|TOR)\d")


_FIRST_CHARACTER = Place(None, None, 1, 1, 1, 2)


@dataclass(frozen=True, slots=True)
class FileResult:
    """What was found in one file.

    ``path`` is as given on the command line, with forward slashes. ``error`` says why torchlint could not do its work
    on it, ``saw_torch`` is False where the file has nothing to do with PyTorch. ``depends`` are the absolute paths of
    the other files that the findings depend on, missing ones included. ``incomplete`` says what was too much to be
    checked to its end, empty where nothing was.
    """

    path: str
    findings: tuple[Finding, ...]
    error: str | None = None
    saw_torch: bool = True
    depends: tuple[str, ...] = ()
    incomplete: str = ""


def check_bytes(data: bytes, path: str, settings: Settings) -> FileResult:
    """Check the bytes of a Python file or notebook."""
    try:
        source = read_source(data, path)
    except SourceError as error:
        return FileResult(path, (_unreadable(error),))
    return check_source(source, settings)


def check_source(
    source: Source,
    settings: Settings,
    *,
    tree: ast.Module | None = None,
    suppress: bool = True,
    gate: Gate | None = None,
    memory: Memory | None = None,
) -> FileResult:
    """Check a source.

    ``tree`` is its ``ast`` where the caller has it; ``gate`` replaces that of the selected rules; ``memory`` is that of
    a file which is checked version after version: the findings are the same, but only what changed is looked at.
    """
    if _is_plain_python(source, tree):
        return FileResult(source.path, (), saw_torch=False)
    return with_many_frames(partial(_checked, source, settings, tree, gate, memory, suppress=suppress))


def _checked(
    source: Source,
    settings: Settings,
    tree: ast.Module | None,
    gate: Gate | None,
    memory: Memory | None,
    *,
    suppress: bool,
) -> FileResult:
    shown = selected_rules(settings, all_rules(), source.path)
    rules = {code: each for code, each in all_rules().items() if code in shown and each.rule.can_show(shown[code])}
    found = [_unreadable(problem) for problem in source.problems]
    errors: list[str] = []
    facts, is_python = None, True
    try:
        gate = gate or _gate(tuple((code, shown[code]) for code in rules))
        facts = _facts(source, settings, tree, gate, memory)
    except SourceError as error:
        found.append(_unreadable(error))
        is_python = False
    if facts is not None:
        for rule in rules.values():
            found += _run(rule, facts, settings, shown[rule.rule.code], errors)
    cut = tuple(facts.cut_offs) if facts is not None else ()
    incomplete = cut_off_message(cut) if cut else ""
    if cut and INCOMPLETE_ANALYSIS.code in shown:
        found.append(_incomplete(source, cut[0].line, incomplete))
    found += [_internal(error) for error in errors]
    kept = [finding for finding in found if finding.certainty.rank >= shown[finding.code].rank]
    if suppress and settings.suppress:
        kept = _suppressed(source, kept, shown, rules if is_python else None, is_complete=not cut)
    kept = [each if is_fixable(each.code, settings) else _only_shown(each) for each in kept]
    told = tuple(sorted(kept, key=lambda finding: finding.sort_key)), "; ".join(errors) or None
    if facts is None:
        return FileResult(source.path, *told, saw_torch=False)
    depends = tuple(sorted(map(str, facts.classes.depends)))
    facts.close()
    return FileResult(source.path, *told, depends=depends, incomplete=incomplete)


def _is_plain_python(source: Source, tree: ast.Module | None) -> bool:
    """Whether a file is valid and has neither torch nor a comment for torchlint: told without loading any rule."""
    if source.problems or _concerns_torch(source.data) or _NAMES_A_RULE.search(source.data):
        return False
    try:
        return (tree or parse(source)) is not None
    except SourceError:
        return False


def _concerns_torch(data: bytes) -> bool:
    """Whether a file may have something to do with PyTorch, as far as its words show."""
    if _MENTIONS_TORCH.search(data):
        return True
    return _TRAINS.search(data) is not None and not _IMPORTS.search(data)


def _facts(
    source: Source, settings: Settings, tree: ast.Module | None, gate: Gate, memory: Memory | None
) -> Facts | None:
    """The facts of a file, None where it has nothing to do with torch. Raises: SourceError where it is no Python."""
    if not _concerns_torch(source.data):
        tree or parse(source)
        return None
    from torchlint.model.facts import Facts

    library = _library(gate)
    if memory is not None:  # what is being edited is no other file's business before it is saved
        edited = parse(source, memory.parse)
        outline = memory.outline(edited, source.text, gate)
        return Facts(source, outline, library, lambda: edited, settings.target_version, memory, settings.declared)
    parsed = cache(lambda: tree or parse(source))
    outline = library.outline_of(source, parsed)
    return Facts(source, outline, library, parsed, settings.target_version, None, settings.declared)


def parse(source: Source, parser: Callable[[str], ast.Module] = parse_text) -> ast.Module:
    """The ``ast`` of a source. Raises: SourceError with the position where it is no Python."""
    try:
        return parser(source.text)
    except SyntaxError as error:
        line = min(max(error.lineno or 1, 1), source.line_count)
        place = source.place(source.line_span(line))
        raise SourceError(
            f"not valid Python: {error.msg}", place.line, max(error.offset or 1, 1), place.cell
        ) from error
    except (RecursionError, MemoryError) as error:
        raise SourceError("nested too deeply for Python's own parser") from error
    except ValueError as error:
        raise SourceError(f"not valid Python: {error}") from error


@cache
def _library(gate: Gate) -> Library:
    """The outlines that this process has made."""
    return Library(gate)


def forget_files() -> None:
    """Read other files anew from now on, as an editor needs after some came or went."""
    _library.cache_clear()


@cache
def _gate(shown: tuple[tuple[str, Certainty], ...]) -> Gate:
    return Gate.of(trigger for code, lowest in shown for trigger in all_rules()[code].triggers(lowest))


def _run(rule: LoadedRule, facts: Facts, settings: Settings, lowest: Certainty, errors: list[str]) -> Iterator[Finding]:
    """What one rule finds; a rule that fails says so and keeps what it had found."""
    options = settings.options.get(rule.rule.code) or (rule.options() if rule.options else None)
    try:
        yield from rule.check(facts, options)
        if rule.advise is not None and lowest is Certainty.ADVICE:
            yield from rule.advise(facts, options)
    except Exception as error:  # a defect in one rule must not hide what the others find
        errors.append(f"internal error in {rule.rule.code}: {type(error).__name__}: {str(error)[:200]}")


def _suppressed(
    source: Source,
    findings: list[Finding],
    shown: Mapping[str, Certainty],
    rules: Mapping[str, LoadedRule] | None,
    *,
    is_complete: bool,
) -> list[Finding]:
    """The findings that no comment suppresses, and what there is to say about comments that suppress nothing.

    Where ``rules`` is None they could not run, and what a comment would have suppressed is not known; nor is it where
    something was not looked at to its end.
    """
    suppressions = Suppressions.of(source)
    kept = suppressions.apply(findings)
    if rules is not None and UNUSED_SUPPRESSION.code in shown:
        slugs = {code: rule.slug for code, rule in known_rules(all_rules()).items()}
        engine = {code for code, rule in ENGINE_RULES.items() if code in shown and rule.can_show(shown[code])}
        kept += suppressions.unused(rules.keys() | engine if is_complete else (), slugs)
    return kept


def _only_shown(finding: Finding) -> Finding:
    """A finding whose fix, where it has one, is never applied: the settings say so."""
    if finding.fix is None:
        return finding
    return replace(finding, fix=replace(finding.fix, applicability=Applicability.DISPLAY))


def _internal(error: str) -> Finding:
    effect = Effect(EffectKind.NONE, "what this rule would find is missing; please report it")
    return Finding(
        INTERNAL_ERROR.code, INTERNAL_ERROR.slug, error, Certainty.CERTAIN, Span(0, 0), _FIRST_CHARACTER, effect
    )


_MOST_NAMED = 5


def cut_off_message(cut: Sequence[CutOff]) -> str:
    """What was not checked to its end, and why, in one sentence."""
    named = [f"{each.name} (line {each.line}: {each.limit})" for each in cut[:_MOST_NAMED]]
    more = f" and {len(cut) - _MOST_NAMED} more" if len(cut) > _MOST_NAMED else ""
    return f"not everything was run to its end: {', '.join(named)}{more}"


def _incomplete(source: Source, line: int, message: str) -> Finding:
    """Told once a file, at the first code that was too much, where a comment can suppress it."""
    span = source.line_span(line)
    effect = Effect(EffectKind.NONE, "what goes wrong behind that point is not found")
    return Finding(
        INCOMPLETE_ANALYSIS.code,
        INCOMPLETE_ANALYSIS.slug,
        message,
        Certainty.ADVICE,
        span,
        source.place(span),
        effect,
    )


def _unreadable(error: SourceError) -> Finding:
    place = Place(None, error.cell, error.line, error.column, error.line, error.column + 1)
    effect = Effect(EffectKind.NONE, f"nothing in this {'file' if error.cell is None else 'cell'} was checked")
    return Finding(SYNTAX_ERROR.code, SYNTAX_ERROR.slug, error.message, Certainty.CERTAIN, Span(0, 0), place, effect)
