"""What changed between PyTorch 1.13 and 2.14, a fact a row: what is found of it and, where that runs here, what PyTorch
says; or why nothing is found.

The facts were checked in the Python files of the releases. A row whose words are empty cannot be run with the PyTorch
that is installed: it is about another release, or needs another package.
"""

from __future__ import annotations

import io
import re
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import pytest

import torchlint

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = """\
import io
import torch
from torch import nn
import torch.nn.functional as F
import torch.distributed as dist
"""
RULES = ["TLC9", "TLC705"]
NEWEST = (2, 14)
MARKS = re.compile("[⟦⟧]")


class Fact(NamedTuple):
    """A use of something that changed: the rule that finds it at the marks, and what PyTorch 2.13 says, warning or not.

    ``target`` is the release that the code must run on. ``group`` says that it needs a group of processes to run.
    """

    code: str
    rule: str = "TLC902"
    says: str = ""
    target: tuple[int, int] = NEWEST
    group: bool = False


class Silent(NamedTuple):
    """A use of which nothing is said, and why; ``says`` is what PyTorch 2.13 says all the same."""

    code: str
    because: str
    says: str = ""
    target: tuple[int, int] = NEWEST


AUDIO = "import torchaudio\n"
VISION = "import torchvision\n"
FSDP = "from torch.distributed.fsdp import FullyShardedDataParallel as FSDP, ShardingStrategy, StateDictType\n"
GONE = "now removed"

