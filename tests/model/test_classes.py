"""Which classes are modules: followed through files, star imports and cycles; look-alikes are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from torchlint.model.modules.classes import Ancestry, Classes, Lineage
from torchlint.syntax.library import Library

if TYPE_CHECKING:
    from pathlib import Path

FORWARD = "    def forward(self, x): pass\n"


def lineage(folder: Path, files: dict[str, str], name: str = "A") -> Lineage:
    """The lineage of a class in the first of some files."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    path = folder / next(iter(files))
    library = Library()
    outline = library.outline(path)
    assert outline is not None
    return Classes(path, outline, library).lineage(outline.class_lines[name])


ONE_FILE = [
    pytest.param("import torch\nclass A(torch.nn.Module): pass", Ancestry.MODULE, id="module"),
    pytest.param("from torch.nn import Module as M\nclass A(M): pass", Ancestry.MODULE, id="alias"),
    pytest.param("class A(nn.Module): pass", Ancestry.MODULE, id="usual name"),
    pytest.param("from torch import nn\nclass B(nn.Linear): pass\nclass A(B): pass", Ancestry.MODULE, id="chain"),
    pytest.param("from torch import nn\nclass A(object, nn.Module): pass", Ancestry.MODULE, id="second base"),
    pytest.param("from torch.nn import *\nclass A(Module): pass", Ancestry.MODULE, id="star import"),
    pytest.param("from torch.nn.modules.loss import _Loss\nclass A(_Loss): pass", Ancestry.MODULE, id="private base"),
    pytest.param(
        "from transformers import PreTrainedModel\nclass A(PreTrainedModel): pass", Ancestry.MODULE, id="known"
    ),
    pytest.param("from x import Base\nclass A(Base):\n" + FORWARD, Ancestry.ASSUMED, id="unseen base with forward"),
    pytest.param("from x import Base\nclass A(Base): pass", Ancestry.UNKNOWN, id="unseen base without forward"),
    pytest.param(
        "from x import Base\nclass B(Base):\n" + FORWARD + "class A(B): pass", Ancestry.ASSUMED, id="assumed base"
    ),
    pytest.param("class A:\n" + FORWARD, Ancestry.FOREIGN, id="no base"),
    pytest.param("class A(object):\n" + FORWARD, Ancestry.FOREIGN, id="object"),
    pytest.param("class A(dict, Exception):\n" + FORWARD, Ancestry.FOREIGN, id="builtins"),
    pytest.param("import torch\nclass A(torch.autograd.Function):\n" + FORWARD, Ancestry.FOREIGN, id="function"),
    pytest.param("from torch.autograd import Function\nclass A(Function):\n" + FORWARD, Ancestry.FOREIGN, id="from"),
    pytest.param("from flax import linen as nn\nclass A(nn.Module):\n" + FORWARD, Ancestry.FOREIGN, id="flax"),
    pytest.param("import megengine.module as M\nclass A(M.Module):\n" + FORWARD, Ancestry.FOREIGN, id="MegEngine"),
    pytest.param("import chainer\nclass A(chainer.Chain):\n" + FORWARD, Ancestry.FOREIGN, id="chainer"),
    pytest.param("from keras import Model\nclass A(Model):\n" + FORWARD, Ancestry.FOREIGN, id="keras"),
    pytest.param("nn = load()\nclass A(nn.Module): pass", Ancestry.UNKNOWN, id="another nn"),
    pytest.param("class A(A): pass", Ancestry.UNKNOWN, id="itself"),
    pytest.param("class A(B): pass\nclass B(A): pass", Ancestry.UNKNOWN, id="cycle"),
    pytest.param("class A(make()):\n" + FORWARD, Ancestry.ASSUMED, id="computed base"),
    pytest.param("from typing import Generic, T\nclass A(nn.Module, Generic[T]): pass", Ancestry.MODULE, id="generic"),
]


@pytest.mark.parametrize(("code", "ancestry"), ONE_FILE)
def test_one_file(tmp_path: Path, code: str, ancestry: Ancestry) -> None:
    assert lineage(tmp_path, {"a.py": code}).ancestry is ancestry


