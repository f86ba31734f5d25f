"""Settings: which file is read, what it may say, what is selected."""

from __future__ import annotations

import pickle
import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from torchlint import rule as rule_module
from torchlint.engine.selected import selected_rules
from torchlint.engine.settings import Overrides, Settings, forget_settings, load_settings, parse_version
from torchlint.errors import ConfigError
from torchlint.finding import Certainty
from torchlint.rule import LoadedRule, Rule, Topic


@dataclass(frozen=True)
class Options:
    allow: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    depth: int = 3
    ratio: float | None = None
    strict: bool = False
    mode: str = "a"


def _loaded(code: str, slug: str, default: bool = True, options: type | None = None) -> LoadedRule:
    return LoadedRule(Rule(code, slug, "0.1.0", "wrong", (), default), "Doc.", (), options, lambda facts, options: ())


RULES = {
    "TLC101": _loaded("TLC101", "unregistered-tensor", options=Options),
    "TLC102": _loaded("TLC102", "unregistered-module"),
    "TLC207": _loaded("TLC207", "discarded-result"),
    "TLC302": _loaded("TLC302", "data-access"),
    "TLC503": _loaded("TLC503", "prefer-inference-mode", default=False),
}
LIKELY, ADVICE = Certainty.LIKELY, Certainty.ADVICE


@pytest.fixture(autouse=True)
def made_up_rules(monkeypatch):
    monkeypatch.setattr(rule_module, "all_rules", lambda: RULES)
    forget_settings()
    yield
    forget_settings()


