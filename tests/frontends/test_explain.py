"""What rules say about themselves."""

from __future__ import annotations

import json

import pytest
from made_up import RULES

from torchlint.errors import ConfigError
from torchlint.frontends import explain

DOCUMENT = """\
# TLC101 unregistered-tensor

A tensor kept as a plain attribute.

*On by default; its fix is safe; since torchlint 0.1.0.*

## What it does

Finds `self.x = torch.zeros(3)`.

## Why

It stays behind.

## Source

a thread

## Examples, proven by running them

### a table

```python
class M:
    def __init__(self):
        self.x = 1
#       ^^^^^^^^^^ certain
y = 2
^ certain
```

PyTorch raises: `no such device`

Fixed:

```python
class M: ...
```

### a silent one (nothing is found)

```python
x = 1
```
"""


def test_the_document_of_a_rule():
    assert explain.document(RULES["TLC101"].rule, RULES["TLC101"]) == DOCUMENT


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param("⟦a⟧.b(⟦c⟧)", "a.b(c)\n^ x\n#   ^ x", id="two on a line"),
        pytest.param("  ⟦f(\n    1)⟧\nb", "  f(\n# ^^ x\n    1)\nb", id="several lines"),
        pytest.param('"中" + ⟦a⟧', '"中" + a\n#      ^ x', id="wide"),
        pytest.param("a = 1", "a = 1", id="none"),
    ],
)
def test_marked(code, expected):
    assert explain.marked(code, "x") == expected


@pytest.mark.parametrize("name", ["TLC101", "tlc101", "unregistered-tensor", "unregistered_tensor"])
def test_rule_by_code_or_slug(capsys, name):
    assert explain.print_rule(name, "auto") == 0
    assert capsys.readouterr().out == DOCUMENT


def test_rule_in_colour(capsys):
    assert explain.print_rule("TLC101", "always") == 0
    out = capsys.readouterr().out
    assert "\x1b[" in out
    assert "What it does" in out


def test_an_unknown_rule_is_an_error():
    with pytest.raises(ConfigError, match="no rule is called 'unregisterd-tensor'; did you mean 'unregistered-tensor'"):
        explain.print_rule("unregisterd-tensor", "auto")


def test_a_rule_of_the_engine_has_a_document(capsys):
    explain.print_rule("syntax-error", "never")
    assert "Cannot be turned off" in capsys.readouterr().out


def test_rules_as_a_table(capsys):
    explain.print_rules("full", "auto")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [
        "code",
        "TLC001",
        "TLC002",
        "TLC003",
        "TLC004",
        "TLC005",
        "TLC101",
        "TLC302",
    ]
    assert lines[6].split()[-2:] == ["on", "safe"]
    explain.print_rules("full", "always")
    assert "\x1b[" in capsys.readouterr().out


def test_rules_as_json(capsys):
    explain.print_rules("json", "auto")
    rules = {each.pop("code"): each for each in json.loads(capsys.readouterr().out)}
    message = "a tensor kept as a plain attribute"
    assert rules["TLC302"] == {
        "rule": "data-access",
        "message": message,
        "default": False,
        "fix": None,
        "since": "0.1.0",
        "presets": ["strict"],
    }


def test_more_can_be_said_below_the_code_of_an_example():
    loaded = RULES["TLC101"]
    text = explain.document(loaded.rule, loaded, lambda example: f"more on {example.name}")
    assert text == DOCUMENT.replace("```\n\nPyTorch", "```\n\nmore on a table\n\nPyTorch").replace(
        "x = 1\n```\n", "x = 1\n```\n\nmore on a silent one\n"
    )


def test_the_table_is_rewritten_between_its_markers(tmp_path, capsys):
    readme = tmp_path / "README.md"
    readme.write_text("above\n<!-- rules -->\nold\n<!-- /rules -->\nbelow\n", encoding="utf-8")
    assert explain.main(["--update", str(readme)]) == 0
    text = readme.read_text(encoding="utf-8")
    assert text == f"above\n<!-- rules -->\n{explain.rule_table()}<!-- /rules -->\nbelow\n"
    assert explain.updated(text) == text
    assert "| `TLC101` | `unregistered-tensor` | a tensor kept as a plain attribute | on | safe |" in text
    assert explain.main([]) == 0
    assert capsys.readouterr().out == explain.rule_table()


def test_a_file_without_markers_is_left_alone(tmp_path, capsys):
    readme = tmp_path / "README.md"
    readme.write_text("above\n", encoding="utf-8")
    assert explain.main(["--update", str(readme)]) == 2
    assert "<!-- rules -->" in capsys.readouterr().err
    assert readme.read_text(encoding="utf-8") == "above\n"
