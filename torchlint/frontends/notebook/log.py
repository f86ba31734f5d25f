"""An error in a session as the log that IPython would print of it, whatever mode that is told to print in."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_CHAINED = 20
"""How many errors that led to each other are in the log, the last ones."""


def log_of(error: BaseException, number_of: Callable[[str], int | None]) -> str:
    """The log of an error and of those that led to it; ``number_of`` gives the number of a cell by its file's name."""
    chain = [error]
    while len(chain) < MAX_CHAINED and (before := _before(chain[-1])) is not None and before not in chain:
        chain.append(before)
    return "\n\n".join("".join(_lines(each, number_of)) for each in reversed(chain))


def _before(error: BaseException) -> BaseException | None:
    return error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _lines(error: BaseException, number_of: Callable[[str], int | None]) -> Iterator[str]:
    yield "Traceback (most recent call last):\n"
    for frame in traceback.extract_tb(error.__traceback__):
        number = number_of(frame.filename)
        if number is None:
            yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}\n    {frame.line}\n'
        else:
            yield f"Cell In[{number}], line {frame.lineno}, in {frame.name}\n----> {frame.lineno} {frame.line}\n"
    yield from traceback.format_exception_only(error)
