"""Settings as an editor has them: the project's configuration files, and on top what the editor itself was told."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, get_type_hints

from torchlint.engine.baseline import Baseline
from torchlint.engine.check import forget_files
from torchlint.engine.config_file import nearest, typed
from torchlint.engine.settings import NO_OVERRIDES, Overrides, forget_settings, load_settings, parse_version
from torchlint.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torchlint.engine.check import FileResult
    from torchlint.engine.settings import Settings
    from torchlint.syntax.source import Source

SECTION = "torchlint"
CONFIGURATION_FILES = ("pyproject.toml", "setup.cfg")
_CAPITAL = re.compile(r"(?<=[a-z])[A-Z]")


def overrides_of(values: object, folder: Path) -> Overrides:
    """What an editor's settings say: the options of ``torchlint check`` by name, with dashes or in camel case.

    ``folder`` is what the path of a configuration file or baseline is relative to. Raises: ConfigError that names the key.
    """
    if values is None:
        return NO_OVERRIDES
    if not isinstance(values, dict):
        raise ConfigError(f"the editor's settings for torchlint must be an object, not {values!r}")
    hints = get_type_hints(Overrides)
    given: dict[str, object] = {}
    for name, value in values.items():
        where = f"the editor's setting torchlint.{name}"
        key = _CAPITAL.sub(lambda found: f"-{found[0].lower()}", str(name)).replace("-", "_")
        if key not in hints:
            raise ConfigError(f"{where}: unknown key{nearest(str(name), [each.replace('_', '-') for each in hints])}")
        if value is None:
            continue
        if key in ("config", "baseline"):
            given[key] = folder / str(value)
        elif key == "target_version":
            given[key] = parse_version(str(value), where)
        else:
            given[key] = typed(value, hints[key], where, text=True)
    return NO_OVERRIDES._replace(**given)  # type: ignore[arg-type]  # ``typed`` gives each field's type


class ProjectSettings:
    """The settings for files by their folder.

    ``say`` tells the user, once, why a configuration cannot be used; the last one that could stays in force.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._overrides: Mapping[Path, Overrides] = {}
        self._last: dict[Path, Settings] = {}
        self._said: set[str] = set()
        self._baseline = lru_cache(maxsize=16)(Baseline.read)

    def use(self, values: Mapping[Path, object]) -> None:
        """Put the editor's own settings, by workspace folder, on top from now on."""
        overrides: dict[Path, Overrides] = {}
        for folder, each in values.items():
            try:
                overrides[folder] = overrides_of(each, folder)
            except ConfigError as error:
                self._say(str(error))
                overrides[folder] = self._overrides.get(folder, NO_OVERRIDES)
        self._overrides = overrides

    def read_again(self) -> None:
        """Read configuration files, and what other files define, anew from now on."""
        forget_settings()
        forget_files()
        self._baseline.cache_clear()
        self._said.clear()

    def of(self, path: Path) -> Settings | None:
        """The settings for a file, None where there are none that can be used."""
        folder = path.parent
        try:
            self._last[folder] = load_settings(folder, self._overrides_for(path))
        except (ConfigError, OSError) as error:
            self._say_once(str(error))
        return self._last.get(folder)

    def new(self, result: FileResult, source: Source, settings: Settings) -> FileResult:
        """A result without what the settings' baseline knows."""
        if settings.baseline is None:
            return result
        try:
            return self._baseline(settings.baseline).new(result, source)
        except ConfigError as error:
            self._say_once(str(error))
            return result

    def _say_once(self, message: str) -> None:
        if message not in self._said:
            self._said.add(message)
            self._say(message)

    def _overrides_for(self, path: Path) -> Overrides:
        """Those of the innermost workspace folder around a file; a file outside of all has those of the first."""
        around = [folder for folder in self._overrides if folder == path or folder in path.parents]
        innermost = max(around, key=lambda each: len(each.parts), default=next(iter(self._overrides), None))
        return NO_OVERRIDES if innermost is None else self._overrides[innermost]
