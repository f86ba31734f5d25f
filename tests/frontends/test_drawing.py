"""Stories drawn with the characters of a terminal and as SVG."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import fromstring

import pytest
from rich.cells import cell_len

from torchlint import lint_source
from torchlint.finding import Effect, EffectKind, Role, Step
from torchlint.frontends.drawing import svg
from torchlint.frontends.drawing.scene import Line, Scene, Sign
from torchlint.frontends.drawing.staging import scene_of
from torchlint.frontends.drawing.terminal import BOXES, PLAIN, characters, rows
from torchlint.frontends.formats.full import plain
from torchlint.frontends.markup import to_html
from torchlint.rule import all_rules
from torchlint.syntax.source import Source

if TYPE_CHECKING:
    from torchlint.finding import Finding


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """These tests take the real rules."""


SAVED = """\
import torch
x = torch.randn(3, requires_grad=True)
y = torch.sigmoid(x)
y *= 2
y.sum().backward()
"""


def finding_in(code: str) -> Finding:
    (found,) = (each for each in lint_source(code) if each.story)
    return found


def scene_in(code: str, finding: Finding | None = None) -> Scene:
    source = Source(code, "a.py")
    scene = scene_of(finding or finding_in(code), "a.py", lambda path: source if path == "a.py" else None)
    assert scene is not None
    return scene


def drawn(scene: Scene, width: int = 80, ascii_only: bool = False) -> str:
    return plain(rows(scene, 2, width, PLAIN if ascii_only else BOXES)) + "\n"


def all_scenes() -> list[Scene]:
    examples = [
        each.code.replace("⟦", "").replace("⟧", "") for loaded in all_rules().values() for each in loaded.examples
    ]
    return [scene_in(code, each) for code in examples for each in lint_source(code) if each.story]


# Scenes.


def test_who_takes_part_and_what_becomes_of_them() -> None:
    scene = scene_in(SAVED)
    assert [(lane.name, lane.is_tensor) for lane in scene.lanes] == [("y", True), ("torch.sigmoid", False)]
    assert [moment.signs for moment in scene.moments] == [
        (Sign.TENSOR, Sign.OPERATION),
        (Sign.CHANGE, None),
        (None, Sign.BACKWARD),
    ]
    assert [moment.lines for moment in scene.moments] == [
        (Line.WHOLE, Line.WHOLE),
        (Line.CHANGED, Line.WHOLE),
        (Line.CHANGED, Line.WHOLE),
    ]
    assert [moment.version for moment in scene.moments] == ["version n", "version n + 1", ""]
    assert [(moment.is_here, moment.is_end) for moment in scene.moments] == [
        (False, False),
        (True, False),
        (False, True),
    ]
    assert [moment.code for moment in scene.moments] == ["y = torch.sigmoid(x)", "y *= 2", "y.sum().backward()"]


def test_a_change_that_no_counter_tells_keeps_its_version() -> None:
    scene = scene_in(SAVED.replace("y *= 2", "y.data *= 2"))
    assert scene.moments[1].lines[0] is Line.UNSEEN
    assert scene.moments[1].version == "still version n"


def test_a_freed_graph_is_gone() -> None:
    scene = scene_in(SAVED.replace("y *= 2", "y.sum().backward()"))
    assert [moment.lines for moment in scene.moments] == [(Line.WHOLE,), (Line.GONE,), (Line.GONE,)]
    assert [moment.rises for moment in scene.moments] == [None, (0, 0), (0, 0)]


def test_one_step_is_no_picture() -> None:
    finding = finding_in(SAVED)
    object.__setattr__(finding, "story", finding.story[:1])
    assert scene_of(finding, "a.py", lambda path: None) is None


def test_a_source_that_is_gone_leaves_a_picture_without_code() -> None:
    scene = scene_of(finding_in(SAVED), "a.py", lambda path: None)
    assert scene is not None
    assert [moment.code for moment in scene.moments] == ["", "", ""]


def test_places_in_other_files_and_cells_are_named() -> None:
    finding = finding_in(SAVED)
    from dataclasses import replace

    first = finding.story[0]
    assert first.place
    elsewhere = replace(first, place=replace(first.place, path="lib/layers.py", cell=3))
    scene = scene_in(SAVED, replace(finding, story=(elsewhere, *finding.story[1:])))
    assert [moment.where for moment in scene.moments] == ["layers.py, cell 3, line 3", "line 4", "line 5"]


# The terminal.


def test_kept_changed_needed() -> None:
    assert (
        drawn(scene_in(SAVED))
        == """\
   y  tensor
   ┊    torch.sigmoid  operation
 3 ●───▶■    y = torch.sigmoid(x)
   │    │    `torch.sigmoid` keeps `y` for backward
 4 ◆    │    y *= 2  ◀ here
   ┃    │    `y` is changed, and its version counter goes up
 5 ┃◀─╳─▲    y.sum().backward()
             this backward needs it
"""
    )


def test_the_page_shows_the_same() -> None:
    text = (Path(__file__).parents[2] / "torchlint/docs/stories.md").read_text(encoding="utf-8")
    shown = text.partition("<!-- story -->\n```text\n")[2].partition("```")[0]
    assert shown == drawn(scene_in(SAVED))


def test_plain_characters_draw_the_same() -> None:
    assert (
        drawn(scene_in(SAVED), ascii_only=True)
        == """\
   y  tensor
   :    torch.sigmoid  operation
 3 o--->#    y = torch.sigmoid(x)
   |    |    `torch.sigmoid` keeps `y` for backward
 4 *    |    y *= 2  < here
   !    |    `y` is changed, and its version counter goes up
 5 !<-x-^    y.sum().backward()
             this backward needs it
