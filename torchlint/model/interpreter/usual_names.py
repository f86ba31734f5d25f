"""What names mean by convention that nothing seen gives a value: those of a snippet, and of what a function is given.

Only names that nothing binds count, and arguments of functions that nothing seen calls.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from torchlint.model.interpreter.identities import Argument, Named

if TYPE_CHECKING:
    from collections.abc import Hashable

_OPTIMIZER = re.compile(r"(?i)(?:\w+_)?(?:optimi[sz]er|optim|opt)(?:\d|[dg]|_\w+)?")
_SCHEDULER = re.compile(r"(?i)(?:\w+_)?scheduler")


def is_optimizer(key: Hashable) -> bool:
    """Whether something unknown is called what optimizers are: ``optimizer``, ``opt_g``, ``gen_optim``."""
    return isinstance(key, (Argument, Named)) and _OPTIMIZER.fullmatch(key.name) is not None


def is_scheduler(key: Hashable) -> bool:
    """Whether something that nothing binds is called what schedulers are. What a function is given may be a scheduler
    of the project's own, which sets the rate before each step."""
    return isinstance(key, Named) and _SCHEDULER.fullmatch(key.name) is not None
