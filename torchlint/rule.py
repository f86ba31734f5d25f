"""What a rule is.

A rule is a module in ``torchlint/rules/`` whose file name is its slug. It has a docstring with the sections of
``SECTIONS``, a ``RULE``, a tuple of ``EXAMPLES`` and a function ``check(facts, options)`` that yields findings; a rule
with settings has a frozen dataclass ``Options`` with a default for each field. Advice that costs more than what is
shown by default is yielded by a function ``advise(facts, options)``, which runs only where advice is shown.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING

from torchlint.errors import RuleError
from torchlint.finding import Applicability, Certainty, Effect, Finding, Fix, Related, Span, Step

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable, Mapping
    from types import ModuleType

    import libcst as cst

    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.judging import Seen, Sighting
    from torchlint.model.interpreter.outcome import Found
    from torchlint.model.report.story import Story
    from torchlint.syntax.gate import Trigger
    from torchlint.syntax.region import Region
    from torchlint.syntax.source import Source

SECTIONS = ("What it does", "Why", "Example", "Fix safety", "What it misses", "Source")


class Mark(Enum):
    """How an editor may draw what a rule finds: faded, as it could be left out, or struck through."""

    UNNECESSARY = "unnecessary"
    DEPRECATED = "deprecated"


class Topic(Enum):
    """What a rule is about besides right and wrong: each is a preset that selects the rules about it."""

    PERFORMANCE = "performance"
    """Time or memory that a program takes for nothing."""
    UPGRADE = "upgrade"
    """What newer versions of PyTorch do in another way, or do not do any more."""
    SECURITY = "security"
    """What runs code of others, or may."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The fixed facts of a rule.

    ``since`` is the torchlint version that brought it, ``default`` whether it runs without being selected, ``fix`` the
    most careful applicability its fixes can have (None: it has none), ``message`` one line that says what is wrong,
    ``triggers`` what a region must show before the rule can find something there, ``highest`` how sure its findings can
    be at best: a rule whose findings would all be hidden does not run. ``advice_triggers`` are those of ``advise``,
    ``topics`` what presets know it by.
    """

    code: str
    slug: str
    since: str
    message: str
    triggers: tuple[Trigger, ...]
    default: bool = True
    fix: Applicability | None = None
    highest: Certainty = Certainty.CERTAIN
    advice_triggers: tuple[Trigger, ...] = ()
    mark: Mark | None = None
    topics: frozenset[Topic] = frozenset()

    def can_show(self, lowest: Certainty) -> bool:
        """Whether any finding can be sure enough where only those at least as sure as ``lowest`` are shown."""
        return self.highest.rank >= lowest.rank

    def finding(
        self,
        region: Region,
        node: cst.CSTNode,
        message: str,
        certainty: Certainty,
        effect: Effect,
        related: Iterable[Related] = (),
        fix: Fix | None = None,
    ) -> Finding:
        """A finding of this rule at ``node`` of ``region``."""
        return self.finding_at(region.source, region.span(node), message, certainty, effect, related, fix)

    def finding_at(
        self,
        source: Source,
        span: Span,
        message: str,
        certainty: Certainty,
        effect: Effect,
        related: Iterable[Related] = (),
        fix: Fix | None = None,
        steps: tuple[Step, ...] = (),
        release: tuple[int, int] | None = None,
    ) -> Finding:
        """A finding of this rule at a byte range of ``source``."""
        told, place = tuple(related), source.place(span)
        return Finding(self.code, self.slug, message, certainty, span, place, effect, told, fix, steps, release=release)

    def telling(
        self,
        story: Story,
        found: Found,
        message: str,
        effect: Effect,
        certainty: Certainty | None = None,
        fix: Fix | None = None,
    ) -> Finding:
        """A finding of this rule at a fault of the program's story, as sure as the story is unless it is told."""
        from torchlint.model.report.steps import tell, tell_more

        span, steps = story.span(found.here), tuple(tell(story, found.fault))
        own = story.source.place(span)
        others = [Related(each.role.value, each.message, each.place) for each in steps if each.place not in (None, own)]
        others += tell_more(story, found)
        where, others = _where(story, found.fault.at, found.here, others)
        text = f"{where}{message}{story.condition(found)}"
        sure = certainty or story.certainty(found)
        return self.finding_at(story.source, span, text, sure, effect, others, fix, steps)

    def seeing(
        self,
        story: Story,
        found: Sighting[Seen],
        message: str,
        effect: Effect,
        related: Iterable[Related] = (),
        fix: Fix | None = None,
        certainty: Certainty | None = None,
    ) -> Finding:
        """A finding of this rule at what it saw in the program's traces, as sure as those are unless it is told."""
        where, others = _where(story, found.what.at, found.here, related)
        text = f"{where}{message}{story.condition(found)}"
        sure = certainty or story.certainty(found)
        return self.finding_at(story.source, story.span(found.here), text, sure, effect, others, fix)


