"""Configuration files and command-line options -> typed ``Settings``; an unknown key is an error.

``load_settings`` looks upward from a file's folder for the nearest ``[tool.torchlint]`` of a pyproject.toml or
``[torchlint]`` of a setup.cfg; what the command line says goes on top.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast, get_type_hints

from torchlint import rule as rule_module
from torchlint.engine import config_file, presets, selection
from torchlint.engine.config_file import Table, as_written, nearest, typed
from torchlint.engine.declared import declared
from torchlint.engine.discovery import DEFAULT_EXCLUDES, Exclusion
from torchlint.engine.ignore import IgnorePatterns
from torchlint.errors import ConfigError
from torchlint.finding import Certainty

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torchlint.rule import Rule


@dataclass(frozen=True, slots=True)
class Settings:
    """What to look for. ``root`` is the folder of the configuration file, or the working directory without one.

    ``select`` is None where nothing was selected: then the rules that are on by default run. Selectors are canonical:
    codes, beginnings of codes, or ``ALL``. ``certainty`` is the lowest certainty shown. ``target_version`` is the
    lowest torch version that the code must run on, None if unknown. ``options`` holds, by rule code, an instance of
    that rule's ``Options`` where the configuration has a table for it. ``baseline`` is the file of findings that are
    known. ``declared`` are the oldest and the newest torch that the project's own files ask for. ``exclude`` stands
    instead of the folders that are left out by default, None where it is not given; it and ``extend_exclude`` are
    relative to ``root``, ``exclude_here`` to the working directory. ``fixable`` is None where the fixes of all rules
    may be applied. ``suppress`` is whether comments suppress findings.
    """

    root: Path
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_exclude: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    certainty: Certainty = Certainty.LIKELY
    target_version: tuple[int, int] | None = None
    options: Mapping[str, object] = field(default_factory=dict)
    baseline: Path | None = None
    declared: tuple[tuple[int, int] | None, tuple[int, int] | None] = (None, None)
    exclude: tuple[str, ...] | None = None
    exclude_here: tuple[str, ...] = ()
    fixable: tuple[str, ...] | None = None
    unfixable: tuple[str, ...] = ()
    suppress: bool = True

    @property
    def exclusion(self) -> Exclusion:
        """What is left out of folders."""
        patterns = (str(self.root), (*(self.exclude or ()), *self.extend_exclude))
        names = DEFAULT_EXCLUDES if self.exclude is None else frozenset()
        return Exclusion((patterns, (os.getcwd(), self.exclude_here)), names)  # noqa: PTH109

    def ignored_in(self, path: str | Path) -> tuple[str, ...]:
        """The selectors that ``per_file_ignores`` has for one file; its globs are relative to ``root``."""
        if not self.per_file_ignores:
            return ()
        absolute = os.path.normpath(Path(path).absolute())
        relative = os.path.relpath(absolute, self.root) if _same_drive(absolute, self.root) else absolute
        relative = relative.replace(os.sep, "/")
        matching = (names for glob, names in self.per_file_ignores.items() if _matches(glob, relative))
        return tuple(sorted({name for names in matching for name in names}))

    def digest(self, path: str | Path | None = None) -> str:
        """A stable digest of all that influences findings, for cache keys.

        With ``path`` the per-file-ignores count only as far as they match that file, so that equal files share a key.
        """
        import hashlib  # only a run with a cache pays for it

        per_file: object = sorted(self.per_file_ignores.items())
        if path is not None:
            per_file = self.ignored_in(path)
        options = [(code, type(each).__qualname__, _plain(each)) for code, each in sorted(self.options.items())]
        select = None if self.select is None else sorted(self.select)
        versions = (self.target_version, self.declared)
        fixable = None if self.fixable is None else sorted(self.fixable)
        fixes = (fixable, sorted(self.unfixable), self.suppress)
        parts = (select, sorted(self.extend_select), sorted(self.ignore), per_file, fixes)
        return hashlib.sha256(repr((parts, self.certainty.value, versions, options)).encode()).hexdigest()


class Overrides(NamedTuple):
    """What the command line says. ``config`` is read instead of looking for a file, ``isolated`` reads none.

    ``inline`` are lines of TOML that go on top of that, before all else. ``select`` replaces the file's select,
    extend-select and ignore, and so does ``preset``, without which it replaces that as well; ``extend_select`` and
    ``ignore`` add to them. ``exclude``, ``per_file_ignores``, ``fixable`` and ``unfixable`` replace what the file says,
    what begins with ``extend_`` adds to it. ``ignore_noqa`` has no comment suppress anything.
    """

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    certainty: Certainty | None = None
    target_version: tuple[int, int] | None = None
    config: Path | None = None
    isolated: bool = False
    baseline: Path | None = None
    preset: str | None = None
    inline: tuple[str, ...] = ()
    exclude: tuple[str, ...] | None = None
    extend_exclude: tuple[str, ...] = ()
    per_file_ignores: tuple[str, ...] | None = None
    extend_per_file_ignores: tuple[str, ...] = ()
    fixable: tuple[str, ...] | None = None
    unfixable: tuple[str, ...] | None = None
    ignore_noqa: bool = False


NO_OVERRIDES = Overrides()


def load_settings(folder: Path, overrides: Overrides = NO_OVERRIDES) -> Settings:
    """The settings for the files directly in ``folder``; cached until ``forget_settings``.

    Raises: ConfigError that names the file, the key and, where one is near, what was probably meant.
    """
    return _load(Path(os.path.normpath(folder.absolute())), overrides)


def forget_settings() -> None:
    """Read configuration files anew from now on, as an editor needs after one was saved."""
    _load.cache_clear()
    _upward.cache_clear()
    declared.cache_clear()


def parse_version(text: str, where: str) -> tuple[int, int]:
    """``"2.5"`` or ``"2.5.1"`` as ``(2, 5)``. Raises: ConfigError that begins with ``where``."""
    found = re.fullmatch(r"(\d{1,3})\.(\d{1,3})(?:\.\d+)*(?:[+a-z].*)?", text.strip())
    if not found:
        raise ConfigError(f"{where}: must be a torch version such as '2.5', not {text!r}")
    return int(found[1]), int(found[2])


@cache
def _load(folder: Path, overrides: Overrides) -> Settings:
    if overrides.isolated:
        return _overridden(Settings(Path.cwd()), overrides)
    if overrides.config is None:
        return replace(_overridden(_upward(folder), overrides), declared=declared(folder))
    path = overrides.config.absolute()
    if not path.is_file():
        raise ConfigError(f"--config: {overrides.config} is no file, nor a setting such as 'ignore = [\"TLC302\"]'")
    if not (table := config_file.read_table(path)):
        raise ConfigError(f"--config: {overrides.config} has no [tool.torchlint], or [torchlint] in a .cfg")
    return replace(_overridden(_of_table(table), overrides), declared=declared(folder))


@cache
def _upward(folder: Path) -> Settings:
    for each in (folder, *folder.parents):
        if table := config_file.table_in(each):
            return _of_table(table) if each == folder else _upward(each)
    return Settings(Path.cwd())


def _overridden(settings: Settings, overrides: Overrides) -> Settings:
    settings = _with_inline(settings, overrides.inline)
    settings = _with_files_and_fixes(settings, overrides)
    rules = _rules() if overrides.select or overrides.extend_select or overrides.ignore else {}
    ignore = selection.check_selectors(overrides.ignore, rules, "--ignore")
    selection.check_ignored(ignore, "--ignore")
    extend = selection.check_selectors(overrides.extend_select, rules, "--extend-select")
    if overrides.preset is not None:
        preset = presets.preset_of(overrides.preset, _rules(), "--preset")
        certainty = preset.certainty or settings.certainty
        settings = replace(settings, select=preset.select, extend_select=(), ignore=(), certainty=certainty)
    if overrides.select is not None:
        select = selection.check_selectors(overrides.select, rules, "--select")
        settings = replace(settings, select=select, extend_select=(), ignore=())
    return replace(
        settings,
        extend_select=(*settings.extend_select, *extend),
        ignore=(*(each for each in settings.ignore if each not in extend), *ignore),
        certainty=overrides.certainty or settings.certainty,
        target_version=overrides.target_version or settings.target_version,
        baseline=overrides.baseline or settings.baseline,
        suppress=settings.suppress and not overrides.ignore_noqa,
    )


def _with_files_and_fixes(settings: Settings, overrides: Overrides) -> Settings:
    """``settings`` with what the command line says of which files are checked, what is ignored and fixed in them."""
    if overrides.exclude is not None:
        settings = replace(settings, exclude=(), exclude_here=overrides.exclude)
    if overrides.extend_exclude:
        settings = replace(settings, exclude_here=(*settings.exclude_here, *overrides.extend_exclude))
    if overrides.per_file_ignores is not None:
        settings = replace(settings, per_file_ignores=_per_file_pairs(overrides.per_file_ignores, "--per-file-ignores"))
    for glob, names in _per_file_pairs(overrides.extend_per_file_ignores, "--extend-per-file-ignores").items():
        both = (*settings.per_file_ignores.get(glob, ()), *names)
        settings = replace(settings, per_file_ignores={**settings.per_file_ignores, glob: both})
    if overrides.fixable is not None:
        fixable = selection.check_selectors(overrides.fixable, _rules(), "--fixable")
        settings = replace(settings, fixable=fixable, unfixable=())
    if overrides.unfixable is not None:
        unfixable = selection.check_selectors(overrides.unfixable, _rules(), "--unfixable")
        settings = replace(settings, unfixable=unfixable)
    return settings


def _per_file_pairs(pairs: tuple[str, ...], where: str) -> dict[str, tuple[str, ...]]:
    """``GLOB:RULE`` as in ruff; what has no colon is one more rule of the glob before it, as in flake8."""
    found: dict[str, tuple[str, ...]] = {}
    glob = ""
    for each in pairs:
        before, colon, name = each.rpartition(":")
        glob = before.strip() if colon else glob
        if not glob or not name.strip():
            raise ConfigError(f"{where}: write GLOB:RULE, as in 'tests/*:TLC101', not {each!r}")
        names = selection.check_ignored(selection.check_selectors([name.strip()], _rules(), where), where)
        found[glob] = (*found.get(glob, ()), *names)
    return found


def _with_inline(settings: Settings, lines: tuple[str, ...]) -> Settings:
    """``settings`` under keys and values of the command line. Raises: ConfigError."""
    if not lines:
        return settings
    table = config_file.inline_table(lines)
    values = _values_of(table)
    values["options"] = {**settings.options, **_options(table)}
    return replace(settings, **values)  # type: ignore[arg-type]  # each reader returns its field's type


def _of_table(table: Table) -> Settings:
    """Raises: ConfigError for an unknown key, a wrong type, an unknown rule."""
    values = {"root": table.path.parent, **_values_of(table), "options": _options(table)}
    return Settings(**values)  # type: ignore[arg-type]  # each reader returns its field's type


def _values_of(table: Table) -> dict[str, object]:
    """The fields of ``Settings`` that a table gives. Raises: ConfigError."""
    values: dict[str, object] = {}
    for key, value in table.values.items():
        if key in _COMMAND_LINE_ONLY:
            raise ConfigError(f"{table.where(key)}: is no setting; give --{key} on the command line")
        if key in _OF_OTHERS:
            raise ConfigError(f"{table.where(key)}: is no key of torchlint's; {_OF_OTHERS[key]}")
        if key not in _READERS:
            raise ConfigError(f"{table.where(key)}: unknown key{nearest(key, [*_READERS, 'rules'])}")
        values[key.replace("-", "_")] = _READERS[key](value, table, key)
    if "preset" in values:
        preset = cast("presets.Preset", values.pop("preset"))
        values.setdefault("select", preset.select)
        if preset.certainty is not None:
            values.setdefault("certainty", preset.certainty)
    return values


def _strings(value: object, table: Table, key: str) -> tuple[str, ...]:
    return cast("tuple[str, ...]", typed(value, tuple[str, ...], table.where(key), table.text))


def _selectors(value: object, table: Table, key: str) -> tuple[str, ...]:
    return selection.check_selectors(_strings(value, table, key), _rules(), table.where(key))


def _ignored(value: object, table: Table, key: str) -> tuple[str, ...]:
    return selection.check_ignored(_selectors(value, table, key), table.where(key))


def _per_file(value: object, table: Table, key: str) -> dict[str, tuple[str, ...]]:
    if table.text and isinstance(value, str):
        value = _per_file_lines(value, table.where(key))
    if not isinstance(value, dict):
        raise ConfigError(f"{table.where(key)}: must be a table of globs and lists of rules, not {as_written(value)}")
    return {glob: _ignored(names, table, f"{key} {glob!r}") for glob, names in value.items()}


def _per_file_lines(text: str, where: str) -> dict[str, str]:
    """flake8's way to write it in an ini file: one ``glob: rule, rule`` a line."""
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        glob, colon, names = line.rpartition(":")
        if not colon:
            raise ConfigError(f"{where}: write one `glob: rule, rule` a line, not {line!r}")
        found[glob.strip()] = names
    return found


