"""Folders with settings, ignore files, baselines and names that nobody in his right mind has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.fuzz.layout import damaged
from torchlint.rule import all_rules

if TYPE_CHECKING:
    import random

_FAULT = b"import torch\nx = torch.ones(3, requires_grad=True)\nx += 1\n"
_KEYS = (
    *(
        "select",
        "extend-select",
        "ignore",
        "extend-exclude",
        "per-file-ignores",
        "certainty",
        "target-version",
        "baseline",
    ),
    *("rules", "fix", "selekt", "cache-dir", "", "é", "rules.unregistered-tensor"),
)
_VALUES = (
    *(
        '"ALL"',
        '["ALL"]',
        "[]",
        '["TLC1"]',
        '["TLC"]',
        '["T", "E501", ""]',
        '"likely"',
        '"advice"',
        "1",
        "-1",
        "1.5",
        "true",
        "{}",
    ),
    *(
        '"2.5"',
        '"2.5.1+cpu"',
        '"999.999"',
        '"9999.1"',
        '"²"',
        "[[]]",
        '[{"a" = 1}]',
        "1979-05-27",
        "inf",
        "nan",
        '"\\u0000"',
        '["*.py"]',
    ),
    *(
        '["[[:alpha:]"]',
        '["!**/*", "a"]',
        '["\\\\"]',
        '{"*.py" = ["TLC101"]}',
        '{"!*" = ["ALL"], "[" = ["ALL"]}',
        '{"a" = 1}',
        "0x" + "f" * 4000,
    ),
    *(
        '"known.json"',
        '"../../etc/passwd"',
        '"/dev/null"',
        '"."',
        '"\\u001b[31m\\n::error::x"',
        '["TLC101", "\\u001b"]',
        '"' + "a" * 5000 + '"',
    ),
)
_PATTERNS = (
    *(
        "*",
        "!*",
        "**",
        "a/**",
        "/**/a",
        "*.py",
        "!a.py",
        "[",
        "[!",
        "[a-",
        "[z-a]",
        "[[:alpha:]]",
        "[[:alpha:]",
        "[]a]",
        "\\",
        "\\ ",
    ),
    *(
        "#",
        "\\#",
        "!",
        "!!a",
        "/",
        "//",
        "a/",
        "a//b",
        "?",
        "???.py",
        "  ",
        "a ",
        "é",
        "\x00",
        "\udcff",
        "{a,b}",
        "(",
        "a|b",
        "^",
        "$",
    ),
    *("***", "**a", "a**", "a**/b", "[^a]", "[!a]*", "[a/b]", "[\\]]", "(?i)A.PY", "+", "\x0b", "\r", "\x85", "*" * 30),
)
_NAMES = (
    *(
        "a.py",
        "b.pyi",
        "n.ipynb",
        "sub/a.py",
        "A.PY",
        ".a.py",
        "a b.py",
        "-a.py",
        "--fix.py",
        "a\nb.py",
        "a\x1b[31m.py",
        "::error::a.py",
    ),
    *(
        "é🎉.py",
        "\udcff.py",
        "a\r.py",
        "%s.py",
        "{0}.py",
        "<b>.py",
        "a'\"`.py",
        "a,b.py",
        "a;b|c&d.py",
        "$(x).py",
        "*.py",
        "[a].py",
    ),
    *(
        "a:1:1.py",
        "torch.py",
        "signal.py",
        "libcst/__init__.py",
        "torchlint/__init__.py",
        "~.py",
        "con.py",
        "]]>.py",
        "a\u2028b.py",
    ),
    *(
        "a\u202eb.py",
        "x" * 200 + ".py",
        "d" * 100 + "/" + "e" * 100 + "/a.py",
        ".hidden/a.py",
        "node_modules/a.py",
        "a.py/a.py",
        "\\.py",
    ),
)
_OTHERS = (
    ".gitignore",
    "sub/.gitignore",
    ".git/info/exclude",
    "pyproject.toml",
    "setup.cfg",
    "sub/pyproject.toml",
    ".ignore",
)


def folder(code: bytes, rng: random.Random) -> tuple[tuple[str, bytes], ...]:
    """A small folder: some code under some names, and whatever else says how it is to be checked."""
    files = {rng.choice(_NAMES): code}
    for _ in range(rng.randint(0, 3)):
        files[rng.choice(_NAMES)] = rng.choice((_FAULT, code, b"", b"import torch\nfrom a import *\nfrom . import b\n"))
    for _ in range(rng.randint(0, 2)):
        name = rng.choice(_OTHERS)
        files[name] = _content(name, rng)
    if rng.random() < 0.3:
        files["known.json"] = _baseline(rng)
        files["pyproject.toml"] = b'[tool.torchlint]\nbaseline = "known.json"\n'
    return tuple((name, damaged(data, rng) if rng.random() < 0.05 else data) for name, data in files.items())


def _content(name: str, rng: random.Random) -> bytes:
    if name.endswith(".toml"):
        return _toml(rng)
    if name.endswith(".cfg"):
        return _ini(rng)
    patterns = ("".join(rng.choice(_PATTERNS) for _ in range(rng.randint(1, 3))) for _ in range(rng.randint(0, 9)))
    return "\n".join(patterns).encode("utf-8", "surrogateescape")


def _toml(rng: random.Random) -> bytes:
    lines = [
        rng.choice(("[tool.torchlint]", "[tool.torchlint]", "[tool]", "[[tool.torchlint]]", "[tool.torchlint.rules.x]"))
    ]
    keys = rng.sample(_KEYS, rng.randint(0, 3))
    lines += [f'"{key}" = {rng.choice(_VALUES)}' for key in keys]
    if rng.random() < 0.3:
        slug = rng.choice([each.rule.slug for each in all_rules().values()])
        lines += [
            f'[tool.torchlint.rules."{slug}"]',
            f"{rng.choice(('module-bases', 'x', 'ignore'))} = {rng.choice(_VALUES)}",
        ]
    return "\n".join(lines).encode()


def _ini(rng: random.Random) -> bytes:
    lines = [rng.choice(("[torchlint]", "[torchlint]", "[torchlint.rules.x]", "[torchlint.x]", "[tool:torchlint]"))]
    for key in rng.sample(_KEYS, rng.randint(0, 3)):
        value = rng.choice((*_VALUES, "ALL", "a.py: TLC101", "*.py: TLC1\n    b", "%(x)s", "${x}", "likely", "2.5"))
        lines.append(f"{key} {rng.choice('=:')} {value.strip(chr(34))}")
    return "\n".join(lines).encode("utf-8", "surrogateescape")


def _baseline(rng: random.Random) -> bytes:
    odd: tuple[object, ...] = (None, 1, -1, 1.5, True, "x", [], {}, "../a.py", "a.py", "/", "\x00", 10**30, "TLC201")
    entries: list[object] = [
        {key: rng.choice(odd) if rng.random() < 0.4 else right for key, right in _ENTRY.items()}
        for _ in range(rng.randint(0, 3))
    ]
    content: object = {"version": rng.choice((1, 1, 1, 2, "1", None)), "findings": rng.choice((entries, entries, *odd))}
    return json.dumps(rng.choice((content, content, content, *odd))).encode()


_ENTRY = {"path": "a.py", "code": "TLC201", "text": "x += 1", "count": 1}
