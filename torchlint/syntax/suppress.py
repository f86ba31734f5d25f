"""Comments that suppress findings.

``# noqa`` in all its forms means what flake8 makes of it, so flake8's own expressions read it. ``# torchlint:
ignore[slug] reason`` and ``# torchlint: skip-file`` are torchlint's own, and are read from comment tokens only.
"""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Edit, Effect, EffectKind, Finding, Fix, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from torchlint.syntax.source import Source

CODE = "TLC003"
SLUG = "unused-suppression"

# What TorchFix's codes are called here; it has some that torchlint has no rule for.
TORCHFIX_ALIASES = {
    "TOR001": ("TLC901", "TLC902"),
    "TOR002": ("TLC308",),
    "TOR003": ("TLC907",),
    "TOR004": ("TLC901", "TLC902"),
    "TOR101": ("TLC901", "TLC902"),
    "TOR102": ("TLC903",),
    "TOR103": ("TLC901", "TLC902"),
    "TOR104": ("TLC904",),
    "TOR105": ("TLC904",),
    "TOR201": ("TLC906",),
    "TOR202": ("TLC906",),
    "TOR203": ("TLC906",),
}

_NOQA = re.compile("noqa", re.IGNORECASE)
_OWN_CODE = re.compile(r"(?:TLC|TOR)\d", re.IGNORECASE)
_NAME = re.compile(r"[^,\s]+")
_WORD = re.compile(r"[\w-]+")
_BLANK = re.compile(r"\s*")
_IGNORE = re.compile(r"#[ \t]*torchlint:[ \t]*ignore(?:\[(?P<names>[^#\]]*)\])?")
_FOREIGN = re.compile(
    r"#[ \t]*torchlint:[ \t]*(?P<word>disable(?:-next(?:-line)?|-line)?|enable|noqa|off|on|skip|skip_file|allow|nolint)"
    r"(?=[ \t]*(?:[=:(\[#]|TLC\d|$))(?P<names>[\w,=:(\[ \t-]*[)\]]?)"
)
"""What other tools' users write; it suppresses nothing, and is told."""
_OF_FILES = frozenset({"skip", "skip_file", "off"})
_SKIP_FILE = re.compile(r"#[ \t]*torchlint:[ \t]*skip-file(?!\S)")
_LAYOUT_TOKENS = frozenset({tokenize.NL, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER})
_MOST_SUGGESTIONS = 100
"""Finding what a wrong name was meant to be takes milliseconds, and so many of them are no slips of the pen."""


@dataclass(frozen=True, slots=True)
class _Name:
    """A code or slug in a comment, where it stands (byte offsets), and what a fix would take away with it."""

    text: str
    span: Span
    removal: Span
    replacement: str = ""


@dataclass(frozen=True, slots=True)
class _Directive:
    """A comment that suppresses, from its ``#`` to the end of its list of names (byte offsets).

    ``names`` is None where it suppresses everything. ``is_own`` tells ``torchlint: ignore`` from ``noqa``;
    ``is_comment`` is False for a ``noqa`` in a string, which flake8 honours all the same.
    """

    span: Span
    names: tuple[_Name, ...] | None
    is_own: bool
    is_comment: bool = True


class _Covering:
    """All that some directives suppress together, by name."""

    def __init__(self, directives: Iterable[_Directive]) -> None:
        self._everything = False
        self._spans: dict[str, list[Span]] = {}
        for directive in directives:
            self._everything = self._everything or directive.names is None
            for name in directive.names or ():
                self._spans.setdefault(name.text, []).append(name.span)

    def suppresses(self, names: Iterable[str], used: set[Span]) -> bool:
        """Whether they suppress what has one of ``names``; where those stand is added to ``used``, once."""
        covered = self._everything
        for name in names:
            if name in self._spans:
                used.update(self._spans[name])
                self._spans[name] = []
                covered = True
        return covered


