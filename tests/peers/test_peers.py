"""The page about other linters names rules that there are, and says why where there are none."""

from __future__ import annotations

from collections import Counter

from tests.peers.__main__ import ABSENT, PAGE, page, rows
from torchlint.engine.selection import known_rules
from torchlint.rule import all_rules
from torchlint.syntax.suppress import TORCHFIX_ALIASES


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(rows()), "run python -m tests.peers --update"


def test_each_rule_has_one_row_with_codes_or_a_reason() -> None:
    known = known_rules(all_rules())
    for row in rows():
        assert row.about, row
        assert set(row.here) <= known.keys() if row.is_found else len(row.here) == 1, row
        assert row.note or row.here != ("no",), row
    twice = [each for each, count in Counter((row.peer, row.rule) for row in rows()).items() if count > 1]
    assert not twice


def test_what_is_off_by_default_or_advice_is_said() -> None:
    known = known_rules(all_rules())
    for row in rows():
        if row.is_found and not any(known[code].default for code in row.here):
            assert "off by default" in row.note, row


def test_old_comments_of_torchfix_mean_what_the_page_says() -> None:
    here = {row.rule: set(row.here) for row in rows() if row.peer == "TorchFix"}
    for name, codes in TORCHFIX_ALIASES.items():
        assert here[name] <= set(codes) or here[name] <= ABSENT.keys(), name
