"""What the public names of PyTorch 2.13.0 are. Written by ``generate.py``; do not edit."""

from __future__ import annotations

TORCH_VERSION = "2.13.0"

STATEFUL_MODULES = frozenset(
    (
        "torch.nn.AdaptiveLogSoftmaxWithLoss torch.nn.BatchNorm1d torch.nn.BatchNorm2d torch.nn.BatchNorm3d "
        "torch.nn.Bilinear torch.nn.Conv1d torch.nn.Conv2d torch.nn.Conv3d torch.nn.ConvTranspose1d "
        "torch.nn.ConvTranspose2d torch.nn.ConvTranspose3d torch.nn.DataParallel torch.nn.Embedding "
        "torch.nn.EmbeddingBag torch.nn.GRU torch.nn.GRUCell torch.nn.GroupNorm torch.nn.LSTM torch.nn.LSTMCell "
        "torch.nn.LayerNorm torch.nn.LazyBatchNorm1d torch.nn.LazyBatchNorm2d torch.nn.LazyBatchNorm3d "
        "torch.nn.LazyConv1d torch.nn.LazyConv2d torch.nn.LazyConv3d torch.nn.LazyConvTranspose1d "
        "torch.nn.LazyConvTranspose2d torch.nn.LazyConvTranspose3d torch.nn.LazyInstanceNorm1d "
        "torch.nn.LazyInstanceNorm2d torch.nn.LazyInstanceNorm3d torch.nn.LazyLinear torch.nn.Linear "
        "torch.nn.LinearCrossEntropyLoss torch.nn.MultiheadAttention torch.nn.PReLU torch.nn.RMSNorm torch.nn.RNN "
        "torch.nn.RNNBase torch.nn.RNNCell torch.nn.RNNCellBase torch.nn.SyncBatchNorm torch.nn.Transformer "
        "torch.nn.TransformerDecoder torch.nn.TransformerDecoderLayer torch.nn.TransformerEncoder "
        "torch.nn.TransformerEncoderLayer"
    ).split()
)
"""Modules that hold parameters or buffers as they are usually built."""

OPTIONAL_STATE_MODULES = frozenset(
    (
        "torch.nn.BCELoss torch.nn.BCEWithLogitsLoss torch.nn.CrossEntropyLoss torch.nn.FractionalMaxPool2d "
        "torch.nn.FractionalMaxPool3d torch.nn.InstanceNorm1d torch.nn.InstanceNorm2d torch.nn.InstanceNorm3d "
        "torch.nn.MultiLabelSoftMarginLoss torch.nn.MultiMarginLoss torch.nn.NLLLoss"
    ).split()
)
"""Modules that hold parameters or buffers only where an option asks for them (weight=, affine=True)."""

MODE_MODULES = frozenset(
    (
        "torch.nn.AlphaDropout torch.nn.Dropout torch.nn.Dropout1d torch.nn.Dropout2d torch.nn.Dropout3d "
        "torch.nn.FeatureAlphaDropout torch.nn.RReLU"
    ).split()
)
"""Modules without state that compute something else in training mode."""

STATELESS_MODULES = frozenset(
    (
        "torch.nn.AdaptiveAvgPool1d torch.nn.AdaptiveAvgPool2d torch.nn.AdaptiveAvgPool3d torch.nn.AdaptiveMaxPool1d "
        "torch.nn.AdaptiveMaxPool2d torch.nn.AdaptiveMaxPool3d torch.nn.AvgPool1d torch.nn.AvgPool2d "
        "torch.nn.AvgPool3d torch.nn.CELU torch.nn.CTCLoss torch.nn.ChannelShuffle torch.nn.CircularPad1d "
        "torch.nn.CircularPad2d torch.nn.CircularPad3d torch.nn.ConstantPad1d torch.nn.ConstantPad2d "
        "torch.nn.ConstantPad3d torch.nn.CosineEmbeddingLoss torch.nn.CosineSimilarity torch.nn.CrossMapLRN2d "
        "torch.nn.ELU torch.nn.Flatten torch.nn.Fold torch.nn.GELU torch.nn.GLU torch.nn.GaussianNLLLoss "
        "torch.nn.Hardshrink torch.nn.Hardsigmoid torch.nn.Hardswish torch.nn.Hardtanh torch.nn.HingeEmbeddingLoss "
        "torch.nn.HuberLoss torch.nn.Identity torch.nn.KLDivLoss torch.nn.L1Loss torch.nn.LPPool1d torch.nn.LPPool2d "
        "torch.nn.LPPool3d torch.nn.LeakyReLU torch.nn.LocalResponseNorm torch.nn.LogSigmoid torch.nn.LogSoftmax "
        "torch.nn.MSELoss torch.nn.MarginRankingLoss torch.nn.MaxPool1d torch.nn.MaxPool2d torch.nn.MaxPool3d "
        "torch.nn.MaxUnpool1d torch.nn.MaxUnpool2d torch.nn.MaxUnpool3d torch.nn.Mish torch.nn.MultiLabelMarginLoss "
        "torch.nn.NLLLoss2d torch.nn.PairwiseDistance torch.nn.PixelShuffle torch.nn.PixelUnshuffle "
        "torch.nn.PoissonNLLLoss torch.nn.ReLU torch.nn.ReLU6 torch.nn.ReflectionPad1d torch.nn.ReflectionPad2d "
        "torch.nn.ReflectionPad3d torch.nn.ReplicationPad1d torch.nn.ReplicationPad2d torch.nn.ReplicationPad3d "
        "torch.nn.SELU torch.nn.SiLU torch.nn.Sigmoid torch.nn.SmoothL1Loss torch.nn.SoftMarginLoss torch.nn.Softmax "
        "torch.nn.Softmax2d torch.nn.Softmin torch.nn.Softplus torch.nn.Softshrink torch.nn.Softsign torch.nn.Tanh "
        "torch.nn.Tanhshrink torch.nn.Threshold torch.nn.TripletMarginLoss torch.nn.TripletMarginWithDistanceLoss "
        "torch.nn.Unflatten torch.nn.Unfold torch.nn.Upsample torch.nn.UpsamplingBilinear2d "
        "torch.nn.UpsamplingNearest2d torch.nn.ZeroPad1d torch.nn.ZeroPad2d torch.nn.ZeroPad3d"
    ).split()
)
"""Modules with neither state nor a training mode."""

CONTAINER_MODULES = frozenset("torch.nn.Container torch.nn.ModuleDict torch.nn.ModuleList torch.nn.Sequential".split())
"""Modules that only hold other modules."""

PARAMETER_CONTAINERS = frozenset("torch.nn.ParameterDict torch.nn.ParameterList".split())
"""Modules that only hold parameters."""

