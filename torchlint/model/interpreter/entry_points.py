"""Where a program's analysis starts: its own code, and what nothing seen calls, with unknown arguments.

An instance is built by its ``__init__`` before one of its methods runs. In library code no backward is in sight, so one
is supposed from each tensor that an entry returns, unless the entry only predicts.
"""

from __future__ import annotations

import ast
import re
from contextlib import suppress
from typing import TYPE_CHECKING

from torchlint.model.autograd.faults import Raised
from torchlint.model.interpreter.ending import end
from torchlint.model.interpreter.entry import _PREDICTING, Entry
from torchlint.model.interpreter.identities import TRAINING, Named
from torchlint.model.interpreter.library import backward
from torchlint.model.interpreter.limits import MAX_DEFINING_STEPS, TOO_DEEP, OutOfBudget
from torchlint.model.interpreter.machine import Machine
from torchlint.model.interpreter.program_gate import changes_something, is_in_place
from torchlint.model.interpreter.protocol import Project
from torchlint.model.interpreter.python import functions, instances
from torchlint.model.interpreter.scope import Scope
from torchlint.model.interpreter.state import PathState
from torchlint.model.interpreter.values.classes import ClassValue
from torchlint.model.interpreter.values.containers import listed
from torchlint.model.interpreter.values.functions import FunctionValue, decorators
from torchlint.model.interpreter.values.symbolic import Symbolic
from torchlint.syntax.tree import Function, dotted, lines_of, names_bound, split_lines, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
    from pathlib import Path

    from torchlint.model.interpreter.entry import Modules
    from torchlint.model.interpreter.module_names import Names
    from torchlint.model.interpreter.program_gate import ProgramGate
    from torchlint.model.interpreter.summary import Summary

_DEFINITIONS = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


_RUNNING = re.compile(r"__main__|\.backward\(|\.parameters\(\)|\binference_mode\b")
"""What shows that a module's own statements may run what other files define."""
_GIVEN = re.compile(r"__main__|(?:Linear|Conv\dd|randn?|zeros|ones)\(\s*\(?\d")
"""What shows that a module's own statements may give something of a known size to what is defined."""


def runs_itself(tree: ast.Module, text: str, gate: ProgramGate, imported: Callable[[], Iterable[str]]) -> bool:
    """Whether the module's own statements can come to a fault: they show what it needs, or mention a function or class
    that does, or that mentions one; in a script also together with the texts of what is ``imported``."""
    lines = split_lines(text)
    own = [node for node in tree.body if not isinstance(node, _DEFINITIONS)]
    # By line, of which several statements may share one.
    numbers = dict.fromkeys(number for node in own for number in range(lines_of(node)[0], lines_of(node)[1] + 1))
    statements = "\n".join(lines[number - 1] for number in numbers)
    if gate.opens_script(statements) or ("nn." in statements and changes_something(statements)):
        return True
    is_given = _GIVEN.search(statements) is not None
    uses_own = _uses_what_it_makes(own)
    if not gate.opens_script(text) and not _RUNNING.search(text) and not uses_own and not is_given:
        return False
    defined = {node.name: node for node in tree.body if isinstance(node, Function | ast.ClassDef)}
    reached, waiting = [statements], list[ast.stmt](own)
    while waiting:
        for each in walk(waiting.pop()):
            node = defined.pop(each.id, None) if isinstance(each, ast.Name) else None
            if node is not None:
                waiting.append(node)
                reached.append(_text_of(node, lines))
    mentioned = "\n".join(reached)
    if gate.opens_script(mentioned) or (is_given and gate.mentions_sizes(mentioned)):
        return True
    is_running = uses_own or _RUNNING.search(mentioned) is not None
    return is_running and gate.opens_script("\n".join((mentioned, *imported())))


def _uses_what_it_makes(own: Iterable[ast.stmt]) -> bool:
    """Whether statements of a module make something of which they call a method, or that they give to a function:
    ``trainer = Trainer()`` and later ``trainer.fit()``, ``fit(Net())``."""
    made = set[str]()
    for each in own:
        match each:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call()):
                made.add(name)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))) if name in made:
                return True
            case ast.Expr(value=ast.Call(func=ast.Name(id=name), args=args)) if name != "print":
                if any(isinstance(arg, ast.Call) or (dotted(arg) or "") in made for arg in args):
                    return True
    return False


def definitions(
    tree: ast.Module, home: Path | None = None, *, is_library: bool = False, names: Names | None = None
) -> Scope:
    """The names that the module's imports, functions and classes bind; ``home`` is its file. ``names`` takes them."""
    machine = Machine(PathState({}, MAX_DEFINING_STEPS), is_library=is_library)
    machine.module.home = home
    if names is not None:
        machine.module.names = names
    with suppress(Raised, OutOfBudget, RecursionError):
        for each in tree.body:
            if _defines(each) or _makes_loss(each, tree):
                if names is not None:
                    names.define(each)
                machine.execute(machine.module, [each])
    return machine.module


def _defines(node: ast.stmt) -> bool:
    """Whether a statement of a module only gives names to what is defined elsewhere: a table of classes is such."""
    if isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
        return all(isinstance(each, (ast.Name, ast.Attribute)) for each in node.value.values)
    return isinstance(node, _DEFINITIONS)


