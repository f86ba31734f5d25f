"""Calls of Python's own functions and methods, and of what is not known."""

from __future__ import annotations

import ast
from contextlib import nullcontext
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.results import Packed, tensors_in
from torchlint.model.autograd.tensor import Storage, Tensor
from torchlint.model.autograd.tensor_list import Several
from torchlint.model.interpreter import open_containers, refusals, texts, unknown_calls
from torchlint.model.interpreter.identities import Count, Enumerated, Range, Single, Zipped
from torchlint.model.interpreter.limits import MAX_ITEMS
from torchlint.model.interpreter.python import iteration, objects
from torchlint.model.interpreter.values import class_checks
from torchlint.model.interpreter.values.callables import Partial
from torchlint.model.interpreter.values.constants import is_plain
from torchlint.model.interpreter.values.containers import DefaultDict, Stream, read_in_part
from torchlint.model.interpreter.values.numbers import Array
from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic, identity
from torchlint.model.interpreter.values.value import as_value, deep_copy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site

_SETTLED_ROOTS = ("os.environ", "os.getenv", "os.path", "sys.", "platform.", "torch.cuda.", "torch.backends.")
"""What gives the same answer each time it is asked with the same words."""


_ARRAYS = frozenset(
    f"numpy.{name}"
    for name in "arange array empty eye full linspace ones random.rand random.randn zeros zeros_like".split()
)


def call(machine: Interpreter, site: Site, name: str) -> object:
    """Call something imported, or a builtin."""
    if name.startswith("numpy."):
        as_value(site.keywords.get("out")).overwrite(site.at)
        return Array(Storage()) if name in _ARRAYS else machine.unknown()
    handler = _BUILTINS.get(name.removeprefix("builtins."))
    if handler is not None and not site.is_open:
        with machine.run.trace.generators.in_part() if handler in _IN_PART else nullcontext():
            return handler(machine, site)
    if name.startswith(_SETTLED_ROOTS) and all(is_plain(each) for each in site.arguments) and not site.keywords:
        return Symbolic(Single("call", (name, *map(repr, site.arguments))))
    return unknown_calls.call_unknown(machine, site, Symbol(name))


def _range(machine: Interpreter, site: Site) -> object:
    if site.arguments and all(isinstance(each, int) for each in site.arguments):
        try:
            return range(*site.arguments)  # type: ignore[call-overload]
        except (TypeError, ValueError):
            return machine.unknown()
    start = 0 if len(site.arguments) == 1 else site.arguments[0] if len(site.arguments) == 2 else None
    if not isinstance(start, int):
        return machine.unknown()
    stop = identity(site.arguments[-1])
    end = machine.run.shortened(stop) if stop is not None else None
    return Symbolic(Range(machine.run.fresh(), start, end))


def _length(machine: Interpreter, site: Site) -> object:
    return as_value(site.argument(0, "")).length(machine)


def _enumerate(machine: Interpreter, site: Site) -> object:
    found = iteration.over(machine, site.at, site.argument(0, "iterable"))
    start = site.argument(1, "start", 0)
    if found.length is not None or not found.exact or not isinstance(start, int):
        number = machine.run.fresh()
        machine.run.loops.sources[number] = site.argument(0, "iterable")
        return Symbolic(Enumerated(number, start if isinstance(start, int) else None))
    pairs: list[object] = list(enumerate(found.values, start))
    if found.is_cut:  # the last one stands further behind
        pairs[-1] = (machine.unknown(), found.values[-1])
        open_containers.leave_open(machine.run, pairs)
    return Stream(lambda: pairs)


def _zip(machine: Interpreter, site: Site) -> object:
    """As many tuples as the shortest known operand has items; of unknown operands the first items stand for others."""
    columns = [iteration.over(machine, site.at, each) for each in site.arguments]
    known = [len(each.values) for each in columns if each.exact]
    if not known:
        number = machine.run.fresh()
        machine.run.loops.sources[number] = site.arguments
        return Symbolic(Zipped(number))
    rows = range(min(known))
    found = [
        tuple(each.values[row] if row < len(each.values) else machine.unknown() for each in columns) for row in rows
    ]
    if not any(each.is_all and len(each.values) == len(rows) for each in columns):
        open_containers.leave_open(machine.run, found)
    return Stream(lambda: found)


def _listed(machine: Interpreter, site: Site) -> object:
    if not site.arguments:
        return []
    found = iteration.over(machine, site.at, site.arguments[0])
    if found.is_cut:
        open_containers.leave_open(machine.run, found.values)
    return found.values if found.exact else machine.unknown()


