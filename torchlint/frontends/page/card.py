"""One finding as HTML: what, where, the code, what PyTorch does, the story, the fix, the rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.finding import EffectKind
from torchlint.frontends.changes import changed_lines
from torchlint.frontends.drawing import svg
from torchlint.frontends.drawing.staging import scene_of
from torchlint.frontends.formats.wording import HEADS, WHO
from torchlint.frontends.markup import Content, add, element, prose
from torchlint.frontends.page.code import change, snippet
from torchlint.frontends.page.highlight import Highlighter
from torchlint.frontends.places import marks_of, name_of
from torchlint.frontends.snippet import Lines, lines_of
from torchlint.frontends.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from xml.etree.ElementTree import Element

    from torchlint.finding import Finding, Fix, Verdict
    from torchlint.syntax.source import Source

_MOST_CHANGED = 40
"""Lines of a fix that are shown."""
NO_FIX = "none"


@dataclass(slots=True)
class Cards:
    """Makes cards. ``sources`` gives the source of a path, or None where it cannot be read any more.

    ``with_rules`` is whether the documents of the rules are on the same page.
    """

    sources: Callable[[str], Source | None]
    with_rules: bool = True
    _highlighters: dict[tuple[str, int | None], Highlighter] = field(default_factory=dict)

    def card(self, number: int, finding: Finding, path: str, is_open: bool, release: str | None = None) -> Element:
        """The card of the finding with this number, which is in the file at ``path``, and of a release if any."""
        fix = finding.fix.applicability.value if finding.fix and finding.fix.edits else NO_FIX
        body = element("div", class_="body")
        add(body, *self._code(finding, path))
        add(body, *(self._story(finding, path) or self._effect(finding)))
        if finding.verdict:
            add(body, _verdict(finding.verdict, path))
        add(body, *self._fix(finding.fix, path), _rule(finding) if self.with_rules else None)
        return element(
            "article",
            element("details", _summary(finding, path), body, open=is_open),
            id=f"f{number}",
            class_=f"card {finding.certainty.value}",
            data_rule=finding.code,
            data_certainty=finding.certainty.value,
            data_effect=finding.effect.kind.value,
            data_fix=fix,
            data_verdict=finding.verdict.kind.value if finding.verdict else None,
            data_path=visible(path),
            data_release=release,
        )

    def _code(self, finding: Finding, path: str) -> Iterator[Content]:
        groups = marks_of(finding, path)
        for number, ((where, cell), marks) in enumerate(groups.items()):
            lines = lines_of(self.sources(where), cell)
            shown = snippet(marks, lines, self._highlighter(where, cell, lines).line) if lines else None
            if shown is None:
                yield element("p", f"The code of {name_of(marks[0], where, cell)} cannot be read.", class_="missing")
            elif number:
                yield element("p", name_of(marks[0], where, cell), class_="elsewhere", dir="ltr")
            if shown is not None:
                yield shown

    def _highlighter(self, path: str, cell: int | None, lines: Lines) -> Highlighter:
        """That of a file or cell, kept as long as the findings stay near."""
        if (path, cell) not in self._highlighters:
            if len(self._highlighters) > 8:
                self._highlighters.clear()
            texts = [lines.text(number) for number in range(1, lines.total + 1)]
            self._highlighters[path, cell] = Highlighter(texts)
        return self._highlighters[path, cell]

    def _effect(self, finding: Finding) -> Iterator[Content]:
        effect = finding.effect
        if effect.message:
            head = element("strong", HEADS[effect.kind])
            yield element("p", head, " ", *prose(visible(effect.message)), class_=f"effect {effect.kind.value}")

    def _story(self, finding: Finding, path: str) -> list[Content]:
        """The picture of the story, which ends with the effect."""
        scene = scene_of(finding, path, self.sources)
        if scene is None:
            return []
        title = f"The story of {finding.code} {finding.rule}"
        drawn = (svg.draw(scene, form, title) for form in (svg.WIDE, svg.NARROW))
        return [element("figure", element("figcaption", "The story"), *drawn)]

    def _fix(self, fix: Fix | None, path: str) -> Iterator[Content]:
        if fix is None:
            return
        words = element("strong", "Fix")
        who = element("span", WHO[fix.applicability], class_="who")
        yield element("p", words, " ", *prose(visible(fix.message)), " ", who, class_="fix")
        source = self.sources(path)
        if source is None or not fix.edits:
            return
        shown, left = [], _MOST_CHANGED
        for first, old, new in changed_lines(fix, source):
            cell = source.cell_of_line(first)
            if left > 0:
                shown.append((first - (cell.first_line - 1 if cell else 0), old[:left], new[:left]))
            left -= len(old) + len(new)
        yield change(shown)
        if left < 0:
            yield element("p", f"{-left} more lines", class_="missing")


def _summary(finding: Finding, path: str) -> Element:
    effect, verdict = finding.effect.kind, finding.verdict
    message = element("span", *prose(visible(" ".join(finding.message.split()))), class_="message")
    where = element("span", name_of(finding.place, path, finding.place.cell), class_="where", dir="ltr")
    tags = element(
        "span",
        element("span", finding.code, class_="tag code"),
        element("span", finding.rule, class_="slug"),
        element("span", finding.certainty.value, class_=f"tag {finding.certainty.value}"),
        None if effect is EffectKind.NONE else element("span", effect.value, class_=f"tag effect-{effect.value}"),
        element("span", "fixable", class_="tag fixable") if finding.fix and finding.fix.edits else None,
        element("span", verdict.kind.value, class_=f"tag verdict {verdict.kind.name.lower()}") if verdict else None,
        class_="tags",
    )
    return element("summary", tags, message, where)


def _verdict(verdict: Verdict, path: str) -> Element:
    """What the run said, and the lines that it saw."""
    seen = [
        element(
            "li",
            f"{visible(each.role)} at ",
            element("span", name_of(each.place, each.place.path or path, each.place.cell), class_="where", dir="ltr"),
            ": ",
            *prose(visible(each.message)),
        )
        for each in verdict.seen
    ]
    said = element("p", element("strong", verdict.kind.value), " ", *prose(visible(verdict.message)))
    return element("div", said, element("ul", *seen) if seen else None, class_=f"verdict {verdict.kind.name.lower()}")


def _rule(finding: Finding) -> Element:
    link = element("a", f"{finding.code} {finding.rule}", href=f"#rule-{finding.code}")
    return element(
        "details",
        element("summary", f"About {finding.code} {finding.rule}"),
        element("div", element("p", "See ", link, " at the end of the page."), class_="document"),
        class_="about",
        data_about=finding.code,
    )
