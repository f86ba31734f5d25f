"""``%load_ext torchlint``: cells as one program, before they run, in IPython and in a kernel."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from torchlint import lint_source
from torchlint.engine.settings import Overrides, load_settings
from torchlint.frontends.notebook.cells import MAX_CELLS, Cells
from torchlint.frontends.notebook.log import log_of
from torchlint.rule import all_rules
from torchlint.syntax.source import CELLS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
SETTINGS = load_settings(ROOT, Overrides(isolated=True))
MADE = "import torch\nw = torch.ones(3, requires_grad=True)\ny = torch.sigmoid(w)"
CHANGED = "y.add_(1)"
BACKWARD = "print('runs')\ny.sum().backward()"


# The program.


def cells_of(*texts: str) -> Cells:
    cells = Cells()
    for number, text in enumerate(texts, 1):
        cells.add(number, text)
    return cells


def test_cells_are_one_program() -> None:
    cells = cells_of(MADE, CHANGED)
    assert cells.news(SETTINGS, 2) == []
    cells.add(4, BACKWARD)  # 3 was not run by hand
    (found,) = cells.news(SETTINGS, 4)
    assert found.effect.place is not None
    assert (found.code, found.place.cell, found.effect.place.cell) == ("TLC202", 2, 4)
    assert cells.source().path == CELLS


def test_what_was_told_is_not_told_again() -> None:
    cells = cells_of(MADE, CHANGED, BACKWARD)
    assert len(cells.news(SETTINGS, 3)) == 1
    assert cells.news(SETTINGS, 3) == []
    assert len(cells.found(SETTINGS)) == 1


def test_a_cell_that_ran_again_is_told_of_once() -> None:
    cells = cells_of(MADE, CHANGED, BACKWARD, MADE, CHANGED, BACKWARD)
    assert len(cells.found(SETTINGS)) == 2
    (found,) = cells.each_once(SETTINGS)
    assert found.place.cell == 5
    assert cells.news(SETTINGS) == [found]
    assert cells.news(SETTINGS) == []


def test_a_cell_tells_what_it_has_to_do_with() -> None:
    cells = cells_of("import torch\nwith torch.no_grad:\n    pass", "print(1)")
    assert cells.news(SETTINGS, 2) == []
    assert [each.code for each in cells.news(SETTINGS, 1)] == ["TLC502"]


@pytest.mark.parametrize("text", ["def f(:", "%%bash\nls | wc", "%matplotlib inline\n!pip list", ""])
def test_what_is_no_python_is_quiet(text: str) -> None:
    cells = cells_of(MADE, text, CHANGED, BACKWARD)
    assert cells.news(SETTINGS, 2) == []
    assert [each.code for each in cells.news(SETTINGS, 4)] == ["TLC202"]


LEFT = "x = torch.ones(3, requires_grad=True)\nloss = (x * 2).sum()\nloss.backward()\nprint(missing)\nx.add_(1)"


@pytest.mark.parametrize(
    ("line", "left"),
    [
        (4, ["x = torch.ones(3, requires_grad=True)", "loss = (x * 2).sum()", "loss.backward()", "", ""]),
        (2, ["x = torch.ones(3, requires_grad=True)", "loss = get_ipython()", "", "", ""]),
        (0, ["", "", "", "", ""]),
    ],
)
def test_what_an_error_kept_from_running_does_not_count(line: int, left: list[str]) -> None:
    cells = cells_of(LEFT)
    cells.stop(1, line)
    assert json.loads(cells.data())["cells"][0]["source"].split("\n") == left
    assert json.loads(cells.data(1))["cells"][0]["source"] == LEFT


def test_a_cell_that_is_run_again_after_its_error_is_no_second_backward() -> None:
    cells = cells_of(
        "import torch\nx = torch.ones(3, requires_grad=True)\nloss = (x * 2).sum()", "loss.backward()\nfoo()"
    )
    cells.stop(2, 1)
    cells.add(3, "loss.backward()")
    assert cells.news(SETTINGS, 3) == []
    cells.add(4, "loss.backward()")
    assert [each.code for each in cells.news(SETTINGS, 4)] == ["TLC401"]


def test_a_session_has_an_end() -> None:
    cells = Cells()
    for number in range(1, MAX_CELLS + 11):
        cells.add(number, "x = 1")
    assert len(cells) == MAX_CELLS
    assert cells.found(SETTINGS) == []


CLEAN = {
    f"{code}-{number}": text
    for code, loaded in all_rules().items()
    for number, example in enumerate(loaded.examples)
    for text in (example.fixed, None if "⟦" in example.code else example.code)
    if text
}


@pytest.mark.once
@pytest.mark.parametrize("name", CLEAN)
def test_a_clean_program_is_quiet_statement_by_statement(name: str) -> None:
    """Nothing is told of the first cells that the last ones disprove."""
    import ast

    text = CLEAN[name]
    if lint_source(text):
        pytest.skip("another rule finds something in all of it")
    cells, start, lines = Cells(), 0, text.split("\n")
    for number, statement in enumerate(ast.parse(text).body, 1):
        cells.add(number, "\n".join(lines[start : statement.end_lineno]))
        start = statement.end_lineno or start
        assert [each.message for each in cells.news(SETTINGS, number)] == []


def test_the_log_has_the_errors_that_led_to_an_error() -> None:
    code = compile("try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise RuntimeError('later')\n", "cell-7", "exec")
    with pytest.raises(RuntimeError) as raised:
        exec(code, {})
    log = log_of(raised.value, lambda name: 7 if name == "cell-7" else None)
    assert log.index("ZeroDivisionError: division by zero") < log.index("RuntimeError: later")
    assert log.count("Cell In[7], line 2, in <module>") == 1
    assert log.count("Cell In[7], line 4, in <module>") == 1


# IPython.


class Session:
    """A shell, and what it shows."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.shown: list[dict[str, str]] = []
        shell.display_pub.publish = lambda data, *_, **__: self.shown.append(data)

    def run(self, *texts: str) -> str:
        """What some cells print; what they show stays in ``shown``."""
        out = StringIO()
        with redirect_stdout(out):
            for text in texts:
                self.shell.run_cell(text, store_history=True)
        return re.sub(r"\x1b\[[0-9;]*m", "", out.getvalue())


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    pytest.importorskip("IPython", reason="IPython is not installed")
    pytest.importorskip("torch", reason="PyTorch is not installed")
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.chdir(tmp_path)
    for name in ("displayhook", "excepthook"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    vars(sys).pop("last_value", None)
    shell = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}}))
    made = Session(shell)
    made.run("%load_ext torchlint")
    yield made
    made.run("%unload_ext torchlint")
    shell.restore_sys_module_state()
    vars(sys).pop("last_value", None)


pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


@pytest.mark.torch
def test_each_cell_is_checked_before_it_runs(session: Session) -> None:
    assert session.run("%torchlint on").startswith("torchlint checks each cell")
    session.run(MADE, CHANGED)
    assert session.shown == []
    assert "runs" in session.run(BACKWARD)
    (shown,) = session.shown
    assert shown["text/plain"].startswith("TLC202 saved-inplace")
    assert "In [4], line 1, column 1" in shown["text/plain"]
    assert "the story:" in shown["text/plain"]
    session.run("%torchlint off", BACKWARD)
    assert len(session.shown) == 1


@pytest.mark.torch
def test_the_first_cell_may_have_run_before(session: Session) -> None:
    session.run("%unload_ext torchlint", MADE, "%load_ext torchlint", CHANGED, f"%%torchlint\n{BACKWARD}")
    (shown,) = session.shown
    assert "In [3], line 3, column 5" in shown["text/plain"]


@pytest.mark.torch
def test_one_cell_is_checked_and_runs_as_without(session: Session) -> None:
    assert "Out[2]: 3" in session.run("%%torchlint\nimport torch\n1 + 2")
    assert session.shown == []
    printed = session.run("%%torchlint\nimport asyncio\nawait asyncio.sleep(0)\nwith torch.no_grad:\n    pass")
    assert "----> 4 with torch.no_grad:" in printed
    assert [each["text/plain"][:6] for each in session.shown] == ["TLC502"]


@pytest.mark.torch
def test_why(session: Session) -> None:
    assert session.run("%torchlint why") == "torchlint: there was no error yet.\n"
    session.run(MADE, CHANGED, BACKWARD, "1 + 1", "%torchlint why")
    (shown,) = session.shown
    assert "To blame, certainly: In [4], line 1" in shown["text/plain"]
    assert "<h4>To blame, certainly: In [4], line 1</h4>" in shown["text/html"]
    session.run("raise ValueError('my own')", "%torchlint why")
    assert "This is no error of PyTorch's" in session.shown[1]["text/plain"]