def _tupled(machine: Interpreter, site: Site) -> object:
    found = _listed(machine, site)
    if not isinstance(found, list):
        return found
    made = tuple(found)
    if open_containers.is_open(machine.run, found):
        open_containers.leave_open(machine.run, made)
    return made


def _next(machine: Interpreter, site: Site) -> object:
    """The first item of an iterator that is made where it is asked; which one another gives is not known."""
    if not isinstance(site.written(0, ""), ast.Call) or len(site.arguments) != 1:
        if site.arguments:
            read_in_part(site.arguments[0], machine.unknown())
        return machine.unknown()
    found = iteration.over(machine, site.at, site.arguments[0])
    return found.values[0] if found.values else machine.unknown()


def _iterator(machine: Interpreter, site: Site) -> object:
    if len(site.arguments) != 1:
        return machine.unknown()
    given = site.arguments[0]
    return Stream(lambda: given) if isinstance(given, (list, tuple, dict, str)) else given


def _filter(machine: Interpreter, site: Site) -> object:
    """``filter(function, items)``, where it is known which items pass; of items that are not known some part."""
    function, given = site.argument(0, ""), site.argument(1, "")
    found = iteration.over(machine, site.at, given)
    if not found.exact:
        return given
    passes = [machine.call(site.at, function, [each], {}) for each in found.values]
    if not all(isinstance(each, bool) for each in passes):
        return machine.unknown()
    passing = [value for value, each in zip(found.values, passes, strict=True) if each]
    if found.is_cut:
        open_containers.leave_open(machine.run, passing)
    return Stream(lambda: passing)


def _chain(machine: Interpreter, site: Site) -> object:
    """``itertools.chain``: the items of all; what has items that are not known stands for them."""
    chained: list[object] = []
    for each in site.arguments:
        found = iteration.over(machine, site.at, each)
        chained += found.values if found.exact else [each]
        del chained[MAX_ITEMS:]
    return chained


def _reversed(machine: Interpreter, site: Site) -> object:
    found = _listed(machine, site)
    return list(reversed(found)) if isinstance(found, list) else found


def _dict(machine: Interpreter, site: Site) -> object:
    found: dict[object, object] = {}
    given = site.argument(0, "")
    if isinstance(given, dict):
        found.update(given)
    elif site.arguments:
        return machine.unknown()
    found.update(site.keywords)
    return found


def _default_dict(machine: Interpreter, site: Site) -> object:
    factory, given = site.argument(0, ""), site.argument(1, "", {})
    return DefaultDict(factory, given) if factory is not None and isinstance(given, dict) else machine.unknown()


def _sum(machine: Interpreter, site: Site) -> object:
    found = iteration.over(machine, site.at, site.argument(0, "iterable"))
    if not found.exact:
        return machine.unknown()
    total = site.argument(1, "start", 0)
    for each in found.values:
        total = machine.binary(site.at, ast.Add, total, each)
    return machine.unknown() if found.is_cut and isinstance(total, (int, float)) else total


def _number(machine: Interpreter, site: Site) -> object:
    value = site.argument(0, "")
    number = as_value(value).as_number(machine, site)
    if number is not None:
        return number
    if isinstance(value, (int, float)):
        return value if site.label == "float" else int(value) if abs(value) < 10**12 else machine.unknown()
    return Symbolic(Count(machine.run.fresh())) if site.label == "int" else machine.unknown()


def _isinstance(machine: Interpreter, site: Site) -> object:
    value, kind = site.argument(0, ""), site.argument(1, "")
    kinds = tuple(map(machine.imported, kind if isinstance(kind, tuple) else (kind,)))
    found = class_checks.answer(value, kinds)
    return machine.unknown() if found is None else found


def _super(machine: Interpreter, site: Site) -> object:
    return objects.super_of(machine, site)


def _map(machine: Interpreter, site: Site) -> object:
    function, *columns = site.arguments or [machine.unknown()]
    if len(columns) != 1:
        return unknown_calls.call_unknown(machine, site, function)
    return Stream(lambda: _mapped(machine, site, function, columns[0]))


def _mapped(machine: Interpreter, site: Site, function: object, items: object) -> object:
    found = iteration.over(machine, site.at, items)
    if isinstance(items, Several):
        result = machine.call(site.at, function, [items.first], {})
        return Several(result) if isinstance(result, Tensor) else result
    results = [machine.call(site.at, function, [each], {}) for each in found.values]
    if found.is_cut:
        open_containers.leave_open(machine.run, results)
    return results if found.exact else machine.unknown()


