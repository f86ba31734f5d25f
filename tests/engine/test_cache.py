"""What is kept between runs, when it counts, and that nothing wrong with it reaches the user."""

from __future__ import annotations

import multiprocessing
import os
import random
import sqlite3
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.checkers import finding
from torchlint.engine import cache as cache_module
from torchlint.engine.cache import FOLDER_NAME, Key, ResultCache, content_digest, engine_digest
from torchlint.engine.check import FileResult
from torchlint.engine.record import dump, finding_record, load, read_finding
from torchlint.finding import (
    Applicability,
    Certainty,
    Edit,
    Effect,
    EffectKind,
    Finding,
    Fix,
    Place,
    Related,
    Role,
    Span,
    Step,
)

if TYPE_CHECKING:
    from collections.abc import Callable

TEXTS = st.text(st.characters(), max_size=20)
NUMBERS = st.integers(-5, 10**7)
SPANS = st.builds(Span, NUMBERS, NUMBERS)
PLACES = st.builds(Place, st.none() | TEXTS, st.none() | NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
EFFECTS = st.builds(Effect, st.sampled_from(EffectKind), TEXTS, st.none() | PLACES)
EDITS = st.builds(Edit, SPANS, PLACES, TEXTS)
FIXES = st.builds(Fix, st.sampled_from(Applicability), TEXTS, st.lists(EDITS, max_size=3).map(tuple))
RELATED = st.lists(st.builds(Related, TEXTS, TEXTS, PLACES), max_size=3).map(tuple)
STEPS = st.lists(st.builds(Step, st.sampled_from(Role), TEXTS, st.none() | PLACES, TEXTS, TEXTS, TEXTS), max_size=3)
FINDINGS = st.builds(
    Finding,
    TEXTS,
    TEXTS,
    TEXTS,
    st.sampled_from(Certainty),
    SPANS,
    PLACES,
    EFFECTS,
    RELATED,
    st.none() | FIXES,
    STEPS.map(tuple),
)


@given(FINDINGS)
@settings(deadline=None)
def test_a_finding_survives_json_exactly(original: Finding) -> None:
    read = read_finding(load(dump(finding_record(original))))
    assert read == original
    assert repr(read) == repr(original)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=9) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=20,
)


@given(JSON)
def test_other_json_is_no_finding(value: object) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (any of them: the caller takes it for a miss)
        read_finding(value)


@given(FINDINGS, st.data())
@settings(deadline=None)
def test_a_changed_record_never_becomes_a_finding_of_another_shape(original: Finding, data: st.DataObject) -> None:
    record = finding_record(original)
    at = data.draw(st.integers(0, len(record) - 1))
    record[at] = data.draw(JSON)
    try:
        read = read_finding(record)
    except ValueError:
        return
    assert finding_record(read) == record


@pytest.mark.parametrize("data", [b"", b"[", b"\xff", b"[" * 100_000, b'{"a":'], ids=repr)
def test_what_is_no_json_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        load(data)


