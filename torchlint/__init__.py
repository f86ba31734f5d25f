"""torchlint: a linter for PyTorch code that understands autograd."""

# Nothing is imported here, not even ``typing``: a program of torchlint's has not left the current folder yet.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from torchlint.engine.settings import Settings
    from torchlint.finding import Finding

__version__ = "0.1.0"


def lint_source(
    code: str,
    *,
    path: str = "example.py",
    select: "Iterable[str] | None" = None,
    certainty: str = "likely",
    target_version: "tuple[int, int] | None" = None,
) -> "list[Finding]":
    """The findings of a program, without reading any configuration.

    Raises: ConfigError for an unknown rule, RuleError where a rule failed.
    """
    from torchlint.engine.check import check_source
    from torchlint.errors import RuleError
    from torchlint.syntax.source import Source

    result = check_source(Source(code, path), _settings(select, certainty, target_version))
    if result.error is not None:
        raise RuleError(result.error)
    return list(result.findings)


def fix_source(
    code: str,
    *,
    path: str = "example.py",
    select: "Iterable[str] | None" = None,
    certainty: str = "likely",
    target_version: "tuple[int, int] | None" = None,
    unsafe: bool = False,
) -> str:
    """A program after all its safe fixes, and with ``unsafe`` its unsafe ones, without reading any configuration.

    Raises: ConfigError for an unknown rule.
    """
    from torchlint.engine import fix
    from torchlint.engine.check import check_source
    from torchlint.syntax.source import Source

    settings = _settings(select, certainty, target_version)
    return fix.fix_source(Source(code, path), lambda source: check_source(source, settings), unsafe).after.text


def _settings(select: "Iterable[str] | None", certainty: str, target_version: "tuple[int, int] | None") -> "Settings":
    from pathlib import Path

    from torchlint.engine.settings import Overrides, load_settings
    from torchlint.finding import Certainty

    overrides = Overrides(
        select=tuple(select) if select is not None else None,
        certainty=Certainty(certainty),
        target_version=target_version,
        isolated=True,
    )
    return load_settings(Path.cwd(), overrides)


def load_ipython_extension(shell: "Any") -> None:
    """What ``%load_ext torchlint`` does: register ``%torchlint`` and ``%%torchlint`` in IPython."""
    from torchlint.frontends.notebook import extension  # start-up: 2 ms, where IPython loads it

    extension.load(shell)


def unload_ipython_extension(shell: "Any") -> None:
    """What ``%unload_ext torchlint`` does."""
    from torchlint.frontends.notebook import extension  # start-up: 2 ms, where IPython loads it

    extension.unload(shell)