BASE = "from torch import nn\nclass B(nn.Module):\n    def __init__(self):\n        self.register_buffer('m', None)\n"
SEVERAL = [
    pytest.param({"p/a.py": "from .b import B\nclass A(B): pass", "p/b.py": BASE}, id="relative"),
    pytest.param({"a.py": "from b import B\nclass A(B): pass", "b.py": BASE}, id="absolute"),
    pytest.param({"a.py": "import b\nclass A(b.B): pass", "b.py": BASE}, id="through the module"),
    pytest.param({"a.py": "from b import *\nclass A(B): pass", "b.py": BASE}, id="star"),
    pytest.param(
        {"a.py": "from p import B\nclass A(B): pass", "p/__init__.py": "from .b import B", "p/b.py": BASE},
        id="re-export",
    ),
    pytest.param(
        {"a.py": "from p import B\nclass A(B): pass", "p/__init__.py": "from .b import *", "p/b.py": BASE},
        id="star re-export",
    ),
    pytest.param(
        {"a.py": "from b import B\nclass A(B): pass", "b.py": "from c import C as B", "c.py": BASE.replace("B(", "C(")},
        id="renamed",
    ),
    pytest.param(
        {"a.py": "from b import B\nclass A(B): pass\nclass C: pass", "b.py": "from a import C\n" + BASE},
        id="cycle of imports",
    ),
]


@pytest.mark.parametrize("files", SEVERAL)
def test_several_files(tmp_path: Path, files: dict[str, str]) -> None:
    found = lineage(tmp_path, files)
    assert found.ancestry is Ancestry.MODULE
    assert found.registered == {"m"}
    assert found.complete
    assert len(found.homes) == len(found.classes) == 2


UNSEEN = [
    pytest.param({"a.py": "from b import B\nclass A(B):\n" + FORWARD}, id="missing file"),
    pytest.param({"a.py": "from b import B\nclass A(B):\n" + FORWARD, "b.py": "class ("}, id="no Python"),
    pytest.param({"a.py": "from b import B\nclass A(B):\n" + FORWARD, "b.py": "from a import B"}, id="endless import"),
    pytest.param({"a.py": "from b import *\nclass A(B):\n" + FORWARD, "b.py": "from a import *"}, id="endless star"),
]


@pytest.mark.parametrize("files", UNSEEN)
def test_what_is_not_seen_is_assumed(tmp_path: Path, files: dict[str, str]) -> None:
    assert lineage(tmp_path, files).ancestry is Ancestry.ASSUMED


def test_the_base_of_another_file_is_foreign(tmp_path: Path) -> None:
    files = {"a.py": "from b import B\nclass A(B):\n" + FORWARD, "b.py": "class B: pass"}
    assert lineage(tmp_path, files).ancestry is Ancestry.FOREIGN


TRAITS = [
    pytest.param("class A(nn.Module): pass", (True, False, False), id="module"),
    pytest.param("from torchmetrics import Metric\nclass A(Metric): pass", (False, True, False), id="metric"),
    pytest.param("from fastai.torch_core import Module\nclass A(Module): pass", (False, False, True), id="fastai"),
    pytest.param("from lightning import LightningModule as L\nclass A(L): pass", (False, False, False), id="lightning"),
    pytest.param("from x import Mixin\nclass A(Mixin, nn.Module): pass", (False, False, False), id="unseen mixin"),
    pytest.param("class Mixin: pass\nclass A(Mixin, nn.Module): pass", (True, False, False), id="seen mixin"),
]


@pytest.mark.parametrize(("code", "traits"), TRAITS)
def test_traits(tmp_path: Path, code: str, traits: tuple[bool, bool, bool]) -> None:
    found = lineage(tmp_path, {"a.py": code})
    assert (found.complete, found.self_moving, found.self_initialising) == traits


STATE = [
    pytest.param("class A(nn.Module):\n    pass", False, id="nothing"),
    pytest.param("class A(nn.Module):\n    def __init__(self): self.w = nn.Parameter(t)", True, id="parameter"),
    pytest.param("class A(nn.Module):\n    def __init__(self): self.l = nn.Linear(1, 1)", True, id="layer"),
    pytest.param("class A(nn.Module):\n    def __init__(self): self.a = nn.ReLU()", False, id="activation"),
    pytest.param("class A(nn.Module):\n    def __init__(self): self.m = make()", None, id="unseen"),
    pytest.param("class A(Unseen):\n" + FORWARD, None, id="unseen base"),
    pytest.param("class A(nn.Module):\n    def __init__(self): self.a = A()", False, id="itself"),
]


@pytest.mark.parametrize(("code", "state"), STATE)
def test_state(tmp_path: Path, code: str, state: bool | None) -> None:
    path = tmp_path / "a.py"
    path.write_text(code, encoding="utf-8")
    library = Library()
    outline = library.outline(path)
    assert outline is not None
    classes = Classes(path, outline, library)
    assert classes.has_state(classes.named("A")) is state