class Shop:
    """A file with a stored result, and the questions asked about it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.file = root / "a.py"
        self.file.write_text("import torch\n", encoding="utf-8")
        self.cache = root / FOLDER_NAME
        self.store = self.cache / "results.db"
        self.key = Key(str(self.file), "a.py", "settings")
        self.result = FileResult("a.py", (finding(3), finding(5)))

    def save(self, result: FileResult | None = None, content: bytes | None = None, key: Key | None = None) -> None:
        cache = ResultCache(self.cache)
        data = self.file.read_bytes() if content is None else content
        cache.remember(key or self.key, content_digest(data), result or self.result)
        cache.save()

    def look(self, **changed: str) -> FileResult | None:
        key = replace(self.key, **changed)
        return ResultCache(self.cache).look_up([key]).get(key.absolute)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_what_was_saved_is_found(shop: Shop) -> None:
    assert shop.look() is None
    shop.save()
    assert shop.look() == shop.result
    assert shop.look(shown="./a.py") == replace(shop.result, path="./a.py")


def test_the_folder_keeps_itself_out_of_commits_and_backups(shop: Shop) -> None:
    shop.save()
    assert (shop.cache / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert (shop.cache / "CACHEDIR.TAG").read_text(encoding="utf-8").startswith("Signature: 8a477f597d28d172789f")
    assert sorted(path.name for path in shop.cache.iterdir()) == [".gitignore", "CACHEDIR.TAG", "results.db"]


def test_all_fields_of_a_result_are_kept(shop: Shop) -> None:
    shop.save(FileResult("a.py", (), saw_torch=False, depends=(str(shop.root / "missing.py"),)))
    assert shop.look() == FileResult("a.py", (), saw_torch=False, depends=(str(shop.root / "missing.py"),))


def test_what_was_cut_off_is_kept(shop: Shop) -> None:
    shop.save(FileResult("a.py", (), incomplete="too much"))
    assert shop.look() == FileResult("a.py", (), incomplete="too much")


def test_findings_that_name_other_files_count_only_for_the_same_shown_path(shop: Shop) -> None:
    shop.save(FileResult("a.py", (finding(1, path="b.py"),)))
    assert shop.look() is not None
    assert shop.look(shown="../x/a.py") is None


def test_a_result_with_an_error_is_not_kept(shop: Shop) -> None:
    shop.save(replace(shop.result, error="internal error"))
    assert shop.look() is None


def touch_file(shop: Shop) -> None:
    shop.file.write_text("import torch  # changed\n", encoding="utf-8")


def remove_file(shop: Shop) -> None:
    shop.file.unlink()


@pytest.mark.parametrize("change", [touch_file, remove_file])
def test_a_changed_file_is_a_miss(shop: Shop, change: Callable[[Shop], None]) -> None:
    shop.save()
    change(shop)
    assert shop.look() is None


def test_other_settings_are_a_miss(shop: Shop) -> None:
    shop.save()
    assert shop.look(settings="other") is None


def test_another_torchlint_is_a_miss(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.save()
    monkeypatch.setattr(cache_module, "engine_digest", lambda: "another")
    assert shop.look() is None


def test_the_engine_digest_changes_with_its_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "torchlint"
    (package / "rules").mkdir(parents=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    rule = package / "rules/a.py"
    rule.write_text("one", encoding="utf-8")
    monkeypatch.setattr(cache_module.torchlint, "__file__", str(package / "__init__.py"))
    first = engine_digest()
    assert engine_digest() == first
    rule.write_text("other", encoding="utf-8")
    second = engine_digest()
    os.utime(rule, ns=(1, 1))
    third = engine_digest()
    (package / "rules/b.py").write_text("", encoding="utf-8")
    assert len({first, second, third, engine_digest()}) == 4


@pytest.mark.parametrize(
    ("before", "after", "hit"),
    [
        pytest.param("x", "x", True, id="same"),
        pytest.param("x", "y", False, id="changed"),
        pytest.param("x", None, False, id="removed"),
        pytest.param(None, None, True, id="still-missing"),
        pytest.param(None, "x", False, id="created"),
    ],
)
def test_what_a_result_depends_on(shop: Shop, before: str | None, after: str | None, hit: bool) -> None:
    other = shop.root / "base.py"
    if before is not None:
        other.write_text(before, encoding="utf-8")
        os.utime(other, ns=(0, 0))
        time.sleep(0.02)  # the clock of the file system ticks slower
    shop.save(replace(shop.result, depends=(str(other),)))
    if after is not None:
        other.write_text(after, encoding="utf-8")
    elif before is not None:
        other.unlink()
    assert (shop.look() is not None) is hit


def test_a_file_that_changed_during_the_run_is_not_vouched_for(shop: Shop) -> None:
    other = shop.root / "base.py"
    cache = ResultCache(shop.cache)
    time.sleep(0.02)
    other.write_text("newer than what the check read", encoding="utf-8")
    cache.remember(shop.key, content_digest(shop.file.read_bytes()), replace(shop.result, depends=(str(other),)))
    cache.save()
    assert shop.look() is None


def test_each_file_is_read_once_a_run(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    base = shop.root / "base.py"
    base.write_text("", encoding="utf-8")
    time.sleep(0.02)
    keys = []
    for number in range(5):
        file = shop.root / f"m{number}.py"
        file.write_text("", encoding="utf-8")
        keys.append(Key(str(file), file.name, "settings"))
        shop.save(FileResult(file.name, (), depends=(str(base), str(shop.file))), b"", keys[-1])
    reads: list[str] = []
    read_bytes = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: (reads.append(path.name), read_bytes(path))[1])
    assert len(ResultCache(shop.cache).look_up(keys)) == 5
    assert sorted(reads) == ["a.py", "base.py", "m0.py", "m1.py", "m2.py", "m3.py", "m4.py"]


def test_one_row_for_a_path_and_none_for_ever(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    for settings_digest in ("a", "b", "c"):
        shop.save(key=replace(shop.key, settings=settings_digest))
    assert rows(shop) == 1
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 40 * 86_400)
    shop.save(key=replace(shop.key, absolute=str(shop.root / "b.py")))
    assert rows(shop) == 1


def rows(shop: Shop) -> int:
    store = sqlite3.connect(shop.store)
    (count,) = store.execute("SELECT count(*) FROM result").fetchone()
    store.close()
    return int(count)


def test_names_that_are_no_text(shop: Shop) -> None:
    name = "caf\udce9.py"
    key = Key(str(shop.root / name), name, "settings")
    try:
        Path(key.absolute).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system takes only text")
    shop.save(FileResult(name, (finding(1, path=name),)), b"x", key)
    assert ResultCache(shop.cache).look_up([key])[key.absolute].findings == (finding(1, path=name),)


def with_statement(statement: str) -> Callable[[Shop], None]:
    def damage(shop: Shop) -> None:
        store = sqlite3.connect(shop.store)
        store.executescript(statement)
        store.close()

    return damage


def with_bytes(data: bytes) -> Callable[[Shop], None]:
    return lambda shop: void(shop.store.write_bytes(data))


def void(_: object) -> None:
    return None


def truncate(shop: Shop) -> None:
    shop.store.write_bytes(shop.store.read_bytes()[:5000])


def cut_to_nothing(shop: Shop) -> None:
    shop.store.write_bytes(b"")


def remove_all(shop: Shop) -> None:
    for path in shop.cache.iterdir():
        path.unlink()
    shop.cache.rmdir()


def undecodable_schema(shop: Shop) -> None:
    shop.store.write_bytes(shop.store.read_bytes().replace(b"CREATE TABLE", b"CREATE\xff\xfeABLE"))


DAMAGES = [
    pytest.param(with_bytes(random.Random(1).randbytes(20_000)), id="random-bytes"),
    pytest.param(with_bytes(b"SQLite format 3\0" + random.Random(2).randbytes(20_000)), id="random-after-header"),
    pytest.param(truncate, id="truncated"),
    pytest.param(cut_to_nothing, id="empty"),
    pytest.param(remove_all, id="removed"),
    pytest.param(undecodable_schema, id="undecodable-schema"),
    pytest.param(with_statement("DROP TABLE result"), id="no-table"),
    pytest.param(with_statement("DROP TABLE result; CREATE TABLE result (path)"), id="other-table"),
    pytest.param(with_statement("CREATE TABLE more (a)"), id="more-tables"),
    pytest.param(with_statement("CREATE TRIGGER t AFTER INSERT ON result BEGIN DELETE FROM result; END"), id="trigger"),
    pytest.param(with_statement("UPDATE result SET record = 'text'"), id="other-type"),
    pytest.param(with_statement("UPDATE result SET record = x'5b5d'"), id="other-record"),
    pytest.param(with_statement("UPDATE result SET seal = x'00'"), id="other-seal"),
]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_store_is_a_miss_and_is_rebuilt(shop: Shop, damage: Callable[[Shop], None]) -> None:
    shop.save()
    damage(shop)
    assert shop.look() is None
    shop.save()
    assert shop.look() == shop.result


@pytest.mark.parametrize("damage", DAMAGES)
def test_saving_into_a_damaged_store_rebuilds_it(shop: Shop, damage: Callable[[Shop], None]) -> None:
    shop.save()
    damage(shop)
    shop.save()
    assert shop.look() == shop.result


@pytest.mark.parametrize("seed", range(60))
def test_flipped_bytes_never_change_a_result(shop: Shop, seed: int) -> None:
    shop.save()
    data = bytearray(shop.store.read_bytes())
    choose = random.Random(seed)
    for _ in range(choose.choice([1, 20, 400])):
        data[choose.randrange(len(data))] = choose.randrange(256)
    shop.store.write_bytes(data)
    assert shop.look() in (None, shop.result)
    shop.save()
    assert shop.look() in (None, shop.result)


def test_a_flipped_bit_in_a_row_is_seen(shop: Shop) -> None:
    shop.save()
    shop.store.write_bytes(shop.store.read_bytes().replace(b"line 3", b"line 2"))
    assert shop.look() is None


def folder_is_a_file(shop: Shop) -> None:
    shop.cache.write_text("", encoding="utf-8")


def store_is_a_folder(shop: Shop) -> None:
    shop.store.mkdir(parents=True)


def folder_above_is_missing(shop: Shop) -> None:
    shop.cache = shop.root / "no/such" / FOLDER_NAME


@pytest.mark.parametrize("trouble", [folder_is_a_file, store_is_a_folder, folder_above_is_missing])
def test_where_nothing_can_be_kept_nothing_is_said(shop: Shop, trouble: Callable[[Shop], None]) -> None:
    trouble(shop)
    shop.save()
    assert shop.look() is None


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="everything is writable here")
def test_a_read_only_folder_is_still_read(shop: Shop) -> None:
    shop.save()
    shop.cache.chmod(0o500)
    shop.store.chmod(0o400)
    try:
        assert shop.look() == shop.result
        shop.save(FileResult("a.py", ()))
        assert shop.look() == shop.result
    finally:
        shop.cache.chmod(0o700)


def test_a_locked_store_is_left_alone(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.save()
    monkeypatch.setattr(cache_module, "_LOCK_TIMEOUT", 0.05)
    other = sqlite3.connect(shop.store, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert shop.look() is None
    shop.save(FileResult("a.py", ()))
    other.execute("ROLLBACK")
    other.close()
    assert shop.look() == shop.result


def save_many(folder: str, seed: int) -> None:
    shop_cache = Path(folder) / FOLDER_NAME
    for number in range(20):
        cache = ResultCache(shop_cache)
        file = Path(folder) / f"f{(seed * 7 + number) % 30}.py"
        key = Key(str(file), file.name, "settings")
        cache.look_up([key])
        cache.remember(key, content_digest(b""), FileResult(file.name, (finding(1),)))
        cache.save()


def test_runs_that_share_a_store(tmp_path: Path) -> None:
    for number in range(30):
        (tmp_path / f"f{number}.py").write_bytes(b"")
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=save_many, args=(str(tmp_path), seed)) for seed in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    keys = [Key(str(tmp_path / f"f{number}.py"), f"f{number}.py", "settings") for number in range(30)]
    assert len(ResultCache(tmp_path / FOLDER_NAME).look_up(keys)) == 30
