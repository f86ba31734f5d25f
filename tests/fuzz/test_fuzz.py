"""The fuzzer sees what is wrong, makes it small, does the same each time, and finds nothing in a short run."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.fuzz import __main__ as command
from tests.fuzz import big, judge
from tests.fuzz.child import MEMORY_LIMIT, Child
from tests.fuzz.families import FAMILIES, Seeds, write
from tests.fuzz.inputs import Input, Problem, Verdict, Way
from tests.fuzz.minimise import minimised
from torchlint.engine import check, fix, noqa
from torchlint.engine.check import FileResult

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FAULT = b"import torch\nw = torch.ones(3, requires_grad=True)\nw += 1\n"


def tried(data: bytes, name: str = "a.py") -> list[str]:
    """The kinds of problems that are seen with a file."""
    verdict = judge.judge(Input.of_file("x", name, data), lambda: None)
    return [each.kind for each in verdict.problems]


def misbehave(given: Input, step: Callable[[], None]) -> Verdict:
    """Do what the data says, as no judge should."""
    step()
    match given.data:
        case b"hang":
            while True:
                pass
        case b"swell":
            held = b"x" * (MEMORY_LIMIT + 1)
            return Verdict((Problem("status", str(len(held))),))
        case b"raise":
            raise RuntimeError("raised")
        case b"die":
            raise SystemExit(3)
    return Verdict(())


# The limits.


@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        pytest.param(b"hang", {"hang"}, id="hang"),
        pytest.param(b"swell", {"memory", "status"}, id="memory"),
        pytest.param(b"raise", {"traceback"}, id="an exception"),
        pytest.param(b"die", {"traceback"}, id="the end of the process"),
        pytest.param(b"", set(), id="nothing"),
    ],
)
def test_limits(data: bytes, kinds: set[str]) -> None:
    with Child(misbehave, cpu_limit=3) as child:
        assert child.verdict(Input.of_file("x", "a.py", data)).kinds == kinds
        assert not child.verdict(Input.of_file("x", "a.py", b"")).problems


def test_a_hang_says_where() -> None:
    with Child(misbehave, cpu_limit=0.3) as child:
        (problem,) = child.verdict(Input.of_file("x", "a.py", b"hang")).problems
    assert "in misbehave" in problem.detail


# What is wrong is seen.


def test_what_is_right_has_no_problem() -> None:
    assert tried(FAULT) == []


def test_an_exception_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "_is_plain_python", lambda *arguments: 1 // 0)
    assert tried(FAULT) == ["traceback"]


def test_an_internal_error_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*arguments: object) -> list[object]:
        arguments[-1].append("internal error in TLC101")  # type: ignore[attr-defined]
        return []

    monkeypatch.setattr(check, "_run", broken)
    assert "traceback" in tried(FAULT)


def test_findings_that_are_others_each_time_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = check.check_bytes, iter(range(100))

    def moody(*arguments: object) -> FileResult:
        result = real(*arguments)  # type: ignore[arg-type]
        return FileResult(result.path, result.findings[: next(calls) % 2])

    monkeypatch.setattr(check, "check_bytes", moody)
    assert "unequal" in tried(FAULT)


@pytest.mark.parametrize(
    ("text", "kind"),
    [pytest.param("def f(:\n", "unparsable", id="no Python"), pytest.param("{text}# x\n", "unsettled", id="no end")],
)
def test_bad_fixes_are_seen(monkeypatch: pytest.MonkeyPatch, text: str, kind: str) -> None:
    real = fix.fix_source

    def spoiled(source: object, *arguments: object) -> object:
        fixed = real(source, *arguments)  # type: ignore[arg-type]
        data = text.replace("{text}", fixed.after.text).encode()
        return fix.FixResult(fixed.before, fixed.after, data, fixed.fixed + Counter(TLC201=1), fixed.left)

    monkeypatch.setattr(fix, "fix_source", spoiled)
    assert kind in tried(FAULT)


def test_comments_without_end_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(noqa, "add_noqa", lambda source, data, findings: (source, data + b"# x\n"))
    assert "unsettled" in tried(FAULT)


# Making small.


def test_minimised() -> None:
    def fails(given: Input) -> bool:
        return b"b c" in given.data and any(name == "c" for name, _ in given.files)

    given = Input("x", Way.FOLDER, (("a", b"x\n" * 50 + b"a b c d\n" + b"y\n" * 50), ("b", b"z"), ("c", b"z\n")))
    small = minimised(given, fails)
    assert small.files == (("a", b"b c"), ("c", b""))


# The run.


@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_seed_writes_the_same_inputs(family: str) -> None:
    one, other = ([write([family], Seeds(), random.Random(f"1 {number}")) for number in range(20)] for _ in range(2))
    assert one == other


@pytest.mark.parametrize("table", [big.PROGRAMS, big.NOTEBOOKS, big.FOLDERS], ids=["programs", "notebooks", "folders"])
def test_big_inputs_grow(table: dict[str, tuple[Callable[[int], object], int]]) -> None:
    for name, (make, _) in table.items():
        assert len(str(make(40))) > len(str(make(4))) > len(str(make(1))) - 1, name


def test_a_short_run_finds_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    families = "programs", "layouts", "damage", "notebooks"
    status = command.main(["--inputs", "150", "--seed", "3", "--keep", str(tmp_path), "--families", *families])
    out = capsys.readouterr().out
    reasons = [each.read_text(encoding="utf-8") for each in tmp_path.rglob("reason.txt")]
    assert status == 0, "\n".join([out, *reasons])
    assert out.splitlines()[-1].split()[:2] == ["all", "150"]


def test_folders_and_editors_find_nothing(tmp_path: Path) -> None:
    arguments = ["--inputs", "10", "--seed", "2", "--keep", str(tmp_path), "--families", "folders", "editors"]
    assert command.main(arguments) == 0, [each.read_text() for each in tmp_path.rglob("reason.txt")]


def test_what_fails_is_kept_and_can_be_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "judge", misbehave)
    monkeypatch.setattr(command, "write", lambda families, seeds, rng: Input.of_file("x", "a.py", b"raise"))
    assert command.main(["--inputs", "2", "--seed", "1", "--keep", str(tmp_path / "kept")]) == 1
    place = tmp_path / "kept" / "0001-traceback"
    assert "RuntimeError: raised" in (place / "reason.txt").read_text()
    assert (place / "files" / "a.py").read_bytes() == b"raise"
    capsys.readouterr()
    assert command.main(["--again", str(place)]) == 1
    assert "RuntimeError: raised" in capsys.readouterr().out
