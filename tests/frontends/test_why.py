"""``torchlint why``: from a log to the line to blame."""

from __future__ import annotations

import json
import re

import pytest

from torchlint.frontends.cli import main
from torchlint.rule import all_rules
from torchlint.why.kinds import KINDS, kind_of

CODE = """\
import torch
x = torch.randn(3, requires_grad=True)
y = torch.sigmoid(x)
y *= 2
y.sum().backward()
"""
ERROR = (
    "RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation: "
    "[torch.FloatTensor [3]], which is output 0 of SigmoidBackward0, is at version 1; expected version 0 instead."
)
PLAIN = f"""\
Traceback (most recent call last):
  File "/work/project/a.py", line 5, in <module>
    y.sum().backward()
    ~~~~~~~~~~~~~~~~^^
  File "/usr/lib/python3/site-packages/torch/_tensor.py", line 623, in backward
    torch.autograd.backward(
{ERROR}
"""
IPYTHON = f"""\
\x1b[31m---------------------------------------------------------------------------\x1b[39m
\x1b[31mRuntimeError\x1b[39m                              Traceback (most recent call last)
\x1b[36mFile \x1b[39m\x1b[32m~/project/a.py:5\x1b[39m
\x1b[32m      3\x1b[39m y = torch.sigmoid(x)
\x1b[32m      4\x1b[39m y *= 2
\x1b[32m----> \x1b[39m\x1b[32m5\x1b[39m \x1b[30;43my\x1b[39;49m.sum().backward()

File /opt/venv/lib/python3.12/site-packages/torch/_tensor.py:648, in Tensor.backward(self, gradient)
    647 )
--> 648 torch.autograd.backward(

\x1b[31m{ERROR}\x1b[39m
"""
OLD_IPYTHON = f"""\
RuntimeError                              Traceback (most recent call last)
[/content/project/a.py](https://localhost:8080/#) in <module>
      4 y *= 2
----> 5 y.sum().backward()

12 frames
{ERROR}
"""
PYTEST = f"""\
    def test_it():
>       import a

test_a.py:2:
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _
a.py:5: in <module>
    y.sum().backward()
/opt/venv/lib/python3.12/site-packages/torch/_tensor.py:648: in backward
    torch.autograd.backward(
_ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _ _

>   return Variable._execution_engine.run_backward(
E   {ERROR}

/opt/venv/lib/python3.12/site-packages/torch/autograd/graph.py:841: RuntimeError
=========================== short test summary info ============================
FAILED test_a.py::test_it - RuntimeError: one of the vari...
"""
RICH = f"""\
╭───────────────────── Traceback (most recent call last) ──────────────────────╮
│ /work/project/a.py:5 in <module>                                             │
│                                                                              │
│   4 y *= 2                                                                   │
│ ❱ 5 y.sum().backward()                                                       │
╰──────────────────────────────────────────────────────────────────────────────╯
{ERROR}
"""
RANKS = "\n".join(f"[rank{rank}]: {line}" for line in PLAIN.splitlines() for rank in (0, 1))
RAY = "\n".join(f"(RayTrainWorker pid=12, ip=10.0.0.1) {line}" for line in PLAIN.splitlines())
QUOTED = "\n".join(f"> {line}" for line in PLAIN.splitlines())
TIMES = "\n".join(f"2026-11-30T12:00:00.0000000Z {line}" for line in PLAIN.splitlines())
PROGRESS = f"\rEpoch 0:   0%|   | 0/8 [00:00<?, ?it/s]{PLAIN}"
SPREAD = PLAIN.replace("\n", "\n\n").replace('"/work', "“/work")
ANOMALY = f"""\
/opt/torch/autograd/graph.py:841: UserWarning: Error detected in SigmoidBackward0. Traceback of forward call that caused the error:
  File "C:\\project\\a.py", line 3, in <module>
    y = torch.sigmoid(x)
 (Triggered internally at /pytorch/torch/csrc/autograd/python_anomaly_mode.cpp:122.)
  return Variable._execution_engine.run_backward(
{PLAIN}"""  # noqa: E501
LATER = f"{PLAIN}\nDuring handling of the above exception, another exception occurred:\n\n{PLAIN}".rpartition(ERROR)[0]