FOUND = {
    # Mixed precision.
    "autocast of CUDA": Fact("⟦torch.cuda.amp.autocast⟧(enabled=False)", says="`torch.cuda.amp.autocast(args...)` is"),
    "autocast of CPUs": Fact("⟦torch.cpu.amp.autocast⟧(enabled=False)", says="`torch.cpu.amp.autocast(args...)` is"),
    "scaler of CUDA": Fact("⟦torch.cuda.amp.GradScaler⟧(enabled=False)", says="is deprecated"),
    "scaler of CPUs": Fact("⟦torch.cpu.amp.GradScaler⟧(enabled=False)", says="is deprecated"),
    "forward of a function": Fact("⟦torch.cuda.amp.custom_fwd⟧(abs)", says="torch.amp.custom_fwd(args..., device_type"),
    "backward of a function": Fact(
        "⟦torch.cuda.amp.custom_bwd⟧(abs)", says="torch.amp.custom_bwd(args..., device_type"
    ),
    # TorchScript, export and quantization.
    "script": Fact("⟦torch.jit.script⟧(nn.Linear(2, 2))", says="`torch.jit.script` is deprecated"),
    "trace": Fact("⟦torch.jit.trace⟧(nn.Linear(2, 2), x)", says="`torch.jit.trace` is deprecated"),
    "trace_module": Fact("⟦torch.jit.trace_module⟧(nn.Linear(2, 2), {'forward': x})", says="is deprecated"),
    "a script saved": Fact("⟦torch.jit.save⟧(script, io.BytesIO())", says="`torch.jit.save` is deprecated"),
    "a script loaded": Fact("⟦torch.jit.load⟧(file)", says="`torch.jit.load` is deprecated"),
    "a script frozen": Fact("⟦torch.jit.freeze⟧(script)", says="`torch.jit.freeze` is deprecated"),
    "a script optimized": Fact(
        "⟦torch.jit.optimize_for_inference⟧(script)", says="optimize_for_inference` is deprecated"
    ),
    "fork and wait": Fact("⟦torch.jit.wait⟧(⟦torch.jit.fork⟧(torch.relu, x))", says="`torch.jit.fork` is deprecated"),
    "script_method": Fact("⟦torch.jit.script_method⟧(len)", says="`torch.jit.script_method` is deprecated"),
    "quantization": Fact("⟦torch.ao.quantization.quantize_dynamic⟧(net)", says="torch.ao.quantization is deprecated"),
    "the old export to ONNX": Fact(
        "torch.onnx.export(net, (x,), io.BytesIO(), ⟦dynamo=False⟧)", says="You are using the legacy TorchScript-based"
    ),
    "the first new export to ONNX": Fact("⟦torch.onnx.dynamo_export⟧(net, x)", "TLC901", "has no attribute"),
    "constraints of an export": Fact(
        "torch.export.export(net, (x,), ⟦constraints=[]⟧)", "TLC901", "unexpected keyword argument 'constraints'"
    ),
    "a dynamic dimension": Fact("⟦torch.export.dynamic_dim⟧(x, 0)", "TLC901", "has no attribute 'dynamic_dim'"),
    "an abstract operator": Fact("⟦torch.library.impl_abstract⟧('a::b')", says="was renamed to"),
    "a kind of tree": Fact(
        "import torch.utils._pytree as tree\n⟦tree._register_pytree_node⟧(Box, None, None)",
        says="_register_pytree_node` is deprecated",
    ),
    # Layers and what helps them.
    "weight_norm": Fact("⟦torch.nn.utils.weight_norm⟧(nn.Linear(2, 2))", says="is deprecated"),
    "clip_grad_norm": Fact("⟦torch.nn.utils.clip_grad_norm⟧([x], 1.0)", says="clip_grad_norm` is now deprecated"),
    "a call without state": Fact(
        "⟦torch.nn.utils.stateless.functional_call⟧(nn.Linear(2, 2), {}, (x,))", says="is deprecated as of PyTorch 2.0"
    ),
    "functorch": Fact("import functorch\n⟦functorch.vmap⟧(torch.sin)", says="`functorch.vmap` is deprecated"),
    "sdp_kernel": Fact("⟦torch.backends.cuda.sdp_kernel⟧()", says="sdp_kernel()` is deprecated"),
    "assert_allclose": Fact("⟦torch.testing.assert_allclose⟧(x, x)", says="assert_allclose()` is deprecated"),
    "checkpoint": Fact(
        "from torch.utils.checkpoint import checkpoint\n⟦checkpoint⟧(torch.sin, y)", "TLC907", "use_reentrant parameter"
    ),
    "upsample": Fact("⟦F.upsample⟧(image, 4)", says="`nn.functional.upsample` is deprecated"),
    "upsample_nearest": Fact("⟦F.upsample_nearest⟧(image, 4)", says="upsample_nearest` is deprecated"),
    "upsample_bilinear": Fact("⟦F.upsample_bilinear⟧(image, 4)", says="upsample_bilinear` is deprecated"),
    "eps of a gumbel_softmax": Fact("F.gumbel_softmax(x, ⟦eps=1e-3⟧)", says="`eps` parameter is deprecated"),
    "softmax without a dimension": Fact("⟦F.softmax(x)⟧", "TLC705", "Implicit dimension choice"),
    "old averages": Fact("F.mse_loss(x, x, ⟦size_average=True⟧)", says="size_average and reduce args"),
    "an old name of the mean": Fact("F.mse_loss(x, x, ⟦reduction='elementwise_mean'⟧)", says="elementwise_mean' is"),
    "an old initialisation": Fact("⟦nn.init.xavier_uniform⟧(x)", says="`nn.init.xavier_uniform` is now deprecated"),
    "NLLLoss2d": Fact("⟦nn.NLLLoss2d⟧()", says="`NLLLoss2d` has been deprecated"),
    "Container": Fact("⟦nn.Container⟧()", says="`nn.Container` is deprecated"),
    "lse of an attention": Fact(
        "from torch.nn.attention.flex_attention import flex_attention\nflex_attention(q, q, q, ⟦return_lse=True⟧)",
        says="return_lse is deprecated",
    ),
    "no_grad on a class": Fact("@⟦torch.no_grad⟧()\nclass Judge:\n    pass", says="Decorating classes is deprecated"),
    # Training.
    "verbose": Fact("torch.optim.lr_scheduler.StepLR(optimizer, 1, ⟦verbose=True⟧)", "TLC901", "argument 'verbose'"),
    "only_inputs": Fact("torch.autograd.grad(y.sum(), y, ⟦only_inputs=False⟧)", says="only_inputs argument is"),
    "grad_variables": Fact(
        "torch.autograd.backward(y.sum(), ⟦grad_variables=torch.tensor(1.0)⟧)", says="`grad_variables` is deprecated"
    ),
    "the device of pinned memory": Fact("torch.utils.data.DataLoader([1], ⟦pin_memory_device='cuda'⟧)"),
    "DataLoader2": Fact("from torch.utils.data import ⟦DataLoader2⟧", "TLC901", "cannot import name 'DataLoader2'"),
    # Tensors and linear algebra.
    "resize_as": Fact("t = torch.eye(2)\n⟦t.resize_as⟧(x)", says="non-inplace resize_as is deprecated"),
    "cholesky, which warns": Fact("⟦torch.cholesky⟧(x)", says="torch.cholesky is deprecated", target=(2, 13)),
    "cholesky, which raises": Fact("⟦torch.cholesky⟧(x)", "TLC901"),
    "qr, which warns": Fact("⟦torch.qr⟧(x)", says="torch.qr is deprecated", target=(2, 13)),
    "qr, which raises": Fact("⟦torch.qr⟧(x)", "TLC901"),
    "symeig": Fact("⟦torch.symeig⟧(x)", "TLC901", GONE),
    "solve": Fact("⟦torch.solve⟧(x, x)", "TLC901", GONE),
    "lstsq": Fact("⟦torch.lstsq⟧(x, x)", "TLC901", GONE),
    "matrix_rank": Fact("⟦torch.matrix_rank⟧(x)", "TLC901", GONE),
    "eig": Fact("⟦torch.eig⟧(x)", "TLC901", GONE),
    "names of dimensions": Fact("torch.zeros(2, ⟦names=('a',)⟧)", "TLC901", "argument 'names'"),
    "names that are given later": Fact("t = torch.eye(2)\n⟦t.refine_names⟧('a', 'b')", "TLC901", "has no attribute"),
    "names that are aligned": Fact("t = torch.eye(2)\n⟦t.align_to⟧('a', 'b')", "TLC901", "has no attribute"),
    "the type of new tensors": Fact("⟦torch.set_default_tensor_type⟧(torch.FloatTensor)", says="is deprecated as of"),
    "what was built": Fact("⟦torch.has_cuda⟧, ⟦torch.has_mps⟧, ⟦torch.has_mkldnn⟧", says="'has_mps' is deprecated"),
    "typed storage": Fact("t = torch.eye(2)\n⟦t.storage⟧()", says="TypedStorage is deprecated"),
    "cached memory": Fact("⟦torch.cuda.memory_cached⟧(), ⟦torch.cuda.max_memory_cached⟧()", says="has been renamed to"),
    # Profilers.
    "use_cuda, which warns": Fact(
        "torch.profiler.profile(⟦use_cuda=False⟧)", says="`use_cuda` is deprecated", target=(2, 13)
    ),
    "use_cuda, which is gone": Fact("torch.profiler.profile(⟦use_cuda=False⟧)", "TLC901"),
    "modules of a profile": Fact("torch.autograd.profiler.profile(⟦with_modules=True⟧)"),
    # Distributed training.
    "all_gather_into_tensor": Fact("⟦dist.all_gather_into_tensor⟧(x, x)", says="is deprecated", group=True),
    "reduce_scatter_tensor": Fact("⟦dist.reduce_scatter_tensor⟧(x, x)", says="is deprecated", group=True),
    "several GPUs of a process": Fact("⟦dist.all_reduce_multigpu⟧([x])", "TLC901", "has no attribute"),
    "reduce_op": Fact("⟦dist.reduce_op⟧.SUM", says="`torch.distributed.reduce_op` is deprecated"),
    "pipelines": Fact(
        "⟦from torch.distributed.pipeline.sync import Pipe⟧", "TLC901", "No module named 'torch.distributed.pipeline'"
    ),
    "the type of a state_dict": Fact(
        f"{FSDP}⟦FSDP.state_dict_type⟧(net, StateDictType.FULL_STATE_DICT)\n"
        "⟦FSDP.set_state_dict_type⟧(net, StateDictType.FULL_STATE_DICT)",
        says="are being deprecated",
    ),
    "no shards": Fact(f"{FSDP}FSDP(net, sharding_strategy=⟦ShardingStrategy.NO_SHARD⟧)", group=True),
    "checkpoints of many processes": Fact(
        "import torch.distributed.checkpoint as dcp\n⟦dcp.load_state_dict⟧({}, None)\n⟦dcp.save_state_dict⟧({}, None)",
        says="`load_state_dict` is deprecated",
    ),
    "the old data parallel on CPUs": Fact(
        "⟦nn.parallel.DistributedDataParallelCPU⟧(net)", says="DistributedDataParallelCPU` is deprecated", group=True
    ),
    "broadcast_buffers": Fact(
        "nn.parallel.DistributedDataParallel(net, ⟦broadcast_buffers=False⟧)", says="`broadcast_buffers` is", group=True
    ),
    "check_reduction": Fact(
        "nn.parallel.DistributedDataParallel(net, ⟦check_reduction=True⟧)",
        says="`check_reduction` argument",
        group=True,
    ),
    # torchaudio and torchvision.
    "modules of torchaudio": Fact(
        "⟦from torchaudio.io import StreamReader⟧\nimport ⟦torchaudio.backend⟧\n"
        "from torchaudio import ⟦sox_effects⟧, ⟦kaldi_io⟧, ⟦prototype⟧",
        "TLC901",
    ),
    "modules of torchaudio, before": Fact("from torchaudio import ⟦sox_effects⟧", target=(2, 8)),
    "functions of torchaudio": Fact(
        f"{AUDIO}⟦torchaudio.info⟧('a'), ⟦torchaudio.set_audio_backend⟧('sox'), ⟦torchaudio.list_audio_backends⟧()",
        "TLC901",
    ),
    "arguments of torchaudio": Fact(
        f"{AUDIO}torchaudio.transforms.Spectrogram(⟦return_complex=True⟧)\n"
        "torchaudio.transforms.MelSpectrogram(⟦onesided=True⟧)"
    ),
    "pretrained": Fact(f"{VISION}torchvision.models.resnet18(⟦pretrained=True⟧)", "TLC906"),
    "pretrained, by its position": Fact(f"{VISION}torchvision.models.resnet18(⟦True⟧)", "TLC906"),
    "addresses of weights": Fact("from torchvision.models.resnet import ⟦model_urls⟧", "TLC906"),
    "addresses of weights, before": Fact(
        "from torchvision.models.resnet import ⟦model_urls⟧", "TLC906", target=(1, 13)
    ),
    "videos": Fact(f"{VISION}⟦torchvision.io.read_video⟧('a'), ⟦torchvision.io.write_video⟧('b', x, 2)", "TLC906"),
    "ToTensor": Fact("from torchvision.transforms import v2\n⟦v2.ToTensor⟧()", "TLC906"),
    "to_tensor": Fact(
        "from torchvision.transforms.v2 import functional as V\n⟦V.to_tensor⟧(1), ⟦V.get_image_size⟧(1)", "TLC906"
    ),
    "transforms of videos": Fact(
        "⟦from torchvision.transforms._transforms_video import CenterCropVideo⟧\n"
        "import ⟦torchvision.transforms._functional_video⟧",
        "TLC906",
    ),
}

