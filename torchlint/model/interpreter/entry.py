"""A function at which an analysis starts, and what it may ask of the code around its file's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from torchlint.model.interpreter.resolve import Imports
    from torchlint.model.interpreter.values.classes import ClassValue
    from torchlint.model.interpreter.values.symbolic import Symbol
    from torchlint.syntax.tree import Function

_PREDICTING = re.compile(
    r"predict|generat|infer|sampl|decod|demo|visual|plot|test|valid|eval|metric|init|reset|load|save|update"
    r"|preprocess|postprocess"
)


@dataclass(frozen=True, slots=True)
class Modules:
    """What is known of the file's classes, by 1-based line: whether one certainly is an ``nn.Module``, and whether one
    certainly has parameters. ``imports`` finds what other files define, ``home`` is the file itself. ``foreign`` tells
    of an imported class whether it has parameters, None where it is not certainly an ``nn.Module``; ``registered`` are
    the names of the parameters and buffers that one of the file's classes or a base of it registers."""

    is_module: Callable[[int], bool]
    has_parameters: Callable[[int], bool]
    imports: Imports | None = None
    home: Path | None = None
    foreign: Callable[[Symbol], bool | None] = lambda symbol: None
    registered: Callable[[int], Collection[str]] = lambda line: ()


NO_MODULES = Modules(lambda line: False, lambda line: False)


@dataclass(frozen=True, slots=True)
class Entry:
    """A function that nothing seen calls; ``owner`` is the class whose method it is, None where that is not known."""

    function: Function
    owner: ClassValue | None = None
    is_module: bool = False

    @property
    def name(self) -> str:
        """What it is called in words: ``train``, ``Net.forward``."""
        return f"{self.owner.name}.{self.function.name}" if self.owner else self.function.name

    @property
    def is_trained(self) -> bool:
        """Whether what it returns may be trained on, so that a backward is to be supposed."""
        return _PREDICTING.search(self.function.name) is None

    @property
    def only_builds(self) -> bool:
        """Whether every other method of the class runs this one first."""
        return self.owner is not None and self.function.name == "__init__"