TENSOR_FACTORIES = frozenset(
    (
        "torch.arange torch.as_tensor torch.asarray torch.bartlett_window torch.blackman_window torch.empty "
        "torch.empty_permuted torch.empty_strided torch.eye torch.fft.fftfreq torch.fft.rfftfreq torch.from_file "
        "torch.from_numpy torch.frombuffer torch.full torch.hamming_window torch.hann_window torch.kaiser_window "
        "torch.linspace torch.logspace torch.ones torch.range torch.scalar_tensor torch.signal.windows.bartlett "
        "torch.signal.windows.blackman torch.signal.windows.cosine torch.signal.windows.exponential "
        "torch.signal.windows.gaussian torch.signal.windows.general_cosine torch.signal.windows.general_hamming "
        "torch.signal.windows.hamming torch.signal.windows.hann torch.signal.windows.kaiser "
        "torch.signal.windows.nuttall torch.sparse_bsc_tensor torch.sparse_bsr_tensor torch.sparse_compressed_tensor "
        "torch.sparse_coo_tensor torch.sparse_csc_tensor torch.sparse_csr_tensor torch.tensor torch.tril_indices "
        "torch.triu_indices torch.zeros"
    ).split()
)
"""Functions that make a new tensor out of no tensor; none is random."""

LIKE_FACTORIES = frozenset("torch.empty_like torch.full_like torch.ones_like torch.zeros_like".split())
"""Functions that make a new tensor of another one's shape; none is random."""

RANDOM_FACTORIES = frozenset(
    (
        "torch.bernoulli torch.binomial torch.multinomial torch.normal torch.poisson torch.rand torch.rand_like "
        "torch.randint torch.randint_like torch.randn torch.randn_like torch.randperm"
    ).split()
)
"""Functions whose result is a new tensor of random values."""