FORMS = {
    "plain": PLAIN,
    "IPython": IPYTHON,
    "old IPython": OLD_IPYTHON,
    "pytest": PYTEST,
    "rich": RICH,
    "ranks": RANKS,
    "Ray": RAY,
    "quoted": QUOTED,
    "times": TIMES,
    "behind a progress bar": PROGRESS,
    "blank lines and typographic quotes": SPREAD,
    "anomaly mode": ANOMALY,
    "an error of something else after it": f"{LATER}KeyError: 'loss'\n",
}


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """These tests take the real rules."""


@pytest.fixture(autouse=True)
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text(CODE, encoding="utf-8")
    return tmp_path


def why(project, capsys, log: str, *options: str) -> tuple[int, str]:
    (project / "log").write_text(log, encoding="utf-8")
    status = main(["why", "log", *options])
    return status, capsys.readouterr().out


def diagnosed(project, capsys, log: str) -> dict:
    return json.loads(why(project, capsys, log, "--output-format", "json")[1])


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_logs(project, capsys, form: str) -> None:
    found = diagnosed(project, capsys, FORMS[form])
    first = found["suspects"][0]
    assert found["error"]["kind"] == "modified-inplace"
    assert (first["path"], first["line"], first["sure"], first["finding"]["code"]) == ("a.py", 4, "certain", "TLC202")
    assert [each["line"] for each in found["frames"]] == [5]
    assert found["error"]["ranks"] == ([0, 1] if form == "ranks" else [])
    assert [each["line"] for each in found["forward"]] == ([3] if form == "anomaly mode" else [])


def test_words(project, capsys) -> None:
    status, out = why(project, capsys, PLAIN)
    assert status == 0
    assert "To blame, certainly: a.py:4" in out
    assert "`sigmoid` made the tensor, says the message" in out
    assert "4 + y = y * 2" in out
    assert "the story:" in out


def test_the_file_was_changed_since(project, capsys) -> None:
    (project / "a.py").write_text("# one\n# two\n" + CODE.replace("y.sum()", "y.mean()"), encoding="utf-8")
    _, out = why(project, capsys, PLAIN)
    assert "line 5 of a.py was `y.sum().backward()` and is no more" in out
    (project / "a.py").write_text("# one\n# two\n" + CODE, encoding="utf-8")
    _, out = why(project, capsys, PLAIN)
    assert "line 5 of a.py is line 7 now" in out
    assert "To blame, certainly: a.py:6" in out