def write(folder: Path, text: str, name: str = "pyproject.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


FULL_TOML = """
[tool.torchlint]
select = ["TLC1", "discarded-result"]
extend-select = ["TLC503"]
ignore = ["tlc102"]
extend-exclude = ["third_party/"]
certainty = "advice"
target-version = "2.10"
[tool.torchlint.per-file-ignores]
"tests/*" = ["TLC1"]
[tool.torchlint.rules.unregistered-tensor]
allow = ["table"]
names = ["b", "a"]
depth = 5
ratio = 1
strict = true
"""
FULL_CFG = """
[torchlint]
select = TLC1, discarded-result
extend-select = TLC503
ignore =
    tlc102
extend-exclude = third_party/
certainty = advice
target-version = 2.10
per-file-ignores =
    tests/*: TLC1
[torchlint.rules.unregistered-tensor]
allow = table
names = b, a
depth = 5
ratio = 1
strict = yes
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [pytest.param("pyproject.toml", FULL_TOML, id="toml"), pytest.param("setup.cfg", FULL_CFG, id="cfg")],
)
def test_every_key_is_read(tmp_path, name, text):
    settings = load_settings(write(tmp_path, text, name))
    assert settings == Settings(
        root=tmp_path,
        select=("TLC1", "TLC207"),
        extend_select=("TLC503",),
        ignore=("TLC102",),
        extend_exclude=("third_party/",),
        per_file_ignores={"tests/*": ("TLC1",)},
        certainty=ADVICE,
        target_version=(2, 10),
        options={"TLC101": Options(("table",), frozenset("ab"), 5, 1.0, True)},
    )
    assert pickle.loads(pickle.dumps(settings)) == settings


def test_the_nearest_file_with_a_table_wins(tmp_path):
    write(tmp_path, "[tool.torchlint]\nignore = ['TLC101']\n")
    write(tmp_path / "a", "[torchlint]\nignore = TLC102\n", "setup.cfg")
    write(tmp_path / "a" / "b", "[tool.ruff]\nselect = ['torchlint']\n")
    (tmp_path / "a" / "b" / "c").mkdir()
    assert load_settings(tmp_path / "a" / "b" / "c").ignore == ("TLC102",)
    assert load_settings(tmp_path / "a" / "b" / "c").root == tmp_path / "a"
    assert load_settings(tmp_path).ignore == ("TLC101",)


def test_pyproject_goes_before_setup_cfg(tmp_path):
    write(tmp_path, "[torchlint]\nignore = TLC102\n", "setup.cfg")
    write(tmp_path, "[tool.torchlint]\nignore = ['TLC101']\n")
    assert load_settings(tmp_path).ignore == ("TLC101",)


def test_a_broken_file_that_does_not_mention_torchlint_is_passed_over(tmp_path):
    write(tmp_path, "[tool.torchlint]\nignore = ['TLC101']\n")
    assert load_settings(write(tmp_path / "a", "not = = toml")).ignore == ("TLC101",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("slect = ['ALL']", "[tool.torchlint] slect: unknown key; did you mean 'select'?", id="key"),
        pytest.param("xyzzyq = 1", "[tool.torchlint] xyzzyq: unknown key", id="key like no other"),
        pytest.param("exclud = []", "did you mean 'exclude'?", id="exclude"),
        pytest.param("unfixable = ['TLC999']", "unfixable: no rule is called 'TLC999'", id="unfixable"),
        pytest.param("select = 'ALL'", "select: must be a list, not 'ALL'", id="string for list"),
        pytest.param(
            f"select = 0x{'f' * 9000}", "select: must be a list, not a number of too many digits", id="a huge number"
        ),
        pytest.param(f"target-version = {'1' * 900}", f"not {'1' * 200}...", id="a long number"),
        pytest.param("select = [1]", "select: must be a string, not 1", id="item"),
        pytest.param("select = ['TLC110']", "no rule is called 'TLC110'; did you mean 'TLC1", id="code"),
        pytest.param("ignore = ['data-acces']", "did you mean 'data-access'?", id="slug"),
        pytest.param("select = ['TLC4']", "no rule is called 'TLC4'", id="prefix of nothing"),
        pytest.param("ignore = ['TLC001']", "TLC001 (syntax-error) cannot be ignored", id="syntax error ignored"),
        pytest.param("certainty = 'likly'", "did you mean 'likely'?", id="certainty"),
        pytest.param("target-version = 2.5", "must be a string such as '2.5', not 2.5", id="version as a number"),
        pytest.param("target-version = 'new'", "must be a torch version such as '2.5', not 'new'", id="version"),
        pytest.param("per-file-ignores = ['a']", "must be a table of globs", id="per-file-ignores"),
        pytest.param("per-file-ignores = {'a.py' = ['TLC']}", None, id="per-file-ignores fine"),
        pytest.param("per-file-ignores = {'a.py' = ['nope']}", "per-file-ignores 'a.py': no rule", id="per-file rule"),
        pytest.param("unsafe-fixes = true", "give --unsafe-fixes on the command line", id="command line only"),
        pytest.param("rules = 1", "must hold one table for each rule", id="rules"),
        pytest.param("[tool.torchlint.rules.data-access]\na = 1", "has no options", id="rule without options"),
        pytest.param("[tool.torchlint.rules.nope]\na = 1", "no rule is called 'nope'", id="unknown rule"),
        pytest.param(
            "[tool.torchlint.rules.TLC101]\nalow = []", "[tool.torchlint.rules.TLC101] alow: unknown key; did you mean "
            "'allow'?", id="option",
        ),
        pytest.param("[tool.torchlint.rules.TLC101]\ndepth = true", "depth: must be an integer, not True", id="bool"),
        pytest.param("[tool.torchlint.rules.TLC101]\ndepth = 1.5", "depth: must be an integer", id="float for int"),
        pytest.param("[tool.torchlint.rules.TLC101]\nstrict = 'yes'", "strict: must be true or false", id="not a bool"),
        pytest.param("[tool.torchlint.lint]\nselect = []", "`lint.select` is `select` here", id="ruff's table"),
        pytest.param("extend-ignore = []", "write `ignore`", id="flake8's key"),
        pytest.param("a = = 1", "no valid TOML", id="toml"),
    ],
)  # fmt: skip
def test_mistakes_in_toml_are_named(tmp_path, text, message):
    write(tmp_path, f"[tool.torchlint]\n{text}\n")
    if message is None:
        load_settings(tmp_path)
        return
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path)
    assert message in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "pyproject.toml"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("[torchlint]\nslect = ALL", "did you mean 'select'?", id="key"),
        pytest.param("[torchlint]\nper-file-ignores = a.py", "one `glob: rule, rule` a line", id="per-file-ignores"),
        pytest.param("[torchlint.rule.TLC101]\na = 1", "unknown section [torchlint.rule.TLC101]", id="section"),
        pytest.param("[torchlint.rules.TLC101]\ndepth = x", "depth: must be an integer, not 'x'", id="integer"),
        pytest.param("[torchlint.rules.TLC101]\nstrict = x", "strict: must be true or false, not 'x'", id="bool"),
        pytest.param("torchlint", "no valid configuration file", id="ini"),
    ],
)
def test_mistakes_in_setup_cfg_are_named(tmp_path, text, message):
    with pytest.raises(ConfigError) as caught:
        load_settings(write(tmp_path, text, "setup.cfg"))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param({}, "101 102 207 302", id="defaults"),
        pytest.param({"select": ("TLC1",)}, "101 102", id="prefix"),
        pytest.param({"select": ("ALL",)}, "101 102 207 302 503", id="all"),
        pytest.param({"select": ()}, "", id="nothing"),
        pytest.param({"extend_select": ("TLC5",)}, "101 102 207 302 503", id="defaults and more"),
        pytest.param({"ignore": ("TLC1",)}, "207 302", id="ignore a prefix"),
        pytest.param({"ignore": ("ALL",)}, "", id="ignore all"),
        pytest.param({"ignore": ("ALL",), "extend_select": ("TLC2",)}, "207", id="prefix beats ALL"),
        pytest.param({"select": ("TLC101", "TLC102"), "ignore": ("TLC1",)}, "101! 102!", id="code beats prefix"),
        pytest.param({"select": ("TLC1",), "ignore": ("TLC101",)}, "102", id="ignored code beats prefix"),
        pytest.param({"select": ("TLC101",), "ignore": ("TLC101",)}, "", id="ignore wins a draw"),
        pytest.param({"extend_select": ("TLC302",)}, "101 102 207 302!", id="code shows advice"),
        pytest.param({"select": ("TLC101",), "per_file_ignores": {"a.py": ("TLC1",)}}, "", id="per file"),
        pytest.param({"select": ("TLC1",), "per_file_ignores": {"b.py": ("TLC1",)}}, "101 102", id="other file"),
    ],
)
def test_selection(tmp_path, settings, expected):
    found = selected_rules(Settings(tmp_path, **settings), RULES, tmp_path / "a.py")
    assert {"TLC001", "TLC002"} <= set(found), "a file that could not be looked at is always reported"
    found = {code: shown for code, shown in found.items() if not code.startswith("TLC0")}
    wanted = {f"TLC{each[:3]}": ADVICE if each.endswith("!") else LIKELY for each in expected.split()}
    assert list(found.items()) == list(wanted.items())


def test_unused_suppression_is_selected_like_a_rule(tmp_path):
    assert "TLC003" in selected_rules(Settings(tmp_path), RULES)
    assert "TLC003" not in selected_rules(Settings(tmp_path, ignore=("TLC003",)), RULES)
    assert "TLC003" not in selected_rules(Settings(tmp_path, select=("TLC101",)), RULES)


@pytest.mark.parametrize(
    ("glob", "path", "matches"),
    [
        pytest.param("tests/*", "tests/a.py", True, id="folder"),
        pytest.param("tests/", "tests/deep/a.py", True, id="folder, deep"),
        pytest.param("__init__.py", "a/b/__init__.py", True, id="name"),
        pytest.param("*.ipynb", "a/b.ipynb", True, id="suffix"),
        pytest.param("/a.py", "b/a.py", False, id="anchored"),
        pytest.param("src/**/gen_*.py", "src/a/b/gen_x.py", True, id="two stars"),
        pytest.param("!src/", "src/a.py", False, id="all but, inside"),
        pytest.param("!src/", "lib/a.py", True, id="all but, outside"),
        pytest.param("a.py", "../a.py", True, id="outside the root"),
    ],
)
def test_per_file_globs(tmp_path, glob, path, matches):
    settings = Settings(tmp_path / "root", per_file_ignores={glob: ("TLC1",)})
    assert settings.ignored_in(tmp_path / "root" / path) == (("TLC1",) if matches else ())


def test_the_command_line_goes_on_top(tmp_path):
    write(tmp_path, "[tool.torchlint]\nselect = ['TLC1']\nextend-select = ['TLC302']\nignore = ['TLC207']\n")
    assert load_settings(tmp_path, Overrides(ignore=("unregistered-tensor",))).ignore == ("TLC207", "TLC101")
    extended = load_settings(tmp_path, Overrides(extend_select=("discarded-result",)))
    assert (extended.extend_select, extended.ignore) == (("TLC302", "TLC207"), ())
    replaced = load_settings(tmp_path, Overrides(select=("all",), certainty=ADVICE, target_version=(2, 1)))
    assert replaced == Settings(tmp_path, select=("ALL",), certainty=ADVICE, target_version=(2, 1))


def test_isolated_and_config(tmp_path):
    write(tmp_path, "[tool.torchlint]\nignore = ['TLC101']\n")
    other = write(tmp_path / "other", "[torchlint]\nignore = TLC102\n", "lint.cfg")
    assert load_settings(tmp_path, Overrides(isolated=True)) == Settings(Path.cwd())
    assert load_settings(tmp_path, Overrides(config=other / "lint.cfg")).ignore == ("TLC102",)
    with pytest.raises(ConfigError, match="is no file"):
        load_settings(tmp_path, Overrides(config=tmp_path / "absent.toml"))
    write(tmp_path, "[tool.ruff]\n", "empty.toml")
    with pytest.raises(ConfigError, match="has no"):
        load_settings(tmp_path, Overrides(config=tmp_path / "empty.toml"))


def test_mistakes_on_the_command_line_name_the_option(tmp_path):
    with pytest.raises(ConfigError, match="--select: no rule is called 'TLC1O1'; did you mean 'TLC101'"):
        load_settings(tmp_path, Overrides(select=("TLC1O1",)))


def test_nothing_is_suggested_where_only_the_prefix_agrees(tmp_path):
    with pytest.raises(ConfigError, match=r"--select: no rule is called 'TLC9'; `torchlint rules` lists all$"):
        load_settings(tmp_path, Overrides(select=("TLC9",)))


def test_digest_covers_all_that_influences_findings(tmp_path):
    variants = [
        {},
        {"select": ()},
        {"select": ("TLC1",)},
        {"extend_select": ("TLC1",)},
        {"ignore": ("TLC1",)},
        {"per_file_ignores": {"a.py": ("TLC1",)}},
        {"certainty": ADVICE},
        {"target_version": (2, 5)},
        {"fixable": ()},
        {"unfixable": ("TLC1",)},
        {"suppress": False},
        {"options": {"TLC101": Options(depth=4)}},
    ]
    assert len({Settings(tmp_path, **each).digest() for each in variants}) == len(variants)
    assert Settings(tmp_path).digest() == Settings(tmp_path / "x", extend_exclude=("y",)).digest()
    settings = Settings(tmp_path, per_file_ignores={"a.py": ("TLC1",)})
    assert settings.digest(tmp_path / "a.py") != settings.digest(tmp_path / "b.py")
    assert settings.digest(tmp_path / "b.py") == settings.digest(tmp_path / "c.py")


def test_digest_is_the_same_in_another_process():
    code = (
        "from dataclasses import make_dataclass; from torchlint.engine.settings import *; "
        "Options = make_dataclass('Options', [('names', object)]); "
        "print(Settings(Path('.'), options={'TLC101': Options(frozenset('abcdefgh'))}).digest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in "123"
    }
    assert len(digests) == 1


def test_importing_settings_is_cheap():
    code = "import torchlint.engine.settings, sys; print(*({'libcst', 'rich', 'tomllib'} & {*sys.modules}))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"


@pytest.mark.parametrize("text", ["2.5", " 2.5 ", "2.5.1", "2.5.0+cu121", "2.5.0a1"])
def test_versions(text):
    assert parse_version(text, "here") == (2, 5)


# Presets.


def test_a_preset_selects_the_rules_that_say_so(tmp_path, monkeypatch):
    slow = replace(RULES["TLC503"].rule, topics=frozenset({Topic.PERFORMANCE}))
    monkeypatch.setitem(RULES, "TLC503", replace(RULES["TLC503"], rule=slow))
    folder = write(tmp_path, '[tool.torchlint]\npreset = "performance"\n')
    assert dict(selected_rules(load_settings(folder), RULES)).get("TLC503") is ADVICE
    assert "TLC101" not in selected_rules(load_settings(folder), RULES)


def test_strict_is_all_with_advice_and_recommended_what_is_on(tmp_path):
    strict = selected_rules(load_settings(tmp_path, Overrides(preset="strict", isolated=True)), RULES)
    assert strict["TLC503"] is strict["TLC101"] is ADVICE
    usual = selected_rules(load_settings(tmp_path, Overrides(preset="recommended", isolated=True)), RULES)
    assert usual == selected_rules(load_settings(tmp_path, Overrides(isolated=True)), RULES)


def test_select_replaces_what_a_preset_selects(tmp_path):
    folder = write(tmp_path, '[tool.torchlint]\npreset = "strict"\nselect = ["TLC1"]\n')
    found = selected_rules(load_settings(folder), RULES)
    assert found["TLC101"] is ADVICE
    assert "TLC207" not in found


def test_a_preset_that_there_is_not(tmp_path):
    folder = write(tmp_path, '[tool.torchlint]\npreset = "perfomance"\n')
    with pytest.raises(ConfigError, match=r"preset: no preset is called 'perfomance'.*performance"):
        load_settings(folder)