TENSOR_FUNCTIONS = frozenset(
    (
        "torch.abs torch.absolute torch.acos torch.acosh torch.adaptive_avg_pool1d torch.adaptive_max_pool1d "
        "torch.add torch.addbmm torch.addcdiv torch.addcmul torch.addmm torch.addmv torch.addr torch.adjoint "
        "torch.affine_grid_generator torch.alias_copy torch.all torch.alpha_dropout torch.amax torch.amin "
        "torch.aminmax torch.angle torch.any torch.arccos torch.arccosh torch.arcsin torch.arcsinh torch.arctan "
        "torch.arctan2 torch.arctanh torch.argmax torch.argmin torch.argsort torch.argwhere torch.as_strided "
        "torch.as_strided_copy torch.as_strided_scatter torch.asin torch.asinh torch.atan torch.atan2 torch.atanh "
        "torch.atleast_1d torch.atleast_2d torch.atleast_3d torch.avg_pool1d torch.baddbmm "
        "torch.batch_norm_backward_elemt torch.batch_norm_backward_reduce torch.batch_norm_elemt "
        "torch.batch_norm_stats torch.bilinear torch.binary_cross_entropy_with_logits torch.bincount "
        "torch.bitwise_and torch.bitwise_left_shift torch.bitwise_not torch.bitwise_or torch.bitwise_right_shift "
        "torch.bitwise_xor torch.block_diag torch.bmm torch.broadcast_tensors torch.broadcast_to torch.bucketize "
        "torch.cartesian_prod torch.cat torch.ccol_indices_copy torch.cdist torch.ceil torch.celu torch.chain_matmul "
        "torch.channel_shuffle torch.cholesky torch.cholesky_inverse torch.cholesky_solve torch.chunk torch.clamp "
        "torch.clamp_max torch.clamp_min torch.clip torch.clone torch.col_indices_copy torch.column_stack "
        "torch.combinations torch.complex torch.concat torch.concatenate torch.conj torch.conj_physical "
        "torch.constant_pad_nd torch.conv1d torch.conv2d torch.conv3d torch.conv_tbc torch.conv_transpose1d "
        "torch.conv_transpose2d torch.conv_transpose3d torch.convolution torch.copysign torch.corrcoef torch.cos "
        "torch.cosh torch.cosine_embedding_loss torch.cosine_similarity torch.count_nonzero torch.cov torch.cross "
        "torch.crow_indices_copy torch.ctc_loss torch.cummax torch.cummin torch.cumprod torch.cumsum "
        "torch.cumulative_trapezoid torch.deg2rad torch.dequantize torch.det torch.detach torch.detach_copy "
        "torch.diag torch.diag_embed torch.diagflat torch.diagonal torch.diagonal_copy torch.diagonal_scatter "
        "torch.diff torch.digamma torch.dist torch.div torch.divide torch.dot torch.dropout torch.dsplit torch.dstack "
        "torch.einsum torch.embedding torch.embedding_bag torch.empty_quantized torch.eq torch.erf torch.erfc "
        "torch.erfinv torch.exp torch.exp2 torch.expand_copy torch.expm1 torch.fake_quantize_per_channel_affine "
        "torch.fake_quantize_per_tensor_affine torch.feature_alpha_dropout torch.feature_dropout torch.fft.fft "
        "torch.fft.fft2 torch.fft.fftn torch.fft.fftshift torch.fft.hfft torch.fft.hfft2 torch.fft.hfftn "
        "torch.fft.ifft torch.fft.ifft2 torch.fft.ifftn torch.fft.ifftshift torch.fft.ihfft torch.fft.ihfft2 "
        "torch.fft.ihfftn torch.fft.irfft torch.fft.irfft2 torch.fft.irfftn torch.fft.rfft torch.fft.rfft2 "
        "torch.fft.rfftn torch.fill torch.fix torch.flatten torch.flip torch.fliplr torch.flipud torch.float_power "
        "torch.floor torch.floor_divide torch.fmax torch.fmin torch.fmod torch.frac torch.frexp torch.frobenius_norm "
        "torch.from_dlpack torch.gather torch.gcd torch.ge torch.geqrf torch.ger torch.gradient torch.greater "
        "torch.greater_equal torch.grid_sampler torch.grid_sampler_2d torch.grid_sampler_3d torch.group_norm "
        "torch.gru torch.gru_cell torch.gt torch.hardshrink torch.hash_tensor torch.heaviside "
        "torch.hinge_embedding_loss torch.histc torch.histogram torch.histogramdd torch.hsplit torch.hspmm "
        "torch.hstack torch.hypot torch.i0 torch.igamma torch.igammac torch.imag torch.index_add torch.index_copy "
        "torch.index_fill torch.index_put torch.index_reduce torch.index_select torch.indices_copy torch.inner "
        "torch.int_repr torch.inverse torch.isclose torch.isfinite torch.isin torch.isinf torch.isnan torch.isneginf "
        "torch.isposinf torch.isreal torch.istft torch.kl_div torch.kron torch.kthvalue torch.layer_norm torch.lcm "
        "torch.ldexp torch.le torch.lerp torch.less torch.less_equal torch.lgamma torch.linalg.cholesky "
        "torch.linalg.cholesky_ex torch.linalg.cond torch.linalg.cross torch.linalg.det torch.linalg.diagonal "
        "torch.linalg.eig torch.linalg.eigh torch.linalg.eigvals torch.linalg.eigvalsh "
        "torch.linalg.householder_product torch.linalg.inv torch.linalg.inv_ex torch.linalg.ldl_factor "
        "torch.linalg.ldl_factor_ex torch.linalg.ldl_solve torch.linalg.lstsq torch.linalg.lu torch.linalg.lu_factor "
        "torch.linalg.lu_factor_ex torch.linalg.lu_solve torch.linalg.matmul torch.linalg.matrix_exp "
        "torch.linalg.matrix_norm torch.linalg.matrix_power torch.linalg.matrix_rank torch.linalg.multi_dot "
        "torch.linalg.norm torch.linalg.pinv torch.linalg.qr torch.linalg.slogdet torch.linalg.solve "
        "torch.linalg.solve_ex torch.linalg.solve_triangular torch.linalg.svd torch.linalg.svdvals "
        "torch.linalg.tensorinv torch.linalg.tensorsolve torch.linalg.vander torch.linalg.vecdot "
        "torch.linalg.vector_norm torch.lobpcg torch.log torch.log10 torch.log1p torch.log2 torch.log_softmax "
        "torch.logaddexp torch.logaddexp2 torch.logcumsumexp torch.logdet torch.logical_and torch.logical_not "
        "torch.logical_or torch.logical_xor torch.logit torch.logsumexp torch.lstm torch.lstm_cell torch.lt torch.lu "
        "torch.lu_solve torch.lu_unpack torch.margin_ranking_loss torch.masked_fill torch.masked_scatter "
        "torch.masked_select torch.matmul torch.matrix_exp torch.matrix_power torch.max torch.max_pool1d "
        "torch.max_pool1d_with_indices torch.max_pool2d torch.max_pool3d torch.maximum torch.mean torch.median "
        "torch.meshgrid torch.min torch.minimum torch.mm torch.mode torch.moveaxis torch.movedim torch.msort "
        "torch.mul torch.multiply torch.mv torch.mvlgamma torch.nan_to_num torch.nanmean torch.nanmedian "
        "torch.nanquantile torch.nansum torch.narrow torch.narrow_copy torch.ne torch.neg torch.negative "
        "torch.nextafter torch.nn.functional.adaptive_avg_pool1d torch.nn.functional.adaptive_avg_pool2d "
        "torch.nn.functional.adaptive_avg_pool3d torch.nn.functional.adaptive_max_pool1d "
        "torch.nn.functional.adaptive_max_pool1d_with_indices torch.nn.functional.adaptive_max_pool2d "
        "torch.nn.functional.adaptive_max_pool2d_with_indices torch.nn.functional.adaptive_max_pool3d "
        "torch.nn.functional.adaptive_max_pool3d_with_indices torch.nn.functional.affine_grid "
        "torch.nn.functional.alpha_dropout torch.nn.functional.avg_pool1d torch.nn.functional.avg_pool2d "
        "torch.nn.functional.avg_pool3d torch.nn.functional.bilinear torch.nn.functional.binary_cross_entropy "
        "torch.nn.functional.binary_cross_entropy_with_logits torch.nn.functional.celu "
        "torch.nn.functional.channel_shuffle torch.nn.functional.conv1d torch.nn.functional.conv2d "
        "torch.nn.functional.conv3d torch.nn.functional.conv_tbc torch.nn.functional.conv_transpose1d "
        "torch.nn.functional.conv_transpose2d torch.nn.functional.conv_transpose3d "
        "torch.nn.functional.cosine_embedding_loss torch.nn.functional.cosine_similarity "
        "torch.nn.functional.cross_entropy torch.nn.functional.ctc_loss torch.nn.functional.dropout "
        "torch.nn.functional.dropout1d torch.nn.functional.dropout2d torch.nn.functional.dropout3d "
        "torch.nn.functional.elu torch.nn.functional.feature_alpha_dropout torch.nn.functional.fold "
        "torch.nn.functional.fractional_max_pool2d torch.nn.functional.fractional_max_pool2d_with_indices "
        "torch.nn.functional.fractional_max_pool3d torch.nn.functional.fractional_max_pool3d_with_indices "
        "torch.nn.functional.gaussian_nll_loss torch.nn.functional.gelu torch.nn.functional.glu "
        "torch.nn.functional.grid_sample torch.nn.functional.group_norm torch.nn.functional.grouped_mm "
        "torch.nn.functional.gumbel_softmax torch.nn.functional.hardshrink torch.nn.functional.hardsigmoid "
        "torch.nn.functional.hardswish torch.nn.functional.hardtanh torch.nn.functional.hinge_embedding_loss "
        "torch.nn.functional.huber_loss torch.nn.functional.interpolate torch.nn.functional.kl_div "
        "torch.nn.functional.l1_loss torch.nn.functional.layer_norm torch.nn.functional.leaky_relu "
        "torch.nn.functional.linear torch.nn.functional.linear_cross_entropy torch.nn.functional.local_response_norm "
        "torch.nn.functional.log_softmax torch.nn.functional.logsigmoid torch.nn.functional.lp_pool1d "
        "torch.nn.functional.lp_pool2d torch.nn.functional.lp_pool3d torch.nn.functional.margin_ranking_loss "
        "torch.nn.functional.max_pool1d torch.nn.functional.max_pool1d_with_indices torch.nn.functional.max_pool2d "
        "torch.nn.functional.max_pool2d_with_indices torch.nn.functional.max_pool3d "
        "torch.nn.functional.max_pool3d_with_indices torch.nn.functional.max_unpool1d "
        "torch.nn.functional.max_unpool2d torch.nn.functional.max_unpool3d torch.nn.functional.mish "
        "torch.nn.functional.mse_loss torch.nn.functional.multi_head_attention_forward "
        "torch.nn.functional.multi_margin_loss torch.nn.functional.multilabel_margin_loss "
        "torch.nn.functional.multilabel_soft_margin_loss torch.nn.functional.nll_loss torch.nn.functional.normalize "
        "torch.nn.functional.one_hot torch.nn.functional.pad torch.nn.functional.pairwise_distance "
        "torch.nn.functional.pdist torch.nn.functional.pixel_shuffle torch.nn.functional.pixel_unshuffle "
        "torch.nn.functional.poisson_nll_loss torch.nn.functional.prelu torch.nn.functional.relu "
        "torch.nn.functional.relu6 torch.nn.functional.rms_norm torch.nn.functional.rrelu "
        "torch.nn.functional.scaled_dot_product_attention torch.nn.functional.scaled_grouped_mm "
        "torch.nn.functional.scaled_mm torch.nn.functional.selu torch.nn.functional.sigmoid torch.nn.functional.silu "
        "torch.nn.functional.smooth_l1_loss torch.nn.functional.soft_margin_loss torch.nn.functional.softmax "
        "torch.nn.functional.softmin torch.nn.functional.softplus torch.nn.functional.softshrink "
        "torch.nn.functional.softsign torch.nn.functional.tanh torch.nn.functional.tanhshrink "
        "torch.nn.functional.threshold torch.nn.functional.triplet_margin_loss "
        "torch.nn.functional.triplet_margin_with_distance_loss torch.nn.functional.unfold "
        "torch.nn.functional.upsample_bilinear torch.nn.functional.upsample_nearest torch.nonzero "
        "torch.nonzero_static torch.norm torch.norm_except_dim torch.not_equal torch.nuclear_norm torch.orgqr "
        "torch.ormqr torch.outer torch.pairwise_distance torch.pca_lowrank torch.pdist torch.permute "
        "torch.permute_copy torch.pinverse torch.pixel_shuffle torch.pixel_unshuffle torch.poisson_nll_loss "
        "torch.polar torch.polygamma torch.positive torch.pow torch.prelu torch.prod torch.put "
        "torch.q_per_channel_scales torch.q_per_channel_zero_points torch.qr torch.quantile "
        "torch.quantize_per_channel torch.quantize_per_tensor torch.quantize_per_tensor_dynamic torch.rad2deg "
        "torch.ravel torch.real torch.reciprocal torch.relu torch.remainder torch.renorm torch.repeat_interleave "
        "torch.reshape torch.resolve_conj torch.resolve_neg torch.rms_norm torch.rnn_relu torch.rnn_relu_cell "
        "torch.rnn_tanh torch.rnn_tanh_cell torch.roll torch.rot90 torch.round torch.row_indices_copy torch.row_stack "
        "torch.rrelu torch.rsqrt torch.rsub torch.scatter torch.scatter_add torch.scatter_reduce torch.searchsorted "
        "torch.segment_reduce torch.select torch.select_copy torch.select_scatter torch.selu torch.sgn torch.sigmoid "
        "torch.sign torch.signbit torch.sin torch.sinc torch.sinh torch.slice_copy torch.slice_inverse "
        "torch.slice_scatter torch.slogdet torch.smm torch.softmax torch.sort torch.special.airy_ai "
        "torch.special.bessel_j0 torch.special.bessel_j1 torch.special.bessel_y0 torch.special.bessel_y1 "
        "torch.special.chebyshev_polynomial_t torch.special.chebyshev_polynomial_u "
        "torch.special.chebyshev_polynomial_v torch.special.chebyshev_polynomial_w torch.special.digamma "
        "torch.special.entr torch.special.erf torch.special.erfc torch.special.erfcx torch.special.erfinv "
        "torch.special.exp2 torch.special.expit torch.special.expm1 torch.special.gammainc torch.special.gammaincc "
        "torch.special.gammaln torch.special.hermite_polynomial_h torch.special.hermite_polynomial_he "
        "torch.special.i0 torch.special.i0e torch.special.i1 torch.special.i1e torch.special.laguerre_polynomial_l "
        "torch.special.legendre_polynomial_p torch.special.log1p torch.special.log_ndtr torch.special.log_softmax "
        "torch.special.logit torch.special.logsumexp torch.special.modified_bessel_i0 "
        "torch.special.modified_bessel_i1 torch.special.modified_bessel_k0 torch.special.modified_bessel_k1 "
        "torch.special.multigammaln torch.special.ndtr torch.special.ndtri torch.special.polygamma torch.special.psi "
        "torch.special.round torch.special.scaled_modified_bessel_k0 torch.special.scaled_modified_bessel_k1 "
        "torch.special.shifted_chebyshev_polynomial_t torch.special.shifted_chebyshev_polynomial_u "
        "torch.special.shifted_chebyshev_polynomial_v torch.special.shifted_chebyshev_polynomial_w torch.special.sinc "
        "torch.special.softmax torch.special.spherical_bessel_j0 torch.special.xlog1py torch.special.xlogy "
        "torch.special.zeta torch.split torch.split_copy torch.split_with_sizes torch.split_with_sizes_copy "
        "torch.sqrt torch.square torch.squeeze torch.squeeze_copy torch.sspaddmm torch.stack torch.std torch.std_mean "
        "torch.stft torch.sub torch.subtract torch.sum torch.svd torch.svd_lowrank torch.swapaxes torch.swapdims "
        "torch.t torch.t_copy torch.take torch.take_along_dim torch.tan torch.tanh torch.tensor_split torch.tensordot "
        "torch.threshold torch.tile torch.topk torch.trace torch.transpose torch.transpose_copy torch.trapezoid "
        "torch.trapz torch.triangular_solve torch.tril torch.triplet_margin_loss torch.triu torch.true_divide "
        "torch.trunc torch.unbind torch.unbind_copy torch.unflatten torch.unfold_copy torch.unique "
        "torch.unique_consecutive torch.unsafe_chunk torch.unsafe_split torch.unsafe_split_with_sizes torch.unsqueeze "
        "torch.unsqueeze_copy torch.values_copy torch.vander torch.var torch.var_mean torch.vdot "
        "torch.view_as_complex torch.view_as_complex_copy torch.view_as_real torch.view_as_real_copy torch.view_copy "
        "torch.vsplit torch.vstack torch.where torch.xlogy"
    ).split()
)
"""Functions from tensors to tensors that change no argument when called without out= and inplace=."""

