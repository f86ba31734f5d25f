"""What MkDocs is told besides ``mkdocs.yml``: the pages that are made on the way, and what is another way on a site.

The README is the first page, and each rule has one: its document, and below each example what is found in it, with its
story as a picture and what PyTorch says. In the pages, codes lead to their rules, and links to what is not part of the
site are words.
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs.structure.files import File

from torchlint import lint_source
from torchlint.engine.selection import known_rules
from torchlint.finding import EffectKind
from torchlint.frontends.drawing import svg
from torchlint.frontends.drawing.staging import scene_of
from torchlint.frontends.explain import document
from torchlint.frontends.formats.wording import HEADS
from torchlint.frontends.markup import element, to_html
from torchlint.rule import all_rules
from torchlint.syntax.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

    from torchlint.finding import Finding
    from torchlint.rule import Example

_ROOT = Path(__file__).parents[2]
_README = _ROOT / "README.md"
_SHEETS = ("colors", "card")
_PATH = "example.py"
_FENCE = re.compile(r"^(`{3,}).*?^\1\n", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`+)[^`]+\1|\[[^]]*\]\([^)]*\)|^#.*$|\bTLC\d{3}\b", re.MULTILINE)
_LINK = re.compile(r"\[([^]]+)\]\(([^)#\s]+)(#[^)\s]*)?\)")
_THEME = re.compile(r"^\| `(TLC\d)` \| ([^|]+) \|", re.MULTILINE)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Put the pages of the rules into the navigation, by their themes."""
    told = _THEME.findall(_README.read_text(encoding="utf-8"))
    themes = {"TLC0": "torchlint itself", **{code: _sentence(name) for code, name in told}}
    rules = {f"{code} {rule.slug}": _page_of(code) for code, rule in known_rules(all_rules()).items()}
    grouped: dict[str, list[dict[str, str]]] = {name: [] for name in themes.values()}
    for title, page in rules.items():
        grouped[themes[title[:4]]].append({title: page})
    section = next(each["Rules"] for each in config.nav or () if isinstance(each, dict) and "Rules" in each)
    section += [{name: pages} for name, pages in grouped.items()]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the first page, the pages of the rules and the looks of stories."""
    loaded = all_rules()
    made = {"index.md": _README.read_text(encoding="utf-8").replace("](torchlint/docs/", "]("), "story.css": _looks()}
    for code, rule in known_rules(loaded).items():
        made[_page_of(code)] = document(rule, loaded.get(code), partial(_told, code))
    for name, content in made.items():
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """A page as MkDocs reads it."""
    path = page.file.src_uri
    text = _LINK.sub(lambda link: link[0] if _is_on_site(link[2], files) else link[1], markdown)
    text = re.sub(r"^  - ", "    - ", text, flags=re.MULTILINE)  # a list in a list, as MkDocs wants it
    return text if path.startswith("rules/") else _with_rules(text)


def _is_on_site(target: str, files: Files) -> bool:
    return target.startswith(("http:", "https:")) or files.get_file_from_path(target) is not None


def _with_rules(text: str) -> str:
    """``text`` in which the codes of rules lead to their pages, but for those in blocks, links and headings."""
    pieces, at = [], 0
    for block in _FENCE.finditer(text):
        pieces += [_CODE.sub(_linked, text[at : block.start()]), block[0]]
        at = block.end()
    return "".join([*pieces, _CODE.sub(_linked, text[at:])])


def _linked(found: re.Match[str]) -> str:
    code = found[0].strip("`")
    known = code in known_rules(all_rules())
    return f"[{found[0]}]({_page_of(code)})" if known else found[0]


def _page_of(code: str) -> str:
    return f"rules/{known_rules(all_rules())[code].slug}.md"


def _told(rule: str, example: Example) -> str:
    """What a rule finds in an example: the message, what PyTorch does, and the story as HTML."""
    code = example.code.replace("⟦", "").replace("⟧", "").strip("\n") + "\n"  # as it is shown
    source = Source(code, _PATH)
    found = lint_source(code, path=_PATH, select=[rule], certainty="advice")
    return "\n\n".join(part for each in found for part in _parts(each, source, not example.raises))


def _parts(finding: Finding, source: Source, tells_effect: bool) -> Iterator[str]:
    where = f"Line {finding.place.line}: {finding.message}"
    yield where if where.endswith(".") else f"{where}."
    scene = scene_of(finding, _PATH, lambda path: source)
    if scene is None and tells_effect and finding.effect.message and finding.effect.kind is not EffectKind.NONE:
        yield f"{_sentence(HEADS[finding.effect.kind])}: {finding.effect.message}."
    if scene is not None:
        title = f"The story of {finding.code} {finding.rule}"
        drawn = (to_html(svg.draw(scene, form, title)) for form in (svg.WIDE, svg.NARROW))
        yield to_html(element("figure", class_="drawn")).replace("></", f">{''.join(drawn)}</")


def _looks() -> str:
    """The styles of stories out of those of ``--output-format html``, with the colours of the scheme that is chosen."""
    sheets = [_ROOT / f"torchlint/frontends/page/{name}.css" for name in _SHEETS]
    css = "\n".join(each.read_text(encoding="ascii") for each in sheets)
    light, dark = (re.sub(r"\s+", " ", each) for each in re.findall(r":root \{(.*?)\}", css, re.DOTALL)[:2])
    rules = [line for line in css.splitlines() if line.startswith((".story", "@container"))]
    figure = ".md-typeset figure.drawn { container-type: inline-size; display: block; width: 100%; max-width: none; }"
    return "\n".join([f":root {{{light}}}", f"[data-md-color-scheme=slate] {{{dark}}}", figure, *rules]) + "\n"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
