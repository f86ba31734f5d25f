"""Facts about one file: the only thing a rule sees. Each is computed once, when it is first asked for."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache, cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.model.api import history_lookup
from torchlint.model.code import api_changes
from torchlint.model.code.no_grad_blocks import evaluations
from torchlint.model.code.references import References
from torchlint.model.fixes.editor import Layout
from torchlint.model.fixes.spelling import Spelling
from torchlint.model.fixes.verify import Rehearsal
from torchlint.model.interpreter.limits import CutOff
from torchlint.model.interpreter.program_gate import ProgramGate
from torchlint.model.modules.classes import Classes
from torchlint.model.report.story import Story
from torchlint.syntax.outline import Outline, RegionKind, RegionOutline
from torchlint.syntax.reading import read_head
from torchlint.syntax.tree import lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import libcst as cst

    from torchlint.model.api.history_lookup import Version
    from torchlint.model.code.examined import Examined
    from torchlint.model.fixes.out_of_place import OutOfPlace
    from torchlint.model.fixes.reconnect_graph import Reconnection
    from torchlint.model.interpreter.entry import Modules
    from torchlint.model.interpreter.memory import Memory
    from torchlint.model.interpreter.values.symbolic import Symbol
    from torchlint.model.modules.constructions import Constructions
    from torchlint.model.modules.module_class import ModuleClass
    from torchlint.syntax.gate import Sign
    from torchlint.syntax.library import Library
    from torchlint.syntax.region import Region
    from torchlint.syntax.source import Source

_ATTRIBUTE = re.compile(rb"(?<![\w.\x80-\xff])([\w\x80-\xff]+)\.([\w\x80-\xff]+)(?![\w\x80-\xff]|\s*=[^=]|\s*\()")
"""An attribute of a name that is neither assigned to nor called, as no tensor or container is."""
_USUAL_OLDEST = (2, 4)


class Facts:
    """What is known of a file. ``target_version`` is the oldest torch it must run on, None if unknown, ``declared`` the
    oldest and the newest one that its project asks for; ``memory`` has what is known of the version before it, where
    the file is being edited."""

    def __init__(
        self,
        source: Source,
        outline: Outline,
        library: Library,
        tree: Callable[[], ast.Module],
        target_version: tuple[int, int] | None = None,
        memory: Memory | None = None,
        declared: tuple[Version | None, Version | None] = (None, None),
    ) -> None:
        self.source = source
        self.outline = outline
        self.target_version = target_version
        self._declared = declared
        self._memory = memory
        self.tree = tree
        self._library = library
        self.classes = Classes(Path(source.path).absolute(), outline, library)
        self._siblings: dict[str, ModuleClass | None] = {}

    def close(self) -> None:
        """Forget everything: what refers back to this keeps its trees alive until Python looks for garbage."""
        if "constructions" in vars(self):
            self.constructions.close()
        vars(self).clear()

    @cached_property
    def story(self) -> Story:
        """What goes wrong when the file's code runs, as far as autograd is concerned."""
        earlier = self._memory.entries if self._memory else None
        return Story(self.source, self.tree, self.modules_known, earlier, self._program_gate)

    @property
    def cut_offs(self) -> Sequence[CutOff]:
        """What of the file's code was too much to be looked at to its end, as far as a rule asked for it."""
        long = [outline for outline, region in self._regions.items() if region.is_too_long]
        found = [CutOff(f"the {each.kind.value}", each.lines[0][0], "its text is too long") for each in long]
        if "constructions" in vars(self):
            found += self.constructions.cut_offs
        return [*found, *(self.story.cut_offs if "story" in vars(self) else ())]

    @cached_property
    def rehearsal(self) -> Rehearsal:
        """The file's code with edits, run again."""
        return Rehearsal(self.layout, self.modules_known, self.story.of_all, self._program_gate)

    @property
    def _program_gate(self) -> ProgramGate:
        return ProgramGate.of(self._library.gate.program)

    @cached_property
    def modules_known(self) -> Modules:
        """What the interpreter is told of the file's classes."""
        from torchlint.model.interpreter.entry import Modules  # start-up: 75 ms, as all of these import the interpreter
        from torchlint.model.interpreter.entry_points import definitions  # start-up: 75 ms
        from torchlint.model.interpreter.resolve import Imports  # start-up: 75 ms

        lineage = self.classes.lineage
        return Modules(
            lambda line: lineage(line).is_module,
            lambda line: self.classes.has_parameters(lineage(line)),
            Imports(self._library, self.classes.depends.add, definitions),
            Path(self.source.path).absolute(),
            cache(self._foreign_state),
            lambda line: lineage(line).registered,
        )

    def _foreign_state(self, symbol: Symbol) -> bool | None:
        """Whether an imported class has parameters, None where it is not certainly a module."""
        assert symbol.home is not None
        lineage = self.classes.imported(symbol.home, symbol.name)
        return self.classes.has_parameters(lineage) if lineage.classes and lineage.is_module else None

    @cached_property
    def layout(self) -> Layout:
        """Where the file's statements stand, to rewrite them."""
        return Layout(self.source, self.tree())

    @cached_property
    def spelling(self) -> Spelling:
        """How the file writes the names of PyTorch."""
        return Spelling(self.layout, self.outline)

    @cached_property
    def out_of_place(self) -> OutOfPlace:
        """In-place changes of the file, written out of place."""
        from torchlint.model.fixes.out_of_place import OutOfPlace  # start-up: 5 ms

        return OutOfPlace(self.layout, self.spelling)

    @cached_property
    def reconnection(self) -> Reconnection:
        """What leaves its graph in the file, written so that it does not."""
        from torchlint.model.fixes.reconnect_graph import Reconnection  # start-up: 4 ms

        return Reconnection(self.layout, self.spelling, self.rehearsal)

    @cached_property
    def data_owners(self) -> Examined:
        """What has the ``.data`` of the file."""
        from torchlint.model.code.data_reads import data_owners  # start-up: 100 ms, as it imports LibCST

        return data_owners(self.source, self.tree, self.modules_known, self.outline)

    @cached_property
    def evaluations(self) -> Sequence[ast.expr]:
        """Every call of ``no_grad`` around code that only evaluates, and that only numbers leave."""
        return list(evaluations(self.tree(), self.outline.imports))

    @cached_property
    def references(self) -> References:
        """What the file names of PyTorch's packages."""
        return References(self.source, self.tree, self.outline, lambda: self.layout)

    @cached_property
    def api_uses(self) -> Sequence[api_changes.Use]:
        """Where the file uses what some release of PyTorch deprecated or removed."""
        owners = self._method_owners if api_changes.calls_methods(self.source.text) else None
        return list(api_changes.uses(self.source.text, self.references, lambda: self.layout, owners))

    @cached_property
    def _method_owners(self) -> Examined:
        from torchlint.model.code.examined import Examined  # start-up: 100 ms, as it imports the interpreter

        def asked(tree: ast.Module) -> Iterator[ast.expr]:
            return (each.value for each in api_changes.called_methods(tree))

        return Examined(self.source, self.tree, self.modules_known, asked)

    @property
    def newest_version(self) -> Version:
        """The release by which names are judged: the one asked for, else the newest that the project allows."""
        return self.target_version or self._declared[1] or history_lookup.newest()

    @property
    def oldest_version(self) -> Version | None:
        """The oldest release that the file must run on, None if unknown."""
        return self.target_version or self._declared[0]

    def has(self, name: str) -> bool:
        """Whether a name is there in every release that the file must run on, as far as that is known: what came with
        2.4 or before is taken to be, where nothing is."""
        oldest = self.oldest_version or _USUAL_OLDEST
        return (history_lookup.came(name) or oldest) <= oldest

    def supports(self, major: int, minor: int) -> bool:
        """Whether every torch version that the file must run on is at least this one."""
        return self.target_version is not None and self.target_version >= (major, minor)

    def regions(self, *signs: Sign, lines: Sequence[int] | None = None) -> Iterator[Region]:
        """The readable regions in which any of some signs was seen, if told so those with any of some 1-based lines,
        which are in order."""
        for outline in self.outline.regions:
            if outline.signs.isdisjoint(signs) or (lines is not None and not outline.has_any(lines)):
                continue
            if self._regions[outline].is_readable:
                yield self._regions[outline]

    @cached_property
    def _regions(self) -> Mapping[RegionOutline, Region]:
        return {outline: self._region(outline) for outline in self.outline.regions}

    def _region(self, outline: RegionOutline) -> Region:
        from torchlint.syntax.region import Region  # start-up: 100 ms, as it imports LibCST

        return Region(self.source, outline, self._memory.regions if self._memory else None)

    def module_classes(self, *signs: Sign) -> Iterator[ModuleClass]:
        """The classes that certainly are modules, in the regions in which any of some signs was seen."""
        for outline in self.outline.regions:
            if not outline.signs.isdisjoint(signs):
                yield from self._modules(outline)

    @cached_property
    def is_template(self) -> bool:
        """Whether a neighbour says that it is generated from this file, which then is only read, never run as it is."""
        path = Path(self.source.path).absolute()
        return any(_is_generated_from(path.name, other) for other in path.parent.glob("*.py") if other != path)

    def _modules(self, outline: RegionOutline) -> Sequence[ModuleClass]:
        if outline not in self._module_classes:
            self._module_classes[outline] = list(self._read_modules(outline))
        return self._module_classes[outline]

    @cached_property
    def _module_classes(self) -> dict[RegionOutline, list[ModuleClass]]:
        return {}

    def _read_modules(self, outline: RegionOutline) -> Iterator[ModuleClass]:
        """A region is parsed only if one of its classes is a module."""
        lineages = [self.classes.lineage(line) for line in self.outline.classes_in(outline)]
        if not any(lineage.is_module for lineage in lineages):
            return
        from torchlint.model.modules.module_class import ModuleClass  # start-up: 130 ms, as these import LibCST
        from torchlint.syntax.names import Names, classes_in  # start-up: 100 ms

        region = self._regions.get(outline) or self._region(outline)
        if not region.is_readable:
            return
        lines = self.outline.classes_in(outline)
        for (node, names), line in zip(classes_in(region.module, Names(self.outline, {})), lines, strict=True):
            lineage = self.classes.lineage(line)
            if lineage.is_module:
                construct = partial(self.constructions.of, line)
                found = (self._sibling, self._function, self.mentions)
                yield ModuleClass(node, region, names, lineage, construct, *found)

    @cached_property
    def _functions(self) -> dict[str, cst.FunctionDef | None]:
        return {}

    @cached_property
    def constructions(self) -> Constructions:
        """What running the constructors of the file's classes gives."""
        from torchlint.model.modules.constructions import Constructions  # start-up: 75 ms

        return Constructions(self.tree, self.classes, self.modules_known)

    def _sibling(self, name: str) -> ModuleClass | None:
        """The module of a name among the file's own classes, also where it shows no sign of anything."""
        if name not in self._siblings:
            region = self._region_of_class(self.outline.class_lines.get(name, 0))
            found = self._modules(region) if region is not None else ()
            self._siblings[name] = next((each for each in found if each.name == name), None)
        return self._siblings[name]

    def _function(self, name: str) -> cst.FunctionDef | None:
        """The function of a name among the file's own, None where there is none, or several."""
        from torchlint.model.modules.uses import function_in  # start-up: 130 ms, as it imports LibCST

        if name not in self._functions:
            nodes = [each for each in self.tree().body if isinstance(each, ast.FunctionDef) and each.name == name]
            region = self._region(_all_of(nodes[0], RegionKind.FUNCTION)) if len(nodes) == 1 else None
            self._functions[name] = function_in(region) if region is not None else None
        return self._functions[name]

    def _region_of_class(self, line: int) -> RegionOutline | None:
        """All of a top-level class, also what a region of its own would leave out."""
        node = next((each for each in self.tree().body if each.lineno == line), None)
        return _all_of(node, RegionKind.CLASS) if node else None

    def mentions(self, attribute: str, outside: ModuleClass) -> Iterator[int]:
        """Byte offsets at which ``something.attribute`` stands outside a class, ``self.attribute`` excluded."""
        lines = outside.region.outline.lines
        for offset in self._mentioned.get(attribute.encode(), ()):
            line, _ = self.source.position(offset)
            if not any(first <= line <= last for first, last in lines):
                yield offset

    @cached_property
    def _mentioned(self) -> Mapping[bytes, Sequence[int]]:
        """Where each attribute of a name other than ``self`` is read, by attribute."""
        found: defaultdict[bytes, list[int]] = defaultdict(list)
        for match in _ATTRIBUTE.finditer(self.source.data):
            if match[1] != b"self":
                found[match[2]].append(match.start())
        return found


def _all_of(node: ast.stmt, kind: RegionKind) -> RegionOutline:
    return RegionOutline(kind, node.lineno, (lines_of(node),), False, frozenset())


def _is_generated_from(name: str, path: Path) -> bool:
    """Whether the head of a file says that it was generated from a file of that name."""
    try:
        head = read_head(path, 2000)
    except OSError:
        return False
    return b"generated" in head and re.search(rb"\b" + re.escape(name.encode()) + rb"\b", head) is not None
