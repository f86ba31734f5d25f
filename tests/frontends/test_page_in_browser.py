"""The page in a real browser, without a network: headless Chromium, driven through its own driver."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from torchlint import lint_source
from torchlint.engine.check import FileResult
from torchlint.finding import Certainty, Effect, EffectKind, Finding, Place, Span, Verdict, VerdictKind
from torchlint.frontends.cli import main
from torchlint.frontends.formats import html
from torchlint.frontends.formats.report import Report
from torchlint.rule import all_rules
from torchlint.syntax.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytest.importorskip("selenium", reason="selenium is not installed")
pytestmark = [
    pytest.mark.program,
    pytest.mark.skipif(
        not (CHROMIUM and DRIVER), reason="needs the programs chromium and chromedriver (Debian: chromium-driver)"
    ),
]

EXAMPLES = Path(__file__).parents[1] / "examples"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
HOSTILE = "a</script><b>'\"\u05d0\u05d1\u202e.py"


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """These tests take the real rules."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    options = ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service(DRIVER))
    driver.set_page_load_timeout(60)
    yield driver
    driver.quit()


class Sources:
    """The examples of the rules, each as a file of its own."""

    def __init__(self) -> None:
        self.by_path: dict[str, Source] = {}
        for code, loaded in all_rules().items():
            for number, example in enumerate(loaded.examples):
                text = example.code.replace("⟦", "").replace("⟧", "")
                self.by_path[f"{code}/{number}.py"] = Source(text, f"{code}/{number}.py")
        long = f"import torch\nx = torch.ones(3)\nx.abs()  # {'long ' * 400}\nprint(x, '{'字' * 300}')\n"
        self.by_path[HOSTILE] = Source(long, HOSTILE)

    def get(self, path: str) -> Source | None:
        return self.by_path.get(path)

    def results(self) -> tuple[FileResult, ...]:
        found = ((path, tuple(lint_source(source.text))) for path, source in self.by_path.items())
        return tuple(FileResult(path, findings) for path, findings in found if findings)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The addresses of a page of every example of the rules, and of one of the shipped examples."""
    folder = tmp_path_factory.mktemp("pages")
    sources = Sources()
    with (folder / "rules.html").open("w", encoding="utf-8") as out:
        html.write(Report(sources.results(), sources), out)  # type: ignore[arg-type]
    with (folder / "shipped.html").open("w", encoding="utf-8") as out, pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdout", out)
        main(["check", "--no-cache", "--output-format", "html", str(EXAMPLES)])
    with (folder / "judged.html").open("w", encoding="utf-8") as out:
        html.write(Report((FileResult("a.py", judged()),), sources), out)  # type: ignore[arg-type]
    return {name: (folder / f"{name}.html").as_uri() for name in ("rules", "shipped", "judged")}


def judged() -> tuple[Finding, ...]:
    """Three findings, one without a verdict, one that was not reached, one confirmed."""
    place, effect = Place(None, None, 1, 1, 1, 2), Effect(EffectKind.NONE, "")
    verdicts = {"TLC101": None, "TLC102": VerdictKind.NOT_REACHED, "TLC103": VerdictKind.CONFIRMED}
    return tuple(
        Finding(code, "a-rule", "wrong", Certainty.CERTAIN, Span(0, 1), place, effect,
                verdict=Verdict(kind, "it ran") if kind else None)
        for code, kind in verdicts.items()
    )  # fmt: skip


def show(browser: Chrome, page: str, width: int = 1400, scheme: str = "light") -> None:
    """Open a page anew at a width, all folds open; nothing may be complained about."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    preference = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": preference})
    browser.get("about:blank")
    browser.get(page)
    assert browser.get_log("browser") == []


def click(browser: Chrome, selector: str) -> None:
    browser.execute_script("document.querySelector(arguments[0]).click()", selector)


def shown(browser: Chrome) -> list[str]:
    """The rules of the cards that can be seen, from top to bottom."""
    script = "return [...document.querySelectorAll('.card')].filter(c => c.checkVisibility()).map(c => c.dataset.rule)"
    found: list[str] = browser.execute_script(script)
    return found


