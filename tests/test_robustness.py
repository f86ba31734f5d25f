"""No input makes a traceback: every file is either checked or reported, and the exit status says which."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import warnings
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from torchlint.frontends.cli import main
from torchlint.rule import all_rules

FAULT = b"""\
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(3, 3), nn.Linear(3, 3)]
    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
"""
EXAMPLES = [
    each.code.replace("⟦", "").replace("⟧", "").encode() for rule in all_rules().values() for each in rule.examples
]


class Ran(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def codes(self) -> list[str]:
        return [each["code"] for each in json.loads(self.out)]


def torchlint(folder: Path, *arguments: str, code: str = "", limit: int = 120) -> Ran:
    """What the real command says in ``folder``; ``code`` runs before it in the same process."""
    start = f"{code}\nfrom torchlint.frontends.cli import main\nraise SystemExit(main())"
    options = ("check", "--output-format", "json", "--no-cache", "--isolated")
    ran = subprocess.run(
        [sys.executable, "-c", start, *options, *arguments],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=limit,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    found = Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())
    assert "Traceback" not in found.err
    assert "internal error" not in found.err
    return found


def deep(opening: bytes, closing: bytes, depth: int, inner: bytes = b"1") -> bytes:
    return b"import torch\nx = " + opening * depth + inner + closing * depth + b"\n"


def nested_blocks(depth: int) -> bytes:
    return b"import torch\n" + b"".join(b" " * level + b"if x:\n" for level in range(depth)) + b" " * depth + b"pass\n"


FILES = {
    "empty": (b"", []),
    "one newline": (b"\n", []),
    "only a comment": (b"# torch", []),
    "only a bom": (b"\xef\xbb\xbf", []),
    "fault": (FAULT, ["TLC102"]),
    "crlf": (FAULT.replace(b"\n", b"\r\n"), ["TLC102"]),
    "lone cr": (FAULT.replace(b"\n", b"\r"), ["TLC102"]),
    "lone cr, interpreted": (b"import torch\rw = torch.ones(3, requires_grad=True)\rw += 1\r", ["TLC201"]),
    "mixed newlines": (FAULT.replace(b"\n", b"\r\n", 3).replace(b"\n", b"\r", 1), ["TLC102"]),
    "form feeds": (FAULT.replace(b"\nclass", b"\n\x0c\nclass"), ["TLC102"]),
    "bom": (b"\xef\xbb\xbf" + FAULT, ["TLC102"]),
    "bom and latin-1": (b"\xef\xbb\xbf# coding: latin-1\n" + FAULT, ["TLC001"]),
    "latin-1": (b"# coding: latin-1\n# \xe9\n" + FAULT, ["TLC102"]),
    "latin-1 without its line": (b"# \xe9\n" + FAULT, ["TLC001"]),
    "unknown coding": (b"# coding: no-such-thing\n" + FAULT, ["TLC001"]),
    "utf-16": (FAULT.decode().encode("utf-16"), ["TLC001"]),
    "utf-8 that is not": (FAULT + b"# \xff\xfe\n", ["TLC001"]),
    "a surrogate": (FAULT + b"# \xed\xa0\x80\n", ["TLC001"]),
    "nul": (b"import torch\nx = 1\x00\n", ["TLC001"]),
    "nul in a comment": (FAULT + b"# \x00\n", ["TLC001"]),
    "only nul": (b"\x00" * 100, ["TLC001"]),
    "syntax error": (b"import torch\ndef f(:\n", ["TLC001"]),
    "syntax error without torch": (b"def f(:\n", ["TLC001"]),
    "python 2": (b"import torch\nprint 'x'\n", ["TLC001"]),
    "open string": (b"import torch\nx = '''\n", ["TLC001"]),
    "open bracket": (b"import torch\nx = (\n", ["TLC001"]),
    "bad indentation": (b"import torch\nif x:\npass\n", ["TLC001"]),
    "tabs and spaces": (b"import torch\nif x:\n\ty = 1\n        z = 2\n", ["TLC001"]),
    "ends in a backslash": (b"import torch\nx = 1 \\", ["TLC001"]),
    "escapes": (b"import torch\nx = '\\d \\N{SNOWMAN} \\777'\n", []),
    "deep parentheses": (deep(b"(", b")", 5000), ["TLC001"]),
    "deep lists": (deep(b"[", b"]", 150), []),
    "deep minus": (deep(b"-", b"", 5000), None),
    "deep calls": (deep(b"torch.f(", b")", 90), []),
    "deep attributes": (b"import torch\nx = a" + b".b" * 20000 + b"\n", None),
    "long sum": (b"import torch\nx = " + b" + ".join([b"torch.ones(1)"] * 5000) + b"\n", None),
    "deep blocks": (nested_blocks(95), []),
    "too deep blocks": (nested_blocks(150), ["TLC001"]),
    "long elif": (b"import torch\nif x: pass\n" + b"elif x: pass\n" * 3000, None),
    "many classes": (FAULT * 50, ["TLC102"] * 50),
    "long number": (b"import torch\nx = " + b"9" * 10000 + b"\n", None),
}
"""Bytes and the codes found in them; None where it depends on Python's version."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """The codes found in each of ``FILES`` by one run over all of them."""
    folder = tmp_path_factory.mktemp("files")
    for name, (data, _) in FILES.items():
        (folder / f"{name}.py").write_bytes(data)
    ran = torchlint(folder, ".")
    assert (ran.status, ran.err) == (1, "")
    codes: dict[str, list[str]] = {name: [] for name in FILES}
    for finding in json.loads(ran.out):
        codes[finding["path"].removesuffix(".py")].append(finding["code"])
    return codes


