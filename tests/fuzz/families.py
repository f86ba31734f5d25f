"""Which families of inputs there are, and how often each is tried."""

from __future__ import annotations

from collections import deque
from itertools import accumulate
from typing import TYPE_CHECKING

from tests.fuzz import big
from tests.fuzz.inputs import Input, Way
from tests.fuzz.layout import damaged, laid_out
from tests.fuzz.notebooks import notebook
from tests.fuzz.programs import mutated, program
from tests.fuzz.projects import folder
from tests.fuzz.streams import stream

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence
    from pathlib import Path

_MOST_SEEDS = 5_000
_LONGEST_SEED = 8_000


class Seeds:
    """Programs to start from: those of the rules and the oracle, what made torchlint do something new, real files."""

    def __init__(self, corpus: Sequence[Path] = ()) -> None:
        self._corpus = corpus
        self._kept: deque[str] = deque(maxlen=_MOST_SEEDS)
        self._traits: set[str] = set()

    def learn(self, given: Input, traits: frozenset[str]) -> None:
        """Keep the program of an input that did something which none did before."""
        if traits <= self._traits:
            return
        self._traits |= traits
        if given.name.endswith(".py") and given.size < _LONGEST_SEED and given.family.startswith("program"):
            self._kept.append(given.data.decode("utf-8", "replace"))

    def one(self, rng: random.Random) -> str:
        """A program."""
        if self._corpus and rng.random() < 0.4:
            return rng.choice(self._corpus).read_bytes().decode("utf-8", "replace").replace("\r\n", "\n")
        if self._kept and rng.random() < 0.5:
            return self._kept[rng.randrange(len(self._kept))]
        return program(rng)

    def changed(self, rng: random.Random) -> str:
        """A program after changes of its tree, where it has one."""
        text = self.one(rng)
        try:
            return mutated(text, rng, self.one(rng) if rng.random() < 0.5 else "")
        except (SyntaxError, ValueError, RecursionError):
            return text


def _program(seeds: Seeds, rng: random.Random) -> Input:
    return Input.of_file(
        "programs", rng.choice(("a.py", "a.py", "a.py", "a.pyi")), seeds.changed(rng).encode("utf-8", "replace")
    )


def _layout(seeds: Seeds, rng: random.Random) -> Input:
    text = seeds.changed(rng) if rng.random() < 0.5 else seeds.one(rng)
    return Input.of_file("layouts", "a.py", laid_out(text, rng))


def _damage(seeds: Seeds, rng: random.Random) -> Input:
    return Input.of_file("damaged bytes", "a.py", damaged(seeds.one(rng).encode("utf-8", "replace"), rng))


def _notebook(seeds: Seeds, rng: random.Random) -> Input:
    return Input.of_file("notebooks", "a.ipynb", notebook(seeds.changed(rng), rng))


def _folder(seeds: Seeds, rng: random.Random) -> Input:
    code = seeds.changed(rng)
    data = laid_out(code, rng) if rng.random() < 0.3 else code.encode("utf-8", "replace")
    return Input("folders", Way.FOLDER, folder(data, rng))


def _stream(seeds: Seeds, rng: random.Random) -> Input:
    messages = enumerate(stream(seeds.one(rng), rng))
    return Input("editors", Way.STREAM, tuple((f"{number:03}", message) for number, message in messages))


def _big(seeds: Seeds, rng: random.Random) -> Input:
    kind, (write, most) = rng.choice(sorted(big.PROGRAMS.items(), key=lambda pair: pair[0]))
    return Input.of_file(f"big: {kind}", "a.py", write(_size(most, rng)).encode())


def _big_notebook(seeds: Seeds, rng: random.Random) -> Input:
    kind, (write, most) = rng.choice(list(big.NOTEBOOKS.items()))
    return Input.of_file(f"big notebook: {kind}", "a.ipynb", write(_size(most, rng)).encode())


def _big_folder(seeds: Seeds, rng: random.Random) -> Input:
    kind, (write, most) = rng.choice(list(big.FOLDERS.items()))
    files = tuple((name, text.encode()) for name, text in write(_size(most, rng)).items())
    return Input(f"big folder: {kind}", Way.FOLDER, files)


def _size(most: int, rng: random.Random) -> int:
    """Small sizes as often as big ones, and the biggest now and then."""
    return most if rng.random() < 0.1 else int(most ** rng.random())


FAMILIES: dict[str, tuple[Callable[[Seeds, random.Random], Input], int]] = {
    "programs": (_program, 40),
    "layouts": (_layout, 25),
    "damage": (_damage, 8),
    "notebooks": (_notebook, 12),
    "folders": (_folder, 3),
    "editors": (_stream, 4),
    "big": (_big, 6),
    "big-notebooks": (_big_notebook, 1),
    "big-folders": (_big_folder, 1),
}
"""How an input of each family is written, and its share."""


def write(names: Sequence[str], seeds: Seeds, rng: random.Random) -> Input:
    """An input of one of the families."""
    chosen = [FAMILIES[name] for name in names]
    make = rng.choices([each for each, _ in chosen], cum_weights=list(accumulate(share for _, share in chosen)))[0]
    return make(seeds, rng)
