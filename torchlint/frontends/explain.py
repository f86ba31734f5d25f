"""What rules say about themselves: ``torchlint rule``, ``torchlint rules`` and the table of all rules.

``python -m torchlint.frontends.explain --update torchlint/docs/rules.md`` rewrites the table between ``<!-- rules -->``
and ``<!-- /rules -->``.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint import rule as rule_module
from torchlint.engine.presets import check_preset, presets_with
from torchlint.engine.selection import ALWAYS, find_rule, known_rules
from torchlint.errors import ConfigError
from torchlint.finding import Applicability
from torchlint.rule import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from rich.console import Console

    from torchlint.rule import Example, LoadedRule, Rule

_OPEN, _CLOSE = "⟦", "⟧"
_TABLE = re.compile(r"(<!-- rules -->\n).*?(<!-- /rules -->)", re.DOTALL)
_UNDERLINE = re.compile(r"[-=~^]{3,}\s*")
_INDENT = "    "  # of a section below its name: in Markdown it would make code of it
_FIXES = {
    Applicability.SAFE: "safe",
    Applicability.UNSAFE: "unsafe",
    Applicability.DISPLAY: "shown only",
    None: "",
}


def document(rule: Rule, loaded: LoadedRule | None, more: Callable[[Example], str] = lambda example: "") -> str:
    """The document of a rule as Markdown: its claim, its docstring, its examples, below the code of each what ``more``
    has to say.
    """
    parts = [f"# {rule.code} {rule.slug}", _sentence(rule.message), _facts(rule)]
    if loaded is not None:
        parts += _sections(loaded.doc, rule.message)
        if loaded.examples:
            parts += ["## Examples, proven by running them", *(_example(each, more(each)) for each in loaded.examples)]
    return "\n\n".join(part for part in parts if part) + "\n"


def marked(code: str, label: str) -> str:
    """``code`` without its ``⟦ ⟧``; below each line that a marked span begins on, a comment underlines it."""
    lines: list[str] = []
    for line in code.splitlines():
        text, spans, start = "", [], None
        for character in line:
            if character == _OPEN:
                start = len(text)
            elif character == _CLOSE:
                if start is not None:
                    spans.append((start, len(text)))
                start = None
            else:
                text += character
        if start is not None:  # the span goes on: its first line says where
            spans.append((start, len(text)))
        lines.append(text)
        lines += (_underline(text, start, end, label) for start, end in spans)
    return "\n".join(lines)


def rule_table() -> str:
    """All rules as a Markdown table."""
    rows = ["| code | rule | what it finds | default | fix |", "|---|---|---|---|---|"]
    rows += (f"| {' | '.join(each.replace('|', chr(92) + '|') for each in row)} |" for row in _rows(code="`"))
    return "\n".join(rows) + "\n"


def updated(text: str) -> str:
    """``text`` with the current table between its markers. Raises: ConfigError where it has no markers."""
    new, count = _TABLE.subn(lambda found: found[1] + rule_table() + found[2], text)
    if not count:
        raise ConfigError("there is no line <!-- rules --> with a line <!-- /rules --> after it")
    return new


def print_rule(name: str, color: str) -> int:
    """Print the document of the rule with this code or slug. Raises: ConfigError that names the nearest rule."""
    return _print_document(find_rule(name, known_rules(rule_module.all_rules())), color)


def text_of_rule(name: str) -> str:
    """The document of the rule with this code or slug as Markdown. Raises: ConfigError that names the nearest rule."""
    loaded = rule_module.all_rules()
    rule = find_rule(name, known_rules(loaded))
    return document(rule, loaded.get(rule.code))


def print_documents(name: str | None, output_format: str, color: str) -> int:
    """Print the document of a rule, or of all where ``name`` is None, as text or as JSON. Raises: ConfigError."""
    loaded = rule_module.all_rules()
    rules = known_rules(loaded)
    found = list(rules.values()) if name is None else [find_rule(name, rules)]
    if output_format == "json":
        import json

        told = [{**_as_json(each), "document": document(each, loaded.get(each.code))} for each in found]
        sys.stdout.write(json.dumps(told if name is None else told[0], indent=2) + "\n")
        return 0
    for number, each in enumerate(found):
        sys.stdout.write("\n" if number else "")
        _print_document(each, color)
    return 0


def _print_document(rule: Rule, color: str) -> int:
    print_markdown(document(rule, rule_module.all_rules().get(rule.code)), color)
    return 0


def print_markdown(text: str, color: str) -> None:
    """Print Markdown as it is, or laid out where the output is a terminal."""
    console = _console(color)
    if console is None:
        sys.stdout.write(text)
        return
    from rich.markdown import Markdown

    console.print(Markdown(text, code_theme="ansi_dark"))


def print_rules(output_format: str, color: str, preset: str | None = None) -> int:
    """Print all rules, or those of a preset, as a table or as JSON."""
    if output_format == "json":
        import json

        sys.stdout.write(json.dumps([_as_json(each) for each in _listed(preset)], indent=2) + "\n")
        return 0
    header = ("code", "rule", "what it finds", "default", "fix")
    console = _console(color)
    if console is None:
        _print_plain([header, *_rows(preset=preset)])
        return 0
    from rich import box
    from rich.table import Table

    table = Table(*header, box=box.SIMPLE_HEAD, header_style="bold")
    for row in _rows(preset=preset):
        table.add_row(f"[bold]{row[0]}[/]", row[1], row[2].replace("[", r"\["), *row[3:])
    console.print(table)
    return 0


def _console(color: str) -> Console | None:
    """Where to print in colour, or None where the output is no terminal."""
    if color == "never" or (color == "auto" and not (sys.stdout.isatty() or os.environ.get("FORCE_COLOR"))):
        return None
    from rich.console import Console

    return Console(force_terminal=True if color == "always" else None)


def _print_plain(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        sys.stdout.write("  ".join(f"{each:<{width}}" for each, width in zip(row, widths, strict=True)).rstrip() + "\n")


def _listed(preset: str | None) -> Iterator[Rule]:
    rules = known_rules(rule_module.all_rules()).values()
    if preset is not None:
        check_preset(preset, "--preset")
    return (each for each in rules if preset is None or preset in presets_with(each))


def _rows(code: str = "", preset: str | None = None) -> Iterator[tuple[str, ...]]:
    for rule in _listed(preset):
        default = "always" if rule.code in ALWAYS else "on" if rule.default else "off"
        yield f"{code}{rule.code}{code}", f"{code}{rule.slug}{code}", rule.message, default, _FIXES[rule.fix]


def _as_json(rule: Rule) -> dict[str, object]:
    return {
        "code": rule.code,
        "rule": rule.slug,
        "message": rule.message,
        "default": rule.default,
        "fix": rule.fix.value if rule.fix else None,
        "since": rule.since,
        "presets": presets_with(rule),
    }


def _facts(rule: Rule) -> str:
    default = "Cannot be turned off" if rule.code in ALWAYS else f"{'On' if rule.default else 'Off'} by default"
    fix = f"its fix is {_FIXES[rule.fix]}" if rule.fix else "it has no fix"
    return f"*{default}; {fix}; since torchlint {rule.since}.*"


def _sections(doc: str, message: str) -> list[str]:
    """A docstring as Markdown: each line that is the name of a section becomes a heading."""
    import inspect

    lines = inspect.cleandoc(doc).splitlines()
    if lines and _sentence(lines[0]) == _sentence(message):
        del lines[0]
    text: list[str] = []
    for number, line in enumerate(lines):
        name = line.strip().strip("#*:").strip().rstrip(":")
        if name in SECTIONS:
            text += ["", f"## {name}", ""]
        elif not (_UNDERLINE.fullmatch(line) and lines[number - 1].strip() in SECTIONS):
            text.append(line.removeprefix(_INDENT))
    return [re.sub(r"\n{3,}", "\n\n", "\n".join(text)).strip()]


def _example(example: Example, more: str) -> str:
    faulty = _OPEN in example.code
    heading = f"### {example.name}" + ("" if faulty else " (nothing is found)")
    parts = [heading, _fence(marked(example.code, f"{example.certainty.value}" if faulty else ""))]
    if more:
        parts.append(more)
    if example.raises:
        parts.append(f"PyTorch raises: `{example.raises}`")
    if example.fixed is not None:
        parts += ["Fixed:", _fence(example.fixed)]
    return "\n\n".join(parts)


def _fence(code: str) -> str:
    fence = "`" * max(3, *(len(each) + 1 for each in re.findall(r"`{3,}", code)), 3)
    return f"{fence}python\n{code.strip(chr(10))}\n{fence}"


def _underline(text: str, start: int, end: int, label: str) -> str:
    from rich.cells import cell_len

    before, length = cell_len(text[:start]), max(1, cell_len(text[start:end]))
    return ("#" + " " * (before - 1) if before else "") + "^" * length + f" {label}".rstrip()


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    return text[:1].upper() + text[1:] + "." if text else ""


def main(argv: Sequence[str] | None = None) -> int:
    """Print the rule table, or write it into a file. Raises: ConfigError where the file has no markers."""
    import argparse

    parser = argparse.ArgumentParser(description="Print the table of all rules, or write it into a file.")
    parser.add_argument("--update", metavar="FILE", type=Path, help="the file that has the table between its markers")
    path = parser.parse_args(argv).update
    if path is None:
        sys.stdout.write(rule_table())
        return 0
    try:
        path.write_text(updated(path.read_text(encoding="utf-8")), encoding="utf-8")
    except (OSError, ConfigError) as error:
        sys.stderr.write(f"error: {path}: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