@pytest.mark.parametrize("name", FILES)
def test_files(found: dict[str, list[str]], name: str) -> None:
    expected = FILES[name][1]
    if expected is not None:
        assert found[name] == expected


@pytest.mark.parametrize("form", ["full", "concise", "json"])
def test_a_line_of_ten_megabytes(tmp_path: Path, form: str) -> None:
    line = b"    def big(self): return self.layers, '" + b"1, " * 3_500_000 + b"'\n"
    (tmp_path / "a.py").write_bytes(FAULT.replace(b"    def forward", line + b"    def forward"))
    ran = torchlint(tmp_path, "--output-format", form, "a.py")
    assert ran.status == 1
    assert "TLC102" in ran.out
    assert len(ran.out) < 5000


def test_a_finding_on_a_line_of_ten_megabytes(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(FAULT.replace(b"nn.Linear(3, 3)]", b"nn.Linear(3, 3)]  # " + b"x" * 10_000_000))
    ran = torchlint(tmp_path, "--output-format", "full", "a.py")
    assert "TLC102" in ran.out
    assert len(ran.out) < 5000


NOTEBOOKS = {
    "empty": (b"", ["TLC001"]),
    "no json": (b"import torch", ["TLC001"]),
    "half": (b'{"cells": [', ["TLC001"]),
    "null": (b"null", ["TLC001"]),
    "list": (b"[]", ["TLC001"]),
    "no cells": (b"{}", None),
    "cells are a number": (b'{"cells": 3, "nbformat": 4}', ["TLC001"]),
    "a cell is null": (b'{"cells": [null], "nbformat": 4}', None),
    "no source": (b'{"cells": [{"cell_type": "code"}], "nbformat": 4}', None),
    "source is a number": (b'{"cells": [{"cell_type": "code", "source": 3}], "nbformat": 4}', None),
    "nested too deep": (b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", ["TLC001"]),
    "not utf-8": (b'{"cells": ["\xff"]}', ["TLC001"]),
    "nul": (b'{"cells": [{"cell_type": "code", "source": "import torch\\u0000"}], "nbformat": 4}', ["TLC001"]),
    "surrogate": (b'{"cells": [{"cell_type": "code", "source": "import torch # \\ud800"}], "nbformat": 4}', None),
    "huge number": (b'{"cells": [], "nbformat": ' + b"9" * 10_000 + b"}", None),
    "a cell that is no python": (
        b'{"cells": [{"cell_type": "code", "source": "def f(:"},'
        b' {"cell_type": "code", "source": ' + json.dumps(FAULT.decode()).encode() + b'}], "nbformat": 4}',
        ["TLC001", "TLC102"],
    ),
    "good": (
        b'{"cells": [{"cell_type": "code", "source": ' + json.dumps(FAULT.decode()).encode() + b'}], "nbformat": 4}',
        ["TLC102"],
    ),
}


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebooks(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    data, expected = NOTEBOOKS[name]
    path = tmp_path / "a.ipynb"
    path.write_bytes(data)
    ran = in_process(str(path))
    assert ran.err == ""
    assert ran.status == bool(ran.codes)
    if expected is not None:
        assert ran.codes == expected


def test_what_cannot_be_read_is_reported_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_bytes(FAULT)
    (tmp_path / "broken.py").symlink_to("nowhere.py")
    (tmp_path / "itself.py").symlink_to("itself.py")
    (tmp_path / "loop").mkdir()
    (tmp_path / "loop" / "again").symlink_to("..")
    ran = torchlint(tmp_path, ".")
    assert (ran.status, ran.codes) == (1, ["TLC102"])
    ran = torchlint(tmp_path, "broken.py", "itself.py", "missing.py", "missing/", "good.py", "")
    assert ran.status == 2
    assert ran.codes == ["TLC102"]
    for path in ("broken.py", "itself.py", "missing.py", "missing/"):
        assert f"error: {path}: " in ran.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "good.py").write_bytes(FAULT)
    assert torchlint(tmp_path, ".", limit=30).codes == ["TLC102"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser reads everything")
def test_unreadable_files(tmp_path: Path) -> None:
    (tmp_path / "good.py").write_bytes(FAULT)
    (tmp_path / "secret.py").write_bytes(FAULT)
    (tmp_path / "secret.py").chmod(0)
    ran = torchlint(tmp_path, ".")
    assert (ran.status, ran.codes) == (2, ["TLC102"])
    assert "secret.py" in ran.err


def test_a_file_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.py").mkdir()
    (tmp_path / "a.py" / "b.py").write_bytes(FAULT)
    assert torchlint(tmp_path, "a.py").codes == ["TLC102"]


def test_names_that_are_no_text(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9\n\x1b[31m.py")
    try:
        (tmp_path / name).write_bytes(FAULT)
    except OSError:
        pytest.skip("the file system takes no such name")
    for form in ("json", "concise", "full"):
        ran = torchlint(tmp_path, "--output-format", form, ".")
        assert ran.status == 1
        assert "\x1b" not in ran.out


def in_process(path: str, *options: str) -> Ran:
    """The command in this process, which is much faster than one of its own."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = main(["check", "--output-format", "json", "--no-cache", "--isolated", "--jobs", "1", *options, path])
    assert "Traceback" not in err.getvalue()
    return Ran(status, out.getvalue(), err.getvalue())


def check_anything(data: bytes, suffix: str = ".py") -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"a{suffix}"
        path.write_bytes(data)
        for form in ("json", "full"):
            ran = in_process(str(path), "--select", "ALL", "--certainty", "advice", "--output-format", form)
            assert (ran.status in (0, 1), ran.err) == (True, "")


WORDS = [
    *(b" ", b"    ", b"\n", b"\n    ", b"\n        ", b"\r\n", b"\r", b"\t", b"\x0c", b"\\\n", b"\x00", b"\xff", b";"),
    *(b"(", b")", b"[", b"]", b"{", b"}", b":", b",", b".", b"=", b"*", b"**", b"@", b"'", b'"""', b"f'{", b"#", b"%"),
    *(b"import torch\n", b"from torch import nn\n", b"class A(nn.Module):\n", b"def __init__(self):\n", b"self.x = "),
    *(b"def forward(self, x):\n", b"super().__init__()", b"torch.zeros(3)", b"nn.Linear(2, 2)", b"nn.Parameter("),
    *(b"self", b"x", b"return", b"if", b"else", b"for", b"in", b"with", b"lambda", b"async", b"await", b"match", b"1"),
    *("é".encode(), "中".encode(), "🎉".encode(), b"\xed\xa0\x80", "\u2028".encode(), b"# noqa", b"torch.no_grad"),
]
generous = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@generous
@given(st.binary(max_size=200))
@example(b"\xff\xfe")
@example(b"#coding:utf-8-sig\n\xef\xbb\xbf")
@example(b"# coding: unicode_escape\nimport torch\\n")
@example(b"# coding: idna\nimport torch")
@example(b"# coding: undefined\nimport torch")
@example(b"# coding: rot13\nvzcbeg gbepu")
@example(b"# coding: base64\naW1wb3J0IHRvcmNo")
@example(b"# coding: utf-7\nimport torch+AAA")
@example(b"# coding: punycode\nimport torch")
def test_random_bytes(data: bytes) -> None:
    check_anything(data)
    check_anything(b"import torch\n" + data)
    check_anything(data, ".ipynb")


@generous
@given(st.lists(st.sampled_from(WORDS), max_size=40).map(b"".join))
def test_random_words(data: bytes) -> None:
    check_anything(b"import torch\nfrom torch import nn\n" + data)


@generous
@given(st.data())
def test_mutilated_examples(data: st.DataObject) -> None:
    code = data.draw(st.sampled_from(EXAMPLES))
    start = data.draw(st.integers(0, len(code)))
    end = data.draw(st.integers(start, min(len(code), start + 30)))
    check_anything(code[:start] + b"".join(data.draw(st.lists(st.sampled_from(WORDS), max_size=3))) + code[end:])


@pytest.mark.corpus
def test_the_standard_library() -> None:
    """Every tenth file of it, tests of Python's own parser included; TORCHLINT_CORPUS=all checks all."""
    every = 1 if os.environ.get("TORCHLINT_CORPUS") == "all" else 10
    library = Path(sysconfig.get_path("stdlib"))
    files = [path for path in sorted(library.rglob("*.py")) if "site-packages" not in path.relative_to(library).parts]
    for path in files[::every]:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            ran = in_process(str(path))
        assert ran.err == "", path
        assert ran.status == bool(ran.codes), path


BLOCKED = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "torch":
            raise ImportError("torch is not to be imported")
sys.meta_path.insert(0, Blocked())
"""
TELL = """
import atexit, sys
atexit.register(lambda: sys.stderr.write(" ".join(
    name for name in ("torch", "libcst", "rich", "sqlite3", "numpy") if name in sys.modules)))
"""


def test_torch_unimportable(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(FAULT)
    ran = torchlint(tmp_path, "a.py", code=BLOCKED)
    assert (ran.status, ran.codes, ran.err) == (1, ["TLC102"], "")


def test_torch_is_never_imported(tmp_path: Path) -> None:
    for number, code in enumerate(EXAMPLES):
        (tmp_path / f"{number}.py").write_bytes(code)
    imported = torchlint(tmp_path, "--jobs", "1", ".", code=TELL).err.split()
    assert "torch" not in imported
    assert "numpy" not in imported
    assert "libcst" in imported


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(b"import os\nprint(os.getcwd())\n", id="without torch"),
        pytest.param(b"import torch\nprint(torch.__version__)\n", id="nothing to see"),
        pytest.param(b"", id="empty"),
        pytest.param(b"def f(:\n", id="syntax error"),
    ],
)
def test_libcst_is_imported_only_where_it_is_needed(tmp_path: Path, code: bytes) -> None:
    (tmp_path / "a.py").write_bytes(code)
    assert torchlint(tmp_path, "a.py", code=TELL).err == ""


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["check", "--help"]], ids=" ".join)
def test_the_quick_commands_import_little(arguments: list[str]) -> None:
    code = f"{TELL}\nfrom torchlint.frontends.cli import main\nmain({arguments!r})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