@pytest.mark.torch
def test_why_in_a_module_that_a_cell_imports(session: Session, tmp_path: Path) -> None:
    code = "import torch\n\ndef step(w):\n    y = torch.sigmoid(w)\n    y.add_(1)\n    y.sum().backward()\n"
    (tmp_path / "steps_of_mine.py").write_text(code, encoding="utf-8")
    session.run("import sys; sys.path.insert(0, '')", "import torch, steps_of_mine")
    session.run("steps_of_mine.step(torch.ones(3, requires_grad=True))", "%torchlint why")
    assert "steps_of_mine.py:5" in session.shown[-1]["text/plain"]


@pytest.mark.torch
def test_all_cells(session: Session) -> None:
    session.run(MADE)
    assert session.run("%torchlint") == "torchlint found nothing in 3 cells.\n"
    session.run("y.sum().backward(retain_graph=True)", "%torchlint on", "print(y)")
    assert session.shown == [] or "TLC402" in session.shown[0]["text/plain"]
    session.run("%torchlint")
    assert "TLC402" in session.shown[-1]["text/plain"]


@pytest.mark.torch
def test_a_configuration_with_a_mistake_is_told(session: Session, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.torchlint]\nselct = []\n", encoding="utf-8")
    assert "torchlint: " in session.run("%torchlint on")
    assert "torchlint is off: " in session.run("1 + 1")
    assert "torchlint" not in session.run("1 + 1")
    assert "usage: %torchlint [on|off|why]" in session.run("%torchlint of")


@pytest.mark.torch
def test_a_reset_session_begins_anew(session: Session) -> None:
    session.run("%torchlint on", MADE, CHANGED, "%reset -f", MADE, BACKWARD)
    assert session.shown == []


@pytest.mark.torch
def test_html_has_a_style_of_its_own_and_loads_nothing(session: Session) -> None:
    session.run(MADE, CHANGED, f"%%torchlint\n{BACKWARD}", "%torchlint why")
    for shown in session.shown:
        html = shown["text/html"]
        assert html.startswith('<div class="torchlint"><style>.torchlint {')
        sheet = html[html.index("<style>") + 7 : html.index("</style>")]
        assert sheet.count("{") == sheet.count("}")
        assert not re.search(r"url\(|@import|https?:|:root|(?<![.\w-])(?:body|html)\b", sheet)
        assert "<script" not in html
        assert html.count("<article") == 1
        assert html.isascii()


def test_a_terminal(tmp_path: Path) -> None:
    pytest.importorskip("IPython", reason="IPython is not installed")
    cells = ("%load_ext torchlint", "import math", "%%torchlint\nmath.pi", "raise KeyError(3)", "%torchlint why")
    code = "from IPython.terminal.interactiveshell import TerminalInteractiveShell\n"
    code += "shell = TerminalInteractiveShell.instance(simple_prompt=True)\n"
    code += f"for each in {cells!r}: shell.run_cell(each, store_history=True)\n"
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "IPYTHONDIR": str(tmp_path / "ipython")},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "3.14159" in ran.stdout
    assert "KeyError at In [4], line 1, in <module>" in ran.stdout


@pytest.mark.torch
@pytest.mark.program
def test_a_kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch", reason="PyTorch is not installed")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed")
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
    import nbformat

    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    texts = ("%load_ext torchlint\n%torchlint on", MADE, CHANGED, BACKWARD, "%torchlint why")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in texts])
    nbclient.NotebookClient(notebook, allow_errors=True, resources={"metadata": {"path": str(tmp_path)}}).execute()
    kinds = [[each.output_type for each in cell.outputs] for cell in notebook.cells]
    assert kinds == [["stream"], [], ["execute_result"], ["display_data", "stream", "error"], ["display_data"]]
    for cell in notebook.cells[3:]:
        assert "In [3], line 1, column 1" in cell.outputs[0].data["text/plain"]
        assert "<figcaption>The story</figcaption><svg" in cell.outputs[0].data["text/html"]