STATEFUL_FUNCTIONS = frozenset(
    (
        "torch.batch_norm torch.batch_norm_gather_stats torch.batch_norm_gather_stats_with_counts "
        "torch.batch_norm_update_stats torch.instance_norm torch.nn.functional.batch_norm "
        "torch.nn.functional.embedding torch.nn.functional.embedding_bag torch.nn.functional.instance_norm"
    ).split()
)
"""Functions from tensors to tensors that may change an argument (running statistics, max_norm)."""

PURE_METHODS = frozenset(
    (
        "abs absolute acos acosh add addbmm addcdiv addcmul addmm addmv addr adjoint all amax amin aminmax angle any "
        "arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin argsort argwhere as_strided "
        "as_strided_scatter asin asinh atan atan2 atanh baddbmm bernoulli bfloat16 bincount bitwise_and "
        "bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor bmm bool broadcast_to byte "
        "ccol_indices cdouble ceil cfloat chalf char cholesky cholesky_inverse cholesky_solve chunk clamp clamp_max "
        "clamp_min clip clone coalesce col_indices conj conj_physical contiguous copysign corrcoef cos cosh "
        "count_nonzero cov cpu cross crow_indices cuda cummax cummin cumprod cumsum deg2rad dequantize det detach "
        "diag diag_embed diagflat diagonal diagonal_scatter diff digamma dist div divide dot double dsplit eq erf "
        "erfc erfinv exp exp2 expand expand_as expm1 fix flatten flip fliplr flipud float float_power floor "
        "floor_divide fmax fmin fmod frac frexp gather gcd ge geqrf ger greater greater_equal gt half hardshrink "
        "hash_tensor heaviside histc histogram hsplit hypot i0 igamma igammac index index_add index_copy index_fill "
        "index_put index_reduce index_select indices inner int int_repr inverse ipu isclose isfinite isinf isnan "
        "isneginf isposinf isreal istft kron kthvalue lcm ldexp le lerp less less_equal lgamma log log10 log1p log2 "
        "log_softmax logaddexp logaddexp2 logcumsumexp logdet logical_and logical_not logical_or logical_xor logit "
        "logsumexp long lt lu lu_solve masked_fill masked_scatter masked_select matmul matrix_exp matrix_power max "
        "maximum mean median min minimum mm mode moveaxis movedim msort mtia mul multinomial multiply mv mvlgamma "
        "nan_to_num nanmean nanmedian nanquantile nansum narrow narrow_copy ne neg negative new new_empty "
        "new_empty_strided new_full new_ones new_tensor new_zeros nextafter nonzero nonzero_static norm not_equal "
        "orgqr ormqr outer permute pin_memory pinverse polygamma positive pow prelu prod put q_per_channel_scales "
        "q_per_channel_zero_points qr quantile rad2deg ravel reciprocal relu remainder renorm repeat "
        "repeat_interleave reshape reshape_as resolve_conj resolve_neg roll rot90 round row_indices rsqrt scatter "
        "scatter_add scatter_reduce select select_scatter sgn short sigmoid sign signbit sin sinc sinh slice_inverse "
        "slice_scatter slogdet smm softmax sort sparse_mask split split_with_sizes sqrt square squeeze sspaddmm std "
        "stft sub subtract sum sum_to_size svd swapaxes swapdims t take take_along_dim tan tanh tensor_split tile to "
        "to_dense to_mkldnn to_padded_tensor to_sparse to_sparse_bsc to_sparse_bsr to_sparse_coo to_sparse_csc "
        "to_sparse_csr topk trace transpose triangular_solve tril triu true_divide trunc type type_as unbind "
        "unflatten unfold unique unique_consecutive unsafe_chunk unsafe_split unsafe_split_with_sizes unsqueeze "
        "values var vdot view view_as vsplit where xlogy xpu"
    ).split()
)
"""Tensor methods that change nothing and return tensors: the result is all there is."""

