"""What goes where: ranks of packages, what may be imported, names and sizes of modules, and what is still owed."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.architecture import debts, measures
from tests.architecture.cycles import Graph, back_edges, best_cuts, best_modules
from tests.architecture.debts import Debt
from tests.architecture.ranks import MODEL_RANKS, rank_problems
from tests.architecture.reading import PACKAGE, ROOT, Module, When, is_inside, read_modules

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.once

MODULES = read_modules()
PACKAGES = frozenset(each.name for each in MODULES if each.is_package)

BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}

# torch is imported where programs are run, and where its names are measured.
MEASURING = ("torchlint.model.api.generate", "torchlint.model.api.measure", "torchlint.model.api.derive")
TORCH_ALLOWED = ("torchlint.confirm", *MEASURING)
# Imported for files that have nothing to do with torch, or before anything is known; libcst takes 0.3 s to import.
WITHOUT_LIBCST = (
    "torchlint.finding",
    "torchlint.errors",
    "torchlint.rule",
    "torchlint.rules",
    "torchlint.syntax.source",
    "torchlint.syntax.gate",
    "torchlint.syntax.outline",
    "torchlint.engine",
    "torchlint.frontends",
)
# LibCST itself imports this one.
INSIDE_LIBCST = ("torchlint.frontends.codemod",)

each_module = pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)


@each_module
def test_imports_go_downward(module: Module) -> None:
    assert list(rank_problems(module, PACKAGES)) == []


@each_module
def test_torch_is_never_imported_to_lint(module: Module) -> None:
    if not is_inside(module.name, TORCH_ALLOWED):
        assert [each for each in module.imports if is_inside(each.name, ("torch",))] == []


@pytest.mark.parametrize("name", TORCH_ALLOWED[1:])
def test_measuring_torch_imports_it_only_when_asked(name: str) -> None:
    own = [each for module in MODULES if is_inside(module.name, (name,)) for each in module.imports]
    assert [each for each in own if each.when is When.FIRST and is_inside(each.name, ("torch",))] == []
    others = [each for module in MODULES if not is_inside(module.name, MEASURING) for each in module.imports]
    assert [each for each in others if is_inside(each.name, (name,))] == []


@each_module
def test_libcst_is_imported_late(module: Module) -> None:
    if is_inside(module.name, WITHOUT_LIBCST) and not is_inside(module.name, INSIDE_LIBCST):
        early = [each for each in module.imports if each.when is When.FIRST and is_inside(each.name, ("libcst",))]
        assert early == []


def test_what_every_run_imports_brings_neither_libcst_nor_torch() -> None:
    names = [module.name for module in MODULES if is_inside(module.name, WITHOUT_LIBCST)]
    wanted = [name for name in names if not is_inside(name, INSIDE_LIBCST)]
    code = f"import importlib, sys\nfor each in {wanted!r}: importlib.import_module(each)\n"
    code += "print(sorted({'libcst', 'torch', 'numpy'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout.strip() == "[]"


@each_module
def test_modules_are_named_after_what_they_know(module: Module) -> None:
    assert not BANNED_NAMES & set(module.name.split("."))


def test_what_is_owed_is_what_the_table_says() -> None:
    assert debts.problems(debts.read(), debts.debts(MODULES)) == []


def test_the_table_of_debts_is_written_as_it_would_be(tmp_path: Path) -> None:
    debts.write(debts.read(), tmp_path / "again.tsv")
    assert (tmp_path / "again.tsv").read_bytes() == debts.TABLE.read_bytes()


def shipped_texts() -> list[Path]:
    """What is part of the project outside its tests, as far as it is text written by hand."""
    others = [
        ROOT / name for name in ("README.md", "pyproject.toml", "setup.cfg", ".gitignore", ".pre-commit-hooks.yaml")
    ]
    return [
        *sorted(PACKAGE.rglob("*.py")),
        *sorted(PACKAGE.glob("docs/*.md")),
        *(path for path in [*others, *ROOT.glob(".ci/*")] if path.is_file()),
    ]


@pytest.mark.parametrize("path", shipped_texts(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_path_of_one_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "/wo" + "rk/" not in text
    assert "../sha" + "red" not in text


# The guard itself: what imports what.


@pytest.mark.parametrize(
    ("name", "code", "good"),
    [
        ("torchlint.syntax.source", "from torchlint.errors import SourceError", True),
        ("torchlint.syntax.source", "from torchlint.model.facts import Facts", False),
        ("torchlint.syntax.source", "def f():\n    import torchlint.engine.check", False),
        ("torchlint.rule", "if TYPE_CHECKING:\n    from torchlint.model.facts import Facts", True),
        ("torchlint.rule", "if TYPE_CHECKING:\n    from torchlint.engine.check import FileResult", False),
        ("torchlint.rule", "import torchlint.rules", True),
        ("torchlint.rules.slug", "from torchlint.rule import Rule", True),
        ("torchlint.rules.slug", "from torchlint.rules.other import thing", False),
        ("torchlint.rules.slug", "from torchlint.syntax.source import Source", False),
        ("torchlint.rules.slug", "from torchlint.syntax.gate import Trigger", True),
        ("torchlint.engine.fix", "from torchlint.engine.check import FileResult", True),
        ("torchlint.engine.fix", "from torchlint.frontends.cli import main", False),
        ("torchlint.engine.fix", "from torchlint import lint_source", False),
        ("torchlint.engine.fix", "from torchlint import __version__", True),
        ("torchlint.frontends.cli", "from torchlint.engine import check", True),
        ("torchlint.finding", "from torchlint.errors import SourceError", False),
        ("torchlint.syntax.source", "from ..engine import check", False),
        ("torchlint.syntax.source", "from .gate import Gate", True),
        ("torchlint.model.autograd.graph", "from torchlint.model.api.operations import Answer", True),
        ("torchlint.model.autograd.graph", "from torchlint.model.interpreter.state import PathState", False),
        ("torchlint.model.autograd.graph", "if TYPE_CHECKING:\n    from torchlint.model.fixes import editor", False),
        ("torchlint.model.interpreter.state", "from torchlint.model.autograd.graph import Node", True),
        ("torchlint.model.code.purpose", "from torchlint.model.modules.uses import Uses", True),
        ("torchlint.model.modules.uses", "from torchlint.model.code.purpose import Purpose", False),
        ("torchlint.model.report.steps", "from torchlint.model.modules.uses import Uses", True),
        ("torchlint.model.report.steps", "from torchlint.model.facts import Facts", False),
        ("torchlint.model.facts", "from torchlint.model.fixes import editor", True),
        ("torchlint.model.loose", "from torchlint.model.facts import Facts", True),
        ("torchlint.model.api.operations", "from torchlint.model.loose import thing", True),
        ("torchlint.model.interpreter.values.tensor", "from torchlint.model.interpreter import protocol", True),
        ("torchlint.model.interpreter.values.tensor", "from torchlint.model.interpreter.state import Heap", False),
    ],
)
def test_rank_problems(name: str, code: str, good: bool) -> None:
    problems = list(rank_problems(Module.of(name, code), frozenset(MODEL_RANKS)))
    assert bool(problems) is not good


def test_a_module_with_the_name_of_a_part_is_no_part() -> None:
    module = Module.of("torchlint.model.api.layers", "from torchlint.model.modules import ModuleClass")
    assert list(rank_problems(module, frozenset({"torchlint.model.api"}))) == []
    assert list(rank_problems(module, frozenset({"torchlint.model.api", "torchlint.model.modules"}))) != []


def graph_of(**modules: str) -> Graph:
    """The graph of modules of a made-up package, by their names."""
    return Graph.of([Module.of(f"torchlint.{name}", code) for name, code in modules.items()])


@pytest.mark.parametrize(
    "code",
    [
        "from torchlint.a import f",
        "from torchlint import a",
        "import torchlint.a",
        "from .a import f",
        "from . import a",
        "def f():\n    from torchlint.a import f",
        "if TYPE_CHECKING:\n    from torchlint.a import f",
        "class A:\n    def f(self):\n        import torchlint.a as b",
    ],
)
def test_every_import_can_close_a_cycle(code: str) -> None:
    graph = graph_of(a="from torchlint.b import g", b="from torchlint.c import h", c=code, d="import torchlint.a")
    assert graph.cycles() == [["torchlint.a", "torchlint.b", "torchlint.c"]]


def test_what_is_imported_twice_is_no_cycle() -> None:
    graph = graph_of(a="import torchlint.b\nimport torchlint.c", b="import torchlint.c", c="import ast, torch")
    assert graph.cycles() == []
    assert graph.biggest() == 1
    assert back_edges(graph) == []


def test_the_cuts_that_break_a_cycle() -> None:
    graph = graph_of(
        a="import torchlint.b",
        b="import torchlint.c",
        c="import torchlint.a\nimport torchlint.d",
        d="import torchlint.c",
    )
    assert best_cuts(graph, 1) == [(("torchlint.a", "torchlint.b"), 2)]
    assert best_modules(graph, 1)[0][::2] == ("torchlint.c", 1)
    cut = back_edges(graph)
    assert len(cut) == 2
    assert graph.without(cut).cycles() == []


# The guard itself: what is owed.


def owed(name: str, code: str, *others: Module) -> list[tuple[str, int]]:
    """What a module owes, by kind."""
    found = debts.debts([Module.of(name, code), *others])
    return [(each.kind, each.number) for each in found if each.place.startswith(name)]


INTERPRETER = Module.of("torchlint.model.interpreter", "", is_package=True)
VALUES_MODULE = measures.VALUES[0]
VALUES = Module.of(
    VALUES_MODULE,
    "class Tensor: ...\nclass Kind(Enum): ...\nHELD = (int, Tensor)\ndef f(x): return isinstance(x, Tensor)\n",
)
FROM_VALUES = f"from {VALUES_MODULE} import Kind, Tensor\n"


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("isinstance(x, Tensor)", 1),
        ("isinstance(x, (int, Tensor))", 1),
        ("isinstance(x, int | Tensor)", 1),
        ("isinstance(x, Kind)", 0),
        ("isinstance(x, ast.Name)", 0),
        ("_ALL = (int, Tensor)\ndef f(x): return isinstance(x, _ALL) or isinstance(x, (_ALL, str))", 2),
        ("type(x) is Tensor, type(x) in (int, Tensor), type(x) is int", 2),
        ("match x:\n    case Tensor(name=''): pass\n    case int(): pass", 1),
        ("_HANDLERS = {Tensor: f, int: g}", 1),
        ("from torchlint.model.interpreter import values as v\nisinstance(x, v.Tensor) or isinstance(x, v.HELD)", 2),
        ("Tensor(1)", 0),
    ],
)
def test_tests_of_kinds_are_counted_outside_of_the_values(code: str, number: int) -> None:
    found = owed("torchlint.model.interpreter.python.calls", FROM_VALUES + code, INTERPRETER, VALUES)
    assert found == ([("tests of kinds", number)] if number else [])


FIELDS = "".join(f"    a{number}: int\n" for number in range(12))


@pytest.mark.parametrize(
    ("code", "number"),
    [
        (f"class A:\n{FIELDS}", 0),
        (f"class A:\n{FIELDS}    b: ClassVar[int] = 3\n", 0),
        (f"class A:\n{FIELDS}    b: int\n", 13),
        (f"class A:\n{FIELDS}    def f(self): self.a1 = 3\n", 0),
        (f"class A:\n{FIELDS}    def f(self): self.b, x.c = self.d = 1, 2\n", 14),
    ],
)
def test_attributes_of_instances_are_counted(code: str, number: int) -> None:
    assert owed("torchlint.model.interpreter.state", code, INTERPRETER) == ([("attributes", number)] if number else [])
    assert owed("torchlint.engine.state", code) == []


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("_KEPT = {}\ndef f(x): _KEPT[id(x)] = 3", 1),
        ("_KEPT: dict[int, int] = {}\ndef f(x):\n    key = (id(x), 1)\n    if key in _KEPT: return _KEPT[key]", 1),
        ("_SEEN = set()\ndef f(x): _SEEN.add(id(x))", 1),
        ("_KEPT = defaultdict(list)\ndef f(x): return _KEPT.get((1, id(x)))", 1),
        ("@cache\ndef f(key): ...\ndef g(x): return f(id(x))", 1),
        ("_KEPT = {}\ndef f(x): _KEPT[x] = 3", 0),
        ("def f(xs):\n    kept = {}\n    for x in xs: kept[id(x)] = x", 0),
    ],
)
def test_state_by_identity_is_found(code: str, number: int) -> None:
    assert owed("torchlint.engine.state", code) == ([("state by identity", number)] if number else [])


@pytest.mark.parametrize(
    ("name", "code", "kinds"),
    [
        ("torchlint.rules.slug", "RULE = Rule(code='X', triggers=())", ["no triggers"]),
        ("torchlint.rules.slug", "RULE = Rule(code='X', triggers=(Trigger('x'),))", []),
        ("torchlint.engine.fix", "def f():\n    import torchlint.rule", ["late import"]),
        ("torchlint.engine.fix", "def f():\n    import torchlint.rule  # start-up: it is slow", ["late import"]),
        ("torchlint.engine.fix", "def f():\n    import torchlint.rule  # start-up: 0.3 s, as it imports LibCST", []),
        ("torchlint.engine.fix", "def f():\n    import libcst", []),
        ("torchlint.engine.fix", "x = 1\n" * 501, ["lines"]),
        ("torchlint.engine.fix", "x = 1\n" * 500, []),
        (debts.GENERATED[0], "x = 1\n" * 501, []),
        ("torchlint.model.loose", "", ["loose module"]),
        ("torchlint.model.modules", "", ["loose module"]),
        ("torchlint.model.facts", "", []),
    ],
)
def test_what_is_owed(name: str, code: str, kinds: list[str]) -> None:
    api = Module.of("torchlint.model.api", "", is_package=True)
    assert [kind for kind, _ in owed(name, code, api)] == kinds


def test_a_cycle_is_owed_by_each_of_its_modules() -> None:
    names = ["torchlint.engine.a", "torchlint.engine.b", "torchlint.engine.c"]
    first, second, third = (Module.of(name, f"import {', '.join(names)}, ast") for name in names)
    assert debts.debts([first, second, third]) == [Debt("cycle", name, 2) for name in names]
    assert debts.debts([first]) == []


KNOWN = [Debt("lines", "a", 510), Debt("no triggers", "b", 1)]


@pytest.mark.parametrize(
    ("found", "problems", "grown"),
    [
        (KNOWN, 0, []),
        ([KNOWN[0]], 1, []),
        ([KNOWN[0]._replace(number=509), KNOWN[1]], 1, []),
        ([KNOWN[0]._replace(number=511), KNOWN[1]], 1, ["lines"]),
        ([*KNOWN, Debt("cycle", "a", 1)], 1, ["cycle"]),
        ([KNOWN[0]._replace(place="moved"), KNOWN[1]], 2, []),
    ],
    ids=["exact", "paid", "less", "more", "new kind", "moved"],
)
def test_a_debt_may_only_go_away(found: list[Debt], problems: int, grown: list[str]) -> None:
    assert len(debts.problems(KNOWN, found)) == problems
    assert debts.grown(KNOWN, found) == grown