@dataclass(slots=True)
class _Layout:
    """What the tokens of a file say about its 1-based lines.

    ``noqa_lines`` gives for a line the first and last line in which flake8 looks for its ``noqa``, ``statements`` those
    of the whole simple statement or of the compound statement's header, ``comments`` column (0-based) and text of its
    comment.
    """

    noqa_lines: dict[int, tuple[int, int]] = field(default_factory=dict)
    statements: dict[int, tuple[int, int]] = field(default_factory=dict)
    comments: dict[int, tuple[int, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: list[str]) -> _Layout:
        """The layout of ``lines``; an empty one where they are no tokens of Python."""
        rest = iter(lines)
        try:
            tokens = list(tokenize.generate_tokens(lambda: next(rest, "")))
        except (tokenize.TokenError, SyntaxError, ValueError):
            return cls()
        layout = cls()
        layout._read_comments(tokens)
        layout._read_noqa_lines(tokens)
        layout._read_statements(tokens)
        return layout

    def _read_comments(self, tokens: list[tokenize.TokenInfo]) -> None:
        for token in tokens:
            if token.type == tokenize.COMMENT:
                self.comments[token.start[0]] = (token.start[1], token.string)

    def _read_noqa_lines(self, tokens: list[tokenize.TokenInfo]) -> None:
        first, last = None, 0
        for token in tokens:
            if token.type in (tokenize.ENDMARKER, tokenize.DEDENT):
                continue
            first = token.start[0] if first is None else min(first, token.start[0])
            last = max(last, token.end[0])
            if token.type in (tokenize.NL, tokenize.NEWLINE):
                self.noqa_lines.update(dict.fromkeys(range(first, last + 1), (first, last)))
                first, last = None, 0

    def _read_statements(self, tokens: list[tokenize.TokenInfo]) -> None:
        first = None
        for token in tokens:
            if first is None and token.type not in _LAYOUT_TOKENS:
                first = token.start[0]
            if first is not None and token.type == tokenize.NEWLINE:
                # Lines only: a statement that shares its line with another shares its comment.
                last = token.start[0]
                self.statements.update(dict.fromkeys(range(first, last + 1), (first, last)))
                first = None


class Suppressions:
    """The comments of one source that suppress findings, and which of them have done so.

    Nothing is tokenized before a finding, or a name that may be unused, makes it necessary.
    """

    def __init__(self, source: Source, *, noqa: bool = True) -> None:
        self._source = source
        self._has_noqa = noqa and _NOQA.search(source.text) is not None
        self._has_own = "torchlint:" in source.text
        self._used: set[Span] = set()
        # What was read already, by first and last line: several findings can be in one long statement.
        self._noqa: dict[tuple[int, int], _Covering] = {}
        self._ignores: dict[tuple[int, int], _Covering] = {}

    @classmethod
    def of(cls, source: Source, *, noqa: bool = True) -> Suppressions:
        """The suppressions of ``source``; without ``noqa`` (flake8's ``--disable-noqa``) only torchlint's own."""
        return cls(source, noqa=noqa)

    @cached_property
    def skips_file(self) -> bool:
        """Whether one comment suppresses all that is found in the file."""
        if self._has_noqa:
            pattern = _flake8_pattern("NOQA_FILE")
            if any(pattern.match(line) for line in self._lines):
                return True
        comments = self._layout.comments.items() if self._has_own else ()
        return any(
            _SKIP_FILE.match(text) and not self._lines[line - 1][:column].strip() for line, (column, text) in comments
        )

    def apply(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings that no comment suppresses, in their order."""
        findings = list(findings)
        if not findings or not (self._has_noqa or self._has_own):
            return findings
        if self.skips_file:
            return []
        return [finding for finding in findings if not self._suppresses(finding)]

    def unused(self, ran: Collection[str], known: Mapping[str, str]) -> list[Finding]:
        """What there is to say about comments that suppressed nothing in the calls of ``apply`` before this one.

        ``ran`` holds the codes of the rules that ran, ``known`` the slug of every code there is. Only full TLC and TOR
        codes and the entries of ``ignore[...]`` are judged, and only where their rules ran.
        """
        if not self._names_rules or self.skips_file:
            return []
        slugs = {slug: code for code, slug in known.items()}
        nearest = _nearest([*known, *slugs])
        findings = []
        for directive in self._directives():
            if directive.names == ():
                findings.append(self._without_names(directive))
            for name in directive.names or ():
                codes = _codes_of(name.text, directive.is_own, slugs, known)
                if directive.is_own and not codes:
                    findings.append(self._unknown(name, nearest(name.text)))
                elif codes and name.span not in self._used and CODE not in codes and all(each in ran for each in codes):
                    findings.append(self._unused(name))
        findings += self._foreign(slugs, known)
        return self.apply(findings)

    def additions(self, findings: Iterable[Finding]) -> list[Edit]:
        """Edits after which a comment suppresses each of ``findings``, none of which may be suppressed already.

        A ``noqa`` that is where flake8 looks for one gets their codes too. Where flake8 sees one in a string, and would
        see no other, it is torchlint's own comment. What stands where no comment can be made out gets none: IPython's
        own syntax, and text that is no Python.
        """
        by_lines: dict[tuple[int, int], dict[str, str]] = {}
        for finding in findings:
            line, _ = self._source.position(finding.span.start)
            if finding.span.end and (lines := self._layout.noqa_lines.get(line)):
                by_lines.setdefault(lines, {})[finding.code] = finding.rule
        edits = (self._addition(first, last, rules) for (first, last), rules in by_lines.items())
        return [edit for edit in edits if edit is not None]

    # Which comment is meant for a finding.

    def _suppresses(self, finding: Finding) -> bool:
        line, _ = self._source.position(finding.span.start)
        by_noqa = self._has_noqa and self._noqa_for(line).suppresses(_noqa_names(finding.code), self._used)
        own = (finding.code, finding.rule)
        return (self._has_own and self._ignores_for(line).suppresses(own, self._used)) or by_noqa

    def _noqa_for(self, line: int) -> _Covering:
        # Where flake8 cannot tell tokens apart, it looks at the line alone.
        lines = self._layout.noqa_lines.get(line, (line, line))
        if lines not in self._noqa:
            self._noqa[lines] = _Covering(filter(None, [self._noqa_in(*lines)]))
        return self._noqa[lines]

    def _ignores_for(self, line: int) -> _Covering:
        first, last = lines = self._layout.statements.get(line, (line, line))
        if lines not in self._ignores:
            self._ignores[lines] = _Covering(each for at in range(first, last + 1) for each in self._ignores_in(at))
        return self._ignores[lines]

    def _directives(self) -> Iterator[_Directive]:
        """Every comment that may suppress; one ``noqa`` where flake8 sees one, and none inside strings."""
        for first, last in sorted(set(self._layout.noqa_lines.values())) if self._has_noqa else ():
            noqa = self._noqa_in(first, last)
            if noqa and noqa.is_comment:
                yield noqa
        for line in self._layout.comments if self._has_own else ():
            yield from self._ignores_in(line)

    # Adding comments.

    def _addition(self, first: int, last: int, rules: Mapping[str, str]) -> Edit | None:
        """What makes the ``noqa`` of the lines ``first`` to ``last`` name the rules, given as code and slug."""
        source = self._source
        text = source.line_text(last)
        if (cell := source.cell_of_line(last)) and text != source.written_line(cell.index, last - cell.first_line + 1):
            return None
        noqa = self._noqa_in(first, last)
        codes = ", ".join(sorted(rules))
        if noqa and noqa.is_comment and noqa.names:
            span = Span(noqa.span.end, noqa.span.end)
            return Edit(span, source.place(span), f", {codes}")
        end = len(text.rstrip(" \t"))
        span = self._span(last, end, len(text))
        # A comment can only stand on the last of the lines: the others end inside a string or with a backslash.
        comment = f"# noqa: {codes}" if noqa is None else f"# torchlint: ignore[{', '.join(sorted(rules.values()))}]"
        return Edit(span, source.place(span), f"  {comment}")

    # Reading comments.

    @cached_property
    def _lines(self) -> list[str]:
        """The lines with ``\\n`` at their ends, split as Python and flake8 do."""
        return io.StringIO(self._source.text, newline=None).readlines()

    @cached_property
    def _layout(self) -> _Layout:
        return _Layout.of(self._lines)

    @cached_property
    def _names_rules(self) -> bool:
        return self._has_own or (self._has_noqa and _OWN_CODE.search(self._source.text) is not None)

    def _noqa_in(self, first: int, last: int) -> _Directive | None:
        """The one ``noqa`` that flake8 sees in the 1-based lines ``first`` to ``last``: the first."""
        text = "".join(self._lines[first - 1 : last])
        match = _flake8_pattern("NOQA_INLINE_REGEXP").search(text)
        if match is None:
            return None
        line = first + text.count("\n", 0, match.start())
        shift = text.rfind("\n", 0, match.start()) + 1
        start = match.start() - shift
        column, comment = self._layout.comments.get(line, (len(text), ""))
        is_comment = start >= column
        if match["codes"] is None:
            return _Directive(self._span(line, start, match.end() - shift), None, False, is_comment)
        if not is_comment:
            column, comment = 0, text[shift:]
        at = match.start("codes") - shift - column
        places = [(name.start() + at, name.end() + at) for name in _NAME.finditer(match["codes"])]
        names = self._names(line, column, comment, start - column, places[-1][1], places)
        return _Directive(self._span(line, start, places[-1][1] + column), names, False, is_comment)

    def _ignores_in(self, line: int) -> Iterator[_Directive]:
        column, comment = self._layout.comments.get(line, (0, ""))
        for match in _IGNORE.finditer(comment):
            at = match.start("names")
            places = [(name.start() + at, name.end() + at) for name in _NAME.finditer(match["names"] or "")]
            # What follows is the reason, up to the next comment in the comment.
            end = comment.find("#", match.end())
            names = self._names(line, column, comment, match.start(), len(comment) if end < 0 else end, places)
            yield _Directive(self._span(line, match.start() + column, match.end() + column), names, True)

    def _names(
        self, line: int, column: int, comment: str, start: int, end: int, places: list[tuple[int, int]]
    ) -> tuple[_Name, ...]:
        """The names at ``places`` of a comment that has its directive from ``start`` to ``end``."""
        names = []
        for number, (first, last) in enumerate(places):
            if len(places) == 1:
                removal, replacement = self._removal(line, column, comment, start, end)
            elif last == places[-1][1]:
                removal, replacement = self._span(line, column + places[number - 1][1], column + last), ""
            else:
                removal, replacement = self._span(line, column + first, column + places[number + 1][0]), ""
            names.append(
                _Name(comment[first:last], self._span(line, column + first, column + last), removal, replacement)
            )
        return tuple(names)

    def _removal(self, line: int, column: int, comment: str, start: int, end: int) -> tuple[Span, str]:
        """What to replace, and by what, so that a directive goes and the rest of the comment stays a comment."""
        if (blank := _BLANK.match(comment, end)) and blank.end() < len(comment):
            end = blank.end()
            return self._span(line, column + start, column + end), "" if comment[end] == "#" else "# "
        before = self._lines[line - 1][: column + start]
        span = self._span(line, len(before.rstrip()), column + len(comment))
        if before.strip():
            return span, ""
        if line > 1 and self._lines[line - 2].rstrip("\n").endswith("\\"):
            return span, f"{before}#"  # what is continued needs a line that follows it
        return self._whole_line(line), ""

    def _whole_line(self, line: int) -> Span:
        source = self._source
        span = source.line_span(line)
        if line < source.line_count and source.cell_of_line(line) == source.cell_of_line(line + 1):
            return span
        return self._span(line, 0, len(source.line_text(line)))

    def _span(self, line: int, start: int, end: int) -> Span:
        """The byte range of a 1-based line from one 0-based column of code points to another."""
        at = self._source.offset_of_code_points
        return Span(at(line, start), at(line, end))

    # Saying what is unused.

    def _unused(self, name: _Name) -> Finding:
        fix = self._fix(Applicability.SAFE, f"Remove `{name.text}`", name.removal, name.replacement)
        return self._finding(name.span, f"`{name.text}` suppresses nothing here", fix)

    def _unknown(self, name: _Name, near: list[str] | None) -> Finding:
        message = f"no rule is called `{name.text}`, so this suppresses nothing"
        if near is None:
            return self._finding(name.span, message, None)
        if not near:
            fix = self._fix(Applicability.SAFE, f"Remove `{name.text}`", name.removal, name.replacement)
            return self._finding(name.span, message, fix)
        # It was meant to suppress something: saying it right is for the user to decide.
        fix = self._fix(Applicability.UNSAFE, f"Replace by `{near[0]}`", name.span, near[0])
        return self._finding(name.span, f"{message}; did you mean `{near[0]}`?", fix)

    def _foreign(self, slugs: Mapping[str, str], known: Mapping[str, str]) -> Iterator[Finding]:
        """Comments that other tools would understand, where they are meant for torchlint."""
        for line, (column, comment) in self._layout.comments.items() if self._has_own else ():
            for match in _FOREIGN.finditer(comment):
                names = _WORD.findall(match["names"])
                codes = [code for each in names for code in _codes_of(each, True, slugs, known)]
                wanted = f"# torchlint: ignore[{', '.join(known[each] for each in codes) or 'slug'}]"
                if match["word"] in _OF_FILES:
                    wanted = "# torchlint: skip-file"
                span = self._span(line, column + match.start(), column + match.start() + len(match[0].rstrip()))
                follows_code = bool(self._lines[line - 1][:column].strip())
                where = "" if wanted.endswith("-file") or follows_code else " at the end of the line that it is about"
                message = f"torchlint knows no comment `{match['word']}`, so this suppresses nothing"
                fix = None
                if names and len(codes) == len(names) and follows_code and not match["word"].startswith("disable-next"):
                    fix = self._fix(Applicability.UNSAFE, f"Replace by `{wanted}`", span, wanted)
                yield self._finding(span, f"{message}: write `{wanted}`{where}", fix)

    def _without_names(self, directive: _Directive) -> Finding:
        return self._finding(directive.span, "this names no rule, so it suppresses nothing: write `ignore[slug]`", None)

    def _fix(self, applicability: Applicability, message: str, span: Span, text: str) -> Fix:
        return Fix(applicability, message, (Edit(span, self._source.place(span), text),))

    def _finding(self, span: Span, message: str, fix: Fix | None) -> Finding:
        effect = Effect(EffectKind.NONE, "PyTorch never sees the comment")
        place = self._source.place(span)
        return Finding(CODE, SLUG, message, Certainty.CERTAIN, span, place, effect, (), fix)


def _flake8_pattern(name: str) -> re.Pattern[str]:
    from flake8 import defaults

    pattern: re.Pattern[str] = getattr(defaults, name)
    return pattern


@cache
def _noqa_names(code: str) -> tuple[str, ...]:
    """The names in a ``noqa`` that mean ``code``: flake8 takes each for a prefix, and TOR codes are aliases."""
    codes = [code, *(alias for alias, codes in TORCHFIX_ALIASES.items() if code in codes)]
    return tuple({each[:length]: None for each in codes for length in range(1, len(each) + 1)})


def _nearest(known: list[str]) -> Callable[[str], list[str] | None]:
    """What finds the one of ``known`` that a wrong name is like, if any is; None where too many are wrong."""
    found: dict[str, list[str]] = {}

    def nearest(name: str) -> list[str] | None:
        if name not in found and len(found) < _MOST_SUGGESTIONS:
            from difflib import get_close_matches

            found[name] = get_close_matches(name, known, 1)
        return found.get(name)

    return nearest


def _codes_of(name: str, is_own: bool, slugs: Mapping[str, str], known: Mapping[str, str]) -> tuple[str, ...]:
    """The codes that a name stands for; none for a prefix, another tool's code or an unknown name."""
    if is_own and name in slugs:
        return (slugs[name],)
    if name in known:
        return (name,)
    return () if is_own else TORCHFIX_ALIASES.get(name, ())
