"""Arguments written by hand, as source: of layers, and of functions that torch's test data has no fitting samples of.

``F`` makes a float tensor of a shape, ``I`` an integer tensor (the first number is how many values there are), ``B`` a
boolean one; alternatives are separated by ``|``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


Arguments = tuple[tuple[object, ...], dict[str, object]]

# The constructor's arguments, then after ``;`` those of a call.
LAYERS = {
    "AdaptiveAvgPool1d": "2; F(2, 3, 6)",
    "AdaptiveAvgPool2d": "2; F(2, 3, 6, 6)",
    "AdaptiveAvgPool3d": "2; F(2, 3, 4, 4, 4)",
    "AdaptiveLogSoftmaxWithLoss": "8, 20, [4, 10]; F(5, 8), I(20, 5)",
    "AdaptiveMaxPool1d": "2; F(2, 3, 6)",
    "AdaptiveMaxPool2d": "2; F(2, 3, 6, 6)",
    "AdaptiveMaxPool3d": "2; F(2, 3, 4, 4, 4)",
    "AlphaDropout": "; F(4, 4)",
    "AvgPool1d": "2; F(2, 3, 6)",
    "AvgPool2d": "2; F(2, 3, 6, 6)",
    "AvgPool3d": "2; F(2, 3, 4, 4, 4)",
    "BCELoss": "; F(4, 3), F(4, 3) | F(4), F(4)",
    "BCEWithLogitsLoss": "; F(4, 3), F(4, 3) | F(4), F(4)",
    "BatchNorm1d": "3; F(4, 3) | F(4, 3, 5)",
    "BatchNorm2d": "3; F(4, 3, 5, 5)",
    "BatchNorm3d": "3; F(4, 3, 2, 2, 2)",
    "Bilinear": "3, 4, 5; F(2, 3), F(2, 4)",
    "CELU": "; F(2, 3)",
    "CTCLoss": "; F(6, 2, 4), I(3, 2, 3) + 1, torch.tensor([6, 6]), torch.tensor([3, 3])",
    "ChannelShuffle": "2; F(2, 4, 3, 3)",
    "CircularPad1d": "1; F(2, 3, 4)",
    "CircularPad2d": "1; F(2, 3, 4, 4)",
    "CircularPad3d": "1; F(2, 3, 4, 4, 4)",
    "ConstantPad1d": "1, 0.0; F(2, 3, 4)",
    "ConstantPad2d": "1, 0.0; F(2, 3, 4, 4)",
    "ConstantPad3d": "1, 0.0; F(2, 3, 4, 4, 4)",
    "Conv1d": "3, 4, 3; F(2, 3, 8)",
    "Conv2d": "3, 4, 3; F(2, 3, 8, 8)",
    "Conv3d": "3, 4, 3; F(2, 3, 5, 5, 5)",
    "ConvTranspose1d": "3, 4, 3; F(2, 3, 8)",
    "ConvTranspose2d": "3, 4, 3; F(2, 3, 8, 8)",
    "ConvTranspose3d": "3, 4, 3; F(2, 3, 4, 4, 4)",
    "CosineEmbeddingLoss": "; F(4, 3), F(4, 3), torch.ones(4)",
    "CosineSimilarity": "; F(4, 3), F(4, 3)",
    "CrossEntropyLoss": "; F(4, 3), I(3, 4) | F(4, 3, 2), I(3, 4, 2) | F(4, 3), F(4, 3)",
    "CrossMapLRN2d": "3; F(2, 4, 3, 3)",
    "Dropout": "; F(4, 4)",
    "Dropout1d": "; F(2, 4, 4)",
    "Dropout2d": "; F(2, 4, 4, 4)",
    "Dropout3d": "; F(2, 4, 2, 2, 2)",
    "ELU": "; F(2, 3)",
    "Embedding": "10, 3; I(10, 2, 4) | I(10, 4)",
    "EmbeddingBag": "10, 3; I(10, 2, 4) | I(10, 6), torch.tensor([0, 3])",
    "FeatureAlphaDropout": "; F(2, 4, 4, 4)",
    "Flatten": "; F(2, 3, 4) | F(2, 3)",
    "Fold": "4, 2; F(2, 12, 9)",
    "FractionalMaxPool2d": "2, output_size=2; F(2, 3, 6, 6)",
    "FractionalMaxPool3d": "2, output_size=2; F(2, 3, 6, 6, 6)",
    "GELU": "; F(2, 3)",
    "GLU": "; F(2, 4)",
    "GRU": "3, 4; F(5, 2, 3) | F(5, 2, 3), F(1, 2, 4) | F(5, 2, 3), F(2, 2, 4)",
    "GRUCell": "3, 4; F(2, 3) | F(2, 3), F(2, 4)",
    "GaussianNLLLoss": "; F(4, 3), F(4, 3), F(4, 3)",
    "GroupNorm": "2, 4; F(2, 4, 3, 3) | F(2, 4)",
    "Hardshrink": "; F(2, 3)",
    "Hardsigmoid": "; F(2, 3)",
    "Hardswish": "; F(2, 3)",
    "Hardtanh": "; F(2, 3)",
    "HingeEmbeddingLoss": "; F(4, 3), torch.ones(4, 3)",
    "HuberLoss": "; F(4, 3), F(4, 3)",
    "Identity": "; F(2, 3)",
    "InstanceNorm1d": "3; F(2, 3, 5)",
    "InstanceNorm2d": "3; F(2, 3, 5, 5)",
    "InstanceNorm3d": "3; F(2, 3, 3, 3, 3)",
    "KLDivLoss": "; F(4, 3), F(4, 3)",
    "L1Loss": "; F(4, 3), F(4, 3)",
    "LPPool1d": "2, 2; F(2, 3, 6)",
    "LPPool2d": "2, 2; F(2, 3, 6, 6)",
    "LPPool3d": "2, 2; F(2, 3, 4, 4, 4)",
    "LSTM": "3, 4; F(5, 2, 3) | F(5, 2, 3), (F(1, 2, 4), F(1, 2, 4)) | F(5, 2, 3), (F(2, 2, 4), F(2, 2, 4))",
    "LSTMCell": "3, 4; F(2, 3) | F(2, 3), (F(2, 4), F(2, 4))",
    "LayerNorm": "3; F(2, 3) | F(2, 4, 3)",
    "LazyBatchNorm1d": "; F(4, 3)",
    "LazyBatchNorm2d": "; F(4, 3, 5, 5)",
    "LazyBatchNorm3d": "; F(4, 3, 2, 2, 2)",
    "LazyConv1d": "4, 3; F(2, 3, 8)",
    "LazyConv2d": "4, 3; F(2, 3, 8, 8)",
    "LazyConv3d": "4, 3; F(2, 3, 5, 5, 5)",
    "LazyConvTranspose1d": "4, 3; F(2, 3, 8)",
    "LazyConvTranspose2d": "4, 3; F(2, 3, 8, 8)",
    "LazyConvTranspose3d": "4, 3; F(2, 3, 4, 4, 4)",
    "LazyInstanceNorm1d": "; F(2, 3, 5)",
    "LazyInstanceNorm2d": "; F(2, 3, 5, 5)",
    "LazyInstanceNorm3d": "; F(2, 3, 3, 3, 3)",
    "LazyLinear": "4; F(2, 3) | F(2, 5, 3)",
    "LeakyReLU": "; F(2, 3)",
    "Linear": "3, 4; F(2, 3) | F(2, 5, 3) | F(3)",
    "LinearCrossEntropyLoss": "3, 4; F(5, 3), I(4, 5)",
    "LocalResponseNorm": "2; F(2, 4, 3, 3)",
    "LogSigmoid": "; F(2, 3)",
    "LogSoftmax": "-1; F(2, 3)",
    "MSELoss": "; F(4, 3), F(4, 3)",
    "MarginRankingLoss": "; F(4), F(4), torch.ones(4)",
    "MaxPool1d": "2; F(2, 3, 6)",
    "MaxPool2d": "2; F(2, 3, 6, 6)",
    "MaxPool3d": "2; F(2, 3, 4, 4, 4)",
    "MaxUnpool1d": "2; F(2, 3, 4), torch.arange(0, 8, 2).expand(2, 3, 4).contiguous()",
    "MaxUnpool2d": "2; F(2, 3, 2, 2), torch.tensor([[0, 2], [8, 10]]).expand(2, 3, 2, 2).contiguous()",
    "MaxUnpool3d": "2; F(1, 1, 1, 1, 2), torch.tensor([0, 2]).reshape(1, 1, 1, 1, 2)",
    "Mish": "; F(2, 3)",
    "MultiLabelMarginLoss": "; F(4, 3), I(3, 4, 3)",
    "MultiLabelSoftMarginLoss": "; F(4, 3), F(4, 3)",
    "MultiMarginLoss": "; F(4, 3), I(3, 4)",
    "MultiheadAttention": (
        "8, 2; F(5, 2, 8), F(6, 2, 8), F(6, 2, 8) | F(5, 2, 8), F(6, 2, 8), F(6, 2, 8), need_weights=False"
    ),
    "NLLLoss": "; F(4, 3), I(3, 4) | F(4, 3, 2), I(3, 4, 2)",
    "PReLU": "; F(2, 3)",
    "PairwiseDistance": "; F(4, 3), F(4, 3)",
    "PixelShuffle": "2; F(2, 4, 3, 3)",
    "PixelUnshuffle": "2; F(2, 1, 4, 4)",
    "PoissonNLLLoss": "; F(4, 3), F(4, 3)",
    "RMSNorm": "3; F(2, 3) | F(2, 4, 3)",
    "RNN": "3, 4; F(5, 2, 3) | F(5, 2, 3), F(1, 2, 4) | F(5, 2, 3), F(2, 2, 4)",
    "RNNCell": "3, 4; F(2, 3) | F(2, 3), F(2, 4)",
    "RReLU": "; F(2, 3)",
    "ReLU": "; F(2, 3)",
    "ReLU6": "; F(2, 3)",
    "ReflectionPad1d": "1; F(2, 3, 4)",
    "ReflectionPad2d": "1; F(2, 3, 4, 4)",
    "ReflectionPad3d": "1; F(2, 3, 4, 4, 4)",
    "ReplicationPad1d": "1; F(2, 3, 4)",
    "ReplicationPad2d": "1; F(2, 3, 4, 4)",
    "ReplicationPad3d": "1; F(2, 3, 4, 4, 4)",
    "SELU": "; F(2, 3)",
    "SiLU": "; F(2, 3)",
    "Sigmoid": "; F(2, 3)",
    "SmoothL1Loss": "; F(4, 3), F(4, 3)",
    "SoftMarginLoss": "; F(4, 3), torch.ones(4, 3)",
    "Softmax": "-1; F(2, 3)",
    "Softmax2d": "; F(2, 3, 4, 4)",
    "Softmin": "-1; F(2, 3)",
    "Softplus": "; F(2, 3)",
    "Softshrink": "; F(2, 3)",
    "Softsign": "; F(2, 3)",
    "SyncBatchNorm": "3; F(4, 3, 5)",
    "Tanh": "; F(2, 3)",
    "Tanhshrink": "; F(2, 3)",
    "Threshold": "0.1, 0.0; F(2, 3)",
    "Transformer": "8, 2, 1, 1, 16; F(5, 2, 8), F(6, 2, 8)",
    "TransformerDecoder": "torch.nn.TransformerDecoderLayer(8, 2, 16), 1; F(5, 2, 8), F(6, 2, 8)",
    "TransformerDecoderLayer": "8, 2, 16; F(5, 2, 8), F(6, 2, 8)",
    "TransformerEncoder": "torch.nn.TransformerEncoderLayer(8, 2, 16), 1; F(5, 2, 8)",
    "TransformerEncoderLayer": "8, 2, 16; F(5, 2, 8)",
    "TripletMarginLoss": "; F(4, 3), F(4, 3), F(4, 3)",
    "TripletMarginWithDistanceLoss": "; F(4, 3), F(4, 3), F(4, 3)",
    "Unflatten": "1, (2, 2); F(2, 4)",
    "Unfold": "2; F(2, 3, 4, 4)",
    "Upsample": "scale_factor=2; F(2, 3, 4, 4)",
    "UpsamplingBilinear2d": "scale_factor=2; F(2, 3, 4, 4)",
    "UpsamplingNearest2d": "scale_factor=2; F(2, 3, 4, 4)",
    "ZeroPad1d": "1; F(2, 3, 4)",
    "ZeroPad2d": "1; F(2, 3, 4, 4)",
    "ZeroPad3d": "1; F(2, 3, 4, 4, 4)",
}


_PAIR = "F(4, 3), F(4, 3)"
_POOLED = {1: "F(2, 3, 6)", 2: "F(2, 3, 6, 6)", 3: "F(2, 3, 6, 6, 6)"}

# Of functions and methods, before torch's own samples; ``torch.Tensor.name`` stands in for both where they are alike.
FUNCTIONS: dict[str, str] = {
    "torch.nn.functional.scaled_dot_product_attention": (
        "F(2, 2, 5, 8), F(2, 2, 6, 8), F(2, 2, 6, 8) | F(2, 5, 8), F(2, 6, 8), F(2, 6, 8)"
    ),
    "torch.nn.functional.linear": "F(2, 3), F(4, 3), F(4) | F(2, 5, 3), F(4, 3), F(4) | F(2, 5, 3), F(4, 3)",
    "torch.nn.functional.embedding": "I(10, 2, 4), F(10, 3) | I(10, 4), F(10, 3) | I(10, 4), F(10, 3), max_norm=1.0",
    "torch.nn.functional.embedding_bag": (
        "I(10, 2, 4), F(10, 3) | I(10, 6), F(10, 3), torch.tensor([0, 3]) | I(10, 2, 4), F(10, 3), mode='sum' "
        "| I(10, 2, 4), F(10, 3), mode='max' | I(10, 2, 4), F(10, 3), max_norm=1.0"
    ),
    "torch.nn.functional.cross_entropy": (
        "F(4, 3), I(3, 4) | F(4, 3), I(3, 4), F(3) | F(4, 3), F(4, 3) | F(4, 3), I(3, 4), label_smoothing=0.1 "
        "| F(4, 3), I(3, 4), reduction='sum' | F(4, 3), I(3, 4), reduction='none' | F(4, 3, 2), I(3, 4, 2)"
    ),
    "torch.nn.functional.nll_loss": "F(4, 3), I(3, 4) | F(4, 3), I(3, 4), F(3) | F(4, 3, 2, 2), I(3, 4, 2, 2)",
    **{
        f"torch.nn.functional.{name}": f"{_PAIR} | {_PAIR}, reduction='sum' | {_PAIR}, reduction='none'"
        for name in "kl_div l1_loss mse_loss huber_loss".split()
    },
    "torch.nn.functional.multi_head_attention_forward": (
        "F(5, 2, 4), F(6, 2, 4), F(6, 2, 4), 4, 2, F(12, 4), F(12), None, None, False, 0.0, F(4, 4), F(4) | "
        "F(5, 2, 4), F(6, 2, 4), F(6, 2, 4), 4, 2, F(12, 4), F(12), None, None, False, 0.0, F(4, 4), F(4), "
        "need_weights=False"
    ),
    "torch.nn.functional.pad": (
        "F(2, 3, 4), (1, 1) | F(2, 3, 4), (1, 1), mode='reflect' | F(2, 3, 4), (1, 1), mode='replicate' "
        "| F(2, 3, 4), (1, 1), mode='circular'"
    ),
    "torch.nn.functional.binary_cross_entropy_with_logits": (
        f"{_PAIR} | {_PAIR}, reduction='sum' | {_PAIR}, reduction='none' | {_PAIR}, F(4, 3) | {_PAIR}, pos_weight=F(3)"
    ),
    "torch.nn.functional.binary_cross_entropy": (
        f"{_PAIR} | {_PAIR}, reduction='sum' | {_PAIR}, reduction='none' | {_PAIR}, F(4, 3)"
    ),
    "torch.nn.functional.smooth_l1_loss": f"{_PAIR} | {_PAIR}, reduction='sum' | {_PAIR}, beta=0.0",
    "torch.nn.functional.affine_grid": "F(2, 2, 3), [2, 3, 4, 4]",
    "torch.nn.functional.fold": "F(2, 12, 9), 4, 2",
    "torch.nn.functional.upsample": "F(2, 3, 4, 4), scale_factor=2",
    "torch.nn.functional.conv_tbc": "F(5, 2, 3), F(3, 3, 4), F(4)",
    **{f"torch.nn.functional.max_pool{n}d": f"{_POOLED[n]}, 2" for n in (1, 2, 3)},
    **{f"torch.nn.functional.adaptive_max_pool{n}d": f"{_POOLED[n]}, 2" for n in (1, 2, 3)},
    **{f"torch.nn.functional.fractional_max_pool{n}d": f"{_POOLED[n]}, 2, 2" for n in (2, 3)},
    **{f"torch.nn.functional.fractional_max_pool{n}d_with_indices": f"{_POOLED[n]}, 2, 2" for n in (2, 3)},
    "torch.nn.functional.gaussian_nll_loss": "F(4, 3), F(4, 3), F(4, 3)",
    "torch.nn.functional.interpolate": (
        "F(2, 3, 4, 4), scale_factor=2 | F(2, 3, 4, 4), (8, 8) | F(2, 3, 4, 4), (8, 8), mode='bilinear' "
        "| F(2, 3, 4, 4), (8, 8), mode='bicubic' | F(2, 3, 4), 8, mode='linear' | F(2, 3, 4, 4), (8, 8), mode='area'"
    ),
    "torch.nn.init.sparse_": "F(4, 4), 0.5",
    "torch.nn.init.dirac_": "F(4, 4, 3)",
    "torch.Tensor.unique": "I(3, 6) | F(6)",
    "torch.Tensor.unique_consecutive": "I(3, 6) | F(6)",
    "torch.atleast_1d": "F() | F(3) | F(2, 2)",
    "torch.atleast_2d": "F() | F(3) | F(2, 2)",
    "torch.atleast_3d": "F() | F(3) | F(2, 2) | F(2, 2, 2)",
    "torch.einsum": (
        "'ij,jk->ik', F(2, 3), F(3, 4) | 'bij,bjk->bik', F(2, 3, 4), F(2, 4, 5) | 'i,i->', F(3), F(3) "
        "| 'ii->', F(3, 3) "
        "| 'ij->ji', F(2, 3) | 'bhid,bhjd->bhij', F(2, 2, 3, 4), F(2, 2, 5, 4) | 'i,j->ij', F(2), F(3) "
        "| 'bn,bnd->bd', F(2, 3), F(2, 3, 4) | 'ij,ij->ij', F(2, 3), F(2, 3) | 'bld,dhk->blhk', F(2, 5, 4), F(4, 2, 3) "
        "| 'bnhd,bmhd->bhnm', F(2, 3, 2, 4), F(2, 5, 2, 4) | 'bhnm,bmhd->bnhd', F(2, 2, 3, 5), F(2, 5, 2, 4) "
        "| 'i,j,k->ijk', F(2), F(3), F(4) | 'ij,jk,kl->il', F(2, 3), F(3, 4), F(4, 5) | 'ij->i', F(2, 3) "
        "| 'bld,dhk,hkm->blm', F(2, 5, 4), F(4, 2, 3), F(2, 3, 6) "
        "| 'bdl,dhk,khm->blm', F(2, 4, 5), F(4, 2, 3), F(3, 2, 6)"
    ),
    "torch.meshgrid": "F(3), F(4), indexing='ij' | F(3), F(4)",
    "torch.broadcast_tensors": "F(3, 1), F(1, 4) | F(3), F(2, 3)",
    "torch.block_diag": "F(2, 2), F(3, 3)",
    "torch.cartesian_prod": "F(3), F(4)",
    "torch.chain_matmul": "F(2, 3), F(3, 4), F(4, 5)",
    "torch.cdist": "F(3, 4), F(5, 4) | F(3, 4), F(5, 4), 1.0",
    "torch.full": "(2, 3), 1.0",
    "torch.Tensor.new_full": "F(3), (2, 3), 1.0",
    "torch.Tensor.new_empty_strided": "F(3), (2, 3), (3, 1)",
    "torch.empty_strided": "(2, 3), (3, 1)",
    "torch.empty_permuted": "(2, 3), (0, 1)",
    "torch.Tensor.polygamma": "F(3), 1 | F(3), 2 | F(3), 0",
    "torch.Tensor.as_strided": "F(4, 4), (2, 2), (1, 4)",
    "torch.Tensor.as_strided_": "F(4, 4), (2, 2), (1, 4)",
    "torch.Tensor.as_strided_scatter": "F(4, 4), F(2, 2), (2, 2), (1, 2)",
    "torch.Tensor.float_power_": "torch.rand(3, dtype=torch.float64), 2.0 | "
    "torch.rand(3, dtype=torch.float64), torch.rand(3, dtype=torch.float64)",
    "torch.where": (
        "B(3, 4), F(3, 4), F(3, 4) | B(3, 4), F(3, 4), F(4) | B(3, 4) | B(3), F(3), 0.0 | B(3), 0.0, F(3) "
        "| B(3), 0.0, 1.0"
    ),
    "torch.Tensor.where": "F(3, 4), B(3, 4), F(3, 4) | F(3), B(3), 0.0",
    "torch.affine_grid_generator": "F(2, 2, 3), [2, 3, 4, 4], False",
    "torch.batch_norm": "F(4, 3), F(3), F(3), F(3), F(3), True, 0.1, 1e-5, False",
    "torch.instance_norm": "F(4, 3, 5), F(3), F(3), F(3), F(3), True, 0.1, 1e-5, False",
    "torch.convolution": "F(2, 3, 8), F(4, 3, 3), F(4), (1,), (0,), (1,), False, (0,), 1",
    "torch.conv_tbc": "F(5, 2, 3), F(3, 3, 4), F(4)",
    "torch.cosine_embedding_loss": "F(4, 3), F(4, 3), torch.ones(4)",
    "torch.kl_div": _PAIR,
    "torch.ctc_loss": "F(6, 2, 4), I(3, 2, 3) + 1, torch.tensor([6, 6]), torch.tensor([3, 3])",
    "torch.embedding_bag": "F(10, 3), I(10, 6), torch.tensor([0, 3])",
    "torch.grid_sampler": "F(2, 3, 4, 4), F(2, 5, 5, 2), 0, 0, False",
    "torch.Tensor.unsafe_split_with_sizes": "F(4), [2, 2]",
    "torch.gru_cell": "F(2, 3), F(2, 4), F(12, 3), F(12, 4), F(12), F(12)",
    "torch.rnn_tanh_cell": "F(2, 3), F(2, 4), F(4, 3), F(4, 4), F(4), F(4)",
    "torch.rnn_relu_cell": "F(2, 3), F(2, 4), F(4, 3), F(4, 4), F(4), F(4)",
    "torch.lstm_cell": "F(2, 3), [F(2, 4), F(2, 4)], F(16, 3), F(16, 4), F(16), F(16)",
    "torch.Tensor.index_put_": "F(4, 3), (I(4, 2),), F(2, 3) | F(4, 3), (B(4, 3),), torch.tensor(1.0)",
    "torch.Tensor.masked_scatter": "F(4, 3), B(4, 3), F(4, 3)",
    "torch.Tensor.index_fill_": "F(4, 3), 0, I(4, 2), 1.0 | F(4, 3), 0, I(4, 2), torch.tensor(1.0)",
    "torch.Tensor.resize_as_": "F(4), F(2, 2)",
    "torch.Tensor.view": "F(3, 4), 12 | F(3, 4), 4, 3 | F(3, 4), (2, 6)",
    "torch.Tensor.clamp": "F(3), 0.1, 0.5 | F(3), min=0.1 | F(3), max=0.5 | F(3), F(3), F(3) | F(3), min=F(3)",
    "torch.Tensor.clip": "F(3), 0.1, 0.5 | F(3), min=0.1 | F(3), max=0.5 | F(3), F(3), F(3) | F(3), min=F(3)",
    **{
        f"torch.Tensor.bitwise_{name}": "I(5, 3), I(5, 3) | I(5, 3), 2 | 2, I(5, 3)"
        for name in "and or xor left_shift right_shift".split()
    },
    "torch.Tensor.bernoulli_": "F(3) | F(3), 0.5 | F(3), F(3)",
    "torch.Tensor.random_": "F(3) | F(3), 5 | F(3), 1, 5",
}


def evaluated(text: str) -> Iterator[Arguments]:
    """The alternatives of a row of these tables."""
    import torch

    def floats(*shape: int) -> torch.Tensor:
        return torch.rand(shape) * 0.8 + 0.1

    def integers(high: int, *shape: int) -> torch.Tensor:
        return torch.randint(high, shape)

    def booleans(*shape: int) -> torch.Tensor:
        return torch.rand(shape) > 0.5

    def arguments(*args: object, **kwargs: object) -> Arguments:
        return args, kwargs

    names = {"torch": torch, "F": floats, "I": integers, "B": booleans, "arguments": arguments}
    for each in text.split("|"):
        torch.default_generator.manual_seed(0)
        yield eval(f"arguments({each.strip()})", names)