SILENT = {
    "torch.onnx.utils": Silent("import torch.onnx.utils", "the module is there and does not warn; its functions moved"),
    "tanh": Silent("F.tanh(x), F.sigmoid(x)", "they warned until PyTorch 2.0, and are there to stay"),
    "a step with an epoch": Silent(
        "s = torch.optim.lr_scheduler.StepLR(optimizer, 1)\ns.step(3)",
        "methods are looked for on tensors only; some schedulers take an argument that is no epoch",
        "The epoch parameter in",
    ),
    "state_dict by position": Silent(
        "m = nn.Linear(2, 2)\nm.state_dict({}, 'a.')",
        "methods are looked for on tensors only",
        "Positional args are being deprecated",
    ),
    "resize": Silent(
        "t = torch.eye(2)\nt.resize(4)",
        "images and arrays have this method too, and tensors seldom: looking for it costs more than it finds",
        "non-inplace resize is deprecated",
    ),
    "rename": Silent(
        "t = torch.eye(2)\nt.rename('a', 'b')", "tables have this method too, and tensors seldom", "has no attribute"
    ),
    "only_inputs, as it is": Silent("torch.autograd.grad(y.sum(), y, only_inputs=True)", "only False warns"),
    "eps, as it is": Silent("F.gumbel_softmax(x, eps=1e-10)", "only another value than the default warns"),
    "check_reduction, as it is": Silent(
        "nn.parallel.DistributedDataParallel(net, check_reduction=False)", "only True warns", "process group"
    ),
    "the new export to ONNX": Silent("torch.onnx.export(net, (x,), io.BytesIO())", "the default changed", "onnx"),
    "a load": Silent("torch.load(saved)", "`weights_only` has the safe default since 2.6; before, TLC903 finds it"),
    "a load that changes": Silent("torch.load(saved, weights_only=True)", "it says what it wants"),
    "a memory timeline": Silent(
        "with torch.profiler.profile() as p: pass\np.export_memory_timeline('a.html')",
        "methods are looked for on tensors only",
        "`export_memory_timeline` is deprecated",
    ),
    "times of CUDA": Silent(
        "with torch.profiler.profile() as p: torch.sin(x)\n[each.cuda_time for each in p.events()]",
        "attributes are looked for on modules of PyTorch only",
        "`cuda_time` is deprecated",
    ),
    "launch": Silent("import torch.distributed.launch", "the import does not warn: it is run as a program"),
    "model_dump": Silent(
        "from torch.utils import model_dump\nmodel_dump.get_inline_skeleton", "only its command line warns"
    ),
    "other times of cached memory": Silent(
        "torch.cuda.reset_max_memory_cached", "what it says is that it resets more than it did, not that it goes away"
    ),
    "files of torchaudio": Silent(
        f"{AUDIO}torchaudio.load('a.wav'), torchaudio.save('b.wav', x, 8000)",
        "they are there, and need torchcodec since 2.9",
        "No module named",
    ),
    "quantization before 2.8": Silent("torch.ao.quantization.quantize_dynamic(net)", "it warns since", target=(2, 7)),
}


