"""The page of ``--output-format html``: its structure, and that nothing in it can break out or reach out."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import pytest

from torchlint import lint_source
from torchlint.engine.check import FileResult
from torchlint.finding import (
    Applicability,
    Certainty,
    Edit,
    Effect,
    EffectKind,
    Finding,
    Fix,
    Place,
    Related,
    Span,
    Verdict,
    VerdictKind,
)
from torchlint.frontends.cli import main
from torchlint.frontends.formats import html
from torchlint.frontends.formats.report import Report
from torchlint.frontends.page.code import snippet
from torchlint.frontends.page.highlight import Highlighter
from torchlint.frontends.snippet import Mark, lines_of
from torchlint.syntax.read_source import read_source
from torchlint.syntax.source import Source

EXAMPLES = Path(__file__).parents[1] / "examples"
VOID = {"meta", "input", "br", "hr", "link", "img"}


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """These tests take the real rules."""


class Page(HTMLParser):
    """Reads a page strictly: every element is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str, str]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("script", "style"):
            self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)

    def values(self, name: str) -> list[str]:
        return [value for _, other, value in self.attributes if other == name]


class Given:
    """Sources of a test."""

    def __init__(self, sources: dict[str, Source]) -> None:
        self.sources = sources

    def get(self, path: str) -> Source | None:
        return self.sources.get(path)


def page_of(results: tuple[FileResult, ...], sources: dict[str, Source]) -> tuple[str, Page]:
    out = io.StringIO()
    html.write(Report(results, Given(sources)), out)  # type: ignore[arg-type]
    return out.getvalue(), Page(out.getvalue())


def page_of_code(code: str, path: str = "a.py") -> tuple[str, Page]:
    return page_of((FileResult(path, tuple(lint_source(code))),), {path: Source(code, path)})


SAVED = """\
import torch
x = torch.randn(3, requires_grad=True)
y = torch.sigmoid(x)
y *= 2
y.sum().backward()
"""


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> str:
    out = tmp_path_factory.mktemp("page") / "page.html"
    with out.open("w", encoding="utf-8") as file, pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", file)
        assert main(["check", "--no-cache", "--output-format", "html", str(EXAMPLES)]) == 1
    return out.read_text(encoding="utf-8")


def test_each_finding_has_its_card_code_and_rule(examples: str, capsys) -> None:
    main(["check", "--no-cache", "--output-format", "json", str(EXAMPLES)])
    findings = json.loads(capsys.readouterr().out)
    page = Page(examples)
    assert page.tags["article"] == len(findings) == 13
    assert Counter(page.values("data-rule")) == Counter(each["code"] for each in findings)
    for each in findings:
        assert each["message"].replace("`", "") in page.text
        assert each["effect"]["message"].replace("`", "") in page.text
    for code in {each["code"] for each in findings}:
        assert f"rule-{code}" in page.values("id")
    assert page.values("id") == list(dict.fromkeys(page.values("id")))
    assert page.tags["svg"] == 2


def test_nothing_is_loaded_from_anywhere(examples: str) -> None:
    page = Page(examples)
    for tag, name, value in page.attributes:
        if name in ("href", "src", "srcset", "action", "data", "poster", "xlink:href"):
            assert (tag, name) == ("a", "href")
            assert value.startswith(("#", "https://")), value
        assert not name.startswith("on")
    assert not page.tags.keys() & {"link", "img", "iframe", "object", "embed", "base"}
    assert any("default-src 'none'" in value for value in page.values("content"))
    names = ("colors.css", "card.css", "page.css", "page.js")
    assets = [files("torchlint.frontends.page").joinpath(name).read_text("ascii") for name in names]
    assert not re.search(r"url\(|@import|https?:|fetch|XMLHttp|import\(|</", "".join(assets))


def test_the_page_is_ascii_whatever_the_output_can_encode(examples: str) -> None:
    assert examples.isascii()
    assert page_of_code('import torch\ns = "字é"; torch.ones(3).abs()\n')[0].isascii()


def test_what_is_marked_and_labelled() -> None:
    text, page = page_of_code(SAVED)
    assert '<mark class="primary">y <span' not in text  # operators have no class of their own
    assert "y *= 2" in re.sub(r"<[^>]+>", "", text)
    assert "saved: torch.sigmoid keeps y for backward" in page.text
    assert page.tags["mark"] >= 3


def test_the_fix_is_a_diff() -> None:
    text, page = page_of_code(SAVED)
    assert re.search(r'class="line removed">.*?y \*= .*?class="line added">.*?y = y \* ', text)
    assert "safe, --fix applies it" in page.text


