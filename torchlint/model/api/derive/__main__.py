"""Rewrite ``operation_table.py``; with ``--missing``, print the public names that have no entry instead."""

from __future__ import annotations

import sys

from torchlint.model.api.derive.table import TARGET, derive

if __name__ == "__main__":
    text, missing = derive()
    if "--missing" in sys.argv:
        print("\n".join(missing))
    else:
        TARGET.write_text(text, encoding="utf-8")
