"""What torchlint makes of each program that torch-preflight's own examples and tests expect something on, or nothing.

    python -m tests.benchmarks.preflight FOLDER     # its unpacked source distribution: seconds
    python -m tests.benchmarks.preflight FOLDER --show

FOLDER has ``examples/*.py``, whose comments name the codes that are expected, and ``tests/test_*.py``, whose assertions
say of programs in strings which codes are found in them, and which are not. They are read and linted at default
settings, and never run; programs that the tests put together from parts are left out. A code counts as found where a
rule that ``tests/peers/rules.tsv`` names for it says something on the same program (in an example: in the same
function or class), and as refused where there is no such rule, or ``REFUSED`` has a reason. Run it from the root of
this repository.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import textwrap
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import torchlint
from tests.peers.__main__ import Row, rows
from torchlint.rule import all_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PEER = "torch-preflight"
OUTCOMES = ("found", "refused", "missed", "silent", "false")
"""Of what is expected: found, refused with a reason, or missed; of what is not: silent, or a false alarm."""

_NO_BACKWARD = "no backward is seen: whoever gets the graphs may go through them"
_NOT_KEPT = "nothing keeps the graphs: each is dropped with the next result, and costs time alone"
REFUSED = {
    "bad_train.Classifier TG005": "nothing shows which loss its output is given",
    "bad_train.train TG002": _NOT_KEPT,
    "bad_train.evaluate TG002": _NOT_KEPT,
    "test_tg001_errors_when_nothing_backwards_the_stored_tensor TG001": _NO_BACKWARD,
    "test_tg001_returning_a_bare_container_is_not_evidence_of_a_deferred_backward TG001": _NO_BACKWARD,
    "test_tg001_flags_self_attribute_container_without_a_loop TG001": _NO_BACKWARD,
    "test_tg001_still_fires_when_the_helper_returns_a_live_tensor TG001": _NO_BACKWARD,
    "test_tg001_absence_of_proof_is_not_evidence_of_detachment TG001": _NO_BACKWARD,
    "test_tg001_still_fires_when_the_container_is_only_reduced_for_logging TG001": _NO_BACKWARD,
    "test_autograd_grad_with_create_graph_still_retains TG001": _NO_BACKWARD,
    "test_tg002_flags_eval_function_without_no_grad TG002": _NOT_KEPT,
    "test_tg002_offers_no_fix_when_torch_is_not_imported TG002": _NOT_KEPT,
    "test_tg002_flags_inline_validation_loop_inside_training TG002": _NOT_KEPT,
    "test_tg002_still_flags_a_real_model_loaded_with_from_pretrained TG002": _NOT_KEPT,
    "test_tg002_still_fires_on_a_real_validation_loader TG002": _NOT_KEPT,
    "test_accelerator_prepare_is_still_a_model_wrapper TG002": _NOT_KEPT,
    "test_a_model_in_an_enclosing_scope_is_still_visible TG002": _NOT_KEPT,
    "test_tg005_flags_softmax_layer_in_model TG005": "nothing gives the loss what the layer gives",
    "test_tg005_still_flags_a_real_softmax_layer_reaching_nll_loss TG005": "which layer it is, is not seen",
    "test_tg006_flags_raw_logits_into_plain_bce TG006": "the model is not seen, and may end in a sigmoid",
    "test_tg006_flags_sequential_ending_in_sigmoid TG006": "nothing gives the loss what the layer gives",
}
"""Why a code is not to be found in a program, by the name of its test, or of a part of an example."""

_EXPECTED = re.compile(r"(?:#|\"\"\").*?\b(TG\d{3}):")
_CODE = re.compile(r"TG\d{3}")
_CHECKING = ("analyze", "codes")


class Program(NamedTuple):
    """A program, the lines of it that count, and the codes that torch-preflight finds in them and does not find."""

    name: str
    text: str
    lines: range
    found: frozenset[str]
    quiet: frozenset[str]


class Judged(NamedTuple):
    """What torchlint makes of a code on a program, one of ``OUTCOMES``, with the reason, or what else it says."""

    program: Program
    code: str
    outcome: str
    reason: str = ""


def programs(folder: Path) -> Iterator[Program]:
    """The programs of the examples and tests below a folder."""
    for path in sorted(folder.glob("examples/*.py")):
        yield from _parts(path.stem, path.read_text(encoding="utf-8"))
    for path in sorted(folder.glob("tests/test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                yield from _asserted(node)


def _parts(name: str, text: str) -> Iterator[Program]:
    """An example, once for each function and class in it."""
    lines = text.splitlines()
    for node in ast.parse(text).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            here = range(node.lineno, (node.end_lineno or node.lineno) + 1)
            found = frozenset(_EXPECTED.findall("\n".join(lines[here.start - 1 : here.stop - 1])))
            yield Program(f"{name}.{node.name}", text, here, found, _mapped().keys() - found)


def _asserted(function: ast.FunctionDef) -> Iterator[Program]:
    """What a test asserts of programs that it has as whole strings."""
    assigned = (each for each in ast.walk(function) if isinstance(each, ast.Assign))
    values = {target.id: each.value for each in assigned for target in each.targets if isinstance(target, ast.Name)}
    for node in ast.walk(function):
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare):
            text = _program(node.test, values)
            if text is not None:
                yield Program(function.name, text, range(1, text.count("\n") + 2), *_claim(node.test))


def _program(test: ast.Compare, values: Mapping[str, ast.expr]) -> str | None:
    """The program that a comparison is about, where it is written out as a string."""
    for node in ast.walk(test):
        made = values.get(node.id) if isinstance(node, ast.Name) else node
        if isinstance(made, ast.Call) and isinstance(made.func, ast.Name) and made.func.id in _CHECKING:
            text = values.get(made.args[0].id) if isinstance(made.args[0], ast.Name) else made.args[0]
            if isinstance(text, ast.Constant) and isinstance(text.value, str) and len(made.args) == 1:
                return textwrap.dedent(text.value).lstrip("\n")
    return None


def _claim(test: ast.Compare) -> tuple[frozenset[str], frozenset[str]]:
    """The codes that a comparison says are found, and those that it says are not."""
    nothing = frozenset[str]()
    named = frozenset(_CODE.findall(ast.unparse(test.left))) if isinstance(test.left, ast.Constant) else nothing
    match test.ops, test.comparators:
        case [ast.In()], _:
            return named, nothing
        case [ast.NotIn()], _:
            return nothing, named
        case [ast.Eq()], [ast.List() as listed]:
            found = frozenset(_CODE.findall(ast.unparse(listed)))
            return found, _mapped().keys() - found
    return nothing, nothing


@cache
def _mapped() -> dict[str, Row]:
    """What there is here for each code."""
    return {row.rule: row for row in rows() if row.peer == PEER}


def _is_shown(row: Row) -> bool:
    """Whether one of the rules that find the same is on by default."""
    return row.is_found and any(all_rules()[code].rule.default for code in row.here)


def judged(found: Sequence[Program]) -> Iterator[Judged]:
    """What torchlint makes of each code on each program."""
    for program in found:
        said = {each.code for each in torchlint.lint_source(program.text) if each.place.line in program.lines}
        for code in sorted(program.found | program.quiet):
            told = ", ".join(sorted(said.intersection(_mapped()[code].here)))
            if code in program.quiet:
                yield Judged(program, code, "false" if told else "silent", told)
            elif told or _is_shown(_mapped()[code]):
                reason = REFUSED.get(f"{program.name} {code}", "")
                yield Judged(program, code, "found" if told else "refused" if reason else "missed", told or reason)
            else:
                yield Judged(program, code, "refused", _mapped()[code].note)


def table(found: Sequence[Judged]) -> str:
    """The counts by code, as a Markdown table."""
    counts = Counter((each.code, each.outcome) for each in found)
    lines = [f"| code | {' | '.join(OUTCOMES)} |", f"|---|{'---:|' * len(OUTCOMES)}"]
    for code in sorted({each.code for each in found}):
        numbers = [str(counts[code, outcome]) for outcome in OUTCOMES]
        lines += [f"| `{code}` | {' | '.join(numbers)} |"]
    totals = Counter(each.outcome for each in found)
    lines.append(f"| all | {' | '.join(str(totals[outcome]) for outcome in OUTCOMES)} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare with what torch-preflight's examples and tests expect.")
    parser.add_argument("folder", type=Path, help="torch-preflight's unpacked source distribution")
    parser.add_argument("--show", action="store_true", help="print each code that is not found, and each false alarm")
    options = parser.parse_args()
    expected = list(programs(options.folder))
    if not expected:
        sys.stderr.write(f"error: {options.folder} has no examples/*.py and no tests/test_*.py that expect anything\n")
        return 2
    found = list(judged(expected))
    for each in found if options.show else ():
        if each.outcome not in ("found", "silent"):
            print(f"{each.program.name}: {each.code}: {each.outcome}: {each.reason}")
    print(table(found))
    return 1 if any(each.outcome in ("missed", "false") for each in found) else 0


if __name__ == "__main__":
    raise SystemExit(main())