def found(code: str, target: tuple[int, int]) -> list[tuple[str, str]]:
    """The codes of what is found behind the head, each with its text."""
    text = HEAD + code
    findings = torchlint.lint_source(text, select=RULES, certainty="likely", target_version=target)
    data = text.encode()
    return [(each.code, data[each.span.start : each.span.end].decode()) for each in findings]


def marked(code: str) -> list[str]:
    """The marked parts of a code."""
    return re.findall("⟦(.*?)⟧", code, re.DOTALL)


@pytest.mark.parametrize("fact", FOUND.values(), ids=FOUND)
def test_what_is_found(fact: Fact) -> None:
    assert found(MARKS.sub("", fact.code), fact.target) == [(fact.rule, each) for each in marked(fact.code)]


@pytest.mark.parametrize("fact", SILENT.values(), ids=SILENT)
def test_what_is_not_found(fact: Silent) -> None:
    assert fact.because
    assert found(fact.code, fact.target) == []


@contextmanager
def processes(wanted: bool) -> Iterator[None]:
    """A group of this process alone, where it is wanted."""
    import torch.distributed as dist

    if wanted:
        dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
    try:
        yield
    finally:
        if wanted:
            dist.destroy_process_group()


def names() -> dict[str, object]:
    """What the rows may use besides what they import."""
    import torch
    from torch import nn

    y = torch.ones(2, requires_grad=True)
    script = torch.jit.script(nn.Linear(2, 2).eval())  # torchlint: ignore[deprecated-api] what is deprecated
    file, saved = io.BytesIO(), io.BytesIO()
    torch.jit.save(script, file)  # torchlint: ignore[deprecated-api] what is deprecated
    torch.save({}, saved)
    file.seek(0)
    saved.seek(0)
    return {
        "x": torch.eye(2),
        "y": y,
        "script": script,
        "file": file,
        "saved": saved,
        "net": nn.Sequential(nn.Linear(2, 2)),
        "optimizer": torch.optim.SGD([y], 0.1),
        "image": torch.ones(1, 1, 2, 2),
        "q": torch.ones(1, 1, 16, 16),
        "Box": type("Box", (), {}),
    }


