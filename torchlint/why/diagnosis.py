"""A log and the project that it is of -> what went wrong, and the lines that may be to blame."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.engine.check import check_source
from torchlint.engine.settings import Overrides, load_settings
from torchlint.finding import Certainty
from torchlint.syntax.source import CELLS
from torchlint.why.case import Case
from torchlint.why.details import Details, operation_of
from torchlint.why.files import Project
from torchlint.why.from_findings import from_findings, in_story, under_mode
from torchlint.why.from_lines import from_lines
from torchlint.why.kind import Blame
from torchlint.why.kinds import KINDS, kind_of
from torchlint.why.suspects import Sure, ranked
from torchlint.why.tracebacks import Traceback, ordered, read_tracebacks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torchlint.finding import Finding
    from torchlint.syntax.source import Source
    from torchlint.why.files import Located, ProjectFile
    from torchlint.why.kind import Kind
    from torchlint.why.suspects import Suspect

MAX_FILES = 20
"""With how many files no more are analysed than those of the traceback."""
MAX_DEPTH = 2
"""How many imports away from those they may be."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a log is about.

    ``kind`` is None where the error is none that is known, ``frames`` are those in files of the project. ``sentences``
    are what the message says besides, ``experiment`` what finds the line where reading cannot. ``others`` is how many
    other errors the log has.
    """

    traceback: Traceback
    kind: Kind | None
    meaning: str
    sentences: tuple[str, ...]
    frames: tuple[Located, ...]
    forward: tuple[Located, ...]
    suspects: tuple[Suspect, ...]
    experiment: str
    others: int


def diagnose(text: str, root: Path, cells: Source | None = None) -> Diagnosis | None:
    """What the log ``text`` is about; None where it has no error.

    The project's files are those below ``root``, and the ``cells`` of a session where the log is of one.
    """
    tracebacks = read_tracebacks(text)
    traceback = _chosen(tracebacks) or _without_frames(text)
    if traceback is None:
        return None
    project = Project(root, cells)
    frames = tuple(project.locate(traceback.frames))
    others = len({each.message for each in ordered(tracebacks)} - {traceback.message})
    found = kind_of(traceback.error, traceback.message)
    if found is None:
        return Diagnosis(traceback, None, "", (), frames, (), (), "", others)
    kind, match = found
    forward = next((each for each in reversed(tracebacks) if each.forward), None)
    case = Case(
        traceback,
        kind,
        {name: value for name, value in match.groupdict().items() if value is not None},
        Details.of(traceback.message),
        project,
        frames,
        tuple(project.locate(forward.frames)) if forward else (),
        forward.forward if forward else "",
    )
    return Diagnosis(
        traceback,
        kind,
        _filled(kind.meaning, case.groups),
        tuple(_sentences(case)),
        frames,
        case.forward,
        _suspects(case),
        _experiment(case),
        others,
    )


def _chosen(tracebacks: list[Traceback]) -> Traceback | None:
    """The error that the log is about: the last that is known, else the last."""
    errors = ordered(tracebacks)
    known = (each for each in errors if kind_of(each.error, each.message))
    return next(known, errors[0] if errors else None)


def _without_frames(text: str) -> Traceback | None:
    """An error of a known kind whose words stand somewhere in the log."""
    for line in reversed(text.splitlines()):
        for kind in KINDS:
            if found := kind.pattern.search(line):
                return Traceback("", line[found.start() :][:2_000].strip(), ())
    return None


class _Groups(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "another number" if name in ("has", "takes") else "?"


def _filled(text: str, groups: dict[str, str]) -> str:
    return text.format_map(_Groups(groups)) if "{" in text else text


def _sentences(case: Case) -> Iterator[str]:
    yield from case.details.told(case.kind.slug)
    if case.node:
        where = f" at {case.name(case.forward[-1])}" if case.forward else ""
        yield f"Anomaly mode named the operation of the forward pass: `{operation_of(case.node)}`{where}."


def _experiment(case: Case) -> str:
    raised = case.raised
    script = case.frames[0].path if case.frames else "your program"
    place = f"line {raised.line} of {raised.path}" if raised else "the line that raised"
    if raised and raised.path == CELLS:
        script, place = "the saved notebook", f"line {raised.line} of In [{raised.cell}]"
    text = case.kind.experiment.replace("{script}", script).replace("{place}", place)
    return text.partition("; or ")[0] if case.node else text


def _suspects(case: Case) -> tuple[Suspect, ...]:
    files = {own.path: own for own in _on_traceback(case)}
    if case.kind.blame is not Blame.HERE:
        _add_imported(case.project, files)
    findings = [(path, each) for path, own in files.items() for each in _findings(own)]
    suspects = [*from_findings(case, findings), *from_lines(case, files.values())]
    return _with_story(_without_echoes(under_mode(ranked(suspects))))


def _add_imported(project: Project, files: dict[str, ProjectFile]) -> None:
    """Add the files that those of the traceback import, and those that these import, while they are few."""
    new = list(files.values())
    for _ in range(MAX_DEPTH):
        new = [each for own in new for each in project.imported(own) if each.path not in files]
        for each in new[: max(0, MAX_FILES - len(files))]:
            files[each.path] = each


def _on_traceback(case: Case) -> list[ProjectFile]:
    """The files of the project in which frames are."""
    paths = dict.fromkeys(each.path for each in (*reversed(case.frames), *case.forward))
    return [own for own in map(case.project.open, paths) if own is not None]


def _findings(own: ProjectFile) -> tuple[Finding, ...]:
    """All that every rule finds in a file, comments that suppress it or not."""
    overrides = Overrides(select=("ALL",), certainty=Certainty.ADVICE, isolated=True)
    return check_source(own.source, load_settings(Path.cwd(), overrides), suppress=False).findings


def _with_story(suspects: tuple[Suspect, ...]) -> tuple[Suspect, ...]:
    """The suspects, and the other lines of the first one's story where that is more than possible."""
    if not suspects or suspects[0].sure is Sure.POSSIBLE:
        return suspects
    return ranked([*suspects, *in_story(suspects[0])])


def _without_echoes(suspects: Iterable[Suspect]) -> tuple[Suspect, ...]:
    """The suspects without those that say nothing once one is certain."""
    suspects = tuple(suspects)
    if suspects and suspects[0].sure is Sure.CERTAIN:
        return tuple(each for each in suspects if each.sure is not Sure.POSSIBLE) or suspects
    return suspects
