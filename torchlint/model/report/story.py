"""The faults of a file's autograd as rules tell them: places and names; ``telling`` has the steps that led there."""

from __future__ import annotations

import ast
import os
import re
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind, Place, Span
from torchlint.model.autograd.tensor import CutKind, How
from torchlint.model.code.results import Results
from torchlint.model.interpreter.judging import Seen, Sighting, sightings
from torchlint.model.interpreter.outcome import Found
from torchlint.model.interpreter.program_gate import AUTOGRAD, ProgramGate
from torchlint.model.interpreter.resolve import origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from torchlint.model.autograd.faults import Fault, Kind
    from torchlint.model.autograd.tensor import Name
    from torchlint.model.interpreter.entry import Modules
    from torchlint.model.interpreter.events import Event
    from torchlint.model.interpreter.incremental import Entries
    from torchlint.model.interpreter.limits import CutOff
    from torchlint.model.interpreter.outcome import Exploration
    from torchlint.syntax.source import Source

_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_LONGEST = 40


class Story:
    """What goes wrong in a file when its code runs, found once for all rules."""

    def __init__(
        self,
        source: Source,
        tree: Callable[[], ast.Module],
        classes: Modules | None = None,
        earlier: Entries | None = None,
        gate: ProgramGate = AUTOGRAD,
    ) -> None:
        self.source = source
        self._tree = tree
        self._classes = classes
        self._earlier = earlier
        self._gate = gate

    def of(self, *kinds: Kind) -> list[Found]:
        """The faults of some kinds."""
        if len(kinds) == 1:
            return list(self._by_kind.get(kinds[0], ()))
        return [found for found in self._found if found.fault.kind in kinds]

    def everywhere(self, *kinds: Kind) -> Iterator[Found]:
        """The faults of some kinds, and those of other files that this one runs into, of which one a place is told."""
        yield from self.of(*kinds)
        abroad = [found for found in self._done.abroad if found.fault.kind in kinds]
        places = dict.fromkeys(found.here for found in abroad)
        yield from (max((each for each in abroad if each.here is here), key=_sureness) for here in places)

    def of_all(self) -> list[Found]:
        """The faults of all kinds."""
        return list(self._found)

    def seen(self, look: Callable[[Sequence[Event]], Iterable[Seen]]) -> Iterator[Sighting[Seen]]:
        """What a rule sees in what happened on each path; of the same thing seen twice the surest. What only some
        versions of a library come to is written for those."""
        same: dict[Seen, Sighting[Seen]] = {}
        for traced in self._done.traces:
            for each in sightings(traced, look):
                if _asks_for_version(each.condition):
                    continue
                known = same.get(each.what)
                if known is None or (each.is_certain, not each.is_entry) > (known.is_certain, not known.is_entry):
                    same[each.what] = each
        yield from same.values()

    def is_told(self, at: ast.AST, *kinds: Kind) -> bool:
        """Whether a fault of one of some kinds is at the same place, or surfaces there: one fault, one finding."""
        return any((kind, at) in self._told for kind in kinds)

    @cached_property
    def _by_kind(self) -> Mapping[Kind, Sequence[Found]]:
        kinds: dict[Kind, list[Found]] = {}
        for found in self._found:
            kinds.setdefault(found.fault.kind, []).append(found)
        return kinds

    @cached_property
    def _told(self) -> frozenset[tuple[Kind, ast.AST | None]]:
        """The kind of each fault with where it is, and with where it surfaces."""
        faults = [found.fault for found in self._found]
        return frozenset((each.kind, at) for each in faults for at in (each.at, each.surfaces))

    @property
    def cut_offs(self) -> Sequence[CutOff]:
        """What was not run to its end; nothing where nobody asked for the story."""
        return self._done.cut_offs if "_done" in vars(self) else ()

    @cached_property
    def _done(self) -> Exploration:
        from torchlint.model.interpreter.entry import NO_MODULES  # start-up: 75 ms
        from torchlint.model.interpreter.program import explore  # start-up: 75 ms

        cells = self.source.cell_ranges
        classes = self._classes or NO_MODULES
        done = explore(self._tree(), self.source.text, cells, classes, self._earlier, gate=self._gate)
        done.endings.clear()
        return done

    @cached_property
    def _found(self) -> Sequence[Found]:
        same: dict[tuple[Kind, ast.AST], list[Found]] = {}
        for found in self._done.found:
            same.setdefault((found.fault.kind, found.fault.at), []).append(found)
        return list(map(_surest, same.values()))

    # How sure, and what PyTorch does.

    def certainty(self, found: Found | Sighting[Seen]) -> Certainty:
        """Certain in every path, likely in some."""
        return Certainty.CERTAIN if found.is_certain else Certainty.LIKELY

    def certainty_by_mode(self, found: Found) -> Certainty:
        """How sure a fault is that needs gradients to be recorded, which a caller that is not seen decides."""
        return Certainty.LIKELY if found.is_entry else self.certainty(found)

    def condition(self, found: Found | Sighting[Seen]) -> str:
        """The condition under which something happens, as the end of a message."""
        if isinstance(found.condition, ast.pattern):
            return f" (if `{self.text(found.condition)}` {'matches' if found.holds else 'does not match'})"
        if found.condition is not None:
            return f" (if `{self.text(found.condition)}` is {'true' if found.holds else 'false'})"
        assumed = found.fault.assumed if isinstance(found, Found) else None
        return f" (if {assumed})" if assumed else ""

    def raises(self, fault: Fault) -> Effect:
        """PyTorch's own words, where it says them."""
        return Effect(EffectKind.RAISES, fault.message, self._surface(fault))

    def silent(self, fault: Fault, text: str) -> Effect:
        """What PyTorch computes instead without a word, and where."""
        return Effect(EffectKind.SILENT, text, self._surface(fault))

    def _surface(self, fault: Fault) -> Place | None:
        return self.place(fault.surfaces) if fault.surfaces is not None else None

    # Words.

    def text(self, name: Name) -> str:
        """What the user calls a value, on one line."""
        text = " ".join((name if isinstance(name, str) else self._code(name)).split())
        return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."

    def _code(self, node: ast.AST) -> str:
        return (origin(node) or self.source).slice(self.span(node))

    def line(self, node: ast.AST, seen_from: ast.AST) -> str:
        """Where a node stands, in words."""
        place = self.place(node)
        if place.path is not None:
            return f"line {place.line} of {place.path.rpartition('/')[2]}"
        if place.cell is None or place.cell == self.place(seen_from).cell:
            return f"line {place.line}"
        return f"cell {place.cell}, line {place.line}"

    def operation(self, at: ast.AST, label: str) -> str:
        """What the user calls an operation: ``torch.exp``, ``*``, ``nn.Linear``."""
        if isinstance(at, ast.Call) and not label.startswith(("nn.", ".")):
            text = self.text(at.func)
            return text if _DOTTED.fullmatch(text) else label
        return label

    def tensor(self, fault: Fault) -> str:
        """What the user calls the tensor that is at fault."""
        name = fault.at.value if isinstance(fault.at, ast.Subscript) else fault.name
        return f"`{self.text(name)}`" if name else "a tensor"

    def kept(self, fault: Fault) -> str:
        """What the user calls the tensor that was kept."""
        if fault.saved is None:
            return self.tensor(fault)
        tensor = fault.saved.tensor
        name = tensor.name or fault.saved.name or tensor.root.name
        return f"`{self.text(name)}`" if name else "a value"

    def keeping(self, fault: Fault, what: str = "") -> str:
        """Who kept a tensor, and for which backward: "`torch.exp` at line 12 kept it for the backward at line 20"."""
        assert fault.node_at is not None
        keeper = f"`{self.operation(fault.node_at, fault.node_operation)}`"
        where = "itself" if fault.node_at is fault.at else f"at {self.line(fault.node_at, fault.at)}"
        backward = f"the backward at {self.line(fault.surfaces, fault.at)}" if fault.surfaces else "backward"
        return " ".join(filter(None, (keeper, where, "kept", what, "for", backward)))

    def freed(self, fault: Fault) -> str:
        """Which backward freed what: "the backward at line 16 freed what `@` at line 9 kept"."""
        assert fault.node_at is not None
        operation = f"`{self.operation(fault.node_at, fault.node_operation)}` at {self.line(fault.node_at, fault.at)}"
        if fault.backward is None:
            return f"what {operation} kept is freed"
        backward = (
            "an earlier run of this line"
            if fault.backward is fault.at
            else f"the backward at {self.line(fault.backward, fault.at)}"
        )
        return f"{backward} freed what {operation} kept"

    def has_siblings(self, fault: Fault) -> bool:
        """Whether two backwards are of two different losses."""
        if fault.carried or fault.backward is fault.at or not isinstance(fault.backward, ast.Call):
            return False
        return ast.dump(fault.backward) != ast.dump(fault.at)

    def leaving(self, fault: Fault) -> str:
        """Where a graph was left."""
        cut = fault.cut
        assert cut is not None
        operation = f"`{self.operation(cut.at, cut.operation)}` at {self.line(cut.at, fault.at)}"
        if cut.kind is CutKind.NO_GRAD:
            return f"{operation} ran without recording gradients"
        return f"{operation} left the graph" + (f" of `{self.text(cut.source)}`" if cut.source and cut.is_sure else "")

    # Places.

    def span(self, node: ast.AST) -> Span:
        """The byte range of a node in the file that it comes from."""
        assert isinstance(node, (ast.expr, ast.stmt, ast.pattern))
        source = origin(node) or self.source
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return Span(source.offset_of_bytes(node.lineno, node.col_offset), source.offset_of_bytes(end_line, end_column))

    def place(self, node: ast.AST) -> Place:
        """The place of a node, which may be in another file; its path is then as if it stood beside this one's."""
        other = origin(node)
        if other is None:
            return self.source.place(self.span(node))
        folder = Path(self.source.path).parent
        path = folder / os.path.relpath(other.path, folder.absolute())
        return replace(other.place(self.span(node)), path=os.path.normpath(path).replace(os.sep, "/"))

    def gives_away(self, path: Sequence[ast.AST]) -> bool:
        """Whether the innermost function of a path from the module downward returns or stores what may be a tensor."""
        functions = [each for each in path if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))]
        return not functions or not Results(functions[-1].body).leave_as_numbers()

    def reads_gradients(self) -> bool:
        """Whether some gradient is read, or computed, in a way that could go on computing with it."""
        return any(_reads_gradient(each) for each in ast.walk(self._tree()))


