"""Since when PyTorch's names warn and are gone, held against the PyTorch that is installed: its files, and a run."""

from __future__ import annotations

import importlib
import warnings
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from torchlint.model.api import history_lookup
from torchlint.model.api.history.release import Release
from torchlint.model.api.history.stated import STATED
from torchlint.model.api.history_lookup import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.api.history_lookup import Change, Version

pytestmark = pytest.mark.torch
torch = pytest.importorskip("torch")


@cache
def installed() -> Release:
    """The release that is installed."""
    return Release(Path(torch.__file__).parents[1])


def changes() -> Iterator[Change]:
    for name, parameters in history_lookup.parts().items():
        for each in parameters:
            change = history_lookup.change(name if not each else f"{name}({each}" + ("" if each == ")" else ")"))
            if change is not None:
                yield change


def known(version: Version, status: Status, *, by_hand: bool) -> set[str]:
    """The names without parameters that the table calls so in a version."""
    found = {each.name for each in changes() if each.status(version) is status and "(" not in each.name}
    return {name for name in found if (name in STATED) is by_hand}


def test_what_warns_is_what_the_files_say() -> None:
    release = installed()
    warning = {name for name in release.warning if name not in STATED and name not in release.raising}
    assert known(release.version, Status.DEPRECATED, by_hand=False) == warning


def test_what_is_gone_is_not_in_the_files() -> None:
    release = installed()
    gone = known(release.version, Status.REMOVED, by_hand=False)
    assert {name for name in gone if name in release.names and name not in release.raising} == set()


def reached(name: str) -> object:
    """What a qualified name is. Raises: AttributeError, ImportError."""
    parts = name.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for each in parts[length:]:
            found = getattr(found, each)
        return found
    raise ImportError(name)


def is_gone(name: str) -> bool:
    """Whether a name is not there, or says when it is called that it is gone."""
    try:
        found = reached(name)
    except (AttributeError, ImportError):
        return True
    try:
        found(*[torch.eye(2)] * 2)  # type: ignore[operator]
    except Exception as error:
        return "removed" in str(error) or "deprecated" in str(error) or "not callable" in str(error)
    return False


def test_what_is_gone_is_gone() -> None:
    gone = known(installed().version, Status.REMOVED, by_hand=False) | known(
        installed().version, Status.REMOVED, by_hand=True
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert {name for name in gone if not is_gone(name)} == set()


X = "torch.eye(2)"
RUNS = {
    "torch.qr": f"torch.qr({X})",
    "torch.cholesky": f"torch.cholesky({X})",
    "torch.lu": f"torch.lu({X})",
    "torch.lu_solve": f"torch.lu_solve({X}, *torch.linalg.lu_factor({X}))",
    "torch.triangular_solve": f"torch.triangular_solve({X}, {X})",
    "torch.chain_matmul": f"torch.chain_matmul({X}, {X})",
    "torch.Tensor.qr": f"{X}.qr()",
    "torch.Tensor.cholesky": f"{X}.cholesky()",
    "torch.Tensor.lu": f"{X}.lu()",
    "torch.Tensor.triangular_solve": f"{X}.triangular_solve({X})",
    "torch.Tensor.resize": f"{X}.resize(4)",
    "torch.range": "torch.range(0, 3)",
    "torch.meshgrid(-indexing)": f"torch.meshgrid({X}[0], {X}[0])",
    "torch.set_default_tensor_type": "torch.set_default_tensor_type('torch.FloatTensor')",
    "torch.has_cuda": "torch.has_cuda",
    "torch.autograd.backward(grad_variables)": "torch.autograd.backward(Y.sum(), grad_variables=X)",
    "torch.nn.functional.gumbel_softmax(eps!=1e-10)": f"torch.nn.functional.gumbel_softmax({X}, eps=1e-3)",
    "torch.jit.script": "torch.jit.script(lambda: 0)",
    "torch.cuda.amp.custom_fwd": "torch.cuda.amp.custom_fwd(lambda: 0)",
    "torch.nn.NLLLoss2d": "torch.nn.NLLLoss2d()",
    "torch.nn.utils.weight_norm": "torch.nn.utils.weight_norm(torch.nn.Linear(2, 2))",
    "torch.nn.functional.upsample_nearest": "torch.nn.functional.upsample_nearest(torch.ones(1, 1, 2, 2), 4)",
}


@pytest.mark.parametrize("name", RUNS)
def test_what_warns_warns(name: str) -> None:
    change = history_lookup.change(name)
    assert change is not None
    assert change.status(installed().version) is Status.DEPRECATED
    torch.set_warn_always(True)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            with suppress(Exception):  # it warned before
                eval(RUNS[name], {"torch": torch, "Y": torch.ones(2, requires_grad=True), "X": torch.tensor(1.0)})
    finally:
        torch.set_warn_always(False)
    messages = " ".join(str(each.message) for each in caught)
    assert any(part in messages for part in (change.words.removesuffix(" ...")[:40], "deprecated"))
    assert messages


@pytest.mark.parametrize(
    "call",
    [
        "torch.zeros(2, names=('a',))",
        "torch.optim.lr_scheduler.StepLR(torch.optim.SGD([torch.ones(1)], 1), 1, verbose=False)",
        "torch.fft(torch.ones(2), 1)",
    ],
)
def test_what_is_refused_is_refused(call: str) -> None:
    with pytest.raises(TypeError):
        eval(call, {"torch": torch})


@pytest.mark.parametrize(
    "call",
    [
        "torch.nn.functional.tanh(X)",
        "torch.ger(X[0], X[0])",
        "torch.norm(X)",
        "torch.svd(X)",
        "torch.nn.UpsamplingNearest2d(2)(X[None, None])",
        "torch.nn.UpsamplingBilinear2d(2)(X[None, None])",
    ],
)
def test_what_does_not_warn_is_not_in_the_table(call: str) -> None:
    assert history_lookup.change(call.partition("(")[0]) is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        eval(call, {"torch": torch, "X": torch.eye(2)})
