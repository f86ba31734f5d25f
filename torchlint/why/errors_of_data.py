"""Errors about devices, dtypes and shapes, and those that are raised late or far from their cause."""

from __future__ import annotations

from torchlint.why.kind import Blame, Kind, Layer, Sign, kind

_SHAPES = "print the .shape of what goes into {place}"
_DEVICES = "print the .device of what goes into {place}"
_DTYPES = "print the .dtype of what goes into {place}"

DATA: tuple[Kind, ...] = (
    # Devices, dtypes, shapes.
    kind(
        "device",
        "Expected all tensors to be on the same device"
        r"|Input type \([\w.]*cuda[\w.]*\) and weight type \((?:torch\.)?\w+Tensor\) should be the same"
        r"|Input type \((?:torch\.)?\w+Tensor\) and weight type \([\w.]*cuda[\w.]*\) should be the same"
        "|Input and (?:parameter|hidden) tensors are not (?:at|on) the same device"
        "|indices should be either on cpu or on the same device",
        "Tensors of two devices met. Most often one of them never moved with its module, as it is not "
        "registered, or the "
        "result of .to() was thrown away.",
        "TLC101 TLC102 TLC103 TLC207",
        Blame.CLASS,
        (Sign.UNMOVED, Sign.PLAIN),
        _DEVICES,
    ),
    kind(
        "numpy-device",
        r"can't convert (?P<device>\S+) device type tensor to numpy",
        "A NumPy array lies in the memory of the CPU, the tensor on {device}: .detach().cpu() first.",
        "TLC305",
    ),
    kind(
        "class-index-dtype",
        "expected target dtype to be Long or Byte|expected scalar type Long but found (?P<found>\\w+)"
        '|"nll_loss\\w*" not implemented for',
        "A loss over classes takes their indices as integers of 64 bits: target.long().",
        "TLC710",
    ),
    kind(
        "integer-probabilities",
        "Expected floating point type for target with class probabilities"
        "|Subtraction, the `-` operator, with (?:two bool tensors|a bool tensor)",
        "What is taken for probabilities, or for numbers, are integers or truth values: convert them with .float().",
        "TLC709 TLC710",
    ),
    kind(
        "result-dtype",
        "result type (?P<wide>\\w+) can't be cast to the desired output type (?P<narrow>\\w+)",
        "An operation in place cannot store its {wide} result in a tensor of {narrow}: compute out of place.",
    ),
    kind(
        "dtype",
        r"expected scalar type (?P<a>\w+) but found (?P<b>\w+)|must have the same dtype|to have the same dtype"
        r"|Input type \(\S+\) and (?:weight|bias) type \(\S+\) should be the same|Found dtype \w+ but expected \w+"
        r"|expected \S+ to have dtype|Index put requires the source and destination dtypes match",
        "Tensors of two dtypes met: data from NumPy are of 64 bits, parameters of 32, and autocast halves some.",
        "TLC101 TLC207 TLC710",
        Blame.HERE,
        (Sign.UNMOVED,),
        _DTYPES,
    ),
    kind(
        "matmul-shape",
        r"mat1 and mat2 shapes cannot be multiplied \((?P<rows>\d+)x(?P<has>\d+) and "
        r"(?P<takes>\d+)x(?P<gives>\d+)\)"
        r"|size mismatch, m1: \[(?P<rows2>\d+) x \d+\], m2: \[\d+ x \d+\]",
        "The rows of what comes in have {has} elements, and the layer or matrix takes {takes}.",
        "TLC717",
        Blame.HERE,
        (),
        _SHAPES,
        Layer(("Linear", "Bilinear"), "takes"),
    ),
    kind(
        "conv-channels",
        r"weight of size \[[\d, ]+\], expected input\[[\d, ]+\] to have (?P<takes>\d+) channels, but got "
        r"(?P<has>\d+)",
        "What comes in has {has} channels in its second dimension, and the convolution takes {takes}.",
        "",
        Blame.HERE,
        (),
        _SHAPES,
        Layer(("Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"), "takes"),
    ),
    kind(
        "norm-features",
        r"running_mean should contain (?P<has>\d+) elements not (?P<takes>\d+)",
        "What comes in has {has} channels, and the batch norm was made for {takes}.",
        "",
        Blame.HERE,
        (),
        _SHAPES,
        Layer(("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm"), "takes"),
    ),
    kind(
        "rnn-input",
        r"input\.size\(-1\) must be equal to input_size\. Expected (?P<takes>\d+), got (?P<has>\d+)",
        "What comes in has {has} features in its last dimension, and the layer takes {takes}.",
        "",
        Blame.HERE,
        (),
        _SHAPES,
        Layer(("RNN", "LSTM", "GRU", "RNNCell", "LSTMCell", "GRUCell"), "takes"),
    ),
    kind(
        "normalized-shape",
        r"Given normalized_shape=\[(?P<takes>\d+)[\d, ]*\], expected input with shape",
        "What comes in does not end with the shape that the layer norm was made for, {takes}.",
        "",
        Blame.HERE,
        (),
        _SHAPES,
        Layer(("LayerNorm",), "takes"),
    ),
    kind(
        "loss-shape",
        r"Using a target size \(.+\) that is different to the input size"
        r"|Target size \(.+\) must be the same as input"
        r"|Expected input batch_size \(\d+\) to match target batch_size"
        r"|[Oo]nly batches of spatial targets supported"
        "|0D or 1D target tensor expected|1D target tensor expected, multi-target not supported",
        "The loss was given a prediction and a target whose shapes do not fit.",
        "TLC717 TLC711 TLC710",
        Blame.HERE,
        (),
        _SHAPES,
    ),
    kind(
        "not-contiguous",
        "view size is not compatible with input tensor's size and stride",
        "`view` needs its elements next to each other in memory, and after a transpose, permute or slice "
        "they are not: "
        ".reshape(...) copies where it has to.",
    ),
    kind(
        "view-size",
        r"shape '\[(?P<shape>[\d, -]+)\]' is invalid for input of size (?P<size>\d+)",
        "{size} elements do not fit the shape [{shape}].",
        "",
        Blame.HERE,
        (),
        _SHAPES,
    ),
    kind(
        "shape",
        r"The size of tensor a \(\d+\) must match the size of tensor b \(\d+\)"
        r"|Sizes of tensors must match except in"
        r"|stack expects each tensor to be equal size|Dimension out of range|The expanded size of the tensor"
        r"|Expected \d+D|expected \d+D|Expected size for first two dimensions of batch2|inconsistent tensor size"
        r"|shape mismatch: |Tensors must have same number of dimensions|got [\d ]*dimensions?|einsum\(\)"
        r"|Expected more than 1 value per channel|Kernel size can't be greater than actual input size"
        r"|each element in list of batch should be of equal size|embed_dim must be divisible"
        r"|was expecting embedding dim",
        "The shapes of what comes in do not fit the operation.",
        "",
        Blame.HERE,
        (),
        _SHAPES,
    ),
    kind(
        "ambiguous-truth",
        "Boolean value of Tensor with more than one (?:value|element) is ambiguous"
        "|bool value of Tensor with more than one value is ambiguous",
        "A tensor with several elements was used as a condition, or given to the constructor of a loss in "
        "place of its call.",
        "TLC706",
    ),
    # What is raised late, or far from its cause.
    kind(
        "target-range",
        r"Target (?P<target>-?\d+) is out of bounds|Assertion `t >= 0 && t < n_classes` failed",
        "A target names a class that the prediction has no column for: count classes from 0, and ignore others by "
        "ignore_index.",
        "",
        Blame.HERE,
        (),
        "print target.min(), target.max() and the prediction's .shape before {place}",
    ),
    kind(
        "index-range",
        "index out of range in self|index out of bounds|srcIndex < srcSelectDimSize|is out of bounds for dimension"
        "|Index tensor is out of range",
        "An index is larger than what it is looked up in: for an embedding, a token that is not below num_embeddings.",
        "",
        Blame.HERE,
        (),
        "print the .max() of the indices before {place}",
    ),
    kind(
        "device-assert",
        "device-side assert triggered|an illegal memory access was encountered",
        "A kernel failed on the GPU, some time before the line that raised: most often an index or a target "
        "out of range.",
        "",
        Blame.EARLIER,
        (),
        "run again with CUDA_LAUNCH_BLOCKING=1, or on the CPU: then the right line raises",
    ),
    kind(
        "out-of-memory",
        "out of memory",
        "The memory of the device is full. Where it grows from step to step, graphs are kept: losses that "
        "are collected, "
        "retain_graph, or evaluation without no_grad.",
        "TLC605 TLC402 TLC405 TLC403",
        Blame.EARLIER,
        (Sign.COLLECTED,),
        "print(torch.cuda.memory_allocated()) once a step: does it grow?",
    ),
    kind(
        "bce-range",
        "all elements of (?:input|target) should be between 0 and 1|Assertion `input_val >= zero && "
        "input_val <= one` failed",
        "A binary cross-entropy was given what are no probabilities: a sigmoid is missing, or something is NaN; "
        "binary_cross_entropy_with_logits takes logits.",
        "TLC702 TLC703",
    ),
    kind(
        "bce-autocast",
        "are unsafe to autocast",
        "Binary cross-entropy of probabilities overflows in half precision: give logits to the loss that takes those.",
        "TLC703",
    ),
    kind(
        "weights-only",
        "Weights only load failed",
        "torch.load takes only tensors and plain containers by default since 2.6; this file has other objects in it.",
        "TLC908 TLC916 TLC903",
    ),
    kind(
        "loader-arguments",
        r"option is mutually exclusive with|option needs num_workers > 0|DataLoader with IterableDataset: expected",
        "Arguments of a DataLoader exclude each other.",
        "TLC802",
    ),
    kind(
        "removed",
        r"This function was deprecated since version [\d.]+ and is now removed|unexpected keyword argument 'verbose'",
        "PyTorch has removed this name or argument.",
        "TLC901",
    ),
)