def _surest(same: Sequence[Found]) -> Found:
    """Of several findings of the same fault the one that tells most, which knows where the others surface."""
    found = max(same, key=_sureness)
    surfaces = dict.fromkeys(each.fault.surfaces for each in same if each.fault.surfaces is not None)
    return replace(found, elsewhere=tuple(each for each in surfaces if each is not found.fault.surfaces))


def _sureness(found: Found) -> tuple[bool, bool, bool]:
    """Which of two findings of the same fault tells more."""
    return found.is_certain, not found.is_entry, found.fault.surfaces is not None


def is_method(at: ast.AST, name: str) -> bool:
    """Whether a node is a call of a method of that name."""
    return isinstance(at, ast.Call) and isinstance(at.func, ast.Attribute) and at.func.attr == name


def _asks_for_version(condition: ast.AST | None) -> bool:
    nodes = ast.walk(condition) if condition is not None else ()
    return any(isinstance(each, ast.Attribute) and each.attr == "__version__" for each in nodes)


def _reads_gradient(node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr="grad", ctx=ast.Load()):
            return True
        case ast.Call(func=ast.Name(id="grad")):
            return True
    return False


def is_by(fault: Fault, *ways: How) -> bool:
    """Whether the content was changed by one of some means."""
    return fault.change is not None and fault.change.how in ways