DISTINCT_METHODS = frozenset(
    (
        "acos acosh addbmm addcdiv addcmul addmm addmv addr amax amin aminmax arctan2 argwhere as_strided "
        "as_strided_scatter asin asinh atan atan2 atanh baddbmm bernoulli bincount bitwise_left_shift bitwise_not "
        "bitwise_right_shift bmm broadcast_to ccol_indices cdouble cfloat chalf cholesky_inverse clamp clamp_max "
        "clamp_min col_indices conj_physical copysign corrcoef count_nonzero crow_indices deg2rad diag_embed diagflat "
        "diagonal_scatter digamma dsplit erfinv exp2 expand_as expm1 flip float_power floor_divide fmax fmin fmod "
        "frac frexp gcd geqrf ger greater_equal hardshrink hash_tensor heaviside histc hsplit hypot i0 igamma igammac "
        "index_add index_copy index_fill index_put index_reduce index_select int_repr isclose isfinite isinf isnan "
        "isneginf isposinf isreal kron kthvalue lcm ldexp lerp less_equal lgamma log2 logaddexp logaddexp2 "
        "logcumsumexp logdet logical_and logical_not logical_or logical_xor logit logsumexp lu lu_solve masked_fill "
        "masked_scatter masked_select matrix_exp matrix_power maximum minimum mm moveaxis movedim msort multinomial "
        "mv mvlgamma nan_to_num nanmean nanmedian nanquantile nansum narrow narrow_copy new_empty_strided new_full "
        "new_ones new_tensor new_zeros nextafter nonzero_static not_equal orgqr ormqr pinverse polygamma prelu "
        "q_per_channel_scales q_per_channel_zero_points qr rad2deg reciprocal remainder renorm repeat_interleave "
        "reshape_as resolve_conj resolve_neg row_indices rsqrt scatter_add scatter_reduce select_scatter sgn signbit "
        "slice_inverse slice_scatter slogdet smm sparse_mask split_with_sizes sspaddmm sum_to_size svd swapdims "
        "take_along_dim tensor_split to_mkldnn to_padded_tensor to_sparse to_sparse_bsc to_sparse_bsr to_sparse_coo "
        "to_sparse_csc to_sparse_csr topk triangular_solve tril triu true_divide type_as unbind unflatten "
        "unique_consecutive unsafe_chunk unsafe_split unsafe_split_with_sizes unsqueeze vdot view_as vsplit xlogy"
    ).split()
)
"""The pure methods whose names practically only tensors have."""

INPLACE_METHODS = frozenset(
    (
        "abs_ absolute_ acos_ acosh_ add_ addbmm_ addcdiv_ addcmul_ addmm_ addmv_ addr_ arccos_ arccosh_ arcsin_ "
        "arcsinh_ arctan2_ arctan_ arctanh_ asin_ asinh_ atan2_ atan_ atanh_ baddbmm_ bernoulli_ bitwise_and_ "
        "bitwise_left_shift_ bitwise_not_ bitwise_or_ bitwise_right_shift_ bitwise_xor_ cauchy_ ceil_ clamp_ "
        "clamp_max_ clamp_min_ clip_ conj_physical_ copy_ copysign_ cos_ cosh_ cumprod_ cumsum_ deg2rad_ digamma_ "
        "div_ divide_ eq_ erf_ erfc_ erfinv_ exp2_ exp_ expm1_ exponential_ fill_ fill_diagonal_ fix_ float_power_ "
        "floor_ floor_divide_ fmod_ frac_ gcd_ ge_ geometric_ greater_ greater_equal_ gt_ heaviside_ hypot_ i0_ "
        "igamma_ igammac_ index_add_ index_copy_ index_fill_ index_put_ index_reduce_ lcm_ ldexp_ le_ lerp_ less_ "
        "less_equal_ lgamma_ log10_ log1p_ log2_ log_ log_normal_ logical_and_ logical_not_ logical_or_ logical_xor_ "
        "logit_ lt_ masked_fill_ masked_scatter_ mul_ multiply_ mvlgamma_ nan_to_num_ ne_ neg_ negative_ nextafter_ "
        "normal_ not_equal_ polygamma_ pow_ put_ rad2deg_ random_ reciprocal_ relu_ remainder_ renorm_ round_ rsqrt_ "
        "scatter_ scatter_add_ scatter_reduce_ sgn_ sigmoid_ sign_ sin_ sinc_ sinh_ sqrt_ square_ sub_ subtract_ tan_ "
        "tanh_ tril_ triu_ true_divide_ trunc_ uniform_ xlogy_ zero_"
    ).split()
)
"""Tensor methods that write values into the tensor."""

