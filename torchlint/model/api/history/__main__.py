"""Rewrite ``history_table.py`` from folders of unpacked releases.

``python -m torchlint.model.api.history FOLDER ...``: each has the Python files of a release's wheel, ``torch/`` in it.
"""

from __future__ import annotations

import sys
from pathlib import Path

from torchlint.model.api.history.merge import TARGET, written
from torchlint.model.api.history.release import Release

if __name__ == "__main__":
    TARGET.write_text(written([Release(Path(each)) for each in sys.argv[1:]]), encoding="utf-8")