def _setattr(machine: Interpreter, site: Site) -> object:
    if len(site.arguments) == 3 and isinstance(site.arguments[1], str):
        as_value(site.arguments[0]).set_attribute(machine, site.arguments[1], site.arguments[2], site.at)
        return None
    return unknown_calls.call_unknown(machine, site, Symbol("builtins.setattr"))


def _any(machine: Interpreter, site: Site) -> object:
    return _decided(machine, site, stops=True)


def _all(machine: Interpreter, site: Site) -> object:
    return _decided(machine, site, stops=False)


def _decided(machine: Interpreter, site: Site, *, stops: bool) -> object:
    """``any`` and ``all`` of what is known."""
    found = iteration.over(machine, site.at, site.argument(0, "iterable"))
    if not found.exact or not all(isinstance(each, bool) for each in found.values):
        return machine.unknown()
    if stops not in found.values and found.is_cut:
        return machine.unknown()
    return stops if stops in found.values else not stops


def _partial(machine: Interpreter, site: Site) -> object:
    function, *arguments = site.arguments or [machine.unknown()]
    return Partial(function, tuple(arguments), tuple(site.keywords.items()))


def _deep_copy(machine: Interpreter, site: Site) -> object:
    known: dict[int, tuple[object, object]] = {}
    copied = deep_copy(site.argument(0, "x"), known)
    refusals.deep_copy(machine, site, (each for original, _ in known.values() for each in tensors_in(original, 0)))
    for each in (tensor for _, copy in known.values() for tensor in tensors_in(copy, 0)):
        each.made = site.at
    return machine.unknown() if machine.run.trace.states.has(copied) else copied


def _nothing(machine: Interpreter, site: Site) -> object:
    return None


def _harmless(machine: Interpreter, site: Site) -> object:
    return machine.unknown()


def _hasattr(machine: Interpreter, site: Site) -> object:
    name, look = site.argument(1, ""), getattr(site.argument(0, ""), "has", None)
    found = look(name) if look is not None and isinstance(name, str) else Answer.MAYBE
    return machine.unknown() if found is Answer.MAYBE else found is Answer.YES


def _string(machine: Interpreter, site: Site) -> object:
    text = texts.joined(site.arguments) if len(site.arguments) == 1 else None
    return machine.unknown() if text is None else text


def _progress(machine: Interpreter, site: Site) -> object:
    """``tqdm(iterable)``: the same items."""
    given = site.argument(0, "iterable")
    return given if identity(given) is not None else unknown_calls.call_unknown(machine, site, Symbol("tqdm.tqdm"))


def _named_tuple(machine: Interpreter, site: Site) -> object:
    """``namedtuple("Name", fields)``: a class whose instances hold what they are given by name."""
    fields = site.argument(1, "field_names")
    names = fields.replace(",", " ").split() if isinstance(fields, str) else fields
    if not isinstance(names, (list, tuple)) or not all(isinstance(each, str) for each in names):
        return machine.unknown()
    return Partial(Symbol(_RECORD), (tuple(names),), ())


def _record(machine: Interpreter, site: Site) -> object:
    names, *given = site.arguments
    assert isinstance(names, tuple)
    items = [*given, *(site.keywords.get(name, machine.unknown()) for name in names[len(given) :])]
    return Packed(names, tuple(items[: len(names)]))


_RECORD = "collections.namedtuple()"
_BUILTINS: Mapping[str, Callable[[Interpreter, Site], object]] = {
    "range": _range,
    "len": _length,
    "enumerate": _enumerate,
    "zip": _zip,
    "list": _listed,
    "tuple": _tupled,
    "sorted": _harmless,
    "reversed": _reversed,
    "dict": _dict,
    "sum": _sum,
    "float": _number,
    "int": _number,
    "isinstance": _isinstance,
    "map": _map,
    "setattr": _setattr,
    "any": _any,
    "all": _all,
    "functools.partial": _partial,
    "copy.deepcopy": _deep_copy,
    "super": _super,
    "collections.namedtuple": _named_tuple,
    "collections.defaultdict": _default_dict,
    _RECORD: _record,
    "tqdm.tqdm": _progress,
    "tqdm.auto.tqdm": _progress,
    "tqdm.notebook.tqdm": _progress,
    "print": _nothing,
    "str": _string,
    "repr": _harmless,
    "format": _harmless,
    "type": _harmless,
    "id": _harmless,
    "hasattr": _hasattr,
    "next": _next,
    "iter": _iterator,
    "filter": _filter,
    "itertools.chain": _chain,
    "callable": _harmless,
}
_IN_PART = frozenset((_enumerate, _zip, _next, _filter, _map, _any, _all, _chain))
"""Those that need not read to its end what they are given."""
