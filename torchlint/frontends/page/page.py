"""The whole page: head, filters, findings by file (by rule on demand), and the documents of the rules."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from torchlint import __version__
from torchlint import rule as rule_module
from torchlint.engine.selection import known_rules
from torchlint.finding import Applicability, Certainty, EffectKind, VerdictKind
from torchlint.frontends.explain import document
from torchlint.frontends.formats.summary import summary
from torchlint.frontends.markup import add, element, to_html
from torchlint.frontends.page.card import NO_FIX, Cards
from torchlint.frontends.visible import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from xml.etree.ElementTree import Element

    from torchlint.finding import Finding
    from torchlint.frontends.formats.report import Report

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
)
"""Nothing is loaded from anywhere, whatever the page contains."""
_MOST_OPEN = 30
"""Findings up to which all are shown unfolded."""
_FIXES = {
    Applicability.SAFE.value: "safe",
    Applicability.UNSAFE.value: "unsafe",
    Applicability.DISPLAY.value: "shown only",
    NO_FIX: "no fix",
}
_RELEASE = "release"


class Heading(NamedTuple):
    """What a page is called, its summary, and the sections of its findings: ``by`` what they are, each by its title."""

    title: str
    summary: str
    by: str
    sections: Mapping[str, Sequence[tuple[str, Finding]]]


def page(report: Report, heading: Heading | None = None) -> str:
    """The page as text, in ASCII alone; without a heading it has the findings by file."""
    findings = report.findings
    heading = heading or Heading("report", summary(report), "path", _by_path(findings))
    title = f"torchlint: {len(findings)} finding{'' if len(findings) == 1 else 's'}"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="generator", content=f"torchlint {__version__}"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("style", "".join(map(asset, ("colors.css", "card.css", "page.css")))),
        element("script", 'document.documentElement.className = "js";'),
    )
    body = element(
        "body", element("a", "Skip to the findings", href="#findings", class_="skip"), _header(report, heading)
    )
    if findings:
        layout = element("div", _filters(findings), _main(report, heading), class_="layout")
        add(body, layout, _documents(findings), element("script", asset("page.js")))
    return f"<!DOCTYPE html>\n{to_html(element('html', head, body, lang='en'))}\n"


def asset(name: str) -> str:
    """The text of a file beside this one."""
    return files(__package__).joinpath(name).read_text(encoding="ascii")


def _by_path(findings: Sequence[tuple[str, Finding]]) -> Mapping[str, Sequence[tuple[str, Finding]]]:
    found: dict[str, list[tuple[str, Finding]]] = {}
    for path, finding in findings:
        found.setdefault(visible(path), []).append((path, finding))
    return found


def _header(report: Report, heading: Heading) -> Element:
    header = element("header", element("h1", "torchlint", element("span", f" {heading.title}")), class_="top")
    add(header, element("p", heading.summary, class_="summary"))
    failed = [each for each in report.results if each.error is not None]
    if failed:
        items = [
            element("li", element("code", visible(each.path), dir="ltr"), f": {visible(each.error or '')}")
            for each in sorted(failed, key=lambda each: each.path)
        ]
        add(header, element("div", element("p", "Not checked:"), element("ul", *items), class_="failed"))
    return header


# Filters.


def _filters(findings: Sequence[tuple[str, Finding]]) -> Element:
    each_finding = [finding for _, finding in findings]
    rules = Counter((each.code, each.rule) for each in each_finding)
    certainties = Counter(each.certainty.value for each in each_finding)
    effects = Counter(each.effect.kind.value for each in each_finding)
    verdicts = Counter(each.verdict.kind.value for each in each_finding if each.verdict)
    fixes = Counter(each.fix.applicability.value if each.fix and each.fix.edits else NO_FIX for each in each_finding)
    form = element(
        "form",
        element(
            "label",
            element("span", "Search"),
            element(
                "input",
                type="search",
                id="search",
                placeholder="message, code, path ...",
                autocomplete="off",
                aria_keyshortcuts="/",
            ),
            class_="search",
        ),
        _choices("certainty", "Certainty", {each.value: (each.value, certainties[each.value]) for each in Certainty}),
        _choices("effect", "Effect", {each.value: (each.value, effects[each.value]) for each in EffectKind}),
        _choices("verdict", "Verdict", {each.value: (each.value, verdicts[each.value]) for each in VerdictKind}),
        _choices("fix", "Fix", {value: (label, fixes[value]) for value, label in _FIXES.items()}),
        _choices("rule", "Rule", {code: (f"{code} {slug}", count) for (code, slug), count in sorted(rules.items())}),
        element("button", "Clear filters", type="reset", class_="clear"),
    )
    return element(
        "nav",
        element("details", element("summary", "Filters"), form, class_="filters", open=True),
        aria_label="filters",
    )


def _choices(name: str, title: str, choices: Mapping[str, tuple[str, int]]) -> Element | None:
    """Check boxes, if there is anything to choose; none checked means that all are shown."""
    there = {value: choice for value, choice in choices.items() if choice[1]}
    boxes = [
        element(
            "label",
            element("input", type="checkbox", name=name, value=value),
            element("span", label),
            element("span", str(count), class_="count"),
            class_="choice",
        )
        for value, (label, count) in there.items()
    ]
    return element("fieldset", element("legend", title), *boxes) if boxes else None


# Findings.


def _main(report: Report, heading: Heading) -> Element:
    cards, findings = Cards(report.sources.get), report.findings
    main = element(
        "main",
        _bar(len(findings), heading.by),
        element("p", "Nothing matches the filters.", id="nothing", hidden=True),
        id="findings",
        tabindex="-1",
    )
    numbers = {id(finding): number for number, (_, finding) in enumerate(findings, 1)}
    is_open = len(findings) <= _MOST_OPEN
    groups = element("div", id="groups")
    for title, inside in heading.sections.items():
        release = title if heading.by == _RELEASE else None
        shown = (cards.card(numbers[id(each)], each, path, is_open, release) for path, each in inside)
        add(groups, add(_group(title), *shown))
    return add(main, groups)


def _group(title: str) -> Element:
    heading = element("h2", element("span", title, class_="name", dir="ltr"), element("span", class_="count"))
    return element("section", heading, class_="group")


def _bar(count: int, order: str) -> Element:
    choices = (*(((_RELEASE, "by release"),) if order == _RELEASE else ()), ("path", "by file"), ("rule", "by rule"))
    by = [
        element(
            "label",
            element("input", type="radio", name="by", value=value, checked=value == order),
            element("span", label),
        )
        for value, label in choices
    ]
    return element(
        "div",
        element("p", f"{count} shown", id="shown", role="status"),
        element("span", *by, class_="by", role="radiogroup", aria_label="order"),
        element("button", "Unfold all", type="button", id="unfold"),
        element("button", "Fold all", type="button", id="fold"),
        class_="bar",
    )


# Rules.


def _documents(findings: Sequence[tuple[str, Finding]]) -> Element:
    section = element("section", element("h2", "Rules"), class_="rules", id="rules")
    rules = rule_module.all_rules()
    known = known_rules(rules)
    for code, slug in sorted({(finding.code, finding.rule) for _, finding in findings}):
        if code in known:
            text = document(known[code], rules.get(code)).partition("\n")[2]
            add(section, _document(code, slug, text))
    return section


def _document(code: str, slug: str, markdown: str) -> Element:
    body = element("div", *_rendered(markdown), class_="document")
    return element("details", element("summary", f"{code} {slug}"), body, id=f"rule-{code}")


def _rendered(markdown: str) -> Iterator[Element]:
    """Markdown as HTML; what is HTML in it stays text."""
    from xml.etree.ElementTree import fromstring

    from markdown_it import MarkdownIt

    html = MarkdownIt("commonmark", {"html": False, "xhtmlOut": True}).render(markdown)
    yield from fromstring(f"<div>{html}</div>")
