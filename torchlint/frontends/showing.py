"""``--show-files`` and ``--show-settings``: what a run would look at, and by which settings."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.engine import config_file
from torchlint.engine.discovery import missing
from torchlint.engine.settings import load_settings
from torchlint.errors import ConfigError
from torchlint.frontends import seams
from torchlint.frontends.streams import tell
from torchlint.frontends.visible import as_line, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.engine.settings import Overrides, Settings


def show_files(paths: Sequence[str], run: seams.RunOptions) -> int:
    """Print the files that would be checked, one a line; 2 where one cannot be."""
    files, errors = seams.files_of(paths, run)
    for each in files:
        sys.stdout.write(f"{as_line(each)}\n")
    for error in errors:
        tell(f"error: {error}")
    return 2 if errors else 0


def show_settings(paths: Sequence[str], overrides: Overrides) -> int:
    """Print the settings by which the first of ``paths`` would be checked, as the TOML that says the same.

    Raises: ConfigError.
    """
    path = Path(next((each for each in paths if each != "-"), "."))
    if why := missing(str(path)):
        raise ConfigError(f"{path}: {why}")
    folder = path if path.is_dir() else path.parent
    settings = load_settings(folder, overrides)
    sys.stdout.write(f"# The settings of {visible(str(path))}, {_source(folder, overrides)}.\n")
    for line in _lines(settings):
        sys.stdout.write(f"{visible(line)}\n")
    return 0


def _source(folder: Path, overrides: Overrides) -> str:
    if overrides.isolated:
        return "for which no file was read"
    if overrides.config is not None:
        return f"from {visible(str(overrides.config))}"
    around = (folder.absolute(), *folder.absolute().parents)
    table = next(filter(None, map(config_file.table_in, around)), None)
    return f"from [{table.name}] of {visible(str(table.path))}" if table else "for which there is no file"


def _lines(settings: Settings) -> Iterator[str]:
    """All keys that are set, in the order of the documentation, and what was found without one as a comment."""
    yield "[tool.torchlint]"
    lists = (
        ("select", settings.select),
        ("extend-select", settings.extend_select),
        ("ignore", settings.ignore),
        ("fixable", settings.fixable),
        ("unfixable", settings.unfixable),
        ("exclude", (*settings.exclude, *settings.exclude_here) if settings.exclude is not None else None),
        ("extend-exclude", (*settings.extend_exclude, *(settings.exclude_here if settings.exclude is None else ()))),
    )
    for key, names in lists:
        if names is not None:
            yield f"{key} = {_written(names)}"
    yield f"certainty = {_written(settings.certainty.value)}"
    if settings.target_version:
        yield f"target-version = {_written('.'.join(map(str, settings.target_version)))}"
    else:
        oldest, newest = (each and ".".join(map(str, each)) for each in settings.declared)
        asked = [f"{words} {each}" for words, each in (("from", oldest), ("to", newest)) if each]
        wanted = " ".join(["torch", *asked]) if asked else "none"
        yield f"# target-version is not set; the project's files ask for {wanted}"
    if settings.baseline:
        yield f"baseline = {_written(str(settings.baseline))}"
    if settings.per_file_ignores:
        yield from ("", "[tool.torchlint.per-file-ignores]")
    for glob, names in settings.per_file_ignores.items():
        yield f"{_written(glob)} = {_written(names)}"
    yield from _rule_lines(settings)


def _rule_lines(settings: Settings) -> Iterator[str]:
    for code, options in settings.options.items():
        yield from ("", f"[tool.torchlint.rules.{code}]")
        for name in getattr(options, "__dataclass_fields__", ()):
            value = getattr(options, name)
            yield f"{name.replace('_', '-')} = {_written(sorted(value) if isinstance(value, frozenset) else value)}"


def _written(value: object) -> str:
    """A value as TOML has it, which for these types is as JSON has it."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
