"""``torchlint docs``, and the schemas of JSON that it prints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from torchlint import lint_source
from torchlint.finding import Certainty, Effect, EffectKind, Finding, Place, Related, Span, Verdict, VerdictKind
from torchlint.frontends.cli import COMMANDS, main
from torchlint.frontends.docs_command import FOLDER, topics
from torchlint.frontends.formats.json import as_json
from torchlint.rule import all_rules

if TYPE_CHECKING:
    from pathlib import Path

    from jsonschema import Draft202012Validator

FINDINGS, WHY = "findings.schema.json", "why.schema.json"


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """The real rules, unlike in the other tests of this folder."""


def validator(name: str) -> Draft202012Validator:
    """What holds something against a schema, in which no key may be that the schema has not."""
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    from referencing import Registry, Resource

    schemas = {each: _closed(json.loads((FOLDER / each).read_text())) for each in (FINDINGS, WHY)}
    resources = [(schema["$id"], Resource.from_contents(schema)) for schema in schemas.values()]
    jsonschema.Draft202012Validator.check_schema(schemas[name])
    made: Draft202012Validator = jsonschema.Draft202012Validator(
        schemas[name], registry=Registry().with_resources(resources)
    )
    return made


def _closed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(each) for name, each in schema.items()}
    return {**closed, "additionalProperties": False} if "properties" in closed else closed


def test_each_page_is_listed_and_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docs"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(topics())
    assert all(len(line.split(maxsplit=1)) == 2 for line in lines)
    for name, path in topics().items():
        assert main(["docs", name, "--color", "never"]) == 0
        assert capsys.readouterr().out == path.read_text(encoding="utf-8")
    assert main(["docs", "Coming from ruff"]) == 0


@pytest.mark.parametrize(
    ("topic", "said"),
    [("agent", "did you mean 'agents'?"), ("TLC201", "`torchlint rule TLC201`"), ("zzz", "there are agents, ")],
)
def test_pages_that_do_not_exist(topic: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["docs", topic]) == 2
    assert said in capsys.readouterr().err


def test_the_page_for_agents_names_every_tool_and_command_that_there_is() -> None:
    text = (FOLDER / "agents.md").read_text(encoding="utf-8")
    server = pytest.importorskip("torchlint.frontends.agents.server", reason="the SDK mcp is not installed")
    for tool in (server.check, server.explain, server.why, server.fix_preview):
        assert f"| `{tool.__name__}` |" in text
        row = next(line for line in text.splitlines() if line.startswith(f"| `{tool.__name__}` |"))
        names = list(tool.__annotations__)[:-1]
        assert all(f"`{name}`" in row for name in names)
    said = {each.split("`")[0].split()[0] for each in text.split("`torchlint ")[1:]}
    assert said <= set(COMMANDS)


@pytest.mark.parametrize("code", all_rules())
def test_findings_keep_to_their_schema(code: str) -> None:
    found: list[Any] = []
    for example in all_rules()[code].examples:
        text = example.code.replace("⟦", "").replace("⟧", "")
        found += [as_json("a.py", each) for each in lint_source(text, select=[code], certainty="advice")]
    assert found
    # A finding may be all that a reader has: what PyTorch does about it is never left to be guessed.
    assert all(each["effect"]["message"] for each in found if each["effect"]["kind"] != "none")
    validator(FINDINGS).validate(json.loads(json.dumps(found)))


def test_verdicts_keep_to_their_schema() -> None:
    place = Place("b.ipynb", 2, 1, 1, 1, 2)
    seen = (Related("changed", "here", place),)
    for gradient, device, held in ((None, None, None), ((0.5, 2.0), "cpu", 3)):
        verdict = Verdict(VerdictKind.CONFIRMED, "it ran", EffectKind.SILENT, seen, gradient, device, held)
        effect = Effect(EffectKind.NONE, "", place)
        finding = Finding("TLC101", "a-rule", "m", Certainty.LIKELY, Span(0, 1), place, effect, seen, verdict=verdict)
        validator(FINDINGS).validate(json.loads(json.dumps([as_json("a.py", finding)])))


def test_a_diagnosis_keeps_to_its_schema(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["import torch", "x = torch.ones(3, requires_grad=True)", "y = x.sigmoid()", "y *= 2", "y.sum().backward()"]
    (tmp_path / "a.py").write_text("\n".join(lines))
    error = "one of the variables needed for gradient computation has been modified by an inplace operation"
    frame = f'  File "a.py", line 5, in <module>\n    {lines[4]}\n'
    (tmp_path / "log").write_text(f"Traceback (most recent call last):\n{frame}RuntimeError: {error}\n")
    assert main(["why", str(tmp_path / "log"), "--root", str(tmp_path), "--output-format", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["suspects"][0]["finding"]
    validator(WHY).validate(said)
