"""What the Python files of the releases do not tell: deprecations in C++, those of arguments, and what to use instead.

Each row was run under PyTorch 2.13 where it says that it warns or raises there; a test runs them again. Versions are
the first that warns, and the first in which the name is gone or only raises. "" is what does not happen, "1.12" stands
for all before 1.13.
"""

from __future__ import annotations

from typing import NamedTuple


class Stated(NamedTuple):
    """A row: since when a name is deprecated and removed, what replaces it, and PyTorch's words."""

    deprecated: str = ""
    removed: str = ""
    replacement: str = ""
    words: str = ""


_GONE = "This function was deprecated since version 1.9 and is now removed."
_AVERAGE = "size_average and reduce args will be deprecated, please use reduction='...' instead."
_MEAN = "reduction='elementwise_mean' is deprecated. Please use reduction='mean' instead."
_AO = "torch.ao.quantization is deprecated and will be removed"
_SCHEDULERS = (
    "ChainedScheduler ConstantLR CosineAnnealingLR CosineAnnealingWarmRestarts CyclicLR ExponentialLR "
    "LambdaLR LinearLR MultiStepLR MultiplicativeLR OneCycleLR PolynomialLR ReduceLROnPlateau SequentialLR "
    "StepLR"
).split()
_LOSSES = (
    "BCELoss BCEWithLogitsLoss CosineEmbeddingLoss CrossEntropyLoss HingeEmbeddingLoss KLDivLoss L1Loss "
    "MSELoss MarginRankingLoss MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss NLLLoss "
    "PoissonNLLLoss SmoothL1Loss SoftMarginLoss TripletMarginLoss"
).split()
_LOSS_FUNCTIONS = (
    "binary_cross_entropy binary_cross_entropy_with_logits cosine_embedding_loss cross_entropy "
    "hinge_embedding_loss kl_div l1_loss mse_loss margin_ranking_loss multilabel_margin_loss "
    "multilabel_soft_margin_loss multi_margin_loss nll_loss poisson_nll_loss smooth_l1_loss soft_margin_loss "
    "triplet_margin_loss"
).split()
_NAMED = "align_as align_to refine_names rename rename_".split()
_TRANSFORMS = "vmap grad grad_and_value vjp jvp jacrev jacfwd hessian functionalize".split()
_FUNCTORCH = {
    **{
        name: f"torch.func.{name}"
        for name in "vmap grad grad_and_value vjp jvp jacrev jacfwd hessian functionalize".split()
    },
    "make_functional": "torch.func.functional_call",
    "make_functional_with_buffers": "torch.func.functional_call",
    "combine_state_for_ensemble": "torch.func.stack_module_state",
}
_QUANTIZATION = "convert prepare prepare_qat quantize quantize_dynamic quantize_qat".split()
_HAS = {
    "has_mps": "torch.backends.mps.is_built",
    "has_cuda": "torch.backends.cuda.is_built",
    "has_cudnn": "torch.backends.cudnn.is_available",
    "has_mkldnn": "torch.backends.mkldnn.is_available",
}
_AUDIO_MODULES = "io sox_effects kaldi_io".split()
_AUDIO_FUNCTIONS = "info list_audio_backends get_audio_backend set_audio_backend".split()
_INIT = (
    "uniform normal constant eye dirac xavier_uniform xavier_normal kaiming_uniform kaiming_normal orthogonal sparse"
)

