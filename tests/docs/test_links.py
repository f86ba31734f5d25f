"""Every link of the pages and the README leads somewhere, without asking the network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.docs import pages
from torchlint.frontends.docs_command import topics

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("page", pages.PAGES, ids=lambda page: page.stem)
def test_each_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in pages.links(page):
        if re.match("https?:", link):
            assert re.fullmatch(r"https?://[\w.-]+\.[a-z]+(/\S*)?", link), link
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), f"{page.name} links to {name}, which does not exist"
        assert target.is_relative_to(pages.ROOT), f"{page.name} links to {name}, which is not of the project"
        assert not anchor or anchor in pages.anchors(target), f"{page.name} links to {link}: no such heading"


def test_the_readme_links_to_every_page() -> None:
    linked = {link.partition("#")[0] for link in pages.links(pages.README)}
    assert {f"torchlint/docs/{page.name}" for page in pages.PAGES[1:]} <= linked


def test_every_topic_that_is_named_exists() -> None:
    for page in pages.PAGES:
        named = set(re.findall(r"`torchlint docs ([\w.-]+)`", page.read_text(encoding="utf-8")))
        assert named - {"TOPIC"} <= set(topics()), page.name


def test_the_readme_is_short() -> None:
    assert len(pages.README.read_text(encoding="utf-8").splitlines()) < 200


def test_an_anchor_is_what_forges_make_of_a_heading(tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_text("# `torchlint why`: Who's to blame?\n\n[x](#a) ![y](b.png)\n")
    assert pages.anchors(page) == {"torchlint-why-whos-to-blame"}
    assert pages.links(page) == {"#a", "b.png"}
