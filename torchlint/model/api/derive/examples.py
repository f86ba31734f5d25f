"""Arguments written by hand, as source: of layers, and of functions that torch's test data has no fitting samples of.

``F`` makes a float tensor of a shape, ``I`` an integer tensor (the first number is how many values there are), ``B`` a
boolean one; alternatives are separated by ``|``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch

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
    "MultiheadAttention": "8, 2; F(5, 2, 8), F(6, 2, 8), F(6, 2, 8) | F(5, 2, 8), F(6, 2, 8), F(6, 2, 8), need_weights=False",
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
    "TransformerDecoderLayer": "8, 2, 16; F(5, 2, 8), F(6, 2, 8)",
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
        torch.manual_seed(0)
        yield eval(f"arguments({each.strip()})", names)