INPLACE_VIEW_METHODS = frozenset(
    "as_strided_ resize_ resize_as_ set_ squeeze_ swapaxes_ swapdims_ t_ transpose_ unsqueeze_".split()
)
"""Tensor methods that change the tensor's shape in place, not its values."""

VIEW_METHODS = frozenset(
    (
        "adjoint as_strided broadcast_to chunk conj detach diagonal dsplit expand expand_as hsplit moveaxis movedim "
        "narrow permute positive select split split_with_sizes squeeze swapaxes swapdims t tensor_split transpose "
        "unbind unflatten unfold unsqueeze view view_as vsplit"
    ).split()
)
"""Tensor methods whose result always shares the tensor's memory."""

MAYBE_VIEW_METHODS = frozenset(
    (
        "bfloat16 bool byte ccol_indices cdouble cfloat chalf char coalesce col_indices contiguous cpu crow_indices "
        "cuda double flatten float half indices int ipu long mtia pin_memory ravel reshape reshape_as resolve_conj "
        "resolve_neg row_indices short slice_inverse to type type_as values xpu"
    ).split()
)
"""Tensor methods whose result shares the tensor's memory or not, as it happens."""

DTYPE_METHODS = frozenset(
    "bfloat16 bool byte cdouble cfloat chalf char double float half int long short to type type_as".split()
)
"""Tensor methods that change the dtype."""

DEVICE_METHODS = frozenset("cpu cuda ipu mtia pin_memory to type type_as xpu".split())
"""Tensor methods that change where the tensor is."""

HOST_METHODS = frozenset(
    (
        "allclose const_data_ptr data_ptr dense_dim dim dim_order element_size equal get_device is_coalesced "
        "is_complex is_conj is_contiguous is_distributed is_floating_point is_inference is_neg is_nonzero is_pinned "
        "is_same_size is_set_to is_shared is_signed item ndimension nelement numel numpy q_per_channel_axis q_scale "
        "q_zero_point qscheme size sparse_dim storage storage_offset storage_type stride tolist untyped_storage"
    ).split()
)
"""Tensor methods that return no tensor."""

VIEW_PROPERTIES = frozenset("H T data imag mH mT real".split())
"""Tensor properties that are tensors and share the tensor's memory."""