def _where(story: Story, at: ast.AST, here: ast.AST, related: Iterable[Related]) -> tuple[str, list[Related]]:
    """How the message of a fault begins that is told elsewhere, and its related places, that of the fault included."""
    others = list(related)
    if here is at:
        return "", others
    place = story.place(at)
    if all(each.place != place for each in others):
        others.insert(0, Related("found", "it happens here", place))
    return f"at {story.line(at, here)}: ", others


@dataclass(frozen=True, slots=True)
class Example:
    """A program that shows what a rule finds, proven by running it.

    In ``code`` each expected span stands between ``⟦`` and ``⟧``; code without them must stay silent. ``fixed`` is the
    exact text after all fixes, unsafe ones included, or None where nothing is fixed. ``proof`` is Python that runs
    after the code, in its namespace: where the rule says ``raises`` it must raise an error whose text has ``raises``;
    else it must set ``fault`` to True for the faulty code and to False for the fixed one.
    """

    name: str
    code: str
    certainty: Certainty = Certainty.CERTAIN
    fixed: str | None = None
    proof: str = ""
    raises: str = ""


@dataclass(frozen=True, slots=True)
class LoadedRule:
    """A rule together with its module's functions."""

    rule: Rule
    doc: str
    examples: tuple[Example, ...]
    options: type | None
    check: Callable[[Facts, object], Iterable[Finding]]
    advise: Callable[[Facts, object], Iterable[Finding]] | None = None

    def triggers(self, lowest: Certainty) -> tuple[Trigger, ...]:
        """What a region must show before anything as sure as ``lowest`` can be found there."""
        return self.rule.triggers + (self.rule.advice_triggers if lowest is Certainty.ADVICE else ())

    @classmethod
    def of(cls, module: ModuleType) -> LoadedRule:
        """Read a rule module. Raises: RuleError where it does not have the shape of a rule."""
        rule = getattr(module, "RULE", None)
        check = getattr(module, "check", None)
        document = module.__doc__ or _docstring_in_source(module)
        if not isinstance(rule, Rule) or not callable(check) or not document:
            raise RuleError(f"{module.__name__} is no rule: it needs a docstring, a RULE and a check function")
        if rule.slug != module.__name__.rpartition(".")[2].replace("_", "-"):
            raise RuleError(f"{module.__name__} must be named after its slug {rule.slug}")
        examples = tuple(getattr(module, "EXAMPLES", ()))
        options, advise = getattr(module, "Options", None), getattr(module, "advise", None)
        return cls(rule, document, examples, options, check, advise)


def _docstring_in_source(module: ModuleType) -> str | None:
    """The docstring of a module where Python was told to load none (``-OO``)."""
    import ast
    import inspect

    try:
        return ast.get_docstring(ast.parse(inspect.getsource(module)), clean=False)
    except OSError:
        return None


@cache
def all_rules() -> Mapping[str, LoadedRule]:
    """Every rule by code, in the order of codes, found by walking ``torchlint.rules``. Raises: RuleError."""
    import torchlint.rules

    loaded = [
        LoadedRule.of(importlib.import_module(f"torchlint.rules.{info.name}"))
        for info in pkgutil.iter_modules(torchlint.rules.__path__)
    ]
    by_code: dict[str, LoadedRule] = {}
    for each in sorted(loaded, key=lambda each: each.rule.code):
        if each.rule.code in by_code:
            raise RuleError(f"code {each.rule.code} is used by two rules")
        by_code[each.rule.code] = each
    return by_code