def test_filters(browser: Chrome, pages: dict[str, str]) -> None:
    show(browser, pages["shipped"])
    everything = shown(browser)
    assert len(everything) == 13
    click(browser, "input[value=TLC102]")
    assert shown(browser) == ["TLC102", "TLC102"]
    click(browser, "input[value=TLC104]")
    assert sorted(shown(browser)) == ["TLC102", "TLC102", "TLC104"]
    click(browser, "input[name=effect][value=raises]")
    assert shown(browser) == ["TLC104"]
    assert browser.execute_script("return document.getElementById('shown').textContent") == "1 of 13 shown"
    click(browser, "input[name=certainty][value=likely]")
    assert shown(browser) == []
    assert browser.execute_script("return document.getElementById('nothing').checkVisibility()")
    click(browser, "button[type=reset]")
    browser.execute_async_script("setTimeout(arguments[0], 20)")
    assert shown(browser) == everything
    click(browser, "input[name=fix][value=none]")
    assert shown(browser) == ["TLC102"]


def test_filter_by_verdict(browser: Chrome, pages: dict[str, str]) -> None:
    show(browser, pages["judged"])
    assert len(shown(browser)) == 3
    click(browser, "input[name=verdict][value=confirmed]")
    assert shown(browser) == ["TLC103"]
    click(browser, "input[name=verdict][value='not reached']")
    assert shown(browser) == ["TLC102", "TLC103"]


def test_search(browser: Chrome, pages: dict[str, str]) -> None:
    from selenium.webdriver.common.keys import Keys

    show(browser, pages["shipped"])
    body, field = browser.find_element("tag name", "body"), browser.find_element("id", "search")
    body.send_keys("/")
    assert browser.switch_to.active_element == field
    field.send_keys("noisy.CLAMP lesson")
    assert shown(browser) == ["TLC207"]
    field.send_keys(" nowhere")
    assert shown(browser) == []
    field.send_keys(Keys.ESCAPE)
    assert len(shown(browser)) == 13


def test_order_by_rule_and_back(browser: Chrome, pages: dict[str, str]) -> None:
    show(browser, pages["shipped"])
    before = shown(browser)
    click(browser, "input[name=by][value=rule]")
    assert shown(browser) == sorted(before)
    names = "return [...document.querySelectorAll('.group:not([hidden]) .name')].map(n => n.textContent)"
    assert browser.execute_script(names)[0] == "TLC101 unregistered-tensor"
    click(browser, "input[name=by][value=path]")
    assert shown(browser) == before


def test_the_keyboard_is_enough(browser: Chrome, pages: dict[str, str]) -> None:
    from selenium.webdriver.common.keys import Keys

    show(browser, pages["shipped"])
    body = browser.find_element("tag name", "body")
    body.send_keys("j")
    first = browser.switch_to.active_element
    assert first.tag_name == "summary"
    is_open = "return document.activeElement.parentElement.open"
    assert browser.execute_script(is_open) is True
    first.send_keys(Keys.ENTER)
    assert browser.execute_script(is_open) is False
    first.send_keys("j")
    assert browser.switch_to.active_element != first
    browser.switch_to.active_element.send_keys("k")
    assert browser.switch_to.active_element == first


@pytest.mark.parametrize("width", [400, 1400])
def test_the_chosen_finding_is_in_view_with_its_whole_focus_ring(
    browser: Chrome, pages: dict[str, str], width: int
) -> None:
    show(browser, pages["rules"], width)
    click(browser, "#unfold")
    for key in "jjjjjjjjkkk":
        browser.switch_to.active_element.send_keys(key)
        browser.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
        top, bottom, bar, height, ring = browser.execute_script("""
            const chosen = document.activeElement, box = chosen.closest(".card").getBoundingClientRect();
            const style = getComputedStyle(chosen);
            return [box.top, box.bottom, document.querySelector(".bar").getBoundingClientRect().bottom, innerHeight,
                    parseFloat(style.outlineOffset) + parseFloat(style.outlineWidth)];""")
        assert bar <= top < height / 2 or bottom <= height
        assert top >= bar
        assert ring <= 0


