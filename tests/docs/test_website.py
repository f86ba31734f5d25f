"""The site has every page and every rule, builds without a warning, and loads nothing from anywhere."""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from tests.docs import pages
from torchlint.engine.selection import known_rules
from torchlint.rule import all_rules

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = pages.ROOT / "tests" / "docs" / "mkdocs.yml"
PATIENCE = 600


class Loads(HTMLParser):
    """The addresses that a page loads from, without being asked."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        names = {"link": "href", "a": "", "form": ""}
        if tag == "link" and given.get("rel") in ("canonical", "next", "prev"):
            return
        self.addresses.add(given.get(names.get(tag, "src")) or "")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("material", reason="MkDocs is not installed")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", SETTINGS, "--site-dir", folder]
    done = subprocess.run(command, cwd=pages.ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_each_page_is_in_the_navigation_once() -> None:
    listed = re.findall(r"- ([\w-]+)\.md$", SETTINGS.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(["index", *(page.stem for page in pages.PAGES[1:])])


@pytest.mark.once
@pytest.mark.program
def test_each_rule_has_a_page(site: Path) -> None:
    made = {path.stem for path in site.glob("rules/*.html")}
    assert made == {rule.slug for rule in known_rules(all_rules()).values()}
    text = (site / "rules" / "saved-inplace.html").read_text(encoding="utf-8")
    assert "The story of TLC202 saved-inplace" in text
    assert "PyTorch raises: <code>one of the variables needed" in text
    assert re.search(r'href="rules/saved-inplace.html"[^>]*><code>TLC202', (site / "rules.html").read_text())


@pytest.mark.once
@pytest.mark.program
def test_nothing_is_loaded_from_anywhere(site: Path) -> None:
    for path in site.rglob("*.html"):
        addresses = Loads(path.read_text(encoding="utf-8")).addresses
        assert not {each for each in addresses if re.match("(https?:)?//", each)}, path.name
    for path in site.rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//|@import", path.read_text(encoding="utf-8")), path.name


def test_what_counts_as_loading() -> None:
    text = '<a href="http://a"></a><img src="//b"><link rel="stylesheet" href="c"><link rel="canonical" href="d">'
    assert Loads(text).addresses == {"", "//b", "c"}
