"""Rewrite ``operation_table.py``; with ``--missing``, print what has no entry: public names, then overloads."""

from __future__ import annotations

import sys

from torchlint.model.api.derive.table import TARGET, derive

if __name__ == "__main__":
    derived = derive()
    if "--missing" in sys.argv:
        print("\n".join([*derived.missing, "", *derived.unseen]))
    else:
        TARGET.write_text(derived.text, encoding="utf-8")