def _makes_loss(node: ast.stmt, tree: ast.Module) -> bool:
    """Whether a statement of a module makes a loss of PyTorch's, for a name that nothing else in the file is given:
    functions use it as it was made."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func) as made):
            path = dotted(func) or ""
            given = [*made.args, *(each.value for each in made.keywords)]
            if not path.endswith("Loss") or path.partition(".")[0] not in ("nn", "torch"):
                return False
            return all(isinstance(each, ast.Constant) for each in given) and _is_bound_once(name, tree)
    return False


def _is_bound_once(name: str, tree: ast.Module) -> bool:
    stores = (each for each in walk(tree) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))
    return sum(each.id == name for each in stores) == 1


class Surroundings:
    """The scopes of functions that are not run: nothing is known of their names, but that they hide those around."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._inside: dict[Function, Scope] = {}

    def inside(self, functions: Iterable[Function]) -> Scope:
        """What code sees that stands in some functions, the outermost first."""
        scope = self._scope
        for function in functions:
            if function not in self._inside:
                bound = {each.arg for each in walk(function.args) if isinstance(each, ast.arg)} | names_bound(function)
                self._inside[function] = Scope(scope, {name: Symbolic(Named(name)) for name in bound})
            scope = self._inside[function]
        return scope


def entries(
    tree: ast.Module,
    text: str,
    scope: Callable[[], Scope],
    called: Collection[ast.AST],
    is_module: Callable[[int], bool],
    gate: ProgramGate,
) -> Iterator[Entry]:
    """The functions and methods worth running on their own; ``scope`` are the module's names."""
    lines = split_lines(text)
    renamed = tuple(gate.renamed(tree))
    for node in tree.body:
        if isinstance(node, Function) and node not in called:
            own = _text_of(node, lines)
            if gate.opens(own, renamed) or gate.opens_sizes(own):
                yield Entry(node)
        elif isinstance(node, ast.ClassDef):
            methods = dict(_methods(node, called, lines, gate, renamed))
            owner = class_of(node, scope()) if methods else None
            of_module = owner is not None and is_module(node.lineno)
            found = [
                Entry(each, owner if of_module or not decorators(each) else None, of_module)
                for each, matters in methods.items()
                if matters or of_module
            ]
            yield from (each for each in found if len(found) == 1 or not each.only_builds)


def class_of(node: ast.stmt, scope: Scope) -> ClassValue | None:
    """What a class statement of the module defines, where that is known."""
    kind = scope.names.get(node.name) if isinstance(node, ast.ClassDef) else None
    return kind if isinstance(kind, ClassValue) else None


def _methods(
    node: ast.ClassDef, called: Collection[ast.AST], lines: Sequence[str], gate: ProgramGate, renamed: Sequence[str]
) -> Iterator[tuple[Function, bool]]:
    """The methods worth running, and whether they can matter by themselves: ``forward`` of a module also does where
    something in the class changes in place."""
    methods = [each for each in node.body if isinstance(each, Function)]
    texts = {each.name: _text_of(each, lines) for each in methods}
    prepare = texts.get("__init__", "")
    changes = any(changes_something(text) for name, text in texts.items() if not _PREDICTING.search(name))
    changes = changes or is_in_place(prepare)
    is_sized = gate.opens_sizes(prepare)
    asked = (*renamed, *gate.kept(prepare))
    for each in methods:
        matters = each not in called and gate.opens(texts[each.name], asked)
        matters = matters or (each not in called and is_sized and each.name == "forward")
        if matters or (each not in called and each.name == "forward" and changes):
            yield each, matters


def _text_of(node: ast.stmt, lines: Sequence[str]) -> str:
    first, last = lines_of(node)
    return "\n".join(lines[first - 1 : last])


def run_entry(
    run: PathState,
    scope: Scope,
    entry: Entry,
    classes: Modules,
    summaries: dict[Hashable, Summary],
    *,
    looks_inside: bool = False,
    interpreter: type[Machine] = Machine,
) -> str:
    """Run one entry with unknown arguments; the limit that it ran into, empty where it came to its end.

    Other modules of the program are entries of their own: unless this one ``looks_inside``, they only say whether they
    have parameters, and what they keep (``summaries``, as far as known).
    """
    machine = interpreter(run, is_library=True)
    trained = None if looks_inside else classes.has_parameters
    machine.project = Project(
        classes.imports, trained, classes.is_module, classes.foreign, summaries, registered=classes.registered
    )
    machine.module.home = classes.home
    try:
        with scope.undisturbed():
            result = _run_method(machine, entry, entry.owner) if entry.owner else _run_function(machine, scope, entry)
            if looks_inside:
                listed(result)  # the code of a generator runs where it is read
            if entry.is_trained and run.path.choices.get(TRAINING) is not False:
                backward.suppose(run, result, entry.function)
    except Raised:
        return ""
    except OutOfBudget as error:
        return error.limit
    except RecursionError:
        return TOO_DEEP
    finally:
        end(run)
    return ""


def _run_function(machine: Machine, scope: Scope, entry: Entry) -> object:
    function = functions.define(machine, scope, entry.function)
    inner = Scope(scope, functions.entry_arguments(machine, function))
    with machine.run.mode.within(function.modes or ()):
        return functions.run_body(machine, inner, entry.function)


def _run_method(machine: Machine, entry: Entry, owner: ClassValue) -> object:
    """Build an instance, then call the method on it."""
    node = entry.function
    method = owner.names.get(node.name)
    if not isinstance(method, FunctionValue):
        return None
    instance = instances.build(machine, owner, node, is_module=entry.is_module)
    if node.name == "__init__" or "staticmethod" in decorators(node):
        return None
    instances.fill(machine, instance)
    if entry.is_module:
        instances.rebind(machine, instance, owner, node.name)
        return instances.call(machine, method, instance, node)
    around = instances.life(owner, node.name)
    instances.age(machine, instance, around.others)
    return instances.run_twice(machine, method, instance, around)