def test_verdicts_are_told_and_filtered_by_where_there_are_some() -> None:
    source, (finding,) = Source(SAVED, "a.py"), lint_source(SAVED)
    text, _ = page_of((FileResult("a.py", (finding,)),), {"a.py": source})
    assert "Verdict" not in text
    seen = (Related("raised", "at `y`", Place(None, None, 5, 1, 5, 2)),)
    judged = replace(finding, verdict=Verdict(VerdictKind.REFUTED, "`y` was not kept", seen=seen))
    text, page = page_of((FileResult("a.py", (judged,)),), {"a.py": source})
    assert "raised at a.py:5:1: at y" in page.text
    assert page.values("data-verdict") == ["refuted in this run"]
    assert '<input type="checkbox" name="verdict" value="refuted in this run">' in text


def test_a_page_of_nothing_says_so() -> None:
    text, page = page_of((FileResult("a.py", ()),), {})
    assert "Nothing found in 1 file" in page.text
    assert "<script>" not in text.partition("<body>")[2]


def test_files_that_were_not_checked_are_named() -> None:
    _, page = page_of((FileResult("a\u202e.py", (), "no such <file>"),), {})
    assert "Not checked:" in page.text
    assert "no such <file>" in page.text


HOSTILE = "</script><img src=x onerror=alert(1)>&amp;\"'`\u202e\u2066\x00\x1b[31m\ud800--><!--"


def hostile_finding(text: str, length: int) -> Finding:
    place = Place(None, None, 2, 1, 2, 5)
    fix = Fix(Applicability.SAFE, HOSTILE, (Edit(Span(length, length + 4), place, HOSTILE.replace("\ud800", "")),))
    related = (Related(HOSTILE, HOSTILE, Place(HOSTILE, None, 1, 1, 1, 2)),)
    effect = Effect(EffectKind.SILENT, HOSTILE, place)
    return Finding("TLC999", HOSTILE, HOSTILE, Certainty.LIKELY, Span(length, length + 4), place, effect, related, fix)


def test_hostile_names_code_and_messages_stay_text() -> None:
    first = f"s = '''{HOSTILE}'''\n".replace("\ud800", "")
    code = first + "abcd = 1\n"
    length = len(first.encode())
    path = f"a{HOSTILE}.py"
    text, page = page_of((FileResult(path, (hostile_finding(code, length),)),), {path: Source(code, path)})
    assert page.tags["script"] == 2
    assert page.tags["img"] == 0
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x1b]|&#(8238|8294|0|27|55296);", text)
    assert "</script><img src=x onerror=alert(1)>" in page.text
    assert f"The code of {HOSTILE[:9]}" in page.text


def test_long_lines_show_what_is_marked() -> None:
    code = f"x = [{'1, ' * 5_000}]; yy = 2  # {'c' * 10_000}\n"
    source = Source(code, "a.py")
    lines = lines_of(source, None)
    assert lines is not None
    column = code.index("yy") + 1
    highlighter = Highlighter(code.split("\n"))
    block = snippet([Mark(1, column, 1, column + 2, "here", True)], lines, highlighter.line)
    assert block is not None
    text = "".join(block.itertext())
    assert len(text) < 400
    assert "…" in text
    assert "yy = 2" in text


def tokens_of(text: str) -> list[list[tuple[str, str]]]:
    lines = text.split("\n")
    highlighter = Highlighter(lines)
    return [highlighter.line(number) for number in range(1, len(lines) + 1)]


def test_highlighting_keeps_every_character() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (*Path(__file__).parent.glob("*.py"), EXAMPLES / "train.py")]
    for text in (*texts, "", "\n\n", "x", "'''a\n\nb'''\n", "\ta\n", "?\x0c$\n", "x = '''never\nended", "'a\\\nb'"):
        assert "\n".join("".join(piece for _, piece in line) for line in tokens_of(text)) == text


def test_highlighting_knows_strings_of_several_lines() -> None:
    code = 'x = """one # two\n\'def f():\n""" + "#" # a "comment\nif x: \'\'\'y\'\'\'\n'
    first, second, third, fourth, last = tokens_of(code)
    assert first[-1] == ("s", '"""one # two')
    assert second == [("s", "'def f():")]
    assert third[0] == ("s", '"""')
    assert third[-1] == ("c", '# a "comment')
    assert fourth[0] == ("k", "if")
    assert last == []


def test_a_notebook_is_shown_by_its_cells(examples: str) -> None:
    page = Page(examples)
    assert "lesson.ipynb: cell 10, line 10, column 5" in page.text
    source = read_source((EXAMPLES / "lesson.ipynb").read_bytes(), "lesson.ipynb")
    assert lines_of(source, 10) is not None


def test_a_source_that_is_gone_leaves_the_rest() -> None:
    finding = lint_source(SAVED)[0]
    _, page = page_of((FileResult("a.py", (finding,)),), {})
    assert "The code of a.py:4:1 cannot be read." in page.text
    assert "The story" in page.text


def test_many_findings_are_folded() -> None:
    code = "import torch\nx = torch.ones(3)\n" + "x.abs()\n" * 31 + "print(x)\n"
    text, page = page_of_code(code)
    assert page.tags["article"] == 31
    assert "<details open" not in text.partition("<main")[2]
