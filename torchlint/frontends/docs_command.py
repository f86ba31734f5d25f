"""``torchlint docs``: the pages of the documentation, which are installed with torchlint."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.engine.config_file import nearest
from torchlint.errors import ConfigError
from torchlint.frontends.explain import print_markdown
from torchlint.frontends.options import add_color_option

if TYPE_CHECKING:
    import argparse

FOLDER = Path(__file__).parents[1] / "docs"
_RULE = re.compile(r"(?:TLC|TOR)\d*", re.IGNORECASE)


def declare(parser: argparse.ArgumentParser) -> None:
    """Give the parser of the command all that it takes."""
    parser.description = "Print a page of the documentation; without a topic, list them."
    parser.set_defaults(run=lambda options: show(options.topic, options.color))
    parser.add_argument("topic", nargs="?", metavar="TOPIC", help="such as start or concepts")
    add_color_option(parser)


def topics() -> dict[str, Path]:
    """The pages and schemas by their topics, in the order of these."""
    pages = {each.stem: each for each in FOLDER.glob("*.md")}
    schemas = {each.name: each for each in FOLDER.glob("*.json")}
    return dict(sorted({**pages, **schemas}.items()))


def show(topic: str | None, color: str) -> int:
    """Print one page, or the list of all. Raises: ConfigError where there is no such page."""
    pages = topics()
    if topic is None:
        width = max(map(len, pages))
        for name, path in pages.items():
            sys.stdout.write(f"{name:<{width}}  {_title(path)}\n")
        return 0
    name = topic.removesuffix(".md").lower().replace("_", "-").replace(" ", "-")
    if name not in pages:
        rule = f"; `torchlint rule {topic}` explains a rule" if _RULE.fullmatch(topic) else ""
        advice = rule or nearest(name, pages) or f"; there are {', '.join(pages)}"
        raise ConfigError(f"no page is called {topic!r}{advice}")
    text = pages[name].read_text(encoding="utf-8")
    if name.endswith(".json"):
        sys.stdout.write(text)
    else:
        print_markdown(text, color)
    return 0


def _title(path: Path) -> str:
    """The heading of a page, or the title of a schema."""
    text = path.read_text(encoding="utf-8")
    found = re.search(r"^# (.+)$" if path.suffix == ".md" else r'"title": "([^"]+)"', text, re.MULTILINE)
    return found[1] if found else ""
