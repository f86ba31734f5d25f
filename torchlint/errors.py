"""Errors that say what, where, and what to do about it. They are caught only at a frontend or reported as findings."""

from __future__ import annotations


class TorchlintError(Exception):
    """Base of all errors that torchlint raises on purpose; its text is one line that is meant for the user."""

    more: tuple[str, ...] = ()
    """Lines to be shown below it."""


class SourceError(TorchlintError):
    """A source that cannot be read as Python or as a notebook.

    ``line`` and ``column`` are 1-based, columns count code points; both are 1 where the position is unknown.
    ``cell`` is the 1-based position among all cells of a notebook, or None.
    """

    def __init__(self, message: str, line: int = 1, column: int = 1, cell: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column
        self.cell = cell


class ConfigError(TorchlintError):
    """A setting, option, code or path on the command line that torchlint cannot use."""

    def __init__(self, message: str, *more: str) -> None:
        super().__init__(message)
        self.more = more


class RuleError(TorchlintError):
    """A rule module that does not have the shape of a rule."""
