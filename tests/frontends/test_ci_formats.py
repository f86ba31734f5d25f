"""What CI systems read: SARIF, GitHub's annotations, GitLab's code quality report and JUnit's XML."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import places
import pytest
from ci_reports import commands
from hypothesis import given
from hypothesis import strategies as st
from made_up import NO_EFFECT, finding, place_of

from torchlint.engine.check import FileResult, check_bytes
from torchlint.engine.fix import apply_to_file
from torchlint.engine.settings import Settings
from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Related
from torchlint.frontends import formats
from torchlint.frontends.formats.report import Report
from torchlint.frontends.seams import Sources
from torchlint.frontends.visible import visible
from torchlint.syntax.notebook_positions import NotebookPositions
from torchlint.syntax.read_source import read_source
from torchlint.syntax.source import Source

SCHEMA = Path(__file__).parents[3] / "shared" / "data" / "sarif-schema-2.1.0.json"


@pytest.fixture(autouse=True)
def made_up_rules():
    """The real rules, unlike in the other tests of this folder."""


@pytest.fixture
def ten(tmp_path, monkeypatch):
    """The results of the ten files, in whose folder this is."""
    for variable in ("GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(variable, raising=False)
    places.ten_files(tmp_path)
    monkeypatch.chdir(tmp_path)
    files = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file())
    settings = Settings(tmp_path, certainty=Certainty.ADVICE)
    return [check_bytes(path.read_bytes(), path.as_posix(), settings) for path in files]


def written(output_format, results, given=None):
    out = io.StringIO()
    formats.write(output_format, Report(tuple(results), Sources(given or {})), out)
    return out.getvalue()


def run_of(results, given=None):
    return json.loads(written("sarif", results, given))["runs"][0]


def one(text, path="a.py", **options):
    """The result of a file with one finding at ``x``, and its bytes."""
    source = Source(text, path)
    return [FileResult(path, (finding(source, "x", **options),))], {path: text.encode("utf-8", "surrogatepass")}


# SARIF.


@pytest.fixture(scope="module")
def schema():
    from jsonschema import Draft4Validator

    if not SCHEMA.exists():
        pytest.skip("the schema is not part of the repository")
    return Draft4Validator(json.loads(SCHEMA.read_bytes()))


def test_sarif_is_valid(ten, schema):
    broken = check_bytes(b"import torch\nx = (", "broken.py", Settings(Path()))
    failed = FileResult("gone.py", (), error="cannot read it")
    for results in (ten, [broken, failed], []):
        schema.validate(json.loads(written("sarif", results)))


def test_sarif_levels_are_certainties(ten):
    found = {(each["properties"]["certainty"], each["level"]) for each in run_of(ten)["results"]}
    assert found == {("certain", "error"), ("likely", "warning"), ("advice", "note")}


def test_sarif_has_the_documents_of_the_rules_that_found_something(ten):
    run = run_of(ten)
    rules = run["tool"]["driver"]["rules"]
    assert [each["id"] for each in rules] == sorted({each["ruleId"] for each in run["results"]})
    for rule in rules:
        assert rule["help"]["markdown"].startswith(f"# {rule['id']} {rule['name']}\n")
        assert "## What it does" in rule["help"]["markdown"]
        assert "helpUri" not in rule
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])


def test_sarif_has_the_document_of_a_rule_without_a_module():
    (rule,) = run_of([check_bytes(b"import torch\nx = (", "a.py", Settings(Path()))])["tool"]["driver"]["rules"]
    assert (rule["id"], rule["name"]) == ("TLC001", "syntax-error")


def test_sarif_fixes_do_what_torchlint_does(ten):
    """Each fix, applied as SARIF says to the text of the file, gives what torchlint's own writing gives."""
    results = iter(run_of(ten)["results"])
    count = 0
    for result in ten:
        data = Path(result.path).read_bytes()
        source = read_source(data, result.path)
        encoding = "utf-8-sig" if source.is_notebook or source.bom else source.encoding
        for each in result.findings:
            said = next(results)
            assert ("fixes" in said) == bool(each.fix and each.fix.applicability is not Applicability.DISPLAY)
            if "fixes" in said:
                (change,) = said["fixes"][0]["artifactChanges"]
                assert unquote(change["artifactLocation"]["uri"]) == result.path
                _, after = apply_to_file(source, data, each.fix.edits)
                assert replaced(data.decode(encoding), change["replacements"]) == after.decode(encoding)
                count += 1
    assert count > 15