def _preset(value: object, table: Table, key: str) -> presets.Preset:
    name = cast("str", typed(value, str, table.where(key), table.text))
    return presets.preset_of(name, _rules(), table.where(key))


def _certainty(value: object, table: Table, key: str) -> Certainty:
    return cast("Certainty", typed(value, Certainty, table.where(key), table.text))


def _target_version(value: object, table: Table, key: str) -> tuple[int, int]:
    if not isinstance(value, str):  # the number 2.10 would be 2.1
        raise ConfigError(f"{table.where(key)}: must be a string such as '2.5', not {as_written(value)}")
    return parse_version(value, table.where(key))


def _baseline(value: object, table: Table, key: str) -> Path:
    return table.path.parent / cast("str", typed(value, str, table.where(key), table.text))


_READERS: dict[str, Callable[[object, Table, str], object]] = {
    "preset": _preset,
    "select": _selectors,
    "extend-select": _selectors,
    "ignore": _ignored,
    "fixable": _selectors,
    "unfixable": _selectors,
    "exclude": _strings,
    "extend-exclude": _strings,
    "per-file-ignores": _per_file,
    "certainty": _certainty,
    "target-version": _target_version,
    "baseline": _baseline,
}
_OF_OTHERS = {
    "lint": "ruff's `lint.select` is `select` here, and so on",
    "extend-ignore": "write `ignore`",
    "extend-fixable": "write `fixable`",
    "extend-per-file-ignores": "write `per-file-ignores`",
    "external": "unknown codes in noqa comments belong to other tools anyway",
}
"""Keys of ruff's and flake8's, and what to do about them."""
_COMMAND_LINE_ONLY = frozenset(
    (
        *("fix", "unsafe-fixes", "diff", "output-format", "output-file", "statistics", "exit-zero", "jobs", "no-cache"),
        *("write-baseline", "diff-base", "add-noqa", "watch", "allow-dirty", "force-exclude", "cache-dir"),
        *("fix-only", "exit-non-zero-on-fix", "ignore-noqa", "show-files", "show-settings", "quiet", "silent"),
    )
)