def said(code: str, group: bool) -> str:
    """The warnings of a code, and the error that it ends with."""
    import torch

    torch.set_warn_always(True)
    torch.storage._reset_warn_typed_storage_removal()  # it warns once in a process
    try:
        with warnings.catch_warnings(record=True) as caught, processes(group):
            warnings.simplefilter("ignore")
            given = names()
            warnings.simplefilter("always")
            try:
                exec(HEAD + MARKS.sub("", code), given)
            except Exception as error:
                return " ".join([*(str(each.message) for each in caught), str(error)])
    finally:
        torch.set_warn_always(False)
    return " ".join(str(each.message) for each in caught)


RUN = {name: fact for name, fact in FOUND.items() if fact.says}
RUN_SILENT = {name: fact for name, fact in SILENT.items() if fact.says}
QUIET = [name for name, fact in SILENT.items() if not fact.says and fact.target == NEWEST]


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("fact", RUN.values(), ids=RUN)
def test_what_pytorch_says(fact: Fact) -> None:
    pytest.importorskip("torch")
    assert fact.says in said(fact.code, fact.group)


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("fact", RUN_SILENT.values(), ids=RUN_SILENT)
def test_what_pytorch_says_of_what_is_not_found(fact: Silent) -> None:
    pytest.importorskip("torch")
    assert fact.says in said(fact.code, group=False)


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", QUIET)
def test_what_is_quiet_in_pytorch_too(name: str) -> None:
    pytest.importorskip("torch")
    assert said(SILENT[name].code, group=False) == ""