def replaced(text, replacements):
    starts = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]
    spans = []
    for each in replacements:
        region = each["deletedRegion"]
        start = starts[region["startLine"] - 1] + region["startColumn"] - 1
        end = starts[region["endLine"] - 1] + region["endColumn"] - 1
        spans.append((start, end, each["insertedContent"]["text"]))
    for start, end, new in sorted(spans, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def steps_of(result):
    """The steps of a result's code flow."""
    return [step for flow in result.get("codeFlows", ()) for step in flow["threadFlows"][0]["locations"]]


def test_sarif_tells_stories_in_their_order(ten):
    (story,) = (each for each in run_of(ten)["results"] if each["locations"][0]["physicalLocation"]["artifactLocation"]
                ["uri"] == "stories/story.py" and each["ruleId"] == "TLC202")  # fmt: skip
    flow = steps_of(story)
    said = [(each["location"]["physicalLocation"]["region"]["startLine"], each["importance"]) for each in flow]
    assert said == [(4, "important"), (4, "essential"), (5, "important")]
    assert [each["location"]["message"]["text"] for each in flow] == [
        "`gewicht.exp` keeps `größe` for backward",
        "`größe` is changed, and its version counter goes up",
        "this backward needs it",
    ]
    related = [each["message"]["text"] for each in story["relatedLocations"]]
    assert related == ["saved: `gewicht.exp` keeps `größe` for backward", "backward: this backward needs it"]


def test_sarif_has_a_code_flow_of_each_story(ten):
    findings = [finding for _, finding in Report(tuple(ten), Sources({})).findings]
    for each, result in zip(findings, run_of(ten)["results"], strict=True):
        told = [step.message for step in each.story if step.place]
        said = [step["location"]["message"]["text"] for step in steps_of(result)]
        assert [re.sub(r"^cell \d+, line \d+: ", "", text) for text in said] == (told if len(told) > 1 else [])
    assert any(each.related and not each.story for each in findings)


def test_sarif_names_cells_in_texts_and_lines_of_the_file_in_regions(ten):
    for each in run_of(ten)["results"]:
        path = unquote(each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
        if path.endswith(".ipynb"):
            positions = NotebookPositions(Path(path).read_bytes())
            steps = [step["location"] for step in steps_of(each)]
            for location in [*each["locations"], *each.get("relatedLocations", ()), *steps]:
                text = location.get("message", each["message"])["text"]
                cell, line = map(int, re.match(r"cell (\d+), line (\d+): ", text).groups())
                assert location["physicalLocation"]["region"]["startLine"] == positions.position(cell, line, 1)[0]
                assert location["logicalLocations"][0]["name"] == f"cell {cell}"


def marks(results, given=None):
    return [each["partialFingerprints"]["torchlint/v1"] for each in run_of(results, given)["results"]]


def test_fingerprints_survive_moved_lines(ten):
    path = Path("stories/story.py")
    before = marks(ten)
    assert len(set(before)) == len(before)
    index = next(index for index, each in enumerate(ten) if each.path == path.as_posix())
    moved = b"if True:\n\n" + path.read_bytes().replace(b"\n", b"\n  ").replace(b"import", b"  import", 1)
    path.write_bytes(moved)
    ten[index] = check_bytes(moved, path.as_posix(), Settings(Path(), certainty=Certainty.ADVICE))
    assert marks(ten) == before
    path.write_bytes(moved.replace(b"(2)", b"(3)"))
    assert len({*marks(ten)} - {*before}) == 1


def test_fingerprints_of_equal_lines_differ():
    source = Source("x = 1\ny = 2\n  x = 1\n", "a.py")
    found = [finding(source, "x"), finding(source, "x = 1\n")]
    again = [finding(source, "x = 1\n"), finding(source, "x = 1")]
    given = {"a.py": source.data}
    first = marks([FileResult("a.py", tuple(found))], given)
    assert first[0] != first[1]
    assert first == marks([FileResult("a.py", tuple(again))], given)


def test_paths_are_relative_to_the_checkout(ten, tmp_path, monkeypatch):
    (tmp_path / "stories").mkdir(exist_ok=True)
    monkeypatch.chdir("stories")
    results = [check_bytes(Path("story.py").read_bytes(), "story.py", Settings(Path()))]
    assert {each["location"]["path"] for each in json.loads(written("gitlab", results))} == {"story.py"}
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert {each["location"]["path"] for each in json.loads(written("gitlab", results))} == {"stories/story.py"}
    assert "file=stories/story.py," in written("github", results)
    run = run_of(results)
    assert run["originalUriBaseIds"]["%SRCROOT%"]["uri"] == tmp_path.resolve().as_uri() + "/"
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "stories/story.py"


def test_paths_outside_of_the_checkout_are_absolute(ten, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    results = [check_bytes(Path("../stories/story.py").read_bytes(), "../stories/story.py", Settings(Path()))]
    location = run_of(results)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": (tmp_path.resolve() / "stories/story.py").as_uri()}


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b.py", "a%20b.py"),
        ("größe.py", "gr%C3%B6%C3%9Fe.py"),
        ("50%:#?.py", "50%25%3A%23%3F.py"),
        ("\udcff.py", "%FF.py"),
        ("-", "-"),
    ],
)
def test_uris(path, uri, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (result,) = run_of(*one("x", path))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_sarif_says_what_could_not_be_checked():
    (invocation,) = run_of([FileResult("a.py", (), error="cannot read it")])["invocations"]
    assert not invocation["executionSuccessful"]
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["message"]["text"] == "cannot read it"
    assert run_of([])["invocations"][0]["executionSuccessful"]


# GitHub.


def test_github_annotates_each_finding(ten):
    found = [(path, each) for path, each in Report(tuple(ten), Sources({})).findings]
    said = list(commands(written("github", ten)))
    assert len(said) == len(found)
    names = {"certain": "error", "likely": "warning", "advice": "notice"}
    for (path, each), (command, named, message) in zip(found, said, strict=True):
        assert (named["file"], command) == (path, names[each.certainty.value])
        assert named["title"] == f"{each.code} {each.rule}"
        if each.place.cell is None:
            assert (int(named["line"]), int(named["endLine"])) == (each.place.line, each.place.end_line)
        else:
            assert message.startswith(f"cell {each.place.cell}, line {each.place.line}: ")
        assert each.message in message
        assert ("col" in named) == (named["line"] == named["endLine"])


ODD = "100% ::error file=b.py::x\r\nsecond %0A line, with: everything"


def test_github_escapes():
    results, given = one("x", "a,b:c%.py", message=ODD, effect=Effect(EffectKind.RAISES, "one\ntwo\x1b[31m"))
    ((_, named, message),) = commands(written("github", results, given))
    assert named["file"] == "a,b:c%.py"
    first, *rest = message.split("\n")
    assert first == " ".join(ODD.splitlines())
    assert rest == ["PyTorch raises: one", "two␛[31m"]


@given(st.text(min_size=1), st.text())
def test_github_text_never_ends_a_command(message, path):
    path = re.sub(r"[\x00/]", "", path) + ".py"
    text = written("github", *one("x", path, message=message, effect=NO_EFFECT))
    assert text.count("\n") == 1
    assert next(commands(text))[1]["file"] == visible(path, keep="\r\n")


def test_github_says_what_could_not_be_checked():
    text = written("github", [FileResult("a.py", (), error="no such\nfile")])
    assert text == "::error file=a.py::no such%0Afile\n"


def test_github_has_no_columns_for_several_lines():
    source = Source("f(\n  1)\n", "a.py")
    text = written("github", [FileResult("a.py", (finding(source, "f(\n  1)"),))], {"a.py": source.data})
    assert text.startswith("::error file=a.py,line=1,endLine=2,title=TLC101 unregistered-tensor::")


# Azure Pipelines.

ISSUE = re.compile(r"##vso\[task\.logissue ((?:\w+=[^;\]]*;)+)\]([^\r\n]*)\n")


def issues(text):
    """The properties and the message of each logging command, as Azure's agent unescapes them."""
    assert ISSUE.sub("", text) == ""
    for properties, message in ISSUE.findall(text):
        named = dict(each.split("=", 1) for each in properties.rstrip(";").split(";"))
        yield {name: _unescaped(value) for name, value in named.items()}, _unescaped(message)


def _unescaped(text):
    for written, meant in (("%3B", ";"), ("%5D", "]"), ("%0D", "\r"), ("%0A", "\n"), ("%AZP25", "%")):
        text = text.replace(written, meant)
    return text


def test_azure_has_an_issue_for_each_finding(ten):
    found = Report(tuple(ten), Sources({})).findings
    said = list(issues(written("azure", ten)))
    assert [(named["sourcepath"], named["code"]) for named, _ in said] == [(path, each.code) for path, each in found]
    for (_, each), (named, message) in zip(found, said, strict=True):
        assert named["type"] == ("error" if each.certainty is Certainty.CERTAIN else "warning")
        assert each.message in message
    assert list(issues(written("azure", [FileResult("a.py", (), error="no such\nfile")]))) == [
        ({"type": "error", "sourcepath": "a.py"}, "no such\nfile")
    ]


@given(st.text(min_size=1), st.text())
def test_azure_text_never_ends_a_command(message, path):
    path = re.sub(r"[\x00/]", "", path) + "];%3B.py"
    ((named, _),) = issues(written("azure", *one("x", path, message=message, effect=NO_EFFECT)))
    assert "line" in "".join(named)
    assert written("azure", *one("x", path, message=message, effect=NO_EFFECT)).count("##vso[") == 1


# GitLab.


def test_gitlab_has_what_gitlab_needs(ten):
    found = Report(tuple(ten), Sources({})).findings
    said = json.loads(written("gitlab", ten))
    severities = {"certain": "major", "likely": "minor", "advice": "info"}
    assert [each["severity"] for each in said] == [severities[each.certainty.value] for _, each in found]
    assert [each["check_name"] for each in said] == [each.rule for _, each in found]
    assert [each["location"]["path"] for each in said] == [path for path, _ in found]
    for (_, each), at in zip(found, said, strict=True):
        begin = at["location"]["positions"]["begin"]
        assert each.place.cell is not None or (begin["line"], begin["column"]) == (each.place.line, each.place.column)
    assert [each["fingerprint"] for each in said] == marks(ten)
    assert json.loads(written("gitlab", [])) == []


# JUnit.


def test_junit_has_a_suite_for_each_file_and_a_test_for_each_finding(ten):
    clean, failed = FileResult("clean.py", ()), FileResult("gone.py", (), error="cannot read it")
    root = ET.fromstring(written("junit", [*ten, clean, failed]))
    assert [each.get("name") for each in root] == [*(each.path for each in ten), "clean.py", "gone.py"]
    count = sum(len(each.findings) for each in ten)
    assert [int(root.get(each)) for each in ("tests", "failures", "errors")] == [count + 2, count, 1]
    for result, suite in zip(ten, root, strict=False):
        assert [each.get("type") for each in suite.iter("failure")] == [each.code for each in result.findings]
        for each, test in zip(result.findings, suite, strict=True):
            place = each.place
            start = f"cell {place.cell}, line {place.line}: " if place.cell is not None else ""
            assert test[0].get("message").startswith(start + each.message)
            assert int(test.get("line")) == place.line or place.cell is not None
    assert [len(each) for each in root[-2]] == [0]
    assert root[-1][0][0].get("message") == "cannot read it"


@given(st.text(), st.text())
def test_junit_takes_any_text(message, effect):
    results, given = one("x", message=message, effect=Effect(EffectKind.RAISES, effect))
    text = written("junit", results, given)
    assert text.isascii()
    (failure,) = ET.fromstring(text).iter("failure")
    if message.isprintable():
        assert failure.get("message") == message


# All.


@pytest.mark.parametrize("output_format", formats.FORMATS)
def test_formats_do_without_the_file(output_format):
    """It may be gone when the report is written."""
    source = Source("x = 1\ny = 2", "gone.ipynb")
    place = place_of(source, "y")[1]
    text = written(
        output_format, [FileResult("gone.ipynb", (finding(source, "x", related=(Related("used", "", place),)),))]
    )
    assert "gone.ipynb" in text
