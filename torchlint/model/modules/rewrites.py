"""Edits of the assignments that a module's constructor makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import libcst as cst

from torchlint.finding import Applicability, Edit, Fix, Span
from torchlint.model.modules.construction import INIT
from torchlint.syntax.names import Names, dotted
from torchlint.syntax.region import Region, walk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchlint.model.interpreter.values.kept import Kind
    from torchlint.model.modules.stores import Store
    from torchlint.model.modules.values import Kept

_LIST_METHODS = frozenset({"append", "extend", "insert"})
_DICT_METHODS = frozenset({"items", "keys", "values", "update", "pop", "clear"})
_TAKEN_NAMES = frozenset(
    "apply buffers children clear compile cpu cuda double eval extra_repr float forward half items keys modules "
    "parameters pop to train training type update values".split()
)
_NAMES_OF_DISPLAYS = (
    ((cst.List, cst.ListComp), "list"),
    (cst.Tuple, "tuple"),
    ((cst.Dict, cst.DictComp), "dict"),
    ((cst.Set, cst.SetComp), "set"),
)
_DISPLAYS = (cst.List, cst.ListComp, cst.Tuple, cst.Dict, cst.DictComp)


class RewritableClass(Protocol):
    """What has to be known of a module to edit it."""

    node: cst.ClassDef
    region: Region
    names: Names
    methods: Mapping[str, cst.FunctionDef]

    @property
    def stores(self) -> Mapping[str, Sequence[Store]]: ...

    @property
    def calls_init(self) -> bool: ...

    def holds_only(self, value: Kept, kind: Kind) -> bool: ...


class Rewrites:
    """The edits that a rule can make in one module."""

    def __init__(self, module: RewritableClass) -> None:
        self._module = module

    def torch_nn(self) -> str | None:
        """How the file writes ``torch.nn``, None where it does not import it."""
        imports = self._module.names.outline.imports
        for name, meaning in imports.items():
            if meaning == "torch.nn" and self._module.names.qualify(name) == meaning:
                return name
        return "torch.nn" if "torch" in imports and self._module.names.qualify("torch") == "torch" else None

    def can_register(self, store: Store, changing: bool = False) -> bool:
        """Whether an assignment can become a registration: the only one of its attribute, a plain statement of
        ``__init__`` after that of the base class ran. ``changing``: a buffer may be changed by ``+=`` elsewhere."""
        stores = self._module.stores[store.attribute]
        others = [each for each in stores if each.target is not store.target]
        alone = all(changing and isinstance(each.node, cst.AugAssign) for each in others)
        node = store.node
        plain = isinstance(node, cst.Assign) and [each.target for each in node.targets] == [store.target]
        alone = alone and len(stores) - len(others) == 1  # what is kept is the same either way
        return alone and plain and not store.early and store.method == INIT

    def wrap(self, store: Store, before: str, after: str) -> tuple[Edit, ...]:
        """Put a call around the value of an assignment; ``before`` takes the place of its target."""
        region, value = self._module.region, store.expression
        statement = region.span(store.node)
        start = region.span(value.lpar[0] if value.lpar else value).start
        if isinstance(value, cst.Tuple) and not value.lpar:
            before, after = f"{before}(", f"){after}"
        return (
            region.edit(Span(statement.start, start), before),
            region.edit(Span(statement.end, statement.end), after),
        )

    @staticmethod
    def is_mapping(store: Store) -> bool:
        """Whether the plain container that is assigned is a dict."""
        return isinstance(store.expression, (cst.Dict, cst.DictComp)) or (
            isinstance(store.expression, cst.Call) and dotted(store.expression.func) in ("dict", "OrderedDict")
        )

    @staticmethod
    def is_single(store: Store) -> bool:
        """Whether it is written out with exactly one element, the usual way to hide a module on purpose."""
        node = store.expression
        return isinstance(node, (cst.List, cst.Tuple)) and len(node.elements) == 1

    @staticmethod
    def kind_of(store: Store) -> str | None:
        """What Python calls the container that is written out where it is assigned; None for another expression."""
        return next((name for kinds, name in _NAMES_OF_DISPLAYS if isinstance(store.expression, kinds)), None)

    @staticmethod
    def has_stray_comma(store: Store) -> bool:
        """Whether nothing but a comma at the end makes the value that is assigned a tuple."""
        node = store.expression
        return isinstance(node, cst.Tuple) and len(node.elements) == 1 and not node.lpar

    def without_comma(self, store: Store) -> Fix | None:
        """Take the comma away that makes a tuple of the value."""
        node = store.expression
        if not isinstance(node, cst.Tuple) or not self.has_stray_comma(store) or not self.can_register(store):
            return None
        region, value = self._module.region, node.elements[0].value
        end = region.span(value.rpar[-1] if value.rpar else value).end
        edit = region.edit(Span(end, region.span(store.node).end), "")
        return Fix(Applicability.UNSAFE, "Remove the comma", (edit,))

    def registering_container(self, store: Store, kind: Kind) -> Fix | None:
        """Keep what a plain container holds in an ``nn.ModuleList``, or in another container that registers it."""
        nn = self.torch_nn()
        container = self._container(store, kind)
        if nn is None or container is None:
            return None
        name = f"{nn}.{kind.value.capitalize()}{container}"
        edits = self.wrap(store, f"self.{store.attribute} = {name}(", ")")
        return Fix(Applicability.UNSAFE, f"Keep them in an `{name}`", edits)

    def _container(self, store: Store, kind: Kind) -> str | None:
        """``List`` or ``Dict`` where a registering container can take the place of the plain one: it is written out
        where it is assigned, all that is in it is of a kind, and what the class does with it works on the other."""
        node = store.expression
        name, methods = ("Dict", _DICT_METHODS) if self.is_mapping(store) else ("List", _LIST_METHODS)
        fits = isinstance(node, _DISPLAYS) and self._module.holds_only(store.value, kind) and _has_good_keys(node)
        if not fits or not self._calls_on(store.attribute) <= methods or not self.can_register(store):
            return None
        return name if not isinstance(node, (cst.List, cst.Tuple, cst.Dict)) or node.elements else None

    def _calls_on(self, attribute: str) -> set[str]:
        """The methods that the class calls on an attribute."""
        visitor = _Calls(attribute)
        walk(self._module.node, visitor)
        return visitor.found

    def move_inside(self, store: Store) -> tuple[Edit, ...] | None:
        """``Parameter(x).op()`` -> ``Parameter(x.op())`` and ``Parameter(x) * y`` -> ``Parameter(x * y)``."""
        node = store.expression
        region = self._module.region
        match node:
            case cst.Call(func=cst.Attribute(value=cst.Call() as wrapper)):
                pass
            case cst.BinaryOperation(left=cst.Call() as wrapper):
                pass
            case _:
                return None
        if not _is_parameter(wrapper) or len(wrapper.args) != 1 or wrapper.args[0].keyword or node.lpar:
            return None
        inner = wrapper.args[0].value
        text = region.code(inner)
        if not isinstance(inner, (cst.Call, cst.Name, cst.Attribute, cst.Subscript)) or inner.lpar:
            text = f"({text})"
        whole, made = region.span(node), region.span(wrapper)
        operation = region.source.slice(Span(made.end, whole.end))
        return (region.edit(whole, f"{region.code(wrapper.func)}({text}{operation})"),)

    def init_first(self) -> tuple[Edit, ...] | None:
        """Make ``super().__init__()`` the first statement of a constructor whose only base is ``nn.Module``."""
        method = self._module.methods.get(INIT)
        if method is None or not isinstance(method.body, cst.IndentedBlock) or len(self._module.node.bases) != 1:
            return None
        if self._module.names.of(self._module.node.bases[0].value) != "torch.nn.Module":
            return None
        body = list(method.body.body)
        first = body[1] if _is_docstring(body[0]) and len(body) > 1 else body[0]
        region = self._module.region
        decorators = first.decorators if isinstance(first, (cst.FunctionDef, cst.ClassDef)) else ()
        start = region.span(decorators[0] if decorators else first).start
        line, column = region.source.position(start)
        indent = region.source.line_text(line)[: column - 1]
        if indent.strip():
            return None
        edits = [region.edit(Span(start, start), f"super().__init__()\n{indent}")]
        if self._module.calls_init:
            old = next((each for each in body if _is_super_init(each)), None)
            if old is None:
                return None
            written = region.span(old)
            first_line, last_line = (region.source.position(each)[0] for each in (written.start, written.end))
            edits.append(region.edit(region.source.lines_span(first_line, last_line), ""))
        return tuple(edits)

    def named_as_constructor(self, name: str) -> tuple[Edit, ...]:
        """Call a method, and what it calls of its base by the same name, ``__init__``."""
        visitor = _Named(name)
        walk(self._module.methods[name], visitor)
        return tuple(self._module.region.replace(each, INIT) for each in visitor.found)


class _Named(cst.CSTVisitor):
    """Collects where a function and attributes of some name are named."""

    def __init__(self, name: str) -> None:
        self.found: list[cst.Name] = []
        self._name = name

    def on_visit(self, node: cst.CSTNode) -> bool:
        match node:
            case cst.FunctionDef(name=named) | cst.Attribute(attr=named) if named.value == self._name:
                self.found.append(named)
        return True


class _Calls(cst.CSTVisitor):
    """Collects the names in ``self.attribute.name(...)``."""

    def __init__(self, attribute: str) -> None:
        self.found: set[str] = set()
        self._name = f"self.{attribute}."

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Call) and (name := dotted(node.func)) and name.startswith(self._name):
            self.found.add(name.removeprefix(self._name))
        return True


def _has_good_keys(node: cst.BaseExpression) -> bool:
    """Whether the keys of a dict, where it is one, can be names of children: texts, no numbers counted by a loop."""
    match node:
        case cst.Dict(elements=elements):
            return all(isinstance(each, cst.DictElement) and _is_name(each.key) for each in elements)
        case cst.DictComp(key=cst.Name(), for_in=cst.CompFor(iter=cst.Call(func=cst.Name(value=counting)))):
            return counting not in ("range", "enumerate")
        case cst.DictComp(key=key):
            return isinstance(key, (cst.Name, cst.FormattedString)) or _is_name(key) or _is_text(key)
    return True


def _is_name(key: cst.BaseExpression) -> bool:
    """Whether a key is a text that can be the name of a child: no dots, no names of Module's own methods."""
    text = key.evaluated_value if isinstance(key, cst.SimpleString) else None
    return isinstance(text, str) and bool(text) and "." not in text and text not in _TAKEN_NAMES


def _is_text(key: cst.BaseExpression) -> bool:
    return isinstance(key, cst.Call) and dotted(key.func) == "str"


def _is_parameter(node: cst.Call) -> bool:
    return (dotted(node.func) or "").rpartition(".")[2] == "Parameter"


def _is_docstring(node: cst.BaseStatement) -> bool:
    match node:
        case cst.SimpleStatementLine(body=[cst.Expr(value=cst.SimpleString() | cst.ConcatenatedString())]):
            return True
    return False


def _is_super_init(node: cst.BaseStatement) -> bool:
    """Whether a line is exactly a call of the base's ``__init__`` without arguments."""
    match node:
        case cst.SimpleStatementLine(
            body=[
                cst.Expr(
                    value=cst.Call(
                        func=cst.Attribute(
                            value=cst.Call(func=cst.Name(value="super")), attr=cst.Name(value="__init__")
                        ),
                        args=[],
                    )
                )
            ]
        ):
            return not node.trailing_whitespace.comment
    return False