def _rules() -> dict[str, Rule]:
    return selection.known_rules(rule_module.all_rules())


def _options(table: Table) -> dict[str, object]:
    """The ``[rules.<slug>]`` tables as instances of the rules' ``Options``."""
    found = {}
    for name, values in table.rules.items():
        where = table.where_rule(name)
        code = selection.find_rule(name, _rules(), where).code
        loaded = rule_module.all_rules().get(code)
        if loaded is None or loaded.options is None:
            raise ConfigError(f"{where}: the rule {name} has no options")
        hints = get_type_hints(loaded.options)
        known = {each.name.replace("_", "-"): hints[each.name] for each in fields(loaded.options)}
        converted = {}
        for key, value in values.items():
            if key not in known:
                raise ConfigError(f"{where} {key}: unknown key{nearest(key, known)}")
            converted[key.replace("-", "_")] = typed(value, known[key], f"{where} {key}", table.text)
        found[code] = loaded.options(**converted)
    return found


def _plain(options: object) -> list[tuple[str, object]]:
    """An ``Options`` instance in a form whose repr is always the same: sets have no order."""
    values = ((each, getattr(options, each)) for each in sorted(getattr(options, "__dataclass_fields__", ())))
    return [(name, sorted(value) if isinstance(value, frozenset) else value) for name, value in values]


def _same_drive(absolute: str, root: Path) -> bool:
    return os.path.splitdrive(absolute)[0].lower() == os.path.splitdrive(root)[0].lower()


def _matches(glob: str, relative: str) -> bool:
    """Whether a glob, with the meaning it has in a .gitignore, matches; a leading ``!`` turns it around."""
    patterns = _patterns(glob.removeprefix("!"))
    covered = patterns is not None and patterns.covers(f"/{relative}")
    return covered is not glob.startswith("!")


@cache
def _patterns(glob: str) -> IgnorePatterns | None:
    return IgnorePatterns.of("/", [glob])
