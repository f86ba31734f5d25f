"""Configuration files: ``[tool.torchlint]`` of a pyproject.toml or ``[torchlint]`` of a setup.cfg, as typed values."""

from __future__ import annotations

import sys
import types
import typing
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.errors import ConfigError
from torchlint.syntax.reading import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_RULES = "rules"
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_NAMES = {bool: "true or false", int: "an integer", float: "a number", str: "a string"}


@dataclass(frozen=True, slots=True)
class Table:
    """The settings of one file before they are typed.

    ``rules`` holds the tables of single rules by the name they were written under. With ``text`` all values are
    strings, as in setup.cfg, and lists are split at commas and newlines. Those of the command line have no ``name``.
    """

    path: Path
    name: str
    values: Mapping[str, object]
    rules: Mapping[str, Mapping[str, object]]
    text: bool = False

    def where(self, key: str) -> str:
        """How messages name ``key`` of this table."""
        return f"{self.path}: [{self.name}] {key}" if self.name else f"{self.path}: {key}"

    def where_rule(self, slug: str) -> str:
        """How messages name the table of a rule."""
        return f"{self.path}: [{self.name}.{_RULES}.{slug}]" if self.name else f"{self.path}: {_RULES}.{slug}"


def nearest(name: str, known: Iterable[str]) -> str:
    """What to say about the known name that is most like ``name``, or nothing where none is."""
    import difflib

    found = difflib.get_close_matches(name.lower(), {each.lower(): None for each in known}, n=1, cutoff=0.65)
    by_lower = {each.lower(): each for each in known}
    return f"; did you mean {by_lower[found[0]]!r}?" if found else ""


def table_in(folder: Path) -> Table | None:
    """The table that files directly in ``folder`` bring; pyproject.toml comes before setup.cfg.

    Raises: ConfigError where a file that mentions torchlint cannot be read.
    """
    for name in ("pyproject.toml", "setup.cfg"):
        path = folder / name
        if table := read_table(path):
            return table
    return None


def read_table(path: Path) -> Table | None:
    """The torchlint table of one file, or None where it has none or there is no such file.

    Raises: ConfigError where the file cannot be read.
    """
    try:
        data = read_bytes(path)
        if b"torchlint" not in data:  # most files: not worth a parser
            return None
        text = data.decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    return table_of(path, text)


def table_of(path: Path, text: str) -> Table | None:
    """The torchlint table in the text of the file at ``path``. Raises: ConfigError where it is not valid."""
    return _from_ini(path, text) if path.suffix in (".cfg", ".ini") else _from_toml(path, text)


def inline_table(lines: Iterable[str]) -> Table:
    """Settings that ``--config`` gives as lines of TOML. Raises: ConfigError where they are none."""
    try:
        values = _toml("\n".join(lines), "--config")
    except ConfigError as error:
        raise ConfigError(f"{error}; write strings in quotes, as in 'ignore = [\"TLC302\"]'") from error
    rules = values.pop(_RULES, {})
    if not isinstance(rules, dict) or not all(isinstance(each, dict) for each in rules.values()):
        raise ConfigError(f"--config: {_RULES} must be written {_RULES}.<slug>.<option> = ...")
    return Table(Path("--config"), "", values, rules)


def _toml(text: str, where: object) -> dict[str, object]:
    """The document of a text. Raises: ConfigError that begins with ``where``."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where}: no valid TOML: {error}") from error


def _from_toml(path: Path, text: str) -> Table | None:
    document = _toml(text, path)
    tool = document.get("tool")
    values = tool.get("torchlint") if isinstance(tool, dict) else None
    if values is None:
        return None
    name = "tool.torchlint"
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: [{name}] must be a table")
    rules = values.pop(_RULES, {})
    if not isinstance(rules, dict) or not all(isinstance(each, dict) for each in rules.values()):
        raise ConfigError(f"{path}: [{name}.{_RULES}] must hold one table for each rule, [{name}.{_RULES}.<slug>]")
    return Table(path, name, values, rules)


def _from_ini(path: Path, text: str) -> Table | None:
    import configparser

    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text, str(path))
    except configparser.Error as error:
        raise ConfigError(f"{path}: no valid configuration file: {error}") from error
    name, prefix = "torchlint", f"torchlint.{_RULES}."
    sections = {each[len(prefix) :]: dict(parser[each]) for each in parser.sections() if each.startswith(prefix)}
    for section in parser.sections():
        if section.startswith(f"{name}.") and not section.startswith(prefix):
            raise ConfigError(f"{path}: unknown section [{section}]{nearest(section, [prefix + '<slug>', name])}")
    if not parser.has_section(name) and not sections:
        return None
    values = dict(parser[name]) if parser.has_section(name) else {}
    return Table(path, name, values, sections, text=True)


_LONGEST = 200
"""Characters of a value in an error."""


def typed(value: object, hint: object, where: str, text: bool = False) -> object:
    """``value`` as the type ``hint``: bool, int, float, str, an Enum, a Literal, a tuple or frozenset of one, or None.

    With ``text`` the value is a string of a setup.cfg. Raises: ConfigError that begins with ``where``.
    """
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return typed(value, next(each for each in arguments if each is not type(None)), where, text)
    if origin in (tuple, frozenset):
        items = split_list(value) if text and isinstance(value, str) else value
        if not isinstance(items, list):
            raise ConfigError(f"{where}: must be a list, not {as_written(value)}")
        converted = [typed(item, arguments[0], where, text) for item in items]
        return tuple(converted) if origin is tuple else frozenset(converted)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint(one_of(value, [each.value for each in hint], where))
    if origin is typing.Literal:
        return one_of(value, arguments, where)
    return _scalar(value, hint, where, text)


def as_written(value: object) -> str:
    """A value of a configuration file as an error shows it, however long it is."""
    try:
        text = repr(value)
    except ValueError:  # Python writes out no integer of more than some thousand digits
        text = "a number of too many digits"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def one_of(value: object, choices: Iterable[str], where: str) -> str:
    """``value`` where it is one of ``choices``. Raises: ConfigError that names them."""
    choices = list(choices)
    if isinstance(value, str) and value in choices:
        return value
    raise ConfigError(
        f"{where}: must be {' or '.join(map(repr, choices))}, not {as_written(value)}"
        f"{nearest(value, choices) if isinstance(value, str) else ''}"
    )


def split_list(text: str) -> list[str]:
    """The entries of a list written as text, split at commas and newlines."""
    return [each.strip() for line in text.splitlines() for each in line.split(",") if each.strip()]


def _scalar(value: object, hint: object, where: str, text: bool) -> object:
    if text and isinstance(value, str):
        value = _from_text(value, hint)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if hint in (bool, int, float, str) and type(value) is hint:
        return value
    raise ConfigError(f"{where}: must be {_NAMES.get(typing.cast('type', hint), hint)}, not {as_written(value)}")


def _from_text(value: str, hint: object) -> object:
    if hint is bool and value.lower() in (*_TRUE, *_FALSE):
        return value.lower() in _TRUE
    if hint in (int, float):
        try:
            return int(value) if hint is int else float(value)
        except ValueError:
            return value
    return value
