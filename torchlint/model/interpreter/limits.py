"""How much of a program is run: every limit of the interpreter, so that no file costs more than a few seconds.

Limits are counted, never timed: the same file comes to the same findings on every machine. A **step** is a statement
or a call. **Work** is what steps cost: an expression, an input of an operation, an item of a container, a node that a
backward goes through are one each; one takes some microseconds and at most a kilobyte.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_PATHS = 24
"""Paths of a module's own code that are run; five undecided conditions make more."""
MAX_STEPS = 20_000
"""Steps of all these paths together."""
MAX_ENTRY_STEPS = 800
"""Steps of one path of an entry: a long function has some hundred statements."""
MAX_BUILDING_STEPS = 400
"""Steps of the ``__init__`` of a plain object, which is unknown where that is not enough."""
MAX_SUMMARY_STEPS = 250
"""Steps of a module that is looked into for the sake of another one."""
MAX_DEFINING_STEPS = 20_000
"""Steps of the definitions of a module: some thousand functions and classes."""
MAX_CALL_DEPTH = 12
"""Calls within calls; what is called deeper is not known."""

MAX_WORK = 150_000
"""Work of one path: about a second, and a network of some thousand layers that is trained."""
MAX_PATHS_WORK = 40_000
"""Work after which no further path of an entry begins: a few are run even of a large network."""
MAX_FILE_WORK = 250_000
"""Work after which no further entry of a file begins."""
MAX_REHEARSAL_WORK = 150_000
"""Work after which no further fix is tried out."""

OPERATION_WORK = 8
"""What an operation, or a layer that is built, costs beside its inputs, compared with an expression."""
ITEMS_OF_WORK = 8
"""Items of a container that cost as much to look at as an expression."""
MAX_ITEMS = 4_000
"""Items of a container, those of containers in it included, beyond which it is not followed."""
MAX_BITS = 62
"""Bits of an integer that is known: a larger one is no length and no size."""
MAX_CHARACTERS = 4_096
"""Characters of a string that is known: a longer one is no name and no option."""
MAX_KEY = 96
"""Parts of what tells unknown values apart: what is computed from more is like nothing else."""

TOO_MANY_STEPS = "too many steps"
TOO_MUCH_WORK = "too much work"
TOO_MUCH_IN_FILE = "too much work in the whole file"
TOO_DEEP = "calls that are nested too deeply"


class OutOfBudget(Exception):
    """A limit was reached: nothing is known of the rest of this path. ``limit`` says which, in words."""

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit


@dataclass(slots=True)
class Budget:
    """How many ``steps`` are left, and how much ``work``."""

    steps: int
    work: int

    def step(self) -> None:
        """Count a step. Raises: OutOfBudget."""
        self.steps -= 1
        if self.steps < 0:
            raise OutOfBudget(TOO_MANY_STEPS)

    def spend(self, work: int) -> None:
        """Count the work of a step. Raises: OutOfBudget."""
        self.work -= work
        if self.work < 0:
            raise OutOfBudget(TOO_MUCH_WORK)


@dataclass(frozen=True, slots=True)
class CutOff:
    """An entry that was not run to its end: its name, the 1-based line it stands at, and the limit."""

    name: str
    line: int
    limit: str