"""
    )


def test_two_names_of_one_memory() -> None:
    code = "import torch\nw = torch.ones(3, requires_grad=True)\ny = w + 1\nz = y.detach()\nz[0] = 9\ntotal = y.sum()\n"
    assert (
        drawn(scene_in(code))
        == """\
   z  tensor
   ┊    y  same memory
 5 ◆───▶◆    z[0] = 9  ◀ here
   ┃    ┃    `z` is changed, and `y` with it
 6 ┃    ○    total = y.sum()
        ╳    it is read here
"""
    )


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("utf-8", BOXES),
        ("utf-16", BOXES),
        ("ascii", PLAIN),
        ("latin-1", PLAIN),
        ("cp437", PLAIN),
        (None, BOXES),
        ("no such", PLAIN),
    ],
)
def test_the_encoding_decides_about_the_characters(encoding: str | None, expected: object) -> None:
    assert characters(encoding) is expected


@pytest.mark.parametrize("width", [40, 80, 120])
def test_drawings_have_room(width: int) -> None:
    for scene in all_scenes():
        for line in drawn(scene, width).splitlines():
            assert cell_len(line) <= width


def test_plain_drawings_are_ascii() -> None:
    for scene in all_scenes():
        assert drawn(scene, ascii_only=True).isascii()


def test_a_long_line_shows_what_it_is_about() -> None:
    code = SAVED.replace("y = torch", f"name, y = '{'long ' * 20}', torch")
    assert "…torch.sigmoid(x)" in drawn(scene_in(code), 50)


# SVG.


@pytest.mark.parametrize("form", [svg.WIDE, svg.NARROW], ids=lambda form: form.name)
def test_svg_is_sound_and_keeps_inside(form: svg.Format) -> None:
    for scene in all_scenes():
        root = fromstring(to_html(svg.draw(scene, form, "a story")))
        low, top, width, height = map(float, root.attrib["viewBox"].split())
        assert (low, top, width) == (0, 0, form.width)
        assert len(list(root.iter("rect"))) >= 1
        for shape in root.iter():
            for name, most in (("x", width), ("cx", width), ("y", height), ("cy", height)):
                assert 0 <= float(shape.attrib.get(name, 0)) <= most


def test_svg_tells_its_story_in_words_too() -> None:
    root = fromstring(to_html(svg.draw(scene_in(SAVED), svg.WIDE, "The story")))
    assert root.attrib["role"] == "img"
    assert "line 4: `y` is changed" in root.attrib["aria-label"]
    words = " ".join(" ".join(each.itertext()) for each in root.iter("text"))
    for word in ("y", "torch.sigmoid", "version n + 1", "needs version n", "gradient", "PyTorch raises", "y *= 2"):
        assert word in words


HOSTILE = "</script><b>&\"'`\u202e\x00\ud800" + "字" * 400


def test_hostile_names_and_messages_stay_text() -> None:
    finding = finding_in(SAVED)
    story = tuple(Step(Role.SAVED, HOSTILE, step.place, HOSTILE, HOSTILE[::-1], HOSTILE) for step in finding.story)
    object.__setattr__(finding, "story", story)
    object.__setattr__(finding, "effect", Effect(EffectKind.RAISES, HOSTILE))
    scene = scene_in(SAVED, finding)
    html = to_html(svg.draw(scene, svg.NARROW, HOSTILE))
    assert html.isascii()
    assert not re.search(r"&#8238;|&#0;|&#55296;", html)
    tags = set()
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: tags.add(tag)  # type: ignore[method-assign]
    parser.feed(html)
    assert tags == {"svg", "title", "desc", "text", "tspan", "path", "rect", "circle"}
    assert "\u202e" not in drawn(scene)
    assert "\x00" not in drawn(scene)


# In the full format.


def test_check_draws_only_where_it_is_asked_to(tmp_path, capsys, monkeypatch) -> None:
    from torchlint.frontends.cli import main

    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text(SAVED, encoding="utf-8")
    assert main(["check", "--no-cache", "a.py"]) == 1
    assert "◆" not in capsys.readouterr().out
    assert main(["check", "--no-cache", "--explain", "a.py"]) == 1
    out = capsys.readouterr().out
    assert "= the story:\n" in out
    assert "4 ◆    │    y *= 2  ◀ here\n" in out
    assert main(["check", "--no-cache", "--explain", "--output-format", "json", "a.py"]) == 2
    assert "--explain draws stories" in capsys.readouterr().err


def test_a_terminal_that_lacks_the_characters_gets_plain_ones() -> None:
    from torchlint.engine.check import FileResult
    from torchlint.frontends.formats import full
    from torchlint.frontends.formats.report import Report

    class Sources:
        def get(self, path: str) -> Source:
            return Source(SAVED, path)

    out = io.TextIOWrapper(io.BytesIO(), encoding="latin-1")
    result = FileResult("a.py", (finding_in(SAVED),))
    full.write(Report((result,), Sources(), explain=True), out)  # type: ignore[arg-type]
    out.seek(0)
    assert "\n4 *    |    y *= 2  < here\n" in out.read()
