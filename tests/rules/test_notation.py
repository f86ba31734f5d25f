"""The harness itself, with a made-up rule: it must accept what is right and refuse each thing that is not."""

from __future__ import annotations

import textwrap
from dataclasses import replace

import pytest
from notation import (
    Case,
    Outcome,
    assert_findings,
    assert_fixed,
    assert_proven,
    marked,
    proof_problems,
    read_cases,
    run,
    section_problems,
)

from torchlint.finding import Certainty, Effect, EffectKind, Finding, Span
from torchlint.rule import SECTIONS, Example
from torchlint.syntax.source import Source

TEXT = """\
# made-up

A comment before the first case.

## Theme

### `first`

```python
x = ⟦bad⟧(1)
```

### a likely one

`likely` `target=2.5` `default`

Here is why.

```python
é = ⟦bad⟧ + ⟦bad⟧

y = 1
```

```diff
-é = bad + bad
+é = good + good

```

````python proof
```
fault = bool(é)
````

```text raises
must be
```
"""


def test_read_cases() -> None:
    first, second = read_cases(TEXT)
    assert first == Case(Example("first", "x = ⟦bad⟧(1)\n"))
    assert second.default
    assert second.target_version == (2, 5)
    assert second.example == Example(
        "a likely one",
        "é = ⟦bad⟧ + ⟦bad⟧\n\ny = 1\n",
        Certainty.LIKELY,
        "é = good + good\n\ny = 1\n",
        "```\nfault = bool(é)\n",
        "must be",
    )
    assert second.plain == "é = bad + bad\n\ny = 1\n"
    assert second.spans == [Span(5, 8), Span(11, 14)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("```python\n```\n", "cases, line 1: no block", id="code-first"),
        pytest.param("### a\n```py\n```\n", "line 2: no block", id="unknown-block"),
        pytest.param("### a\n```python\n```\n```python\n```\n", "line 4: no block, or a second one", id="block-twice"),
        pytest.param("### a\n```python\nx = 1\n", "line 2: this block has no end", id="no-end"),
        pytest.param("### a\n### b\n```python\n```\n", "line 2: the case 'a' must begin", id="no-code"),
        pytest.param("### a\n", "at its end: the case 'a' must begin", id="no-code-at-the-end"),
        pytest.param("### a\n```diff\n```\n", "line 2: the case 'a' must begin", id="fix-first"),
        pytest.param("### a\n`sure`\n", "line 2: 'sure'", id="unknown-word"),
        pytest.param("### a\n`target=2`\n", "line 2: 'target=2'", id="bad-version"),
        pytest.param("### a\n```python\n```\n`likely`\n", "line 4: words must stand", id="late-words"),
        pytest.param("### a\n```python\nx\n```\n```diff\n-y\n```\n", "line 5: a: found 0 times", id="wrong-fix"),
        pytest.param("### a\n```python\n```\n### a\n```python\n```\n", "two cases are called a", id="name-twice"),
    ],
)
def test_mistakes_in_the_notation(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_cases(text)


@pytest.mark.parametrize("code", ["⟦a", "a⟧", "⟧a⟦"])
def test_unbalanced_markers(code: str) -> None:
    with pytest.raises(ValueError, match="without"):
        _ = Case(Example("a", code)).spans


@pytest.mark.parametrize("code", ["", "a", "⟦a⟧", "⟦a⟦b⟧⟧", "⟦⟦a⟧b⟧", "⟦a⟧⟦b⟧", "é⟦é⟧é", "⟦a⟦b⟧c⟧"])
def test_marking_is_the_inverse(code: str) -> None:
    case = Case(Example("a", code))
    assert marked(case.plain, case.spans) == code


CASE = Case(Example("made up", "x = ⟦bad⟧\n", fixed="x = good\n"))


def made_up(text: str, word: str = "bad", certainty: Certainty = Certainty.CERTAIN) -> list[Finding]:
    """What a rule finds that minds one word."""
    source = Source(text, "a.py")
    at = text.find(word)
    if at < 0:
        return []
    span = Span(at, at + len(word))
    effect = Effect(EffectKind.NONE, "")
    return [Finding("TLC900", "made-up", "bad word", certainty, span, source.place(span), effect)]


def test_right_findings_pass() -> None:
    assert_findings(CASE, made_up(CASE.plain))
    assert_findings(Case(Example("silent", "x = 1\n")), [])


@pytest.mark.parametrize(
    ("findings", "message"),
    [
        pytest.param([], "expected:\nx = ⟦bad⟧\n\nfound:\nx = bad\n", id="missed"),
        pytest.param(made_up(CASE.plain, "x"), "found:\n⟦x⟧ = bad", id="elsewhere"),
        pytest.param(made_up(CASE.plain, "ba"), "found:\nx = ⟦ba⟧d", id="span"),
        pytest.param(made_up(CASE.plain) * 2, "found:\nx = ⟦⟦bad⟧⟧", id="twice"),
        pytest.param(made_up(CASE.plain, certainty=Certainty.LIKELY), "expected to be certain", id="certainty"),
    ],
)
def test_wrong_findings_fail(findings: list[Finding], message: str) -> None:
    with pytest.raises(AssertionError) as error:
        assert_findings(CASE, findings)
    assert message in str(error.value)


def test_a_silent_case_must_stay_silent() -> None:
    with pytest.raises(AssertionError, match="found"):
        assert_findings(Case(Example("silent", "bad\n")), made_up("bad\n"))


def test_right_fixes_pass() -> None:
    assert_fixed(CASE, "x = good\n", [])
    unfixed = Case(replace(CASE.example, fixed=None))
    assert_fixed(unfixed, CASE.plain, made_up(CASE.plain))


@pytest.mark.parametrize(
    ("case", "fixed", "left"),
    [
        pytest.param(CASE, "x = goo\n", [], id="other-text"),
        pytest.param(CASE, CASE.plain, made_up(CASE.plain), id="not-fixed"),
        pytest.param(CASE, "x = good\n", made_up("x = good\n", "good"), id="found-again"),
        pytest.param(Case(replace(CASE.example, fixed=None)), "x = good\n", [], id="fixed-unasked"),
    ],
)
def test_wrong_fixes_fail(case: Case, fixed: str, left: list[Finding]) -> None:
    with pytest.raises(AssertionError):
        assert_fixed(case, fixed, left)


FAULT = "fault = not x.requires_grad"
GRAD = "import torch\nx = torch.ones(2, requires_grad={})\n"
RAISING = "import torch\nx = torch.ones(2, requires_grad=True)\n⟦x.add_(1)⟧\n"


@pytest.mark.torch
@pytest.mark.parametrize(
    ("example", "problem"),
    [
        pytest.param(
            Example("a", "⟦" + GRAD.format(False) + "⟧", proof=FAULT, fixed=GRAD.format(True)), "", id="shown"
        ),
        pytest.param(Example("a", "⟦" + GRAD.format(True) + "⟧", proof=FAULT), "set fault to True", id="not-shown"),
        pytest.param(Example("a", "⟦" + GRAD.format(False) + "⟧"), "set fault to True", id="no-proof"),
        pytest.param(
            Example("a", "⟦" + GRAD.format(False) + "⟧", proof=FAULT, fixed=GRAD.format(False)),
            "the fixed code",
            id="fixed-but-faulty",
        ),
        pytest.param(
            Example("a", "⟦" + GRAD.format(False) + "⟧", proof=FAULT, fixed="x = None\n"), "AttributeError", id="broken"
        ),
        pytest.param(Example("a", RAISING, raises="a leaf Variable that requires grad"), "", id="raises"),
        pytest.param(Example("a", RAISING, raises="another error"), "'another error'", id="raises-otherwise"),
        pytest.param(Example("a", RAISING, proof="fault = True"), "a leaf Variable", id="raises-unannounced"),
        pytest.param(Example("a", "⟦x⟧ = 1\n", raises="anything"), "got fault = False", id="does-not-raise"),
        pytest.param(Example("a", RAISING, raises="a leaf", fixed="x = 1\n"), "", id="fixed-no-longer-raises"),
        pytest.param(Example("a", RAISING, raises="a leaf", fixed="1 / 0\n"), "ZeroDivisionError", id="fixed-raises"),
        pytest.param(Example("a", GRAD.format(True), proof=FAULT), "", id="silent"),
        pytest.param(Example("a", GRAD.format(False), proof=FAULT), "that is no fault", id="silent-but-faulty"),
        pytest.param(Example("a", "x = 1\n", proof="1 / 0"), "ZeroDivisionError", id="silent-but-raises"),
    ],
)
def test_proofs(example: Example, problem: str) -> None:
    pytest.importorskip("torch")
    if not problem:
        assert_proven(Case(example))
        return
    with pytest.raises(AssertionError) as error:
        assert_proven(Case(example))
    assert problem in str(error.value)


@pytest.mark.parametrize(
    ("proof", "problems"),
    [
        pytest.param("fault = x.grad is None", [], id="reads-a-name"),
        pytest.param("f()", [], id="does-what-would-raise"),
        pytest.param("fault = False\ntry:\n    f()\nexcept ValueError:\n    fault = True", [], id="one-of-two-ways"),
        pytest.param("fault = True", ["reads no name", "to a constant"], id="constant"),
        pytest.param("f()\nfault = not 1", ["to a constant"], id="constant-in-the-end"),
        pytest.param("fault = torch.is_grad_enabled()", ["reads no name"], id="only-an-import"),
        pytest.param("y = 1\nfault = y == 1", ["reads no name"], id="only-its-own"),
    ],
)
def test_proofs_that_do_not_depend_on_the_code(proof: str, problems: list[str]) -> None:
    code = "import torch\nx = torch.ones(1)\ndef f():\n    pass\n"
    found = list(proof_problems(Case(Example("a", code, proof=proof))))
    assert len(found) == len(problems)
    assert all(each in text for each, text in zip(problems, found, strict=True))


@pytest.mark.torch
def test_programs_do_not_meet() -> None:
    torch = pytest.importorskip("torch")
    run("import torch\ntorch.set_grad_enabled(False)\ntorch.set_default_dtype(torch.float64)\n", "")
    assert torch.is_grad_enabled()
    assert torch.get_default_dtype() is torch.float32
    draw = "import torch\nfault = torch.rand(1).item()"
    assert run(draw, "") == run(draw, "")


@pytest.mark.torch
def test_an_outcome_shows_where_it_failed() -> None:
    pytest.importorskip("torch")
    assert str(Outcome(None, True)) == "fault = True"
    assert "boom = 1 / 0" in str(run("boom = 1 / 0", ""))


GOOD_DOC = "What is found.\n\n" + "\n\n".join(f"{title}\n    Text." for title in SECTIONS) + "\n"


@pytest.mark.parametrize(
    ("doc", "problem"),
    [
        pytest.param(GOOD_DOC, "", id="good"),
        pytest.param(GOOD_DOC.replace("found.", "found"), "no sentence", id="first-line"),
        pytest.param(GOOD_DOC.replace("Why\n    Text.\n\n", ""), "its sections are", id="missing"),
        pytest.param(GOOD_DOC.replace("Why\n    Text.", "Why"), "section Why is empty", id="empty"),
        pytest.param(
            GOOD_DOC.replace("Why", "Tmp").replace("Example", "Why").replace("Tmp", "Example"), "must", id="order"
        ),
    ],
)
def test_section_problems(doc: str, problem: str) -> None:
    problems = list(section_problems(textwrap.dedent(doc), SECTIONS))
    assert bool(problems) is bool(problem)
    assert problem in " ".join(problems)
