"""What goes where: ranks of packages, what may be imported, names and sizes of modules."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "torchlint"
MODULES = sorted(PACKAGE.rglob("*.py"))
GENERATED = {"torchlint.model.api.torch_names", "torchlint.model.api.operation_table"}

# Imports go only to lower ranks, or inside one package of the same rank.
RANKS = {
    "torchlint.finding": 0,
    "torchlint.errors": 0,
    "torchlint.import_path": 0,
    "torchlint.syntax": 1,
    "torchlint.model": 2,
    "torchlint.rule": 3,
    "torchlint.rules": 3,
    "torchlint.engine": 4,
    "torchlint.confirm": 5,
    "torchlint.frontends": 6,
    "torchlint.__main__": 7,
    "torchlint": 7,
}
# A rule has the shape of a rule, and the shape knows where rules are found.
SHAPE_AND_RULES = {"torchlint.rule", "torchlint.rules"}
# A rule sees facts and says what it finds; how text is read and results are shown is not its business.
RULES_MAY_IMPORT = ("torchlint.finding", "torchlint.rule", "torchlint.model", "torchlint.syntax.gate")

BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}
MAX_LINES = 600

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


@dataclass(frozen=True)
class Import:
    """An import of ``name``; ``at_import`` where it runs as soon as the module is imported."""

    name: str
    line: int
    at_import: bool


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_inside(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in packages)


def imports_of(tree: ast.Module, package: str = "torchlint") -> list[Import]:
    found: list[Import] = []

    def visit(node: ast.AST, at_import: bool) -> None:
        if isinstance(node, ast.Import):
            found.extend(Import(alias.name, node.lineno, at_import) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                base = ".".join(package.split(".")[: len(package.split(".")) - node.level + 1])
                module = f"{base}.{node.module}" if node.module else base
            else:
                module = node.module or ""
            found.extend(Import(f"{module}.{alias.name}", node.lineno, at_import) for alias in node.names)
        later = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            for child in node.body:
                visit(child, False)
            for child in node.orelse:
                visit(child, at_import)
            return
        for child in ast.iter_child_nodes(node):
            visit(child, at_import and not later)

    visit(tree, True)
    return found


def unit_of(name: str) -> str:
    """The module or package that has the rank of what is imported as ``name``."""
    parts = name.split(".")
    return next((unit for end in (2, 1) if (unit := ".".join(parts[:end])) in RANKS), "torchlint")


def rank_problems(module: str, imports: list[Import]) -> list[str]:
    problems = []
    own = unit_of(module)
    for each in imports:
        if not is_inside(each.name, ("torchlint",)) or each.name in ("torchlint", "torchlint.__version__"):
            continue
        other = unit_of(each.name)
        if other != own and {own, other} != SHAPE_AND_RULES and RANKS[other] >= RANKS[own]:
            problems.append(f"{module}:{each.line} imports {each.name}, of rank {RANKS[other]}")
        if own == "torchlint.rules" and module != own and not is_inside(each.name, RULES_MAY_IMPORT):
            problems.append(f"{module}:{each.line} imports {each.name}; a rule imports only {RULES_MAY_IMPORT}")
    return problems


def parsed(path: Path) -> list[Import]:
    name = module_name(path)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    return imports_of(ast.parse(path.read_text(encoding="utf-8")), package)


each_module = pytest.mark.parametrize("path", MODULES, ids=module_name)


@each_module
def test_imports_go_downward(path: Path) -> None:
    assert rank_problems(module_name(path), parsed(path)) == []


@each_module
def test_torch_is_never_imported_to_lint(path: Path) -> None:
    if not is_inside(module_name(path), TORCH_ALLOWED):
        assert [each for each in parsed(path) if is_inside(each.name, ("torch",))] == []


@pytest.mark.parametrize("name", TORCH_ALLOWED[1:])
def test_measuring_torch_imports_it_only_when_asked(name: str) -> None:
    own = [path for path in MODULES if is_inside(module_name(path), (name,))]
    assert [each for path in own for each in parsed(path) if each.at_import and is_inside(each.name, ("torch",))] == []
    others = [path for path in MODULES if not is_inside(module_name(path), MEASURING)]
    assert [each for path in others for each in parsed(path) if is_inside(each.name, (name,))] == []


@each_module
def test_libcst_is_imported_late(path: Path) -> None:
    if is_inside(module_name(path), WITHOUT_LIBCST) and not is_inside(module_name(path), INSIDE_LIBCST):
        early = [each for each in parsed(path) if each.at_import and is_inside(each.name, ("libcst",))]
        assert early == []


def test_what_every_run_imports_brings_neither_libcst_nor_torch() -> None:
    names = [module_name(path) for path in MODULES if is_inside(module_name(path), WITHOUT_LIBCST)]
    wanted = [name for name in names if not is_inside(name, INSIDE_LIBCST)]
    code = f"import importlib, sys\nfor each in {wanted!r}: importlib.import_module(each)\n"
    code += "print(sorted({'libcst', 'torch', 'numpy'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout.strip() == "[]"


@each_module
def test_modules_are_named_after_what_they_know(path: Path) -> None:
    assert not BANNED_NAMES & set(module_name(path).split("."))


@each_module
def test_modules_are_short(path: Path) -> None:
    if module_name(path) not in GENERATED:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


def shipped_texts() -> list[Path]:
    """What is part of the project outside its tests, as far as it is text written by hand."""
    others = [
        ROOT / name for name in ("README.md", "pyproject.toml", "setup.cfg", ".gitignore", ".pre-commit-hooks.yaml")
    ]
    return [*MODULES, *(path for path in [*others, *ROOT.glob(".ci/*")] if path.is_file())]


@pytest.mark.parametrize("path", shipped_texts(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_path_of_one_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "/wo" + "rk/" not in text
    assert "../sha" + "red" not in text


# The reading of imports itself.


@pytest.mark.parametrize(
    ("module", "code", "good"),
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
    ],
)
def test_rank_problems(module: str, code: str, good: bool) -> None:
    problems = rank_problems(module, imports_of(ast.parse(code), module.rpartition(".")[0]))
    assert bool(problems) is not good
