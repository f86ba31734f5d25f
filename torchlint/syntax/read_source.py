"""A file's bytes -> the program in them, be it Python or a notebook."""

from __future__ import annotations

from torchlint.syntax.source import NOTEBOOK, Source


def read_source(data: bytes, path: str) -> Source:
    """The program in the bytes of a Python file or, where ``path`` ends in ``.ipynb``, of a notebook.

    Raises: SourceError where the bytes are no text in their encoding, or no notebook.
    """
    if path.endswith(NOTEBOOK):
        from torchlint.syntax.notebook import read_notebook  # start-up: 5 ms

        return read_notebook(data, path)
    return Source.from_bytes(data, path)