STATED: dict[str, Stated] = {
    # Linear algebra.
    "torch.qr": Stated("1.12", "2.14", "torch.linalg.qr", "torch.qr is deprecated in favor of torch.linalg.qr"),
    "torch.cholesky": Stated(
        "1.12", "2.14", "torch.linalg.cholesky", "torch.cholesky is deprecated in favor of torch.linalg.cholesky"
    ),
    "torch.lu": Stated(
        "1.12", "", "torch.linalg.lu_factor", "torch.lu is deprecated in favor of torch.linalg.lu_factor"
    ),
    "torch.lu_solve": Stated(
        "1.12", "", "torch.linalg.lu_solve", "torch.lu_solve is deprecated in favor of torch.linalg.lu_solve"
    ),
    "torch.triangular_solve": Stated(
        "1.12",
        "",
        "torch.linalg.solve_triangular",
        "torch.triangular_solve is deprecated in favor of torch.linalg.solve_triangular",
    ),
    "torch.chain_matmul": Stated("1.12", "", "torch.linalg.multi_dot", "torch.chain_matmul is deprecated"),
    "torch.symeig": Stated("1.12", "2.0", "torch.linalg.eigh", _GONE),
    "torch.eig": Stated("1.12", "1.12", "torch.linalg.eig", _GONE),
    "torch.solve": Stated("1.12", "1.12", "torch.linalg.solve", _GONE),
    "torch.lstsq": Stated("1.12", "1.12", "torch.linalg.lstsq", _GONE),
    "torch.matrix_rank": Stated("1.12", "1.12", "torch.linalg.matrix_rank", _GONE),
    "torch.Tensor.qr": Stated("1.12", "2.14", "torch.linalg.qr", "torch.qr is deprecated in favor of torch.linalg.qr"),
    "torch.Tensor.cholesky": Stated(
        "1.12", "2.14", "torch.linalg.cholesky", "torch.cholesky is deprecated in favor of torch.linalg.cholesky"
    ),
    "torch.Tensor.lu": Stated(
        "1.12", "", "torch.linalg.lu_factor", "torch.lu is deprecated in favor of torch.linalg.lu_factor"
    ),
    "torch.Tensor.triangular_solve": Stated(
        "1.12",
        "",
        "torch.linalg.solve_triangular",
        "torch.triangular_solve is deprecated in favor of torch.linalg.solve_triangular",
    ),
    "torch.Tensor.symeig": Stated("1.12", "2.0", "torch.linalg.eigh", _GONE),
    "torch.Tensor.eig": Stated("1.12", "1.12", "torch.linalg.eig", _GONE),
    "torch.Tensor.solve": Stated("1.12", "1.12", "torch.linalg.solve", _GONE),
    "torch.Tensor.lstsq": Stated("1.12", "1.12", "torch.linalg.lstsq", _GONE),
    # Spectra: functions before 1.8, when the module ``torch.fft`` came.
    **{f"torch.{name}": Stated("1.12", "1.12", f"torch.fft.{name}") for name in ("rfft", "irfft", "ifft")},
    "torch.fft()": Stated("1.12", "1.12", "torch.fft.fft", "'module' object is not callable"),
    # What else is gone since long.
    "torch.gels": Stated("1.12", "1.12", "torch.linalg.lstsq"),
    "torch.gesv": Stated("1.12", "1.12", "torch.linalg.solve"),
    "torch.potrf": Stated("1.12", "1.12", "torch.linalg.cholesky"),
    "torch.potri": Stated("1.12", "1.12", "torch.cholesky_inverse"),
    "torch.potrs": Stated("1.12", "1.12", "torch.cholesky_solve"),
    "torch.trtrs": Stated("1.12", "1.12", "torch.linalg.solve_triangular"),
    "torch.btrifact": Stated("1.12", "1.12", "torch.linalg.lu_factor"),
    "torch.btrisolve": Stated("1.12", "1.12", "torch.linalg.lu_solve"),
    "torch._six": Stated("", "2.0"),
    "torch.nn.backends": Stated("", "1.12"),
    "torch.utils.ffi": Stated("", "1.12", "torch.utils.cpp_extension"),
    "torch.legacy": Stated("", "1.12"),
    # Functions that are still there.
    "torch.range": Stated("1.12", "", "torch.arange", "torch.range is deprecated and will be removed"),
    "torch.meshgrid(-indexing)": Stated(
        "1.12",
        "",
        "indexing=",
        "in an upcoming release, it will be required to pass the indexing argument.",
    ),
    "torch.set_default_tensor_type": Stated(
        "2.2", "", "torch.set_default_dtype", "torch.set_default_tensor_type() is deprecated as of PyTorch 2.1"
    ),
    "torch.testing.assert_allclose": Stated("2.0", "", "torch.testing.assert_close"),
    "torch.Tensor.storage": Stated("2.0", "", "untyped_storage()", "TypedStorage is deprecated."),
    "torch.Tensor.resize": Stated("1.12", "", "reshape()", "non-inplace resize is deprecated"),
    "torch.Tensor.resize_as": Stated("1.12", "", "reshape()", "non-inplace resize is deprecated"),
    **{
        f"torch.{old}": Stated("2.1", "", new, f"'{old}' is deprecated, please use '{new}()'")
        for old, new in _HAS.items()
    },
    # Named tensors.
    **{f"torch.Tensor.{name}": Stated("", "2.13") for name in _NAMED},
    **{f"torch.{name}(names)": Stated("", "2.13") for name in "empty ones rand randn tensor zeros".split()},
    # Mixed precision.
    "torch.cuda.amp.autocast": Stated("2.4", "", "torch.amp.autocast"),
    "torch.cpu.amp.autocast": Stated("2.4", "", "torch.amp.autocast"),
    "torch.cuda.amp.GradScaler": Stated("2.4", "", "torch.amp.GradScaler"),
    "torch.cpu.amp.GradScaler": Stated("2.4", "", "torch.amp.GradScaler"),
    "torch.cuda.amp.custom_fwd": Stated("2.4", "", "torch.amp.custom_fwd"),
    "torch.cuda.amp.custom_bwd": Stated("2.4", "", "torch.amp.custom_bwd"),
    # Layers, losses and what helps them.
    **{f"torch.nn.init.{name}": Stated("1.12", "", f"torch.nn.init.{name}_") for name in _INIT.split()},
    "torch.nn.NLLLoss2d": Stated("1.12", "", "torch.nn.NLLLoss"),
    "torch.nn.Container": Stated("1.12", "", "torch.nn.Module"),
    "torch.nn.parallel.DistributedDataParallelCPU": Stated("1.12", "", "torch.nn.parallel.DistributedDataParallel"),
    "torch.nn.functional.upsample": Stated("1.12", "", "torch.nn.functional.interpolate"),
    "torch.nn.functional.upsample_nearest": Stated("1.12", "", "torch.nn.functional.interpolate"),
    "torch.nn.functional.upsample_bilinear": Stated("1.12", "", "torch.nn.functional.interpolate"),
    "torch.nn.functional.gumbel_softmax(eps!=1e-10)": Stated(
        "1.12", "", "", "`eps` parameter is deprecated and has no effect."
    ),
    "torch.nn.utils.weight_norm": Stated("2.1", "", "torch.nn.utils.parametrizations.weight_norm"),
    "torch.nn.utils.clip_grad_norm": Stated("1.12", "", "torch.nn.utils.clip_grad_norm_"),
    "torch.nn.utils.stateless.functional_call": Stated("2.0", "", "torch.func.functional_call"),
    **{
        f"torch.nn.{space}{name}({keyword})": Stated("1.12", "", "reduction=", _AVERAGE)
        for space, names in (("", _LOSSES), ("functional.", _LOSS_FUNCTIONS))
        for name in names
        for keyword in ("size_average", "reduce")
    },
    **{
        f"torch.nn.{space}{name}(reduction='elementwise_mean')": Stated("1.12", "", "reduction='mean'", _MEAN)
        for space, names in (("", _LOSSES), ("functional.", _LOSS_FUNCTIONS))
        for name in names
    },
    # Training.
    **{
        f"torch.optim.lr_scheduler.{name}(verbose)": Stated(
            "2.2", "2.7", "get_last_lr()", "got an unexpected keyword argument 'verbose'"
        )
        for name in _SCHEDULERS
        if name != "ChainedScheduler"
    },
    "torch.autograd.backward(grad_variables)": Stated(
        "1.12", "", "grad_tensors=", "`grad_variables` is deprecated. Use `grad_tensors` instead."
    ),
    "torch.nn.parallel.DistributedDataParallel(check_reduction=True)": Stated(
        "1.12", "", "", "The `check_reduction` argument in `DistributedDataParallel` module is deprecated."
    ),
    "torch.nn.parallel.DistributedDataParallel(broadcast_buffers)": Stated(
        "2.13", "", "forward_sync_buffers=", "`broadcast_buffers` is deprecated. Use `forward_sync_buffers` instead."
    ),
    "torch.utils.data.DataLoader(pin_memory_device)": Stated("2.9", "", "", "pin_memory_device is deprecated"),
    "torch.profiler.profile(use_cuda)": Stated("1.12", "2.14", "activities=", "use_cuda is deprecated, use activities"),
    "torch.autograd.grad(only_inputs=False)": Stated(
        "1.12", "", "", "only_inputs argument is deprecated and is ignored now (defaults to True)."
    ),
    **{
        f"torch.{name}(@class)": Stated(
            "2.0", "", "", "Decorating classes is deprecated and will be disabled in future versions."
        )
        for name in ("no_grad", "enable_grad", "inference_mode", "set_grad_enabled")
    },
    "torch.autograd.profiler.profile(with_modules=True)": Stated(
        "2.14", "", "", "with_modules is deprecated and will be removed in a future release."
    ),
    "torch.profiler.profile(with_modules=True)": Stated(
        "2.14", "", "", "with_modules is deprecated and will be removed in a future release."
    ),
    "torch.nn.attention.flex_attention.flex_attention(return_lse=True)": Stated(
        "2.9", "", "return_aux=AuxRequest(lse=True)", "return_lse is deprecated and will be removed"
    ),
    "torch.utils._pytree._register_pytree_node": Stated(
        "2.4",
        "",
        "torch.utils._pytree.register_pytree_node",
        "`torch.utils._pytree._register_pytree_node` is deprecated.",
    ),
    "torch.backends.cuda.sdp_kernel": Stated("2.3", "", "torch.nn.attention.sdpa_kernel"),
    # Compilers.
    **{
        f"torch.jit.{name}": Stated("2.10", "", "torch.compile", f"`torch.jit.{name}` is deprecated.")
        for name in ("script", "trace", "trace_module", "script_method")
    },
    **{f"torch.jit.{name}": Stated("2.10", "", f"torch.export.{name}") for name in ("save", "load")},
    **{
        f"functorch.{old}": Stated("2.0", "", new, f"`functorch.{old}` is deprecated")
        for old, new in _FUNCTORCH.items()
    },
    **{f"torch.ao.quantization.{name}": Stated("2.8", "", "torchao", _AO) for name in _QUANTIZATION},
    **{f"torch.quantization.{name}": Stated("2.8", "", "torchao", _AO) for name in _QUANTIZATION},
    "torch.onnx.dynamo_export": Stated("2.7", "2.9", "torch.onnx.export"),
    "torch.onnx.export(dynamo=False)": Stated(
        "2.8", "", "dynamo=True", "You are using the legacy TorchScript-based ONNX export."
    ),
    "torch.export.dynamic_dim": Stated("", "2.5", "torch.export.Dim"),
    "torch.export.export(constraints)": Stated("", "2.3", "dynamic_shapes="),
    "torch.library.impl_abstract": Stated("2.4", "", "torch.library.register_fake"),
    # Distributed training.
    "torch.distributed.all_gather_into_tensor": Stated("2.13", "", "torch.distributed.all_gather_single"),
    "torch.distributed.reduce_scatter_tensor": Stated("2.13", "", "torch.distributed.reduce_scatter_single"),
    "torch.distributed.reduce_op": Stated(
        "1.12", "", "torch.distributed.ReduceOp", "`torch.distributed.reduce_op` is deprecated"
    ),
    **{
        f"torch.distributed.fsdp.FullyShardedDataParallel.{name}": Stated(
            "2.4",
            "",
            new,
            "FSDP.state_dict_type() and FSDP.set_state_dict_type() are being deprecated.",
        )
        for name, new in (("state_dict_type", "get_state_dict()"), ("set_state_dict_type", "set_state_dict()"))
    },
    "torch.distributed.fsdp.ShardingStrategy.NO_SHARD": Stated(
        "2.3", "", "torch.nn.parallel.DistributedDataParallel", "The `NO_SHARD` sharding strategy is deprecated."
    ),
    "torch.distributed.pipeline.sync": Stated("", "2.4", "torch.distributed.pipelining"),
    "torch.distributed.checkpoint.load_state_dict": Stated("2.2", "", "torch.distributed.checkpoint.load"),
    "torch.distributed.checkpoint.save_state_dict": Stated("2.2", "", "torch.distributed.checkpoint.save"),
    "torch.utils.data.DataLoader2": Stated("", "2.0", "torch.utils.data.DataLoader"),
    "torch.cuda.memory_cached": Stated("1.12", "", "torch.cuda.memory_reserved"),
    "torch.cuda.max_memory_cached": Stated("1.12", "", "torch.cuda.max_memory_reserved"),
    # torchaudio, whose releases have the numbers of PyTorch's.
    **{f"torchaudio.{name}": Stated("2.8", "2.9", "torchcodec") for name in _AUDIO_MODULES},
    **{f"torchaudio.{name}": Stated("2.8", "2.9", "torchcodec") for name in _AUDIO_FUNCTIONS},
    "torchaudio.backend": Stated("", "2.9", "torchcodec"),
    "torchaudio.prototype": Stated("", "2.9"),
    "torchaudio.transforms.Spectrogram(return_complex)": Stated(
        "1.12", "", "", "`return_complex` argument is now deprecated and is not effective."
    ),
    "torchaudio.transforms.MelSpectrogram(onesided)": Stated(
        "2.0", "", "", "Argument 'onesided' has been deprecated and has no influence on the behavior of this module."
    ),
}

STATED_SINCE = {"torch.utils._pytree.register_pytree_node": "2.2"}
"""The releases that brought names which are not public."""
