"""The gate of the interpreter: what the text of code must show before it is worth running.

Rules say it as triggers, and the gate is their union, as it is for LibCST's regions. It may open for nothing.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from torchlint.model.autograd.signs import GRADIENTS
from torchlint.syntax.gate import Sign, Trigger
from torchlint.syntax.tree import last_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

# Where a search could begin again and again within what it has passed, a bound keeps it linear; no code reaches that.
_INPLACE = re.compile(r"(?i:lu6?|dropout[123]?d?|tanh|mish|threshold|swish|sigmoid)\((?:[^\n]{0,300},)?\s*True\)")
_LAST_TRUE = re.compile(r"True\)")
_LONGEST = 400
"""Characters of a call that ends in ``True``; looking back from there is cheaper than trying each name."""
_AUGMENTED = ("+=", "-=", "*=", "/=")
_ADDED = re.compile(r"[-+*/]=(?!\s*(?:\[|f?[\"']))")
_METHOD = re.compile(r"\.(?!__)\w*[a-z0-9]_\(")
_ITEM = re.compile(r"^(?:[ \t]*[\w.]+\[.*|[^\[\]=\n]*)(?<![\"'])\][ \t]*=[^=]", re.MULTILINE)
_INDEX = r"\[[^\]]{0,500}\]"
_NO_DIM = r"None\b|dim\s*=\s*None\b|dtype\b"
_DIM = rf",\s*(?!{_NO_DIM})[^\s)]|\bdim\s*=\s*(?!None\b)\S"
_PATTERNS = {
    Sign.PROGRAM_CALL: r"(?:WORDS)\w{0,100}\s*\(|\.(?:WORDS)\b",
    Sign.PROGRAM_KEYWORD: r"[(,]\s*(?:WORDS)\s*=[^=]",
    Sign.PROGRAM_SHORT: rf"\b(?:WORDS)\((?!\s*-?\d|[^()]*(?:{_DIM}))",
    Sign.PROGRAM_POSITIONAL: r"\b(?:WORDS)\((?!\s*(?:\)|\w+\s*=[^=]))",
    Sign.PROGRAM_SCRIPT: r"\b(?:WORDS)\(",
    Sign.PROGRAM_CHANGED: rf"\.(?:WORDS)(?:{_INDEX})?(?:\.\w*[a-z0-9]_\(|\s*[-+*/]=|\s*{_INDEX}\s*=[^=])",
}


_SIZED = r"\b(?:WORDS)\([(\[\s]*(?:\w+\s*=\s*)?\d"
_KEPT = re.compile(r"^[ \t]*self\.(\w+)[ \t]*=[ \t]*([^\n]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Search:
    """A pattern that is only searched for where one of its words stands."""

    words: tuple[str, ...]
    pattern: re.Pattern[str]

    def finds(self, text: str) -> bool:
        return _has(text, self.words) and self.pattern.search(text) is not None


@dataclass(frozen=True, slots=True)
class _Sizes:
    """What is built of numbers: two calls of some words that begin with one."""

    calls: tuple[str, ...]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, words: Collection[str]) -> _Sizes | None:
        ordered = sorted(words)
        pattern = re.compile(_SIZED.replace("WORDS", "|".join(ordered)))
        return cls(tuple(f"{each}(" for each in ordered), pattern) if ordered else None

    def finds(self, text: str) -> bool:
        return _has(text, self.calls) and next(islice(self.pattern.finditer(text), 1, None), None) is not None


@dataclass(frozen=True, slots=True)
class ProgramGate:
    """The union of the triggers that are about programs.

    ``words`` open it anywhere, ``searches`` where they find something, ``script`` in what a module runs by itself, and
    ``beside`` beside a change in place, ``sizes`` where things are built of numbers.
    ``names`` are the words of the first two as they would be imported, ``recorded`` the operations that rules ask for.
    """

    words: tuple[str, ...]
    searches: tuple[_Search, ...]
    script: _Search | None
    beside: tuple[str, ...]
    sizes: _Sizes | None
    names: frozenset[str]
    recorded: frozenset[str]

    @classmethod
    @cache
    def of(cls, triggers: frozenset[Trigger]) -> ProgramGate:
        """The gate that opens for any of ``triggers``; those of other signs are nothing to it."""
        searches = {
            sign: _Search(words, re.compile(pattern.replace("WORDS", "|".join(words))))
            for sign, pattern in _PATTERNS.items()
            if (words := tuple(sorted(_words(triggers, sign))))
        }
        script = searches.pop(Sign.PROGRAM_SCRIPT, None)
        anywhere = _words(triggers, Sign.PROGRAM)
        calls = (Sign.PROGRAM_CALL, Sign.PROGRAM_SHORT, Sign.PROGRAM_POSITIONAL)
        names = frozenset(anywhere.union(*(_words(triggers, each) for each in calls)))
        beside = tuple(sorted(_words(triggers, Sign.PROGRAM_CHANGE)))
        recorded = frozenset(_words(triggers, Sign.PROGRAM_RECORD))
        sizes = _Sizes.of(_words(triggers, Sign.PROGRAM_SIZED))
        return cls(tuple(sorted(anywhere)), tuple(searches.values()), script, beside, sizes, names, recorded)

    def opens(self, text: str, renamed: Collection[str] = ()) -> bool:
        """Whether code shows anything that a rule asks for, also under the names that its file gives it."""
        if _has(text, self.words) or _has(text, renamed) or any(each.finds(text) for each in self.searches):
            return True
        return _has(text, self.beside) and changes_something(text)

    def opens_sizes(self, text: str) -> bool:
        """Whether code builds what may not fit together."""
        return self.sizes is not None and self.sizes.finds(text)

    def mentions_sizes(self, text: str) -> bool:
        """Whether code builds anything that has sizes, of whatever."""
        return self.sizes is not None and _has(text, self.sizes.calls)

    def opens_script(self, text: str) -> bool:
        """Whether code that a module runs by itself shows anything that a rule asks for."""
        return self.opens(text) or (self.script is not None and self.script.finds(text))

    def kept(self, constructor: str) -> Iterator[str]:
        """What calls something that a constructor keeps and that a rule asks for: ``self.criterion(``."""
        if _has(constructor, self.words):
            for name, value in _KEPT.findall(constructor):
                if _has(value, self.words):
                    yield f"self.{name}("

    def renamed(self, tree: ast.Module) -> Iterator[str]:
        """What a file calls that which the rules ask for, where it imports it under another name, or calls what it
        makes of it once: ``criterion(``."""
        for node in tree.body:
            match node:
                case ast.ImportFrom():
                    yield from (each.asname for each in node.names if each.asname and each.name in self.names)
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func)) if (
                    last_name(func) in self.words
                ):
                    yield f"{name}("


def _has(text: str, words: Iterable[str]) -> bool:
    for word in words:  # noqa: SIM110  # `any` would take three times as long, and each function asks for it
        if word in text:
            return True
    return False


def _words(triggers: Iterable[Trigger], sign: Sign) -> set[str]:
    return set().union(*(each.words for each in triggers if each.sign is sign))


AUTOGRAD = ProgramGate.of(frozenset(GRADIENTS))
"""The gate of the rules about the graph."""


def changes_something(text: str) -> bool:
    """Whether code shows a change in place; those through ``nn.init`` and ``.data`` are no fault of their own, and what
    takes a string or a list is no tensor."""
    if is_in_place(text) or (any(sign in text for sign in _AUGMENTED) and _ADDED.search(text)):
        return True
    if "_(" in text and any(_is_change(text, match) for match in _METHOD.finditer(text)):
        return True
    return "] =" in text and _ITEM.search(text) is not None


def is_in_place(text: str) -> bool:
    """Whether code asks for an operation in place by an argument."""
    if "inplace=True" in text:
        return True
    ends = (each.end() for each in _LAST_TRUE.finditer(text))
    return any(_INPLACE.search(text, max(0, end - _LONGEST), end) for end in ends)


def _is_change(text: str, match: re.Match[str]) -> bool:
    return not text.endswith(("init", ".data"), 0, match.start())