def test_a_rule_unfolds_its_document(browser: Chrome, pages: dict[str, str]) -> None:
    show(browser, pages["shipped"])
    click(browser, ".about > summary")
    browser.execute_async_script("setTimeout(arguments[0], 20)")
    text = browser.execute_script("return document.querySelector('.about').innerText")
    assert "What it misses" in text
    assert "proven by running them" in text


def test_an_address_of_a_finding_unfolds_it(browser: Chrome, pages: dict[str, str]) -> None:
    show(browser, f"{pages['rules']}#f7")
    assert browser.execute_script("return document.querySelector('#f7 > details').open") is True
    assert browser.execute_script("return document.querySelector('#f8 > details').open") is False


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 768, 1400])
def test_nothing_overflows_and_stories_have_a_size(
    browser: Chrome, pages: dict[str, str], width: int, scheme: str
) -> None:
    show(browser, pages["rules"], width, scheme)
    click(browser, "#unfold")
    browser.execute_script("document.querySelectorAll('.card').forEach(c => c.style.contentVisibility = 'visible')")
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.execute_script(
        "const nav = document.querySelector('nav'); return nav.scrollWidth <= nav.clientWidth"
    )
    sizes = browser.execute_script("""
        return [...document.querySelectorAll('figure')].map(figure => {
          const seen = [...figure.querySelectorAll('svg')].filter(svg => svg.checkVisibility());
          const box = seen[0].getBoundingClientRect();
          return [seen.length, box.width, box.height];
        })""")
    stories = [finding for result in Sources().results() for finding in result.findings if finding.story]
    assert len(sizes) == len(stories) > 30
    for count, wide, high in sizes:
        assert count == 1
        assert 200 < wide <= width
        assert high > 150


@pytest.mark.parametrize("width", [400, 1400])
def test_texts_of_stories_stay_inside_and_apart(browser: Chrome, pages: dict[str, str], width: int) -> None:
    show(browser, pages["rules"], width)
    click(browser, "#unfold")
    browser.execute_script("document.querySelectorAll('.card').forEach(c => c.style.contentVisibility = 'visible')")
    problems = browser.execute_script("""
        const problems = [];
        for (const svg of document.querySelectorAll('.story')) {
          if (!svg.checkVisibility()) continue;
          const frame = svg.getBoundingClientRect();
          const texts = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()]);
          texts.forEach(([words, box], at) => {
            if (box.left < frame.left || box.right > frame.right || box.bottom > frame.bottom)
              problems.push(['outside', words]);
            for (const [other, its] of texts.slice(at + 1))
              if (box.left < its.right - 1 && its.left < box.right - 1
                  && box.top < its.bottom - 4 && its.top < box.bottom - 4)
                problems.push(['over each other', words, other]);
          });
        }
        return problems;""")
    assert problems == []


def test_names_in_other_directions_of_writing_stay_in_order(browser: Chrome, pages: dict[str, str]) -> None:
    show(browser, pages["rules"])
    names = browser.execute_script("return [...document.querySelectorAll('.name')].map(n => n.textContent)")
    assert any("</script><b>" in name for name in names)
    assert browser.execute_script("return document.querySelectorAll('b').length") == 0


def test_the_page_prints_unfolded(browser: Chrome, pages: dict[str, str]) -> None:
    show(browser, pages["rules"])
    browser.execute_script("window.dispatchEvent(new Event('beforeprint'))")
    assert browser.execute_script("return [...document.querySelectorAll('.card > details')].every(d => d.open)")
    browser.execute_script("window.dispatchEvent(new Event('afterprint'))")
    assert not browser.execute_script("return [...document.querySelectorAll('.card > details')].some(d => d.open)")
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})
    assert len(printed["data"]) > 100_000