def test_a_cell_of_a_notebook(project, capsys) -> None:
    (project / "a.py").unlink()
    cells = [
        {"cell_type": "code", "metadata": {}, "source": text, "outputs": [], "execution_count": None}
        for text in ("import torch\n", CODE)
    ]
    (project / "n.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}), encoding="utf-8")
    log = IPYTHON.replace("File \x1b[39m\x1b[32m~/project/a.py:5\x1b[39m", "Cell In[7], line 5")
    first = diagnosed(project, capsys, log)["suspects"][0]
    assert (first["path"], first["cell"], first["line"]) == ("n.ipynb", 2, 4)


def test_a_model_in_another_file(project, capsys) -> None:
    net = "from torch import nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    body = "        self.layers = [nn.Linear(2, 2)]\n    def forward(self, x):\n        return self.layers[0](x)\n"
    (project / "net.py").write_text(net + body, encoding="utf-8")
    code = "import torch\nfrom net import Net\nopt = torch.optim.SGD(Net().parameters(), lr=0.1)\n"
    (project / "train.py").write_text(code, encoding="utf-8")
    log = (
        f'Traceback (most recent call last):\n  File "/x/train.py", line 3, in <module>\n    {code.splitlines()[-1]}\n'
    )
    first = diagnosed(project, capsys, f"{log}ValueError: optimizer got an empty parameter list\n")["suspects"][0]
    assert (first["path"], first["line"], first["finding"]["code"]) == ("net.py", 5, "TLC102")


def test_a_graph_that_ended_earlier(project, capsys) -> None:
    code = "import torch\nw = torch.ones(2, requires_grad=True)\nwith torch.no_grad():\n    y = w * 2\n"
    code += "y.sum().backward()\n"
    (project / "b.py").write_text(code, encoding="utf-8")
    log = 'Traceback (most recent call last):\n  File "b.py", line 5, in <module>\n    y.sum().backward()\n'
    log += "RuntimeError: element 0 of tensors does not require grad and does not have a grad_fn\n"
    first = diagnosed(project, capsys, log)["suspects"][0]
    assert (first["line"], first["sure"]) == (3, "likely")


def test_the_layer_that_refused(project, capsys) -> None:
    code = "import torch\nfrom torch import nn\nhead = nn.Linear(8, 2)\nhead(torch.ones(1, 4))\n"
    (project / "b.py").write_text(code, encoding="utf-8")
    log = 'Traceback (most recent call last):\n  File "b.py", line 4, in <module>\n    head(torch.ones(1, 4))\n'
    found = diagnosed(project, capsys, f"{log}RuntimeError: mat1 and mat2 shapes cannot be multiplied (1x4 and 8x2)\n")
    assert "4 elements, and the layer or matrix takes 8" in found["error"]["meaning"]
    assert [each["line"] for each in found["suspects"]] == [4]
    assert found["experiment"] == "print the .shape of what goes into line 4 of b.py"


def test_keys_of_a_wrapper(project, capsys) -> None:
    log = 'RuntimeError: Error(s) in loading state_dict for Net:\n\tMissing key(s) in state_dict: "a.weight", "b". \n'
    log += '\tUnexpected key(s) in state_dict: "module.a.weight", "module.b". \n'
    status, out = why(project, capsys, log)
    assert status == 1
    assert "All keys differ by `module.` alone" in out
    assert "No line is named" in out


@pytest.mark.parametrize(
    ("log", "status", "words"),
    [
        ("Epoch 1: loss 0.3\n", 2, "log: there is no error in it"),
        ("", 2, "log: there is no error in it"),
        (PLAIN.replace("a.py", "other.py"), 1, "No file of the traceback is below the current folder"),
        (PLAIN.replace(ERROR, "KeyError: 'loss'"), 1, "no error of PyTorch's that torchlint knows"),
    ],
)
def test_what_cannot_be_told(project, capsys, log: str, status: int, words: str) -> None:
    (project / "log").write_text(log, encoding="utf-8")
    assert main(["why", "log"]) == status
    said = capsys.readouterr()
    assert words in said.out + said.err


@pytest.mark.parametrize("arguments", [["missing.log"], ["log", "--root", "missing"], ["."]])
def test_what_cannot_be_read(project, capsys, arguments: list[str]) -> None:
    (project / "log").write_text(PLAIN, encoding="utf-8")
    assert main(["why", *arguments]) == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_what_a_log_says_does_nothing(project, capsys) -> None:
    hostile = PLAIN.replace("expected version 0", "\x9b31m\u202eexpected version 0").replace("<module>", "\x07f")
    hostile += "::error::\n" + "a" * 100_000 + "\nFile " + ":1" * 50_000 + "\n"
    status, out = why(project, capsys, hostile)
    assert status == 0
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", out)


def test_files_outside_of_the_root_are_not_read(project, capsys) -> None:
    inside = project / "inside"
    inside.mkdir()
    status, out = why(project, capsys, PLAIN.replace("/work/project", str(project)), "--root", "inside")
    assert status == 1
    assert "y *= 2" not in out


def test_every_error_that_a_rule_shows_is_known() -> None:
    unknown = []
    for code, rule in all_rules().items():
        for example in rule.examples:
            found = kind_of("", example.raises) if example.raises else None
            if example.raises and (found is None or code not in found[0].codes):
                unknown.append(f"{code}: {example.raises}: {found and found[0].slug}")
    assert unknown == []


def test_kinds() -> None:
    slugs = [kind.slug for kind in KINDS]
    assert len(set(slugs)) == len(slugs)
    assert {code for kind in KINDS for code in kind.codes} <= set(all_rules())