HOMES: dict[str, dict[str, str]] = {
    "torch._tensor": {
        "torch": "Tensor",
    },
    "torch.amp": {
        "torch": "GradScaler autocast",
    },
    "torch.amp.autocast_mode": {
        "torch": "autocast",
        "torch.amp": "custom_bwd custom_fwd is_autocast_available",
    },
    "torch.amp.grad_scaler": {
        "torch": "GradScaler",
    },
    "torch.autograd": {
        "torch": "enable_grad inference_mode no_grad set_grad_enabled",
    },
    "torch.autograd.anomaly_mode": {
        "torch.autograd": "detect_anomaly set_detect_anomaly",
    },
    "torch.autograd.function": {
        "torch.autograd": "Function NestedIOFunction",
    },
    "torch.autograd.grad_mode": {
        "torch": "enable_grad inference_mode no_grad set_grad_enabled",
        "torch.autograd": "enforce_grad_layout_policy set_multithreading_enabled",
    },
    "torch.autograd.gradcheck": {
        "torch.autograd": "gradcheck gradgradcheck",
    },
    "torch.autograd.variable": {
        "torch.autograd": "Variable",
    },
    "torch.cuda.amp.autocast_mode": {
        "torch.cuda.amp": "autocast custom_bwd custom_fwd",
    },
    "torch.cuda.amp.common": {
        "torch.cuda.amp": "amp_definitely_not_available",
    },
    "torch.cuda.amp.grad_scaler": {
        "torch.cuda.amp": "GradScaler",
    },
    "torch.distributions.bernoulli": {
        "torch.distributions": "Bernoulli",
    },
    "torch.distributions.beta": {
        "torch.distributions": "Beta",
    },
    "torch.distributions.binomial": {
        "torch.distributions": "Binomial",
    },
    "torch.distributions.categorical": {
        "torch.distributions": "Categorical",
    },
    "torch.distributions.cauchy": {
        "torch.distributions": "Cauchy",
    },
    "torch.distributions.chi2": {
        "torch.distributions": "Chi2",
    },
    "torch.distributions.constraint_registry": {
        "torch.distributions": "biject_to transform_to",
    },
    "torch.distributions.continuous_bernoulli": {
        "torch.distributions": "ContinuousBernoulli",
    },
    "torch.distributions.dirichlet": {
        "torch.distributions": "Dirichlet",
    },
    "torch.distributions.distribution": {
        "torch.distributions": "Distribution",
    },
    "torch.distributions.exp_family": {
        "torch.distributions": "ExponentialFamily",
    },
    "torch.distributions.exponential": {
        "torch.distributions": "Exponential",
    },
    "torch.distributions.fishersnedecor": {
        "torch.distributions": "FisherSnedecor",
    },
    "torch.distributions.gamma": {
        "torch.distributions": "Gamma",
    },
    "torch.distributions.generalized_pareto": {
        "torch.distributions": "GeneralizedPareto",
    },
    "torch.distributions.geometric": {
        "torch.distributions": "Geometric",
    },
    "torch.distributions.gumbel": {
        "torch.distributions": "Gumbel",
    },
    "torch.distributions.half_cauchy": {
        "torch.distributions": "HalfCauchy",
    },
    "torch.distributions.half_normal": {
        "torch.distributions": "HalfNormal",
    },
    "torch.distributions.independent": {
        "torch.distributions": "Independent",
    },
    "torch.distributions.inverse_gamma": {
        "torch.distributions": "InverseGamma",
    },
    "torch.distributions.kl": {
        "torch.distributions": "kl_divergence register_kl",
    },
    "torch.distributions.kumaraswamy": {
        "torch.distributions": "Kumaraswamy",
    },
    "torch.distributions.laplace": {
        "torch.distributions": "Laplace",
    },
    "torch.distributions.lkj_cholesky": {
        "torch.distributions": "LKJCholesky",
    },
    "torch.distributions.log_normal": {
        "torch.distributions": "LogNormal",
    },
    "torch.distributions.logistic_normal": {
        "torch.distributions": "LogisticNormal",
    },
    "torch.distributions.lowrank_multivariate_normal": {
        "torch.distributions": "LowRankMultivariateNormal",
    },
    "torch.distributions.mixture_same_family": {
        "torch.distributions": "MixtureSameFamily",
    },
    "torch.distributions.multinomial": {
        "torch.distributions": "Multinomial",
    },
    "torch.distributions.multivariate_normal": {
        "torch.distributions": "MultivariateNormal",
    },
    "torch.distributions.negative_binomial": {
        "torch.distributions": "NegativeBinomial",
    },
    "torch.distributions.normal": {
        "torch.distributions": "Normal",
    },
    "torch.distributions.one_hot_categorical": {
        "torch.distributions": "OneHotCategorical OneHotCategoricalStraightThrough",
    },
    "torch.distributions.pareto": {
        "torch.distributions": "Pareto",
    },
    "torch.distributions.poisson": {
        "torch.distributions": "Poisson",
    },
    "torch.distributions.relaxed_bernoulli": {
        "torch.distributions": "RelaxedBernoulli",
    },
    "torch.distributions.relaxed_categorical": {
        "torch.distributions": "RelaxedOneHotCategorical",
    },
    "torch.distributions.studentT": {
        "torch.distributions": "StudentT",
    },
    "torch.distributions.transformed_distribution": {
        "torch.distributions": "TransformedDistribution",
    },
    "torch.distributions.transforms": {
        "torch.distributions": (
            "AbsTransform AffineTransform CatTransform ComposeTransform CorrCholeskyTransform "
            "CumulativeDistributionTransform ExpTransform IndependentTransform LowerCholeskyTransform "
            "PositiveDefiniteTransform PowerTransform ReshapeTransform SigmoidTransform SoftmaxTransform "
            "SoftplusTransform StackTransform StickBreakingTransform TanhTransform Transform identity_transform"
        ),
    },
    "torch.distributions.uniform": {
        "torch.distributions": "Uniform",
    },
    "torch.distributions.von_mises": {
        "torch.distributions": "VonMises",
    },
    "torch.distributions.weibull": {
        "torch.distributions": "Weibull",
    },
    "torch.distributions.wishart": {
        "torch.distributions": "Wishart",
    },
    "torch.functional": {
        "torch": (
            "Tensor atleast_1d atleast_2d atleast_3d block_diag broadcast_shapes broadcast_tensors cartesian_prod "
            "cdist chain_matmul einsum istft lu meshgrid norm pca_lowrank split stft svd_lowrank tensordot unique "
            "unique_consecutive unravel_index"
        ),
    },
    "torch.nn.modules": {
        "torch.nn": (
            "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveLogSoftmaxWithLoss AdaptiveMaxPool1d "
            "AdaptiveMaxPool2d AdaptiveMaxPool3d AlphaDropout AvgPool1d AvgPool2d AvgPool3d BCELoss BCEWithLogitsLoss "
            "BatchNorm1d BatchNorm2d BatchNorm3d Bilinear CELU CTCLoss ChannelShuffle CircularPad1d CircularPad2d "
            "CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d Container Conv1d Conv2d Conv3d ConvTranspose1d "
            "ConvTranspose2d ConvTranspose3d CosineEmbeddingLoss CosineSimilarity CrossEntropyLoss CrossMapLRN2d "
            "Dropout Dropout1d Dropout2d Dropout3d ELU Embedding EmbeddingBag FeatureAlphaDropout Flatten Fold "
            "FractionalMaxPool2d FractionalMaxPool3d GELU GLU GRU GRUCell GaussianNLLLoss GroupNorm Hardshrink "
            "Hardsigmoid Hardswish Hardtanh HingeEmbeddingLoss HuberLoss Identity InstanceNorm1d InstanceNorm2d "
            "InstanceNorm3d KLDivLoss L1Loss LPPool1d LPPool2d LPPool3d LSTM LSTMCell LayerNorm LazyBatchNorm1d "
            "LazyBatchNorm2d LazyBatchNorm3d LazyConv1d LazyConv2d LazyConv3d LazyConvTranspose1d LazyConvTranspose2d "
            "LazyConvTranspose3d LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d LazyLinear LeakyReLU Linear "
            "LinearCrossEntropyLoss LinearCrossEntropyOptions LocalResponseNorm LogSigmoid LogSoftmax MSELoss "
            "MarginRankingLoss MaxPool1d MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d Mish Module "
            "ModuleDict ModuleList MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss MultiheadAttention "
            "NLLLoss NLLLoss2d PReLU PairwiseDistance ParameterDict ParameterList PixelShuffle PixelUnshuffle "
            "PoissonNLLLoss RMSNorm RNN RNNBase RNNCell RNNCellBase RReLU ReLU ReLU6 ReflectionPad1d ReflectionPad2d "
            "ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d SELU Sequential SiLU Sigmoid "
            "SmoothL1Loss SoftMarginLoss Softmax Softmax2d Softmin Softplus Softshrink Softsign SyncBatchNorm Tanh "
            "Tanhshrink Threshold Transformer TransformerDecoder TransformerDecoderLayer TransformerEncoder "
            "TransformerEncoderLayer TripletMarginLoss TripletMarginWithDistanceLoss Unflatten Unfold Upsample "
            "UpsamplingBilinear2d UpsamplingNearest2d ZeroPad1d ZeroPad2d ZeroPad3d"
        ),
    },
    "torch.nn.modules.activation": {
        "torch.nn": (
            "CELU ELU GELU GLU Hardshrink Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid LogSoftmax Mish "
            "MultiheadAttention PReLU RReLU ReLU ReLU6 SELU SiLU Sigmoid Softmax Softmax2d Softmin Softplus "
            "Softshrink Softsign Tanh Tanhshrink Threshold"
        ),
    },
    "torch.nn.modules.adaptive": {
        "torch.nn": "AdaptiveLogSoftmaxWithLoss",
    },
    "torch.nn.modules.batchnorm": {
        "torch.nn": "BatchNorm1d BatchNorm2d BatchNorm3d LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d SyncBatchNorm",
    },
    "torch.nn.modules.channelshuffle": {
        "torch.nn": "ChannelShuffle",
    },
    "torch.nn.modules.container": {
        "torch.nn": "Container ModuleDict ModuleList ParameterDict ParameterList Sequential",
    },
    "torch.nn.modules.conv": {
        "torch.nn": (
            "Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d LazyConv1d LazyConv2d LazyConv3d "
            "LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d"
        ),
    },
    "torch.nn.modules.distance": {
        "torch.nn": "CosineSimilarity PairwiseDistance",
    },
    "torch.nn.modules.dropout": {
        "torch.nn": "AlphaDropout Dropout Dropout1d Dropout2d Dropout3d FeatureAlphaDropout",
    },
    "torch.nn.modules.flatten": {
        "torch.nn": "Flatten Unflatten",
    },
    "torch.nn.modules.fold": {
        "torch.nn": "Fold Unfold",
    },
    "torch.nn.modules.instancenorm": {
        "torch.nn": (
            "InstanceNorm1d InstanceNorm2d InstanceNorm3d LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d"
        ),
    },
    "torch.nn.modules.linear": {
        "torch.nn": "Bilinear Identity LazyLinear Linear",
    },
    "torch.nn.modules.linear_cross_entropy_options": {
        "torch.nn": "LinearCrossEntropyOptions",
    },
    "torch.nn.modules.loss": {
        "torch.nn": (
            "BCELoss BCEWithLogitsLoss CTCLoss CosineEmbeddingLoss CrossEntropyLoss GaussianNLLLoss "
            "HingeEmbeddingLoss HuberLoss KLDivLoss L1Loss LinearCrossEntropyLoss MSELoss MarginRankingLoss "
            "MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss NLLLoss NLLLoss2d PoissonNLLLoss "
            "SmoothL1Loss SoftMarginLoss TripletMarginLoss TripletMarginWithDistanceLoss"
        ),
    },
    "torch.nn.modules.module": {
        "torch.nn": "Module",
    },
    "torch.nn.modules.normalization": {
        "torch.nn": "CrossMapLRN2d GroupNorm LayerNorm LocalResponseNorm RMSNorm",
    },
    "torch.nn.modules.padding": {
        "torch.nn": (
            "CircularPad1d CircularPad2d CircularPad3d ConstantPad1d ConstantPad2d ConstantPad3d ReflectionPad1d "
            "ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d ZeroPad1d ZeroPad2d "
            "ZeroPad3d"
        ),
    },
    "torch.nn.modules.pixelshuffle": {
        "torch.nn": "PixelShuffle PixelUnshuffle",
    },
    "torch.nn.modules.pooling": {
        "torch.nn": (
            "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d "
            "AdaptiveMaxPool3d AvgPool1d AvgPool2d AvgPool3d FractionalMaxPool2d FractionalMaxPool3d LPPool1d "
            "LPPool2d LPPool3d MaxPool1d MaxPool2d MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d"
        ),
    },
    "torch.nn.modules.rnn": {
        "torch.nn": "GRU GRUCell LSTM LSTMCell RNN RNNBase RNNCell RNNCellBase",
    },
    "torch.nn.modules.sparse": {
        "torch.nn": "Embedding EmbeddingBag",
    },
    "torch.nn.modules.transformer": {
        "torch.nn": "Transformer TransformerDecoder TransformerDecoderLayer TransformerEncoder TransformerEncoderLayer",
    },
    "torch.nn.modules.upsampling": {
        "torch.nn": "Upsample UpsamplingBilinear2d UpsamplingNearest2d",
    },
    "torch.nn.parallel": {
        "torch.nn": "DataParallel",
    },
    "torch.nn.parallel.data_parallel": {
        "torch.nn": "DataParallel",
        "torch.nn.parallel": "data_parallel",
    },
    "torch.nn.parallel.distributed": {
        "torch.nn.parallel": "DistributedDataParallel",
    },
    "torch.nn.parallel.parallel_apply": {
        "torch.nn.parallel": "parallel_apply",
    },
    "torch.nn.parallel.replicate": {
        "torch.nn.parallel": "replicate",
    },
    "torch.nn.parallel.scatter_gather": {
        "torch.nn.parallel": "gather scatter",
    },
    "torch.nn.parameter": {
        "torch.nn": "Buffer Parameter UninitializedBuffer UninitializedParameter",
    },
    "torch.nn.utils.clip_grad": {
        "torch.nn.utils": "clip_grad_norm clip_grad_norm_ clip_grad_value_",
    },
    "torch.nn.utils.convert_parameters": {
        "torch.nn.utils": "parameters_to_vector vector_to_parameters",
    },
    "torch.nn.utils.fusion": {
        "torch.nn.utils": "fuse_conv_bn_eval fuse_conv_bn_weights fuse_linear_bn_eval fuse_linear_bn_weights",
    },
    "torch.nn.utils.init": {
        "torch.nn.utils": "skip_init",
    },
    "torch.nn.utils.memory_format": {
        "torch.nn.utils": "convert_conv2d_weight_memory_format convert_conv3d_weight_memory_format",
    },
    "torch.nn.utils.spectral_norm": {
        "torch.nn.utils": "remove_spectral_norm spectral_norm",
    },
    "torch.nn.utils.weight_norm": {
        "torch.nn.utils": "remove_weight_norm weight_norm",
    },
    "torch.optim.adadelta": {
        "torch.optim": "Adadelta",
    },
    "torch.optim.adagrad": {
        "torch.optim": "Adagrad",
    },
    "torch.optim.adam": {
        "torch.optim": "Adam",
    },
    "torch.optim.adamax": {
        "torch.optim": "Adamax",
    },
    "torch.optim.adamw": {
        "torch.optim": "AdamW",
    },
    "torch.optim.asgd": {
        "torch.optim": "ASGD",
    },
    "torch.optim.lbfgs": {
        "torch.optim": "LBFGS",
    },
    "torch.optim.nadam": {
        "torch.optim": "NAdam",
    },
    "torch.optim.optimizer": {
        "torch.optim": "Optimizer",
    },
    "torch.optim.radam": {
        "torch.optim": "RAdam",
    },
    "torch.optim.rmsprop": {
        "torch.optim": "RMSprop",
    },
    "torch.optim.rprop": {
        "torch.optim": "Rprop",
    },
    "torch.optim.sgd": {
        "torch.optim": "SGD",
    },
    "torch.optim.sparse_adam": {
        "torch.optim": "SparseAdam",
    },
    "torch.random": {
        "torch": "get_rng_state initial_seed seed set_rng_state thread_safe_generator",
    },
    "torch.serialization": {
        "torch": "load save",
    },
    "torch.utils.data.dataloader": {
        "torch.utils.data": "DataLoader",
    },
    "torch.utils.data.dataset": {
        "torch.utils.data": (
            "ChainDataset ConcatDataset Dataset IterableDataset StackDataset Subset TensorDataset random_split"
        ),
    },
    "torch.utils.data.distributed": {
        "torch.utils.data": "DistributedSampler",
    },
    "torch.utils.data.sampler": {
        "torch.utils.data": (
            "BatchSampler RandomSampler Sampler SequentialSampler SubsetRandomSampler WeightedRandomSampler"
        ),
    },
}
"""Module that also has the name -> public module -> the names, separated by spaces."""
