"""What is kept between runs, when it counts, and that nothing wrong with it reaches the user."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engine.checkers import finding
from torchlint.engine import cache as cache_module
from torchlint.engine import sealed_store
from torchlint.engine.cache import CacheLocation, Key, ResultCache, content_digest, engine_digest
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
        self.folder = root / "cache"
        self.key = Key(str(self.file), "a.py", "settings")
        self.result = FileResult("a.py", (finding(3), finding(5)))

    @property
    def store(self) -> Path:
        (found,) = self.folder.glob("*.results")
        return found

    def cache(self) -> ResultCache:
        return ResultCache(CacheLocation(self.root, self.folder))

    def save(self, result: FileResult | None = None, content: bytes | None = None, key: Key | None = None) -> None:
        cache = self.cache()
        data = self.file.read_bytes() if content is None else content
        cache.remember(key or self.key, content_digest(data), result or self.result)
        cache.save()

    def look(self, **changed: str) -> FileResult | None:
        key = replace(self.key, **changed)
        return self.cache().look_up([key]).get(key.absolute)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_what_was_saved_is_found(shop: Shop) -> None:
    assert shop.look() is None
    shop.save()
    assert shop.look() == shop.result
    assert shop.look(shown="./a.py") == replace(shop.result, path="./a.py")


def test_looking_makes_no_folder(shop: Shop) -> None:
    shop.look()
    assert not shop.folder.exists()


def test_all_fields_of_a_result_are_kept(shop: Shop) -> None:
    shop.save(FileResult("a.py", (), saw_torch=False, depends=(str(shop.root / "missing.py"),)))
    assert shop.look() == FileResult("a.py", (), saw_torch=False, depends=(str(shop.root / "missing.py"),))


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
    cache = shop.cache()
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
    read_bytes = cache_module.read_bytes
    monkeypatch.setattr(cache_module, "read_bytes", lambda path: (reads.append(Path(path).name), read_bytes(path))[1])
    assert len(shop.cache().look_up(keys)) == 5
    assert sorted(reads) == ["a.py", "base.py", "m0.py", "m1.py", "m2.py", "m3.py", "m4.py"]


def test_one_record_for_a_path_and_none_for_ever(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    for settings_digest in ("a", "b", "c"):
        shop.save(key=replace(shop.key, settings=settings_digest))
    assert len(shop.store.read_bytes().splitlines()) == 1
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 40 * 86_400)
    shop.save(key=replace(shop.key, absolute=str(shop.root / "b.py")))
    (line,) = shop.store.read_bytes().splitlines()
    assert b"b.py" in line


def test_names_that_are_no_text(shop: Shop) -> None:
    name = "caf\udce9.py"
    key = Key(str(shop.root / name), name, "settings")
    try:
        Path(key.absolute).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system takes only text")
    shop.save(FileResult(name, (finding(1, path=name),)), b"x", key)
    assert shop.cache().look_up([key])[key.absolute].findings == (finding(1, path=name),)


def with_bytes(change: Callable[[bytes], bytes]) -> Callable[[Shop], None]:
    return lambda shop: void(shop.store.write_bytes(change(shop.store.read_bytes())))


def void(_: object) -> None:
    return None


def remove_all(shop: Shop) -> None:
    for path in shop.folder.iterdir():
        path.unlink()
    shop.folder.rmdir()


DAMAGES = [
    pytest.param(with_bytes(lambda _: random.Random(1).randbytes(20_000)), id="random-bytes"),
    pytest.param(with_bytes(lambda _: b"a\tb\tc\td\n" * 9), id="lines"),
    pytest.param(with_bytes(lambda data: data.replace(b"\t", b"\t\t")), id="more-fields"),
    pytest.param(with_bytes(lambda data: data[: len(data) // 2]), id="truncated"),
    pytest.param(with_bytes(lambda data: data[:-1].replace(b"\n", b"")[1:]), id="other-seal"),
    pytest.param(with_bytes(lambda data: data.replace(b"\t2", b"\t3", 1)), id="other-day"),
    pytest.param(with_bytes(lambda data: data.replace(b"\t2", b"\t" + b"9" * 9999, 1)), id="no-day"),
    pytest.param(with_bytes(lambda _: b""), id="empty"),
    pytest.param(remove_all, id="removed"),
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
    assert len(shop.store.read_bytes().splitlines()) == 1


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
    assert shop.look() == shop.result


def test_a_flipped_bit_in_a_record_is_seen(shop: Shop) -> None:
    shop.save()
    shop.store.write_bytes(shop.store.read_bytes().replace(b"line 3", b"line 2"))
    assert shop.look() is None


def folder_is_a_file(shop: Shop) -> None:
    shop.folder.write_text("", encoding="utf-8")


def store_is_a_folder(shop: Shop) -> None:
    shop.save()
    store = shop.store
    store.unlink()
    store.mkdir()


def folder_above_is_a_file(shop: Shop) -> None:
    shop.folder = shop.file / "cache"


@pytest.mark.parametrize("trouble", [folder_is_a_file, store_is_a_folder, folder_above_is_a_file])
def test_where_nothing_can_be_kept_nothing_is_said(shop: Shop, trouble: Callable[[Shop], None]) -> None:
    trouble(shop)
    shop.save()
    assert shop.look() is None


def test_folders_above_are_made(shop: Shop) -> None:
    shop.folder = shop.root / "no/such/cache"
    shop.save()
    assert shop.look() == shop.result


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="everything is writable here")
def test_a_read_only_folder_is_still_read(shop: Shop) -> None:
    shop.save()
    shop.folder.chmod(0o500)
    try:
        assert shop.look() == shop.result
        shop.save(FileResult("a.py", ()))
        assert shop.look() == shop.result
    finally:
        shop.folder.chmod(0o700)


def keys_of(shop: Shop, count: int) -> list[Key]:
    keys = []
    for number in range(count):
        file = shop.root / f"f{number}.py"
        file.write_bytes(b"")
        keys.append(Key(str(file), file.name, "settings"))
    return keys


def save_each(shop: Shop, keys: list[Key]) -> None:
    for key in keys:
        shop.save(FileResult(key.shown, (finding(1),)), b"", key)


def test_the_least_recently_used_records_go_first(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = keys_of(shop, 5)
    save_each(shop, keys[:4])
    monkeypatch.setattr(sealed_store, "MAX_STORE_BYTES", shop.store.stat().st_size + 9)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 86_400)
    cache = shop.cache()
    assert [*cache.look_up(keys[:1])] == [keys[0].absolute]
    cache.save()
    save_each(shop, keys[4:])
    assert [*shop.cache().look_up(keys)] == [keys[each].absolute for each in (0, 2, 3, 4)]


def test_what_is_used_stays(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.save()
    now = time.time()
    for days in range(0, 90, 20):
        monkeypatch.setattr(time, "time", lambda days=days: now + days * 86_400)
        cache = shop.cache()
        assert cache.look_up([shop.key])
        cache.save()


def test_a_hit_on_the_same_day_writes_nothing(shop: Shop) -> None:
    shop.save()
    before = shop.store.stat()
    cache = shop.cache()
    assert cache.look_up([shop.key])
    cache.save()
    assert shop.store.stat() == before


def others(shop: Shop, count: int) -> list[Path]:
    """Stores of other projects, the first unused for the longest."""
    found = [shop.folder / f"{number:032x}.results" for number in range(count)]
    for age, path in enumerate(reversed(found), start=1):
        path.write_bytes(b"x" * 1000)
        os.utime(path, (time.time() - (age - 0.5) * 86_400,) * 2)
    return found


def test_stores_that_are_not_used_go(shop: Shop) -> None:
    shop.save()
    found = others(shop, 33)
    shop.save()
    assert [path for path in found if not path.exists()] == found[:3]


def test_the_stores_of_a_folder_are_bounded_together(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.save()
    found = others(shop, 9)
    monkeypatch.setattr(sealed_store, "MAX_FOLDER_BYTES", 5000)
    shop.save()
    kept = [path for path in found if path.exists()]
    assert 0 < len(kept) <= 5
    assert kept == found[-len(kept) :]
    assert shop.look() == shop.result


def test_what_killed_runs_left_goes_after_a_day_and_nothing_else(shop: Shop) -> None:
    shop.save()
    mine = [shop.folder / f"torchlint-{number:016x}.tmp" for number in range(2)]
    foreign = [shop.folder / name for name in ("notes.tmp", "torchlint-1.tmp", "a.results", "results.db")]
    for path in (*mine, *foreign):
        path.write_bytes(b"")
    for path in (mine[0], *foreign):
        os.utime(path, (0, 0))
    shop.save()
    assert [path.exists() for path in mine] == [False, True]
    assert all(path.exists() for path in foreign)


def test_the_folder_keeps_itself_out_of_commits_and_backups(shop: Shop) -> None:
    shop.save()
    assert (shop.folder / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert (shop.folder / "CACHEDIR.TAG").read_text(encoding="utf-8").startswith("Signature: 8a477f597d28d172789f")
    assert len([*shop.folder.iterdir()]) == 3


def test_a_folder_of_other_things_is_not_marked(shop: Shop) -> None:
    shop.folder = shop.root
    shop.save()
    assert shop.look() == shop.result
    assert sorted(path.name for path in shop.root.iterdir()) == sorted(["a.py", shop.store.name])


def test_projects_are_apart(shop: Shop) -> None:
    shop.save()
    assert not ResultCache(CacheLocation(shop.root / "other", shop.folder)).look_up([shop.key])


def save_many(root: str, seed: int) -> None:
    shop = Shop.__new__(Shop)
    shop.root, shop.folder = Path(root), Path(root) / "cache"
    for number in range(20):
        file = shop.root / f"f{(seed * 7 + number) % 30}.py"
        key = Key(str(file), file.name, "settings")
        cache = shop.cache()
        cache.look_up([key])
        cache.remember(key, content_digest(b""), FileResult(file.name, (finding(1),)))
        cache.save()


def test_runs_that_share_a_store(shop: Shop) -> None:
    keys = keys_of(shop, 30)
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=save_many, args=(str(shop.root), seed)) for seed in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    found = shop.cache().look_up(keys)
    assert found
    assert {result.findings for result in found.values()} == {(finding(1),)}
    assert not [*shop.folder.glob("*.tmp")]
    save_each(shop, keys)
    assert len(shop.cache().look_up(keys)) == 30
