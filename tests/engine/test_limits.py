"""No file costs more than it may, what is cut off is told, and growth is no explosion."""

from __future__ import annotations

import ast
import time
from pathlib import Path

import pytest

from tests import large
from tests.frontends.commands import check, check_json
from tests.pace import slowness
from torchlint.engine.check import FileResult, check_bytes, check_source
from torchlint.engine.settings import Settings
from torchlint.finding import Certainty, EffectKind
from torchlint.model.interpreter.limits import MAX_FILE_WORK, MAX_PATHS_WORK, MAX_WORK
from torchlint.model.interpreter.program import explore
from torchlint.syntax.source import Source

ADVICE = Settings(Path(), certainty=Certainty.ADVICE)
TOO_MUCH = large.steps_on_conditions(100, 100)
FAULT = "\nz = torch.ones(2, requires_grad=True).exp()\nz.sum().backward()\nz.sum().backward()\n"


def checked(code: str, settings: Settings = ADVICE) -> FileResult:
    return check_source(Source(code, "a.py"), settings)


def work(code: str) -> int:
    """What it takes to run a program."""
    return explore(ast.parse(code), code).work


# What it costs.


@pytest.mark.parametrize("name", large.FAMILIES)
def test_no_file_takes_long(name: str) -> None:
    """The bound is generous; what it must not cost are the minutes that it took."""
    data, started = large.FAMILIES[name]().encode(), time.process_time()
    assert check_bytes(data, "a.py", Settings(Path())).error is None
    taken = time.process_time() - started
    assert taken < 10 or taken < 10 * slowness()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(large.losses_on_conditions(10, 2), large.losses_on_conditions(20, 2), id="layers"),
        pytest.param(large.conditional_attributes(10), large.conditional_attributes(20), id="attributes"),
        pytest.param(large.entries(4), large.entries(8), id="entries"),
        pytest.param(large.long_forward(200), large.long_forward(400), id="lines"),
    ],
)
def test_twice_the_code_is_twice_the_work(one: str, other: str) -> None:
    assert 1.5 < work(other) / work(one) < 2.5


@pytest.mark.parametrize(
    "code", [TOO_MUCH, large.steps_on_conditions(200, 200), large.entries(400), large.methods(100)]
)
def test_the_work_of_a_file_is_bounded(code: str) -> None:
    assert work(code) <= MAX_FILE_WORK + MAX_PATHS_WORK + MAX_WORK


def test_leaves_that_are_fed_alike_are_noted_once() -> None:
    code = large.steps_on_conditions(20, 3)
    (first, *_) = explore(ast.parse(code), code).endings
    assert len(first.run.history.trained) == 1 + 2 + 3  # each backward, each step after it
    assert {each.bit_count() for each in first.run.history.trained.values()} == {2 * 20}


def test_a_world_leaves_no_graph_behind() -> None:
    code = large.losses_on_conditions(20, 6)
    for ending in explore(ast.parse(code), code).endings:
        run = ending.run
        assert not any((run.history.backwards, run.history.feeders, run.history.escaped, run.history.retained))


@pytest.mark.parametrize("name", large.DOUBLING)
def test_what_doubles_is_not_followed_for_ever(name: str) -> None:
    before, line, after = large.DOUBLING[name]
    result = checked(large.lines(line, 60, before, after))
    assert result.error is None


@pytest.mark.parametrize("name", large.HUGE)
def test_nothing_huge_is_computed(name: str) -> None:
    result = checked(large.lines(large.HUGE[name], 1))
    assert result.error is None


def test_a_long_table_hides_no_finding() -> None:
    result = checked(large.table_of_numbers(80_000), Settings(Path()))
    assert [each.code for each in result.findings] == ["TLC502"]


# What is told.


def test_what_was_cut_off_is_advice_and_told_once() -> None:
    body = "".join(f"    if cfg.f{index}:\n        net(x).sum().backward()\n" for index in range(300))
    code = f"import torch\n\n\ndef train(net, x, cfg):\n{body}\n\ndef evaluate(net, x, cfg):\n{body}"
    (finding,) = [each for each in checked(code).findings if each.code == "TLC004"]
    assert (finding.rule, finding.certainty, finding.effect.kind) == (
        "incomplete-analysis",
        Certainty.ADVICE,
        EffectKind.NONE,
    )
    assert finding.place.line == 4
    assert finding.message == (
        "not everything was run to its end: train (line 4: too many steps), evaluate (line 607: too many steps)"
    )


def test_what_was_cut_off_is_silent_by_default() -> None:
    result = checked(TOO_MUCH + FAULT, Settings(Path()))
    assert result.findings == ()
    assert result.incomplete == "not everything was run to its end: the module (line 1: too much work)"


def test_whole_programs_are_not_told() -> None:
    result = checked(large.losses_on_conditions(50, 6))
    assert result.incomplete == ""
    assert all(each.code != "TLC004" for each in result.findings)


def test_selecting_it_by_code_shows_it() -> None:
    selected = Settings(Path(), extend_select=("TLC004",))
    assert [each.code for each in checked(TOO_MUCH, selected).findings] == ["TLC004"]


def test_a_comment_suppresses_it() -> None:
    code = TOO_MUCH.replace("import torch\n", "import torch  # noqa: TLC004\n", 1)
    assert all(each.code != "TLC004" for each in checked(code).findings)


def test_its_comment_is_unused_only_where_it_is_shown() -> None:
    code = "import torch  # noqa: TLC004\n"
    assert [each.code for each in checked(code).findings] == ["TLC003"]
    assert checked(code, Settings(Path())).findings == ()


def test_no_comment_is_unused_where_not_everything_was_looked_at() -> None:
    code = TOO_MUCH + FAULT.rstrip() + "  # noqa: TLC201\n"
    assert all(each.code != "TLC003" for each in checked(code).findings)


def test_verbose_tells_it_on_standard_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("much.py").write_text(TOO_MUCH)
    Path("little.py").write_text("import torch\n")
    ran = check_json("--verbose", ".")
    assert (ran.status, ran.found) == (0, [])
    assert ran.err == "much.py: not everything was run to its end: the module (line 1: too much work)\n"
    assert check_json(".").err == ""


def test_formats_show_it_like_any_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("much.py").write_text(TOO_MUCH)
    assert check_json("--certainty", "advice", ".").found == [("much.py", None, 1, "TLC004")]
    assert "TLC004" in check("--certainty", "advice", "--output-format", "concise", ".").out


def test_a_region_that_is_too_long_is_told_and_nothing_of_it_is_parsed() -> None:
    method = "    def f{0}(self):\n        return self.t\n"
    body = "".join(method.format(index) for index in range(8_000))
    code = (
        f"import torch\n\nclass Net(torch.nn.Module):\n    def __init__(self):\n        self.t = torch.ones(3)\n{body}"
    )
    assert checked(code).incomplete == "not everything was run to its end: the class (line 3: its text is too long)"


@pytest.mark.parametrize("nested", ["{} and x.any()", "x.any() or {}", "not {}", "lambda: {}", "x if c else {}"])
def test_nesting_that_libcst_takes_too_much_memory_and_stack_for(nested: str) -> None:
    parts = nested.split("{}")
    code = "import torch\nx = torch.ones(3)\nif {}:\n    x.add(1)\ny = x.exp()\n"
    deep, flat = (code.format(f"{parts[0] * times}x.any(){parts[1] * times}") for times in (1_300, 400))
    result = checked(deep)
    assert result.incomplete == "not everything was run to its end: the module (line 1: its text is too long)"
    assert [each.code for each in checked(flat).findings] == ["TLC207"]
