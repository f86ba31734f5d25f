"""What names of methods tell: of a tensor what it is like, and that something is no tensor but a module.

Source: the documentation of each; the names are those of ``torch_names.PURE_METHODS`` and ``TENSOR_FUNCTIONS``.
"""

from __future__ import annotations

ANSWERS = frozenset(
    (
        "all any amax amin aminmax argmax argmin argsort argwhere bincount bucketize cdist chunk corrcoef "
        "cosine_similarity count_nonzero cov cross_entropy det diagonal dist dot dsplit eq frexp ge geqrf gt histc "
        "hsplit inner isclose isfinite isinf isnan isneginf isposinf isreal kthvalue l1_loss le logdet logsumexp lt lu "
        "matrix_rank max mean median meshgrid min mode mse_loss multinomial nanmean nanmedian nanquantile nansum ne "
        "new new_empty new_full new_ones new_tensor new_zeros nll_loss nonzero norm prod qr quantile slogdet split "
        "split_with_sizes std std_mean sum svd tensor_split topk trace unbind unique unique_consecutive var var_mean "
        "vdot vsplit"
    ).split()
)
"""Reductions, comparisons, indices, losses, parts, and new tensors of the same kind, by last name."""
OF_MODULES = frozenset({"parameters", "named_parameters", "train", "eval", "modules", "children"})
"""Methods of every ``nn.Module`` that no tensor has."""
