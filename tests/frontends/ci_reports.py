"""What CI systems read, read as they do: where in which file something was found, and what is said of it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Iterator


class Shown(NamedTuple):
    """A 1-based line and column of a file's text, a notebook's JSON included, and the words there."""

    path: str
    line: int
    column: int
    code: str
    text: str


def in_sarif(text: str) -> Iterator[Shown]:
    for each in json.loads(text)["runs"][0]["results"]:
        location = each["locations"][0]["physicalLocation"]
        region = location["region"]
        at = (unquote(location["artifactLocation"]["uri"]), region["startLine"], region["startColumn"])
        yield Shown(*at, each["ruleId"], each["message"]["text"])


def in_github(text: str) -> Iterator[Shown]:
    for _, named, message in commands(text):
        code = named["title"].partition(" ")[0]
        yield Shown(named["file"], int(named["line"]), int(named["col"]), code, message)


def in_gitlab(text: str) -> Iterator[Shown]:
    for each in json.loads(text):
        begin = each["location"]["positions"]["begin"]
        code, _, message = each["description"].partition(" ")
        yield Shown(each["location"]["path"], begin["line"], begin["column"], code, message)


def in_junit(text: str) -> Iterator[Shown]:
    for test in ET.fromstring(text).iter("testcase"):
        failure = test.find("failure")
        assert failure is not None
        assert failure.text is not None
        line, column = test.attrib["name"].rpartition(" ")[2].split(":")
        assert line == test.attrib["line"]
        assert failure.attrib["message"] in failure.text
        at = (test.attrib["file"], int(line), int(column))
        yield Shown(*at, failure.attrib["type"], failure.attrib["message"])


READERS = {"sarif": in_sarif, "github": in_github, "gitlab": in_gitlab, "junit": in_junit}


# Escapes are those of the toolkit's own commands: https://github.com/actions/toolkit, core/src/command.ts


def commands(text: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """The commands in what was printed for GitHub, unescaped as the runner does it."""
    for line in text.removesuffix("\n").split("\n"):
        match = re.fullmatch(r"::(\w+) ([^:]*)::(.*)", line)
        assert match is not None
        command, properties, message = match.groups()
        pairs = (each.split("=", 1) for each in properties.split(","))
        named = {key: _unescaped(value, {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ","}) for key, value in pairs}
        yield command, named, _unescaped(message, {"%0D": "\r", "%0A": "\n"})


def _unescaped(text: str, escapes: dict[str, str]) -> str:
    for escape, character in escapes.items():
        text = text.replace(escape, character)
    return text.replace("%25", "%")
