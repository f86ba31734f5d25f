"""What the operations, layers and optimizers of PyTorch 2.13.0 do to autograd.

Written by ``python -m torchlint.model.api.derive``; do not edit. How an entry reads: ``operation_text.py``.
"""

from __future__ import annotations

TORCH_VERSION = "2.13.0"

OPERATIONS = r"""
torch.BFloat16Tensor torch.BoolTensor torch.ByteTensor torch.CharTensor torch.DoubleTensor torch.FloatTensor
  torch.HalfTensor torch.IntTensor torch.LongTensor torch.ShortTensor torch.Tensor
 (+data~=()) -> 0 !no

torch.Tensor.H torch.Tensor.T torch.Tensor.adjoint torch.Tensor.imag torch.Tensor.mH torch.Tensor.mT torch.Tensor.real
  torch.Tensor.t
 (self) -> 0 @view(self) d:self

torch.Tensor.abs torch.Tensor.absolute torch.Tensor.acos torch.Tensor.acosh torch.Tensor.angle torch.Tensor.arccos
  torch.Tensor.arccosh torch.Tensor.arcsin torch.Tensor.arcsinh torch.Tensor.arctan torch.Tensor.arctanh
  torch.Tensor.asin torch.Tensor.asinh torch.Tensor.atan torch.Tensor.atanh torch.Tensor.cos torch.Tensor.cosh
  torch.Tensor.digamma torch.Tensor.erf torch.Tensor.erfc torch.Tensor.erfinv torch.Tensor.i0 torch.Tensor.lgamma
  torch.Tensor.log torch.Tensor.log10 torch.Tensor.log1p torch.Tensor.log2 torch.Tensor.logdet torch.Tensor.matrix_exp
  torch.Tensor.sin torch.Tensor.sinc torch.Tensor.sinh torch.Tensor.square
 (self) d:self k:self K

torch.Tensor.abs_ torch.Tensor.absolute_ torch.Tensor.acos_ torch.Tensor.arccos_ torch.Tensor.arcsin_
  torch.Tensor.arctan_ torch.Tensor.asin_ torch.Tensor.atan_ torch.Tensor.cos_ torch.Tensor.cosh_
  torch.Tensor.digamma_ torch.Tensor.erf_ torch.Tensor.erfc_ torch.Tensor.erfinv_ torch.Tensor.i0_
  torch.Tensor.lgamma_ torch.Tensor.log10_ torch.Tensor.log1p_ torch.Tensor.log2_ torch.Tensor.log_ torch.Tensor.sin_
  torch.Tensor.sinc_ torch.Tensor.sinh_ torch.Tensor.square_
 (self) -> 0 @self(self) d:self K w:self

torch.Tensor.acosh_ torch.Tensor.arccosh_ torch.Tensor.arcsinh_ torch.Tensor.arctanh_ torch.Tensor.asinh_
  torch.Tensor.atanh_
 (self) -> 0 !maybe@self(self) w:self

torch.Tensor.add torch.Tensor.sub torch.Tensor.subtract
 (self other *alpha#=1) d:other,self
 (self other# alpha#=1) d:self

torch.Tensor.add_ torch.Tensor.sub_ torch.Tensor.subtract_
 (self other *alpha#=1) -> 0 @self(self) d:other,self w:self
 (self other# alpha#=1) -> 0 @self(self) d:self w:self

torch.Tensor.addbmm torch.Tensor.baddbmm
 (self batch1 batch2 *beta#=1 *alpha#=1) d:batch1,batch2,self k:batch1<batch2 k:batch2<batch1 K<batch1,batch2

torch.Tensor.addbmm_ torch.Tensor.baddbmm_
 (self batch1 batch2 *beta#=1 *alpha#=1) -> 0 @self(self) d:batch1,batch2,self k:batch1<batch2 k:batch2<batch1
  K<batch1,batch2 w:self

torch.Tensor.addcdiv
 (self tensor1 tensor2 *value#=1) d:self,tensor1,tensor2 k:tensor1<tensor2 k:tensor2 K

torch.Tensor.addcdiv_
 (self tensor1 tensor2 *value#=1) -> 0 @self(self) d:self,tensor1,tensor2 k:tensor1<tensor2 k:tensor2 K w:self

torch.Tensor.addcmul
 (self tensor1 tensor2 *value#=1) d:self,tensor1,tensor2 k:tensor1<tensor2 k:tensor2<tensor1 K<tensor1,tensor2

torch.Tensor.addcmul_
 (self tensor1 tensor2 *value#=1) -> 0 @self(self) d:self,tensor1,tensor2 k:tensor1<tensor2 k:tensor2<tensor1
  K<tensor1,tensor2 w:self

torch.Tensor.addmm
 (self mat1 mat2 *beta#=1 *alpha#=1) d:mat1,mat2,self k:mat1<mat2 k:mat2<mat1 K<mat1,mat2

torch.Tensor.addmm_
 (self mat1 mat2 *beta#=1 *alpha#=1) -> 0 @self(self) d:mat1,mat2,self k:mat1<mat2 k:mat2<mat1 K<mat1,mat2 w:self

torch.Tensor.addmv
 (self mat vec *beta#=1 *alpha#=1) d:mat,self,vec k:mat<vec k:vec<mat K<mat,vec

torch.Tensor.addmv_
 (self mat vec *beta#=1 *alpha#=1) -> 0 @self(self) d:mat,self,vec k:mat<vec k:vec<mat K<mat,vec w:self

torch.Tensor.addr
 (self vec1 vec2 *beta#=1 *alpha#=1) d:self,vec1,vec2 k:vec1<vec2 k:vec2<vec1 K<vec1,vec2

torch.Tensor.addr_
 (self vec1 vec2 *beta#=1 *alpha#=1) -> 0 @self(self) d:self,vec1,vec2 k:vec1<vec2 k:vec2<vec1 K<vec1,vec2 w:self

torch.Tensor.all torch.Tensor.any
 (self dim~=None keepdim~=False) -> 0 !no
 (self) -> 0 !no
 (self dim# keepdim~=False) -> 0 !no

torch.Tensor.allclose
 (self other rtol#=1e-05 atol#=1e-08 equal_nan~=False) -> -

torch.Tensor.amax torch.Tensor.amin
 (self dim~=[] keepdim~=False) d:self k:self k:result K

torch.Tensor.aminmax
 (self *dim#=None *keepdim~=False) -> (0,1) min max d:self k:self k:result.0 k:result.1 K

torch.Tensor.apply_
 (self callable~) -> 0 !no@self(self) w:self

torch.Tensor.arctan2 torch.Tensor.atan2 torch.Tensor.fmax torch.Tensor.fmin torch.Tensor.logaddexp
  torch.Tensor.logaddexp2 torch.Tensor.maximum torch.Tensor.minimum
 (self other) d:other,self k:self k:other K

torch.Tensor.arctan2_ torch.Tensor.atan2_
 (self other) -> 0 @self(self) d:other,self k:other K w:self

torch.Tensor.argmax torch.Tensor.argmin
 (self dim#=None keepdim~=False) -> 0 !no

torch.Tensor.argsort
 (self dim#=-1 descending~=False) -> 0 !no
 (self *stable~ *dim#=-1 *descending~=False) -> 0 !no

torch.Tensor.argwhere torch.Tensor.bitwise_not torch.Tensor.isfinite torch.Tensor.isinf torch.Tensor.isnan
  torch.Tensor.isneginf torch.Tensor.isposinf torch.Tensor.isreal torch.Tensor.logical_not torch.Tensor.nonzero
  torch.Tensor.signbit
 (self) -> 0 !no

torch.Tensor.as_strided
 (self size~ stride~ storage_offset#=None) -> 0 @view(self) d:self

torch.Tensor.as_strided_
 (self size~ stride~ storage_offset#=None) -> 0 @self(self) d:self w:self

torch.Tensor.as_strided_scatter
 (self src size~ stride~ storage_offset#=None) d:self,src

torch.Tensor.bernoulli
 (self *generator~=None) d:self
 (self p# *generator~=None) -> 0 !no

torch.Tensor.bernoulli_
 (self p#=0.5 *generator~=None) -> 0 @self(self) d:self w:self
 (self p *generator~=None) -> 0 @self(self) d:p,self w:self

torch.Tensor.bfloat16 torch.Tensor.cdouble torch.Tensor.cfloat torch.Tensor.chalf torch.Tensor.cpu torch.Tensor.double
  torch.Tensor.float torch.Tensor.half
 (self *memory_format~=None) -> 0 @maybe-self(self) d:self

torch.Tensor.bincount
 (self weights=None minlength#=0) -> 0 !no

torch.Tensor.bitwise_and torch.Tensor.bitwise_left_shift torch.Tensor.bitwise_or torch.Tensor.bitwise_right_shift
  torch.Tensor.bitwise_xor torch.Tensor.eq torch.Tensor.floor_divide torch.Tensor.ge torch.Tensor.greater
  torch.Tensor.greater_equal torch.Tensor.gt torch.Tensor.le torch.Tensor.less torch.Tensor.less_equal torch.Tensor.lt
  torch.Tensor.ne torch.Tensor.not_equal
 (self other) -> 0 !no
 (self other#) -> 0 !no

torch.Tensor.bitwise_and_ torch.Tensor.bitwise_left_shift_ torch.Tensor.bitwise_or_ torch.Tensor.bitwise_right_shift_
  torch.Tensor.bitwise_xor_ torch.Tensor.floor_divide_
 (self other) -> 0 !no@self(self) w:self
 (self other#) -> 0 !no@self(self) w:self

torch.Tensor.bitwise_not_
 (self) -> 0 !no@self(self) w:self

torch.Tensor.bmm torch.Tensor.mm
 (self mat2) d:mat2,self k:self<mat2 k:mat2<self K

torch.Tensor.bool torch.Tensor.byte torch.Tensor.char torch.Tensor.int torch.Tensor.long torch.Tensor.short
 (self *memory_format~=None) -> 0 !no@maybe-self(self)

torch.Tensor.broadcast_to
 (self +size~) -> 0 @view(self) d:self

torch.Tensor.cauchy_
 (self median#=0 sigma#=1 *generator~=None) -> 0 @self(self) d:self w:self

torch.Tensor.ceil torch.Tensor.deg2rad torch.Tensor.fix torch.Tensor.fliplr torch.Tensor.flipud torch.Tensor.floor
  torch.Tensor.frac torch.Tensor.neg torch.Tensor.negative torch.Tensor.rad2deg torch.Tensor.sign torch.Tensor.trace
  torch.Tensor.trunc
 (self) d:self

torch.Tensor.ceil_ torch.Tensor.conj_physical_ torch.Tensor.deg2rad_ torch.Tensor.fix_ torch.Tensor.floor_
  torch.Tensor.frac_ torch.Tensor.logical_not_ torch.Tensor.neg_ torch.Tensor.negative_ torch.Tensor.rad2deg_
  torch.Tensor.sign_ torch.Tensor.t_ torch.Tensor.trunc_ torch.Tensor.zero_
 (self) -> 0 @self(self) d:self w:self

torch.Tensor.cholesky
 (self upper~=False) d:self k:result K

torch.Tensor.cholesky_inverse
 (self upper~=False) d:self k:self k:result K

torch.Tensor.cholesky_solve
 (self input2 upper~=False) d:input2,self k:self k:input2 k:result K

torch.Tensor.chunk
 (self chunks# dim#=0) -> [0] @multi-view(self) d:self

torch.Tensor.clamp torch.Tensor.clip
 (self min#=None max#=None) d:self k:self K
 (self min=None max=None) d:max,min,self k:self k:min k:max K

torch.Tensor.clamp_ torch.Tensor.clip_
 (self min#=None max#=None) -> 0 @self(self) d:self K w:self
 (self min=None max=None) -> 0 @self(self) d:max,min,self k:min k:max K w:self

torch.Tensor.clamp_max
 (self max) d:max,self k:self k:max K
 (self max#) d:self k:self K

torch.Tensor.clamp_max_
 (self max) -> 0 @self(self) d:max,self k:max K w:self
 (self max#) -> 0 @self(self) d:self K w:self

torch.Tensor.clamp_min
 (self min) d:min,self k:self k:min K
 (self min#) d:self k:self K

torch.Tensor.clamp_min_
 (self min) -> 0 @self(self) d:min,self k:min K w:self
 (self min#) -> 0 @self(self) d:self K w:self

torch.Tensor.clone
 (self *memory_format~=None) d:self

torch.Tensor.conj torch.Tensor.conj_physical torch.Tensor.positive torch.Tensor.resolve_conj torch.Tensor.resolve_neg
  torch.Tensor.share_memory_
 (self) -> 0 @self(self) d:self

torch.Tensor.const_data_ptr torch.Tensor.data_ptr torch.Tensor.dense_dim torch.Tensor.dim torch.Tensor.element_size
  torch.Tensor.get_device torch.Tensor.is_coalesced torch.Tensor.is_complex torch.Tensor.is_conj
  torch.Tensor.is_contiguous torch.Tensor.is_distributed torch.Tensor.is_floating_point torch.Tensor.is_inference
  torch.Tensor.is_neg torch.Tensor.is_nonzero torch.Tensor.is_signed torch.Tensor.item torch.Tensor.ndimension
  torch.Tensor.nelement torch.Tensor.numel torch.Tensor.qscheme torch.Tensor.retain_grad torch.Tensor.sparse_dim
  torch.Tensor.storage_offset torch.Tensor.tolist torch.Tensor.untyped_storage
 (self) -> -

torch.Tensor.contiguous
 (self *memory_format~=torch.contiguous_format) -> 0 @maybe-self(self) d:self

torch.Tensor.copy_
 (self src non_blocking~=False) -> 0 @self(self) d:self,src w:self

torch.Tensor.copysign
 (self other) d:other,self k:self<self k:result K
 (self other#) d:self k:self k:result K

torch.Tensor.copysign_
 (self other) -> 0 @self(self) d:other,self k:result K w:self
 (self other#) -> 0 @self(self) d:self k:result K w:self

torch.Tensor.corrcoef torch.Tensor.msort
 (self) d:self K

torch.Tensor.count_nonzero
 (self dim#=None) -> 0 !no
 (self +dim~) -> 0 !no

torch.Tensor.cov
 (self *correction#=1 *fweights=None *aweights=None) g:aweights=None d:self k:fweights K
 (self *correction#=1 *fweights=None *aweights=None) g:fweights=None d:aweights,self k:self<aweights k:aweights K
 (self *correction#=1 *fweights=None *aweights=None) d:aweights,self k:self<aweights k:fweights<aweights
  k:aweights?<aweights K

torch.Tensor.cross
 (self other dim#=None) d:other,self k:self<other k:other<self K

torch.Tensor.cuda torch.Tensor.ipu torch.Tensor.mtia torch.Tensor.xpu
 (self device~=None non_blocking~=False *memory_format~=None) -> 0 @maybe-self(self) d:self

torch.Tensor.cummax torch.Tensor.cummin
 (self dim#) -> (0,1) values indices!no d:self k:self k:result.1 K

torch.Tensor.cumprod
 (self dim# *dtype~=None) d:self k:self k:result K

torch.Tensor.cumprod_
 (self dim# *dtype~=None) -> 0 @self(self) d:self k:result K w:self

torch.Tensor.cumsum
 (self dim# *dtype~=None) d:self

torch.Tensor.cumsum_
 (self dim# *dtype~=None) -> 0 @self(self) d:self w:self

torch.Tensor.dequantize torch.Tensor.detach_
 (self) -> 0 !no@self(self)

torch.Tensor.det torch.Tensor.sgn
 (self) d:self k:self k:result K

torch.Tensor.detach
 (self) -> 0 !no@detached(self)

torch.Tensor.diag torch.Tensor.tril torch.Tensor.triu
 (self diagonal#=0) d:self

torch.Tensor.diag_embed
 (self offset#=0 dim1#=-2 dim2#=-1) d:self

torch.Tensor.diagflat
 (self offset#=0) d:self

torch.Tensor.diagonal
 (self offset#=0 dim1#=0 dim2#=1) -> 0 @view(self) d:self

torch.Tensor.diagonal_scatter
 (self src offset#=0 dim1#=0 dim2#=1) d:self,src

torch.Tensor.diff
 (self n#=1 dim#=-1 prepend=None append=None) d:append,prepend,self

torch.Tensor.dist
 (self other p#=2) d:other,self k:self k:other k:result K

torch.Tensor.div torch.Tensor.divide
 (self other) d:other,self k:self<other k:other K
 (self other *rounding_mode~) d:other,self k:self<other k:other K
 (self other#) d:self K
 (self other# *rounding_mode~) d:self K

torch.Tensor.div_ torch.Tensor.divide_
 (self other) -> 0 @self(self) d:other,self k:other K w:self
 (self other *rounding_mode~) -> 0 @self(self) d:other,self k:other K w:self
 (self other#) -> 0 @self(self) d:self K w:self
 (self other# *rounding_mode~) -> 0 @self(self) d:self K w:self

torch.Tensor.dot
 (self tensor) d:self,tensor k:self<tensor k:tensor<self K

torch.Tensor.dsplit torch.Tensor.hsplit torch.Tensor.vsplit
 (self +indices~) -> [0] @view(self) d:self
 (self sections#) -> [0] @view(self) d:self

torch.Tensor.eq_ torch.Tensor.ge_ torch.Tensor.greater_ torch.Tensor.greater_equal_ torch.Tensor.gt_ torch.Tensor.le_
  torch.Tensor.less_ torch.Tensor.less_equal_ torch.Tensor.lt_ torch.Tensor.ne_ torch.Tensor.not_equal_
 (self other) -> 0 @self(self) d:other,self w:self
 (self other#) -> 0 @self(self) d:self w:self

torch.Tensor.equal torch.Tensor.is_same_size
 (self other) -> -

torch.Tensor.exp torch.Tensor.exp2 torch.Tensor.expm1 torch.Tensor.inverse torch.Tensor.reciprocal torch.Tensor.relu
  torch.Tensor.rsqrt torch.Tensor.sigmoid torch.Tensor.sqrt torch.Tensor.tan torch.Tensor.tanh
 (self) d:self k:result K

torch.Tensor.exp2_ torch.Tensor.exp_ torch.Tensor.expm1_ torch.Tensor.reciprocal_ torch.Tensor.relu_
  torch.Tensor.rsqrt_ torch.Tensor.sgn_ torch.Tensor.sigmoid_ torch.Tensor.sqrt_ torch.Tensor.tan_ torch.Tensor.tanh_
 (self) -> 0 @self(self) d:self k:result K w:self

torch.Tensor.expand
 (self +size~ *implicit~=False) -> 0 @view(self) d:self

torch.Tensor.expand_as torch.Tensor.view_as
 (self other) -> 0 @view(self) d:self

torch.Tensor.exponential_
 (self lambd#=1 *generator~=None) -> 0 @self(self) d:self w:self

torch.Tensor.fill_
 (self value) -> 0 @self(self) d:self,value w:self
 (self value#) -> 0 @self(self) d:self w:self

torch.Tensor.fill_diagonal_
 (self fill_value# wrap~=False) -> 0 @self(self) d:self K w:self

torch.Tensor.flatten
 (self start_dim#=0 end_dim#=-1) -> 0 @maybe-view(self) d:self

torch.Tensor.flip torch.Tensor.tile
 (self +dims~) d:self

torch.Tensor.float_power
 (self exponent) d:exponent,self k:self? k:exponent? k:result K
 (self exponent#) d:self k:self K

torch.Tensor.float_power_ torch.Tensor.pow_
 (self exponent) -> 0 @self(self) d:exponent,self k:exponent k:result K w:self
 (self exponent#) -> 0 @self(self) d:self K w:self

torch.Tensor.fmod torch.Tensor.remainder
 (self other) d:other,self k:self<other k:other<other K<other
 (self other#) d:self

torch.Tensor.fmod_ torch.Tensor.remainder_
 (self other) -> 0 @self(self) d:other,self k:other<other K<other w:self
 (self other#) -> 0 @self(self) d:self w:self

torch.Tensor.frexp
 (self) -> (0,1) mantissa exponent!no d:self k:result.1 K

torch.Tensor.gather
 (self dim# index *sparse_grad~=False) d:self k:self k:index K

torch.Tensor.gcd torch.Tensor.lcm torch.Tensor.logical_and torch.Tensor.logical_or torch.Tensor.logical_xor
 (self other) -> 0 !no

torch.Tensor.gcd_ torch.Tensor.lcm_
 (self other) -> 0 !no@self(self) w:self

torch.Tensor.geometric_
 (self p# *generator~=None) -> 0 @self(self) d:self w:self

torch.Tensor.geqrf
 (self) -> (0,1) a!maybe tau!maybe

torch.Tensor.ger torch.Tensor.outer
 (self vec2) d:self,vec2 k:self<vec2 k:vec2<self K

torch.Tensor.hardshrink
 (self lambd#=0.5) d:self k:self K

torch.Tensor.hash_tensor
 (self dim~=[] *keepdim~=False *mode#=0) -> 0 !no

torch.Tensor.heaviside
 (self values) -> 0 !no

torch.Tensor.heaviside_
 (self values) -> 0 !no@self(self) w:self

torch.Tensor.histc
 (self bins#=100 min#=0 max#=0) -> 0 !no

torch.Tensor.histogram
 (self bins#=100 *range~=None *weight=None *density~=False) -> (0,1) hist!no bin_edges!no
 (self bins *weight=None *density~=False) -> (0,1) hist!no bin_edges!no

torch.Tensor.hypot
 (self other) d:other,self k:self<self k:other<other k:result K

torch.Tensor.hypot_
 (self other) -> 0 @self(self) d:other,self k:other<other k:result K w:self

torch.Tensor.igamma torch.Tensor.igammac
 (self other) d:other k:self k:other K

torch.Tensor.igamma_ torch.Tensor.igammac_
 (self other) -> 0 @self(self) d:other k:other K w:self

torch.Tensor.index_add
 (self dim# index source *alpha#=1) d:self,source k:index<source k:source<source K<source

torch.Tensor.index_add_
 (self dim# index source *alpha#=1) -> 0 @self(self) d:self,source k:index<source k:source<source K<source w:self

torch.Tensor.index_copy
 (self dim# index source) d:self,source k:index k:source<source K

torch.Tensor.index_copy_
 (self dim# index source) -> 0 @self(self) d:self,source k:index k:source<source K w:self

torch.Tensor.index_fill
 (self dim# index value) d:self,value k:index K
 (self dim# index value#) d:self k:index K

torch.Tensor.index_fill_
 (self dim# index value) -> 0 @self(self) d:self,value k:index K w:self
 (self dim# index value#) -> 0 @self(self) d:self k:index K w:self

torch.Tensor.index_put
 (self indices[] values accumulate~=False) d:self,values k:indices K

torch.Tensor.index_put_
 (self indices[] values accumulate~=False) -> 0 @self(self) d:self,values k:indices K w:self

torch.Tensor.index_reduce
 (self dim# index source reduce~ *include_self~=True) d:self,source k:self k:index k:source k:result K

torch.Tensor.index_reduce_
 (self dim# index source reduce~ *include_self~=True) -> 0 @self(self) d:self,source k:index k:source k:result K
  w:self

torch.Tensor.index_select
 (self dim# index) d:self k:index K

torch.Tensor.inner torch.Tensor.vdot
 (self other) d:other,self k:self<other k:other<self K

torch.Tensor.is_pinned
 (self device~=None) -> -

torch.Tensor.is_set_to
 (self tensor) -> -

torch.Tensor.isclose
 (self other rtol#=1e-05 atol#=1e-08 equal_nan~=False) -> 0 !no

torch.Tensor.istft
 (self n_fft# hop_length#=None win_length#=None window=None center~=True normalized~=False onesided~=None length#=None
  return_complex~=False) g:win_length=None d:self,window k:window K
 (self n_fft# hop_length#=None win_length#=None window=None center~=True normalized~=False onesided~=None length#=None
  return_complex~=False) d:self,window K

torch.Tensor.kron
 (self other) d:other,self K

torch.Tensor.kthvalue
 (self k# dim#=-1 keepdim~=False) -> (0,1) values indices!no d:self k:result.1 K

torch.Tensor.ldexp
 (self other) d:other,self k:other<self k:result K

torch.Tensor.ldexp_
 (self other) -> 0 @self(self) d:other,self k:other<self k:result K w:self

torch.Tensor.lerp
 (self end weight) d:end,self,weight k:self<weight k:end<weight k:weight K
 (self end weight#) d:end,self

torch.Tensor.lerp_
 (self end weight) -> 0 @self(self) d:end,self,weight k:end<weight k:weight K w:self
 (self end weight#) -> 0 @self(self) d:end,self w:self

torch.Tensor.log_normal_
 (self mean#=1 std#=2 *generator~=None) -> 0 @self(self) d:self w:self

torch.Tensor.log_softmax torch.Tensor.softmax
 (self dim# dtype~=None) d:self k:result K

torch.Tensor.logcumsumexp
 (self dim#) d:self k:self k:result K

torch.Tensor.logical_and_ torch.Tensor.logical_or_ torch.Tensor.logical_xor_
 (self other) -> 0 @self(self) d:self w:self

torch.Tensor.logit
 (self eps#=None) d:self k:self K

torch.Tensor.logit_
 (self eps#=None) -> 0 @self(self) d:self K w:self

torch.Tensor.logsumexp
 (self dim~ keepdim~=False) d:self k:self k:result K

torch.Tensor.lu
 (self pivot~=True get_infos~=False) -> (0,1,2) . !no !no g:get_infos=True d:self k:result.0 k:result.1 K
 (self pivot~=True get_infos~=False) -> (0,1) . !no g:get_infos=False d:self k:result.0 k:result.1 K

torch.Tensor.lu_solve
 (self LU_data LU_pivots) d:LU_data,self k:LU_data k:LU_pivots k:result K

torch.Tensor.map2_
 (self x y callable~) -> 0 !no@self(self) w:self

torch.Tensor.map_
 (self tensor callable~) -> 0 !no@self(self) w:self

torch.Tensor.masked_fill
 (self mask value) d:self,value k:mask K
 (self mask value#) d:self k:mask K

torch.Tensor.masked_fill_
 (self mask value) -> 0 @self(self) d:self,value k:mask K w:self
 (self mask value#) -> 0 @self(self) d:self k:mask K w:self

torch.Tensor.masked_scatter
 (self mask source) d:self,source k:mask K

torch.Tensor.masked_scatter_
 (self mask source) -> 0 @self(self) d:self,source k:mask K w:self

torch.Tensor.masked_select
 (self mask) d:self k:self k:mask K

torch.Tensor.matmul
 (self other) d:other,self k:self/layout<other k:other/broadcast,layout<self K

torch.Tensor.matrix_power
 (self n#) d:self k:self? k:result? K?

torch.Tensor.max torch.Tensor.min
 (self) d:self k:self k:result K
 (self other) d:other,self k:self k:other K
 (self dim# keepdim~=False) -> (0,1) values indices!no d:self k:result.1 K

torch.Tensor.mean torch.Tensor.sum
 (self *dtype~=None) d:self
 (self dim~ keepdim~=False *dtype~=None) d:self

torch.Tensor.median torch.Tensor.nanmedian
 (self) d:self k:self k:result K
 (self dim# keepdim~=False) -> (0,1) values indices!no d:self k:result.1 K

torch.Tensor.mode
 (self dim#=-1 keepdim~=False) -> (0,1) values indices!no d:self k:result.1 K

torch.Tensor.moveaxis torch.Tensor.movedim
 (self source~ destination~) -> 0 @view(self) d:self
 (self source# destination#) -> 0 @view(self) d:self

torch.Tensor.mul torch.Tensor.multiply
 (self other) d:other,self k:self<other k:other<self K
 (self other#) d:self K

torch.Tensor.mul_ torch.Tensor.multiply_
 (self other) -> 0 @self(self) d:other,self k:other<self K w:self
 (self other#) -> 0 @self(self) d:self K w:self

torch.Tensor.multinomial
 (self num_samples# replacement~=False *generator~=None) -> 0 !no

torch.Tensor.mv
 (self vec) d:self,vec k:self<vec k:vec<self K

torch.Tensor.mvlgamma
 (self p#) d:self k:self K

torch.Tensor.mvlgamma_
 (self p#) -> 0 @self(self) d:self K w:self

torch.Tensor.nan_to_num
 (self nan#=None posinf#=None neginf#=None) d:self k:self K

torch.Tensor.nan_to_num_
 (self nan#=None posinf#=None neginf#=None) -> 0 @self(self) d:self K w:self

torch.Tensor.nanmean torch.Tensor.nansum
 (self dim~=None keepdim~=False *dtype~=None) d:self k:self K

torch.Tensor.nanquantile torch.Tensor.quantile
 (self q dim#=None keepdim~=False *interpolation~='linear') d:q,self K
 (self q# dim#=None keepdim~=False *interpolation~='linear') d:self K

torch.Tensor.narrow
 (self dim# start length#) -> 0 @view(self) d:self
 (self dim# start# length#) -> 0 @view(self) d:self

torch.Tensor.narrow_copy
 (self dim# start# length#) d:self

torch.Tensor.new
 (self +data~=()) -> 0 !no

torch.Tensor.new_empty torch.Tensor.new_ones torch.Tensor.new_zeros
 (self +size~ *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False) -> 0 !no c

torch.Tensor.new_empty_strided
 (self size~ stride~ *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False) -> 0 !no c

torch.Tensor.new_full
 (self size~ fill_value# *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False) -> 0 !no c

torch.Tensor.new_tensor
 (self data~ *dtype~=None *device~=None *requires_grad~=False) -> 0 !no c

torch.Tensor.nextafter
 (self other) d:other,self k:self<self k:other<self K<self

torch.Tensor.nextafter_
 (self other) -> 0 @self(self) d:other,self k:other<self K<self w:self

torch.Tensor.nonzero_static
 (self *size# *fill_value#=-1) -> 0 !no

torch.Tensor.norm
 (self p~='fro' dim~=None keepdim~=False dtype~=None) d:self k:self k:result K

torch.Tensor.normal_
 (self mean#=0 std#=1 *generator~=None) -> 0 @self(self) d:self w:self

torch.Tensor.numpy
 (self *force~=False) -> -

torch.Tensor.orgqr
 (self input2) d:input2,self k:self k:input2 k:result K

torch.Tensor.ormqr
 (self input2 input3 left~=True transpose~=False) d:input2,input3,self k:self k:input2 k:input3 k:result K

torch.Tensor.permute
 (self +dims~) -> 0 @view(self) d:self

torch.Tensor.pin_memory
 (self device~=None) -> 0 @maybe-self(self) d:self

torch.Tensor.pinverse
 (self rcond#=1e-15) d:self k:self k:result K

torch.Tensor.polygamma
 (self n#) d:self k:self K

torch.Tensor.polygamma_
 (self n#) -> 0 @self(self) d:self K w:self

torch.Tensor.pow
 (self exponent) d:exponent,self k:self k:exponent k:result K
 (self exponent#) d:self k:self K

torch.Tensor.prelu
 (self weight) d:self,weight k:self k:weight K

torch.Tensor.prod
 (self *dtype~=None) d:self k:self k:result K
 (self dim# keepdim~=False *dtype~=None) d:self k:self k:result K

torch.Tensor.put
 (self index source accumulate~=False) d:self,source k:index k:source<source K

torch.Tensor.put_
 (self index source accumulate~=False) -> 0 @self(self) d:self,source k:index k:source<source K w:self

torch.Tensor.qr
 (self some~=True) -> (0,1) Q R d:self k:result.0 k:result.1 K

torch.Tensor.random_
 (self *generator~=None) -> 0 @self(self) d:self w:self
 (self to# *generator~=None) -> 0 @self(self) d:self w:self
 (self from# to# *generator~=None) -> 0 @self(self) d:self w:self

torch.Tensor.ravel
 (self) -> 0 @maybe-view(self) d:self

torch.Tensor.register_hook torch.Tensor.register_post_accumulate_grad_hook
 (self hook~) -> -

torch.Tensor.renorm
 (self p# dim# maxnorm#) d:self k:self K

torch.Tensor.renorm_
 (self p# dim# maxnorm#) -> 0 @self(self) d:self K w:self

torch.Tensor.repeat
 (self +repeats~) d:self

torch.Tensor.repeat_interleave
 (self repeats dim#=None *output_size#=None) d:self K
 (self repeats# dim#=None *output_size#=None) d:self

torch.Tensor.requires_grad_
 (self requires_grad~=True) -> 0 @self(self) d:self

torch.Tensor.reshape
 (self +shape~) -> 0 @maybe-view(self) d:self

torch.Tensor.reshape_as
 (self other) -> 0 @maybe-view(self) d:self

torch.Tensor.resize_
 (self +size~ *memory_format~=None) -> 0 !no@self(self) w:self

torch.Tensor.resize_as_
 (self the_template *memory_format~=None) -> 0 !no@self(self) w:self

torch.Tensor.roll
 (self shifts~ dims~=[]) d:self

torch.Tensor.rot90
 (self k#=1 dims~=[0,1]) d:self

torch.Tensor.round
 (self) d:self
 (self *decimals#) d:self

torch.Tensor.round_
 (self) -> 0 @self(self) d:self w:self
 (self *decimals#) -> 0 @self(self) d:self w:self

torch.Tensor.scatter
 (self dim# index src) d:self,src k:index K
 (self dim# index src *reduce~) -> 0 !no
 (self dim# index value#) d:self k:index K
 (self dim# index value# *reduce~) -> 0 !no

torch.Tensor.scatter_
 (self dim# index src) -> 0 @self(self) d:self,src k:index K w:self
 (self dim# index src *reduce~) -> 0 !no@self(self) w:self
 (self dim# index value#) -> 0 @self(self) d:self k:index K w:self
 (self dim# index value# *reduce~) -> 0 !no@self(self) w:self

torch.Tensor.scatter_add
 (self dim# index src) d:self,src k:index<src K<src

torch.Tensor.scatter_add_
 (self dim# index src) -> 0 @self(self) d:self,src k:index<src K<src w:self

torch.Tensor.scatter_reduce
 (self dim# index src reduce~ *include_self~=True) d:self,src k:self k:index k:src k:result K

torch.Tensor.scatter_reduce_
 (self dim# index src reduce~ *include_self~=True) -> 0 @self(self) d:self,src k:index k:src k:result K w:self

torch.Tensor.select
 (self dim# index#) -> 0 @view(self) d:self

torch.Tensor.select_scatter
 (self src dim# index#) d:self,src

torch.Tensor.set_
 (self source~=None storage_offset#=0 size~=None stride~=None) -> 0 !no@self(self) w:self

torch.Tensor.size torch.Tensor.stride
 (self dim#=None) -> -

torch.Tensor.slice_inverse
 (self src dim#=0 start#=None end#=None step#=1) -> 0 @view(self) d:self,src

torch.Tensor.slice_scatter
 (self src dim#=0 start#=None end#=None step#=1) d:self,src

torch.Tensor.slogdet
 (self) -> (0,1) sign logabsdet d:self k:self k:result.0 K

torch.Tensor.sort
 (self dim#=-1 descending~=False) -> (0,1) values indices!no d:self k:result.1 K
 (self *stable~ *dim#=-1 *descending~=False) -> (0,1) values indices!no d:self k:result.1 K

torch.Tensor.split
 (self split_size~ dim#=0) -> [0] @multi-view(self) d:self

torch.Tensor.split_with_sizes
 (self split_sizes~ dim#=0) -> [0] @multi-view(self) d:self

torch.Tensor.squeeze
 (self) -> 0 @view(self) d:self
 (self +dim~) -> 0 @view(self) d:self
 (self dim#) -> 0 @view(self) d:self

torch.Tensor.squeeze_
 (self) -> 0 @self(self) d:self w:self
 (self +dim~) -> 0 @self(self) d:self w:self
 (self dim#) -> 0 @self(self) d:self w:self

torch.Tensor.std
 (self unbiased~=True) d:self k:self k:result K
 (self dim~=None *correction#=None *keepdim~=False) d:self k:self k:result K
 (self dim~ unbiased~=True keepdim~=False) d:self k:self k:result K

torch.Tensor.stft
 (self n_fft# hop_length#=None win_length#=None window=None center~=True pad_mode~='reflect' normalized~=False
  onesided~=None return_complex~=None align_to_window~=None) d:self,window k:self<self k:window<self K

torch.Tensor.sum_to_size
 (self +size~) -> 0 @maybe-self(self) d:self

torch.Tensor.svd
 (self some~=True compute_uv~=True) -> (0,1,2) U S V d:self k:result.0 k:result.1 k:result.2 K

torch.Tensor.swapaxes
 (self axis0# axis1#) -> 0 @view(self) d:self

torch.Tensor.swapaxes_
 (self axis0# axis1#) -> 0 @self(self) d:self w:self

torch.Tensor.swapdims torch.Tensor.transpose
 (self dim0# dim1#) -> 0 @view(self) d:self

torch.Tensor.swapdims_ torch.Tensor.transpose_
 (self dim0# dim1#) -> 0 @self(self) d:self w:self

torch.Tensor.take
 (self index) d:self k:self k:index K

torch.Tensor.take_along_dim
 (self indices dim#=None) d:self k:self k:indices? K

torch.Tensor.tensor_split
 (self tensor_indices_or_sections dim#=0) -> [0] @view(self) d:self
 (self indices~ dim#=0) -> [0] @view(self) d:self
 (self sections# dim#=0) -> [0] @view(self) d:self

torch.Tensor.to
 (self other non_blocking~=False copy~=False *memory_format~=None) -> 0 @maybe-self(self) d:self
 (self dtype~ non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self) g:dtype=torch.long
 (self dtype~ non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self) g:dtype=torch.int64
 (self dtype~ non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self) g:dtype=torch.int
 (self dtype~ non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self) g:dtype=torch.int32
 (self dtype~ non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self) g:dtype=torch.short
 (self dtype~ non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self) g:dtype=torch.int16
 (self dtype~ non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self) g:dtype=torch.int8
 (self dtype~ non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self) g:dtype=torch.uint8
 (self dtype~ non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self) g:dtype=torch.bool
 (self dtype~ non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self) g:dtype=int
 (self dtype~ non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self) g:dtype=bool
 (self device~=None dtype~=None non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self)
  g:dtype=torch.long
 (self device~=None dtype~=None non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self)
  g:dtype=torch.int64
 (self device~=None dtype~=None non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self)
  g:dtype=torch.int
 (self device~=None dtype~=None non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self)
  g:dtype=torch.int32
 (self device~=None dtype~=None non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self)
  g:dtype=torch.short
 (self device~=None dtype~=None non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self)
  g:dtype=torch.int16
 (self device~=None dtype~=None non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self)
  g:dtype=torch.int8
 (self device~=None dtype~=None non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self)
  g:dtype=torch.uint8
 (self device~=None dtype~=None non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self)
  g:dtype=torch.bool
 (self device~=None dtype~=None non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self)
  g:dtype=int
 (self device~=None dtype~=None non_blocking~=False copy~=False *memory_format~=None) -> 0 !no@maybe-self(self)
  g:dtype=bool
 (self device~=None dtype~=None non_blocking~=False copy~=False *memory_format~=None) -> 0 @maybe-self(self) d:self

torch.Tensor.to_dense
 (self dtype~=None *masked_grad~=None) -> 0 @maybe-self(self) d:self

torch.Tensor.to_mkldnn
 (self dtype~=None) d:self K?

torch.Tensor.to_sparse
 (self *layout~=None *blocksize~=None *dense_dim#=None) d:self K?
 (self sparse_dim#) d:self K?

torch.Tensor.topk
 (self k# dim#=-1 largest~=True sorted~=True) -> (0,1) values indices!no d:self k:result.1 K

torch.Tensor.triangular_solve
 (self A upper~=True transpose~=False unitriangular~=False) -> (0,1) solution cloned_coefficient d:A,self k:self k:A
  k:result.0 K

torch.Tensor.tril_ torch.Tensor.triu_
 (self diagonal#=0) -> 0 @self(self) d:self w:self

torch.Tensor.true_divide
 (self other) d:other,self k:self<other k:other K
 (self other#) d:self K

torch.Tensor.true_divide_ torch.Tensor.xlogy_
 (self other) -> 0 @self(self) d:other,self k:other K w:self
 (self other#) -> 0 @self(self) d:self K w:self

torch.Tensor.type
 (self) -> -
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype=torch.long
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype=torch.int64
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype=torch.int
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype=torch.int32
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype=torch.short
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype=torch.int16
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype=torch.int8
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype=torch.uint8
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype=torch.bool
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype=int
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype=bool
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype=torch.LongTensor
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype=torch.IntTensor
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype=torch.ShortTensor
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype=torch.CharTensor
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype=torch.ByteTensor
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype=torch.BoolTensor
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype='torch.LongTensor'
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype='torch.IntTensor'
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype='torch.ShortTensor'
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype='torch.CharTensor'
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype='torch.ByteTensor'
 (self dtype~ non_blocking~=False) -> 0 !no@maybe-self(self) g:dtype='torch.BoolTensor'
 (self dtype~ non_blocking~=False) -> 0 @maybe-self(self) d:self

torch.Tensor.type_as
 (self other) -> 0 @maybe-self(self) d:self

torch.Tensor.unbind
 (self dim#=0) -> [0] @multi-view(self) d:self

torch.Tensor.unflatten
 (self dim~ sizes~) -> 0 @view(self) d:self

torch.Tensor.unfold
 (self dimension# size# step#) -> 0 @view(self) d:self

torch.Tensor.uniform_
 (self from#=0 to#=1 *generator~=None) -> 0 @self(self) d:self w:self

torch.Tensor.unique
 (self sorted~=True return_inverse~=False return_counts~=False dim#=None) -> 0 !maybe g:return_inverse=False
  g:return_counts=False
 (self sorted~=True return_inverse~=False return_counts~=False dim#=None) -> (0,1) !maybe !no g:return_inverse=False
  g:return_counts=True
 (self sorted~=True return_inverse~=False return_counts~=False dim#=None) -> (0,1) !maybe !no g:return_inverse=True
  g:return_counts=False
 (self sorted~=True return_inverse~=False return_counts~=False dim#=None) -> (0,1,2) !maybe !no !no
  g:return_inverse=True g:return_counts=True

torch.Tensor.unique_consecutive
 (self return_inverse~=False return_counts~=False dim#=None) -> 0 !maybe g:return_inverse=False g:return_counts=False
 (self return_inverse~=False return_counts~=False dim#=None) -> (0,1) !maybe !no g:return_inverse=False
  g:return_counts=True
 (self return_inverse~=False return_counts~=False dim#=None) -> (0,1) !maybe !no g:return_inverse=True
  g:return_counts=False
 (self return_inverse~=False return_counts~=False dim#=None) -> (0,1,2) !maybe !no !no g:return_inverse=True
  g:return_counts=True

torch.Tensor.unsafe_chunk
 (self chunks# dim#=0) -> [0] . d:self

torch.Tensor.unsafe_split
 (self split_size# dim#=0) -> [0] . d:self

torch.Tensor.unsafe_split_with_sizes
 (self split_sizes~ dim#=0) -> [0] . d:self

torch.Tensor.unsqueeze
 (self dim#) -> 0 @view(self) d:self

torch.Tensor.unsqueeze_
 (self dim#) -> 0 @self(self) d:self w:self

torch.Tensor.var
 (self unbiased~=True) d:self k:self K
 (self dim~=None *correction#=None *keepdim~=False) d:self k:self K
 (self dim~ unbiased~=True keepdim~=False) d:self k:self K

torch.Tensor.view
 (self +size~) -> 0 @view(self) d:self
 (self dtype~) -> 0 !no@detached(self)

torch.Tensor.where
 (self condition other) d:condition,other k:self K
 (self condition other#) d:condition k:self K

torch.Tensor.xlogy
 (self other) d:other,self k:self k:other K
 (self other#) d:self k:self K

torch.abs torch.absolute torch.acos torch.acosh torch.angle torch.arccos torch.arccosh torch.arcsin torch.arcsinh
  torch.arctan torch.arctanh torch.asin torch.asinh torch.atan torch.atanh torch.cos torch.cosh torch.digamma
  torch.erf torch.erfc torch.erfinv torch.i0 torch.lgamma torch.linalg.matrix_exp torch.log torch.log10 torch.log1p
  torch.log2 torch.nn.functional.logsigmoid torch.sin torch.sinc torch.sinh torch.special.digamma torch.special.entr
  torch.special.erf torch.special.erfc torch.special.erfinv torch.special.gammaln torch.special.i0 torch.special.log1p
  torch.special.psi torch.special.sinc torch.square
 (input *out=None) d:input k:input K

torch.abs_ torch.acos_ torch.arccos_ torch.arcsin_ torch.arctan_ torch.asin_ torch.atan_ torch.cos_ torch.cosh_
  torch.erf_ torch.erfc_ torch.i0_ torch.log10_ torch.log1p_ torch.log2_ torch.log_ torch.sin_ torch.sinc_ torch.sinh_
  torch.square_
 (input) -> 0 @self(input) d:input K w:input

torch.acosh_ torch.arccosh_ torch.arcsinh_ torch.arctanh_ torch.asinh_ torch.atanh_
 (input) -> 0 !maybe@self(input) w:input

torch.adaptive_avg_pool1d torch.nn.functional.adaptive_avg_pool1d
 (input output_size~ *out=None) d:input k:input? K?

torch.adaptive_max_pool1d
 (input output_size~) -> (0,1) . !no d:input k:input k:result.1 K

torch.add torch.rsub torch.sub torch.subtract
 (input other *alpha#=1 *out=None) d:input,other
 (input other# alpha#=1 *out=None) d:input

torch.addbmm torch.baddbmm
 (input batch1 batch2 *beta#=1 *alpha#=1 *out=None) d:batch1,batch2,input k:batch1<batch2 k:batch2<batch1
  K<batch1,batch2

torch.addcdiv
 (input tensor1 tensor2 *value#=1 *out=None) d:input,tensor1,tensor2 k:tensor1<tensor2 k:tensor2 K

torch.addcmul
 (input tensor1 tensor2 *value#=1 *out=None) d:input,tensor1,tensor2 k:tensor1<tensor2 k:tensor2<tensor1
  K<tensor1,tensor2

torch.addmm
 (input mat1 mat2 *beta#=1 *alpha#=1 *out=None) d:input,mat1,mat2 k:mat1<mat2 k:mat2<mat1 K<mat1,mat2

torch.addmv
 (input mat vec *beta#=1 *alpha#=1 *out=None) d:input,mat,vec k:mat<vec k:vec<mat K<mat,vec

torch.addmv_
 (input mat vec *beta#=1 *alpha#=1) -> 0 @self(input) d:input,mat,vec k:mat<vec k:vec<mat K<mat,vec w:input

torch.addr
 (input vec1 vec2 *beta#=1 *alpha#=1 *out=None) d:input,vec1,vec2 k:vec1<vec2 k:vec2<vec1 K<vec1,vec2

torch.adjoint torch.atleast_1d torch.atleast_2d torch.atleast_3d torch.imag torch.t torch.view_as_complex
  torch.view_as_real
 (input) -> 0 @view(input) d:input

torch.affine_grid_generator
 (theta size~ align_corners~ *out=None) d:theta

torch.alias_copy torch.ceil torch.deg2rad torch.fix torch.floor torch.frac torch.neg torch.negative torch.rad2deg
  torch.sign torch.t_copy torch.trace torch.trunc
 (input *out=None) d:input

torch.all torch.any
 (input dim~=None keepdim~=False *out=None) -> 0 !no
 (input *out=None) -> 0 !no
 (input dim# keepdim~=False *out=None) -> 0 !no

torch.allclose
 (input other rtol#=1e-05 atol#=1e-08 equal_nan~=False) -> -

torch.alpha_dropout torch.dropout torch.feature_alpha_dropout torch.feature_dropout
 (input p# train~) -> 0 @self(input) g:train=False d:input
 (input p# train~) g:train=True d:input K

torch.alpha_dropout_ torch.dropout_ torch.feature_alpha_dropout_ torch.feature_dropout_
 (input p# train~) -> 0 @self(input) g:train=False d:input
 (input p# train~) -> 0 @self(input) g:train=True d:input K w:input

torch.amax torch.amin
 (input dim~=[] keepdim~=False *out=None) d:input k:input k:result K

torch.aminmax
 (input *dim#=None *keepdim~=False *out=None) -> (0,1) min max d:input k:input k:result.0 k:result.1 K

torch.arange
 (end# *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None) -> 0 !no c
 (start# end# *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None) -> 0 !no c
 (start# end# step#=1 *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None) -> 0
  !no c

torch.arctan2 torch.atan2 torch.fmax torch.fmin torch.logaddexp torch.logaddexp2 torch.maximum torch.minimum
 (input other *out=None) d:input,other k:input k:other K

torch.argmax torch.argmin
 (input dim#=None keepdim~=False *out=None) -> 0 !no

torch.argsort
 (input dim#=-1 descending~=False *out=None) -> 0 !no
 (input *stable~ *dim#=-1 *descending~=False *out=None) -> 0 !no

torch.argwhere torch.isfinite torch.isreal
 (input) -> 0 !no

torch.as_strided
 (input size~ stride~ storage_offset#=None) -> 0 @view(input) d:input

torch.as_strided_
 (input size~ stride~ storage_offset#=None) -> 0 @self(input) d:input w:input

torch.as_strided_copy
 (input size~ stride~ storage_offset#=None *out=None) d:input

torch.as_strided_scatter
 (input src size~ stride~ storage_offset#=None *out=None) d:input,src

torch.as_tensor
 (data dtype~=None device~=None) -> 0 @maybe-self(data) d:data
 (data~ dtype~=None device~=None) -> 0 !no

torch.asarray
 (obj *dtype~=None *device~=None *copy~=None *requires_grad~=False) -> 0 !no@maybe-view(obj) c
 (obj~ *dtype~=None *device~=None *copy~=None *requires_grad~=False) -> 0 !no c

torch.avg_pool1d torch.nn.functional.avg_pool1d
 (input kernel_size~ stride~=[] padding~=0 ceil_mode~=False count_include_pad~=True *out=None) d:input k:input K

torch.bartlett_window torch.blackman_window torch.hann_window
 (window_length# *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None) -> 0 !no
  c
 (window_length# periodic~ *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None)
  -> 0 !no c

torch.batch_norm
 (input weight bias running_mean running_var training~ momentum# eps# cudnn_enabled~) d:bias,input,weight k:input
  k:weight k:running_mean k:running_var K

torch.bernoulli
 (input *generator~=None *out=None) d:input
 (input p# *generator~=None *out=None) -> 0 !no

torch.bilinear torch.nn.functional.bilinear
 (input1 input2 weight bias=None) d:bias,input1,input2,weight k:input1/layout<input2,weight
  k:input2/layout<input1,weight k:weight<input1,input2 K<input1,input2,weight

torch.binary_cross_entropy_with_logits
 (input target weight=None pos_weight=None reduction#=1 *out=None) d:input,target k:input k:target k:weight
  k:pos_weight K

torch.bincount
 (input weights=None minlength#=0 *out=None) -> 0 !no

torch.binomial
 (count prob generator~=None *out=None) -> 0 !no

torch.bitwise_and torch.bitwise_left_shift torch.bitwise_or torch.bitwise_right_shift torch.bitwise_xor
 (input other *out=None) -> 0 !no
 (input other# *out=None) -> 0 !no
 (input# other *out=None) -> 0 !no

torch.bitwise_not torch.detach_copy torch.isinf torch.isnan torch.isneginf torch.isposinf torch.logical_not
  torch.nonzero torch.signbit torch.special.bessel_j0 torch.special.bessel_j1 torch.special.bessel_y0
  torch.special.bessel_y1 torch.special.modified_bessel_i0 torch.special.modified_bessel_i1
  torch.special.modified_bessel_k0 torch.special.modified_bessel_k1
 (input *out=None) -> 0 !no

torch.block_diag
 (+tensors[]=()) d:tensors

torch.bmm torch.mm
 (input mat2 *out=None) d:input,mat2 k:input<mat2 k:mat2<input K

torch.broadcast_shapes
 (+shapes~=()) -> -

torch.broadcast_tensors
 (+tensors[]=()) -> [0] @view(tensors) d:tensors

torch.broadcast_to
 (input size~) -> 0 @view(input) d:input

torch.bucketize
 (input boundaries *out_int32~=False *right~=False *out=None) -> 0 !no
 (input# boundaries *out_int32~=False *right~=False *out=None) -> 0 !no

torch.cartesian_prod
 (+tensors[]=()) -> 0 @maybe-self(tensors) d:tensors

torch.cat torch.concat torch.concatenate torch.stack
 (tensors[] dim#=0 *out=None) d:tensors

torch.cdist
 (x1 x2 p~=2.0 compute_mode~='use_mm_for_euclid_dist_if_necessary') d:x1,x2 k:x1? k:x2? k:result K

torch.ceil_ torch.conj_physical_ torch.deg2rad_ torch.fix_ torch.floor_ torch.frac_ torch.neg_ torch.negative_
  torch.rad2deg_ torch.trunc_ torch.zero_
 (input) -> 0 @self(input) d:input w:input

torch.celu
 (input alpha#=1.0 *out=None) d:input k:input K

torch.celu_ torch.nn.functional.celu_
 (input alpha#=1.0) -> 0 @self(input) d:input k:result K w:input

torch.chain_matmul
 (+matrices[]=() *out=None) d:matrices k:matrices K

torch.channel_shuffle torch.nn.functional.channel_shuffle
 (input groups# *out=None) d:input

torch.cholesky
 (input upper~=False *out=None) d:input k:result K

torch.cholesky_inverse
 (input upper~=False *out=None) d:input k:input k:result K

torch.cholesky_solve
 (input input2 upper~=False *out=None) d:input,input2 k:input k:input2 k:result K

torch.chunk
 (input chunks# dim#=0) -> [0] @multi-view(input) d:input

torch.clamp torch.clip
 (input min#=None max#=None *out=None) d:input k:input K
 (input min=None max=None *out=None) d:input,max,min k:input k:min k:max K

torch.clamp_ torch.clip_
 (input min#=None max#=None) -> 0 @self(input) d:input K w:input
 (input min=None max=None) -> 0 @self(input) d:input,max,min k:min k:max K w:input

torch.clamp_max
 (input max *out=None) d:input,max k:input k:max K
 (input max# *out=None) d:input k:input K

torch.clamp_max_
 (input max) -> 0 @self(input) d:input,max k:max K w:input
 (input max#) -> 0 @self(input) d:input K w:input

torch.clamp_min
 (input min *out=None) d:input,min k:input k:min K
 (input min# *out=None) d:input k:input K

torch.clamp_min_
 (input min) -> 0 @self(input) d:input,min k:min K w:input
 (input min#) -> 0 @self(input) d:input K w:input

torch.clone
 (input *memory_format~=None *out=None) d:input

torch.column_stack torch.dstack torch.hstack torch.row_stack torch.vstack
 (tensors[] *out=None) d:tensors

torch.combinations
 (input r#=2 with_replacement~=False) d:input k:input K

torch.complex
 (real imag *out=None) d:imag,real k:real<real k:imag<imag K

torch.conj torch.positive torch.real torch.resolve_conj torch.resolve_neg
 (input) -> 0 @self(input) d:input

torch.conj_physical
 (input *out=None) -> 0 @self(input) d:input

torch.constant_pad_nd
 (input pad~ value#=0 *out=None) d:input

torch.conv1d torch.nn.functional.conv1d
 (input weight bias=None stride~=1 padding~=0 dilation~=1 groups#=1) d:bias,input,weight k:input k:weight K
 (input weight bias=None stride~=1 padding~="valid" dilation~=1 groups#=1) d:input,weight k:input k:weight K

torch.conv2d torch.nn.functional.conv2d
 (input weight bias=None stride~=1 padding~=0 dilation~=1 groups#=1) g:padding='same' d:bias,input,weight k:weight K
 (input weight bias=None stride~=1 padding~=0 dilation~=1 groups#=1) d:bias,input,weight k:input k:weight K
 (input weight bias=None stride~=1 padding~="valid" dilation~=1 groups#=1) d:input,weight k:input k:weight K

torch.conv3d torch.nn.functional.conv3d
 (input weight bias=None stride~=1 padding~=0 dilation~=1 groups#=1) g:padding='same' d:bias,input,weight k:input?
  k:weight K
 (input weight bias=None stride~=1 padding~=0 dilation~=1 groups#=1) g:padding='valid' d:input,weight k:input k:weight
  K
 (input weight bias=None stride~=1 padding~=0 dilation~=1 groups#=1) d:bias,input,weight k:input k:weight K

torch.conv_tbc torch.nn.functional.conv_tbc
 (input weight bias pad#=0 *out=None) d:bias,input,weight k:input k:weight k:bias K

torch.conv_transpose1d torch.conv_transpose2d torch.conv_transpose3d torch.nn.functional.conv_transpose1d
  torch.nn.functional.conv_transpose2d torch.nn.functional.conv_transpose3d
 (input weight bias=None stride~=1 padding~=0 output_padding~=0 groups#=1 dilation~=1) d:bias,input,weight k:input
  k:weight K

torch.convolution
 (input weight bias stride~ padding~ dilation~ transposed~ output_padding~ groups# *out=None) d:bias,input,weight
  k:input k:weight K

torch.copysign
 (input other *out=None) d:input,other k:input<input k:result K
 (input other# *out=None) d:input k:input k:result K

torch.corrcoef torch.nn.functional.tanhshrink
 (input) d:input K

torch.cosine_embedding_loss
 (input1 input2 target margin#=0.0 reduction#=1) d:input1,input2 k:input1 k:input2 K

torch.cosine_similarity torch.nn.functional.cosine_similarity
 (x1 x2 dim#=1 eps#=1e-08) d:x1,x2 k:x1<x1 k:x2<x2 K

torch.count_nonzero
 (input dim#=None *out=None) -> 0 !no
 (input dim~ *out=None) -> 0 !no

torch.cov
 (input *correction#=1 *fweights=None *aweights=None) g:aweights=None d:input k:fweights K
 (input *correction#=1 *fweights=None *aweights=None) g:fweights=None d:aweights,input k:input<aweights k:aweights K
 (input *correction#=1 *fweights=None *aweights=None) d:aweights,input k:input<aweights k:fweights<aweights
  k:aweights?<aweights K

torch.cross
 (input other dim#=None *out=None) d:input,other k:input<other k:other<input K

torch.ctc_loss
 (log_probs targets input_lengths target_lengths blank#=0 reduction#=1 zero_infinity~=False) d:log_probs k:log_probs
  k:targets k:result K

torch.cummax torch.cummin
 (input dim# *out=None) -> (0,1) values indices!no d:input k:input k:result.1 K

torch.cumprod
 (input dim# *dtype~=None *out=None) d:input k:input k:result K

torch.cumsum
 (input dim# *dtype~=None *out=None) d:input

torch.cumulative_trapezoid torch.trapezoid torch.trapz
 (y *dx#=1 *dim#=-1) d:y
 (y x *dim#=-1) d:x,y K

torch.dequantize
 (input *out=None) -> 0 !no@self(input)

torch.det
 (input) d:input k:input k:result K

torch.detach
 (input) -> 0 !no@detached(input)

torch.detach_
 (input) -> 0 !no@self(input)

torch.diag torch.tril torch.triu
 (input diagonal#=0 *out=None) d:input

torch.diag_embed
 (input offset#=0 dim1#=-2 dim2#=-1 *out=None) d:input

torch.diagflat
 (input offset#=0) d:input

torch.diagonal
 (input offset#=0 dim1#=0 dim2#=1) -> 0 @view(input) d:input

torch.diagonal_copy
 (input offset#=0 dim1#=0 dim2#=1 *out=None) d:input

torch.diagonal_scatter
 (input src offset#=0 dim1#=0 dim2#=1 *out=None) d:input,src

torch.diff
 (input n#=1 dim#=-1 prepend=None append=None *out=None) d:append,input,prepend

torch.dist
 (input other p#=2 *out=None) d:input,other k:input k:other k:result K

torch.div torch.divide
 (input other *out=None) d:input,other k:input<other k:other K
 (input other *rounding_mode~ *out=None) d:input,other k:input<other k:other K
 (input other# *out=None) d:input K
 (input other# *rounding_mode~ *out=None) d:input K

torch.dot
 (input tensor *out=None) d:input,tensor k:input<tensor k:tensor<input K

torch.dsplit torch.hsplit torch.vsplit
 (input indices~) -> [0] @view(input) d:input
 (input sections#) -> [0] @view(input) d:input

torch.einsum
 (equation~ operand_1) -> 0 @maybe-view(operand_1) d:operand_1
 (equation~ operand_1 operand_2) d:operand_1,operand_2 k:operand_1?<operand_2 k:operand_2?<operand_1 K
 (equation~ +operands[]=()) d:operands k:operands? K

torch.embedding
 (weight indices padding_idx#=-1 scale_grad_by_freq~=False sparse~=False *out=None) d:weight k:indices K

torch.embedding_bag
 (weight indices offsets scale_grad_by_freq~=False mode#=0 sparse~=False per_sample_weights=None
  include_last_offset~=False) -> (0,1,2,3) . !no !no !no d:weight k:indices k:offsets k:result.1 k:result.2 k:result.3
  K

torch.empty
 (+size~ *dtype~=None *layout~=None *device~=None *pin_memory~=None *memory_format~=None *requires_grad~=False
  *out=None) -> 0 !no c

torch.empty_like torch.ones_like torch.zeros_like
 (input *dtype~=None *layout~=None *device~=None *pin_memory~=None *memory_format~=None *requires_grad~=False
  *out=None) -> 0 !no c

torch.empty_permuted
 (size~ physical_layout~ *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None)
  -> 0 !no c

torch.empty_strided
 (size~ stride~ *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None) -> 0 !no c

torch.eq torch.floor_divide torch.ge torch.greater torch.greater_equal torch.gt torch.le torch.less torch.less_equal
  torch.lt torch.ne torch.not_equal
 (input other *out=None) -> 0 !no
 (input other# *out=None) -> 0 !no

torch.equal torch.is_same_size
 (input other) -> -

torch.exp torch.exp2 torch.expm1 torch.inverse torch.linalg.eigvals torch.reciprocal torch.relu torch.rsqrt
  torch.sigmoid torch.special.exp2 torch.special.expit torch.special.expm1 torch.special.ndtri torch.sqrt torch.tan
  torch.tanh
 (input *out=None) d:input k:result K

torch.exp2_ torch.exp_ torch.expm1_ torch.nn.functional.relu_ torch.nn.functional.selu_ torch.reciprocal_ torch.relu_
  torch.rsqrt_ torch.selu_ torch.sigmoid_ torch.sqrt_ torch.tan_ torch.tanh_
 (input) -> 0 @self(input) d:input k:result K w:input

torch.expand_copy
 (input size~ *implicit~=False *out=None) d:input

torch.eye
 (n# *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None) -> 0 !no c
 (n# m# *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None) -> 0 !no c

torch.fake_quantize_per_channel_affine
 (input scale zero_point axis# quant_min# quant_max#) d:input K

torch.fake_quantize_per_tensor_affine
 (input scale zero_point quant_min# quant_max#) d:input K
 (input scale# zero_point# quant_min# quant_max#) d:input K

torch.fft.fft torch.fft.ifft torch.fft.ihfft torch.fft.rfft
 (input n#=None dim#=-1 norm~=None *out=None) g:n=None d:input k:input K
 (input n#=None dim#=-1 norm~=None *out=None) g:norm=None d:input k:input K
 (input n#=None dim#=-1 norm~=None *out=None) d:input K

torch.fft.fft2 torch.fft.hfft2 torch.fft.ifft2 torch.fft.irfft2
 (input s~=None dim~=[-2,-1] norm~=None *out=None) d:input

torch.fft.fftfreq torch.fft.rfftfreq
 (n# d#=1.0 *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None) -> 0 !no c

torch.fft.fftn torch.fft.hfftn torch.fft.ifftn torch.fft.irfftn
 (input s~=None dim~=None norm~=None *out=None) d:input

torch.fft.fftshift torch.fft.ifftshift
 (input dim~=None) d:input

torch.fft.hfft torch.fft.irfft
 (input n#=None dim#=-1 norm~=None *out=None) d:input

torch.fft.ihfft2 torch.fft.rfft2
 (input s~=None dim~=[-2,-1] norm~=None *out=None) g:s=None d:input k:input K
 (input s~=None dim~=[-2,-1] norm~=None *out=None) d:input K

torch.fft.ihfftn torch.fft.rfftn
 (input s~=None dim~=None norm~=None *out=None) g:s=None d:input k:input K
 (input s~=None dim~=None norm~=None *out=None) d:input K

torch.fill
 (input value *out=None) d:input,value
 (input value# *out=None) d:input

torch.fill_
 (input value) -> 0 @self(input) d:input,value w:input
 (input value#) -> 0 @self(input) d:input w:input

torch.flatten
 (input start_dim#=0 end_dim#=-1) -> 0 @maybe-view(input) d:input

torch.flip torch.permute_copy
 (input dims~ *out=None) d:input

torch.fliplr torch.flipud
 (input) d:input

torch.float_power
 (input exponent *out=None) d:exponent,input k:input? k:exponent? k:result K
 (input exponent# *out=None) d:input k:input K
 (input# exponent *out=None) d:exponent k:result K

torch.fmod
 (input other *out=None) d:input,other k:input<other k:other<other K<other
 (input other# *out=None) d:input

torch.frexp
 (input *out=None) -> (0,1) mantissa exponent!no d:input k:result.1 K

torch.frobenius_norm torch.logsumexp torch.special.logsumexp
 (input dim~ keepdim~=False *out=None) d:input k:input k:result K

torch.from_dlpack
 (ext_tensor~ *device~=None *copy~=None) -> 0 !no

torch.from_numpy
 (ndarray~) -> 0 !no

torch.frombuffer
 (buffer~ *dtype~ *count#=-1 *offset#=0 *requires_grad~=False) -> 0 !no c

torch.full
 (size~ fill_value# *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None) -> 0
  !no c

torch.full_like
 (input fill_value# *dtype~=None *layout~=None *device~=None *pin_memory~=None *memory_format~=None
  *requires_grad~=False *out=None) -> 0 !no c

torch.gather
 (input dim# index *sparse_grad~=False *out=None) d:input k:input k:index K

torch.gcd torch.lcm torch.logical_and torch.logical_or torch.logical_xor
 (input other *out=None) -> 0 !no

torch.gcd_ torch.lcm_
 (input other) -> 0 !no@self(input) w:input

torch.geqrf
 (input *out=None) -> (0,1) a!maybe tau!maybe

torch.ger torch.outer
 (input vec2 *out=None) d:input,vec2 k:input<vec2 k:vec2<input K

torch.get_device torch.is_complex torch.is_conj torch.is_distributed torch.is_floating_point torch.is_inference
  torch.is_neg torch.is_nonzero torch.is_signed torch.numel
 (input) -> -

torch.get_device_module
 (device~=None) -> -

torch.gradient
 (input *spacing#=None *dim#=None *edge_order#=1) -> [0] . d:input
 (input *spacing[] *dim~ *edge_order#=1) -> [0] . d:input,spacing k:input<spacing K
 (input *dim~ *edge_order#=1) -> [0] . d:input
 (input *spacing~ *dim#=None *edge_order#=1) -> [0] . d:input
 (input *spacing~ *dim~ *edge_order#=1) -> [0] . d:input
 (input *spacing# *dim~ *edge_order#=1) -> [0] . d:input

torch.grid_sampler
 (input grid interpolation_mode# padding_mode# align_corners~) d:grid,input k:input k:grid K

torch.grid_sampler_2d torch.grid_sampler_3d
 (input grid interpolation_mode# padding_mode# align_corners~ *out=None) d:grid,input k:input k:grid K

torch.group_norm
 (input num_groups# weight=None bias=None eps#=1e-05 cudnn_enabled~=True) d:bias,input,weight k:input/layout k:weight
  K

torch.gru_cell
 (input hx w_ih w_hh b_ih=None b_hh=None) d:b_hh,b_ih,hx,input,w_hh,w_ih k:input<w_ih k:hx<w_hh k:w_ih<input k:w_hh<hx
  K

torch.hamming_window
 (window_length# *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None) -> 0 !no
  c
 (window_length# periodic~ *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None)
  -> 0 !no c
 (window_length# periodic~ alpha# *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False
  *out=None) -> 0 !no c
 (window_length# periodic~ alpha# beta# *dtype~=None *layout~=None *device~=None *pin_memory~=None
  *requires_grad~=False *out=None) -> 0 !no c

torch.hardshrink torch.nn.functional.hardshrink torch.nn.functional.softshrink
 (input lambd#=0.5 *out=None) d:input k:input K

torch.hash_tensor
 (input dim~=[] *keepdim~=False *mode#=0 *out=None) -> 0 !no

torch.heaviside
 (input values *out=None) -> 0 !no

torch.hinge_embedding_loss
 (input target margin#=1.0 reduction#=1) d:input K

torch.histc
 (input bins#=100 min#=0 max#=0 *out=None) -> 0 !no

torch.histogram
 (input bins#=100 *range~=None *weight=None *density~=False *out=None) -> (0,1) hist!no bin_edges!no
 (input bins *weight=None *density~=False *out=None) -> (0,1) hist!no bin_edges!no

torch.histogramdd
 (input bins[] range~=None weight=None density~=False) -> (0,(1,2,3,4,5)) !no !no@self(bins) !no@self(bins)
  !no@self(bins) !no@self(bins) !no@self(bins)
 (input bins~ range~=None weight=None density~=False) -> (0,(1,2,3,4,5)) !no !no !no !no !no !no g:weight=None
  g:density=True
 (input bins~ range~=None weight=None density~=False) -> (0,(1,2,3,4,5)) !no !no !no !no !no !no
 (input bins# range~=None weight=None density~=False) -> (0,(1,2,3)) !no !no !no !no

torch.hypot
 (input other *out=None) d:input,other k:input<input k:other<other k:result K

torch.igamma torch.igammac torch.special.gammainc torch.special.gammaincc
 (input other *out=None) d:other k:input k:other K

torch.index_add
 (input dim# index source *alpha#=1 *out=None) d:input,source k:index<source k:source<source K<source

torch.index_copy
 (input dim# index source *out=None) d:input,source k:index k:source<source K

torch.index_fill
 (input dim# index value *out=None) d:input,value k:index K
 (input dim# index value# *out=None) d:input k:index K

torch.index_put
 (input indices[] values accumulate~=False *out=None) d:input,values k:indices K

torch.index_put_
 (input indices[] values accumulate~=False) -> 0 @self(input) d:input,values k:indices K w:input

torch.index_reduce
 (input dim# index source reduce~ *include_self~=True *out=None) d:input,source k:input k:index k:source k:result K

torch.index_select
 (input dim# index *out=None) d:input k:index K

torch.inner torch.vdot
 (input other *out=None) d:input,other k:input<other k:other<input K

torch.instance_norm
 (input weight bias running_mean running_var use_input_stats~ momentum# eps# cudnn_enabled~) d:bias,input,weight
  k:input/layout K w:running_mean,running_var

torch.is_vulkan_available
 () -> -

torch.isclose
 (input other rtol#=1e-05 atol#=1e-08 equal_nan~=False) -> 0 !no

torch.isin
 (elements test_elements *assume_unique~=False *invert~=False *out=None) -> 0 !no
 (elements test_element# *assume_unique~=False *invert~=False *out=None) -> 0 !no
 (element# test_elements *assume_unique~=False *invert~=False *out=None) -> 0 !no

torch.istft
 (input n_fft# hop_length#=None win_length#=None window=None center~=True normalized~=False onesided~=None
  length#=None return_complex~=False) g:win_length=None d:input,window k:window K
 (input n_fft# hop_length#=None win_length#=None window=None center~=True normalized~=False onesided~=None
  length#=None return_complex~=False) d:input,window K

torch.kaiser_window
 (window_length# *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None) -> 0 !no
  c
 (window_length# periodic~ *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None)
  -> 0 !no c
 (window_length# periodic~ beta# *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False
  *out=None) -> 0 !no c

torch.kl_div
 (input target reduction#=1 *log_target~=False) g:log_target=False d:input,target k:input<target k:target K
 (input target reduction#=1 *log_target~=False) g:log_target=True d:input,target K

torch.kron
 (input other *out=None) d:input,other K

torch.kthvalue
 (input k# dim#=-1 keepdim~=False *out=None) -> (0,1) values indices!no d:input k:result.1 K

torch.layer_norm
 (input normalized_shape~ weight=None bias=None eps#=1e-05 cudnn_enable~=True) d:bias,input,weight k:input k:weight
  k:bias K

torch.ldexp
 (input other *out=None) d:input,other k:other<input k:result K

torch.ldexp_
 (input other) -> 0 @self(input) d:input,other k:other<input k:result K w:input

torch.lerp
 (input end weight *out=None) d:end,input,weight k:input<weight k:end<weight k:weight K
 (input end weight# *out=None) d:end,input

torch.linalg.cholesky
 (input *upper~=False *out=None) d:input k:result K

torch.linalg.cholesky_ex
 (input *upper~=False *check_errors~=False *out=None) -> (0,1) L info!no d:input k:result.0 K

torch.linalg.cond
 (input p#=None *out=None) d:input K
 (input p~ *out=None) -> 0 !no

torch.linalg.cross
 (input other *dim#=-1 *out=None) d:input,other k:input<other k:other<input K

torch.linalg.det
 (A *out=None) d:A k:A k:result K

torch.linalg.diagonal
 (A *offset#=0 *dim1#=-2 *dim2#=-1) -> 0 @view(A) d:A

torch.linalg.eig
 (input *out=None) -> (0,1) eigenvalues eigenvectors d:input k:result.0 k:result.1 K

torch.linalg.eigh
 (input UPLO~="L" *out=None) -> (0,1) eigenvalues eigenvectors d:input k:result.0 k:result.1 K

torch.linalg.eigvalsh
 (input UPLO~="L" *out=None) d:input k:result K

torch.linalg.householder_product
 (input tau *out=None) d:input,tau k:input k:tau k:result K

torch.linalg.inv
 (A *out=None) d:A k:result K

torch.linalg.inv_ex
 (A *check_errors~=False *out=None) -> (0,1) inverse info!no d:A k:result.0 K

torch.linalg.ldl_factor
 (input *hermitian~=False *out=None) -> (0,1) LD!no pivots!no

torch.linalg.ldl_factor_ex
 (input *hermitian~=False *check_errors~=False *out=None) -> (0,1,2) LD!no pivots!no info!no

torch.linalg.ldl_solve
 (LD pivots B *hermitian~=False *out=None) -> 0 !no

torch.linalg.lstsq
 (input b rcond#=None *driver~=None *out=None) -> (0,1,2,3) solution residuals rank!no singular_values!no d:b,input
  k:input k:b k:result.0 K

torch.linalg.lu
 (A *pivot~=True *out=None) -> (0,1,2) P!no L U d:A k:result.0 k:result.1 k:result.2 K

torch.linalg.lu_factor
 (A *pivot~=True *out=None) -> (0,1) LU pivots!no d:A k:result.0 k:result.1 K

torch.linalg.lu_factor_ex
 (A *pivot~=True *check_errors~=False *out=None) -> (0,1,2) LU pivots!no info!no d:A k:result.0 k:result.1 K

torch.linalg.lu_solve
 (LU pivots B *left~=True *adjoint~=False *out=None) d:B,LU k:LU k:pivots k:result K

torch.linalg.matmul torch.matmul
 (input other *out=None) d:input,other k:input/layout<other k:other/broadcast,layout<input K

torch.linalg.matrix_norm
 (input ord~='fro' dim~=[-2,-1] keepdim~=False *dtype~=None *out=None) d:input k:input? k:result? K
 (input ord# dim~=[-2,-1] keepdim~=False *dtype~=None *out=None) d:input k:result K

torch.linalg.matrix_power torch.matrix_power
 (input n# *out=None) d:input k:input? k:result? K?

torch.linalg.matrix_rank
 (input *atol=None *rtol=None *hermitian~=False *out=None) -> 0 !no
 (input *atol#=None *rtol#=None *hermitian~=False *out=None) -> 0 !no
 (input tol hermitian~=False *out=None) -> 0 !no
 (input tol# hermitian~=False *out=None) -> 0 !no

torch.linalg.multi_dot
 (tensors[] *out=None) d:tensors k:tensors K

torch.linalg.norm
 (input ord#=None dim~=None keepdim~=False *dtype~=None *out=None) d:input k:input? k:result K
 (input ord~ dim~=None keepdim~=False *dtype~=None *out=None) d:input k:input? k:result? K

torch.linalg.pinv
 (input *atol=None *rtol=None *hermitian~=False *out=None) d:input k:input k:result K
 (input *atol#=None *rtol#=None *hermitian~=False *out=None) d:input k:input k:result K
 (input rcond hermitian~=False *out=None) d:input k:input k:result K
 (input rcond# hermitian~=False *out=None) d:input k:input k:result K

torch.linalg.qr
 (A mode~='reduced' *out=None) -> (0,1) Q R d:A k:result.0 k:result.1 K

torch.linalg.slogdet
 (A *out=None) -> (0,1) sign logabsdet d:A k:A k:result.0 K

torch.linalg.solve
 (A B *left~=True *out=None) d:A,B k:A k:result K

torch.linalg.solve_ex
 (A B *left~=True *check_errors~=False *out=None) -> (0,1) result info!no d:A,B k:A k:result.0 K

torch.linalg.solve_triangular
 (input B *upper~ *left~=True *unitriangular~=False *out=None) d:B,input k:input k:result K

torch.linalg.svd
 (A full_matrices~=True *driver~=None *out=None) -> (0,1,2) U S Vh d:A k:result.0 k:result.1 k:result.2 K

torch.linalg.svdvals
 (A *driver~=None *out=None) d:A k:result K

torch.linalg.tensorinv
 (input ind#=2 *out=None) d:input k:result K

torch.linalg.tensorsolve
 (input other dims~=None *out=None) g:dims=None d:input,other k:input/layout k:result K
 (input other dims~=None *out=None) d:input,other k:input? k:result K

torch.linalg.vander
 (x *N#=None) d:x k:x K

torch.linalg.vecdot
 (x y *dim#=-1 *out=None) d:x,y k:x<y k:y<x K

torch.linalg.vector_norm
 (input ord#=2 dim~=None keepdim~=False *dtype~=None *out=None) d:input k:input k:result K

torch.linspace
 (start end steps# *dtype~=None *layout~=None *device~=None *pin_memory~=None *out=None) -> 0 !no
 (start end# steps# *dtype~=None *layout~=None *device~=None *pin_memory~=None *out=None) -> 0 !no
 (start# end steps# *dtype~=None *layout~=None *device~=None *pin_memory~=None *out=None) -> 0 !no
 (start# end# steps# *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None) -> 0
  !no c

torch.log_softmax torch.softmax
 (input dim# dtype~=None *out=None) d:input k:result K

torch.logcumsumexp
 (input dim# *out=None) d:input k:input k:result K

torch.logdet torch.matrix_exp torch.nn.functional.softsign torch.selu
 (input) d:input k:input K

torch.logit torch.special.logit
 (input eps#=None *out=None) d:input k:input K

torch.logit_
 (input eps#=None) -> 0 @self(input) d:input K w:input

torch.logspace
 (start end steps# base#=10.0 *dtype~=None *layout~=None *device~=None *pin_memory~=None *out=None) -> 0 !no
 (start end# steps# base#=10.0 *dtype~=None *layout~=None *device~=None *pin_memory~=None *out=None) -> 0 !no
 (start# end steps# base#=10.0 *dtype~=None *layout~=None *device~=None *pin_memory~=None *out=None) -> 0 !no
 (start# end# steps# base#=10.0 *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False
  *out=None) -> 0 !no c

torch.lstm_cell
 (input hx[] w_ih w_hh b_ih=None b_hh=None) -> (0,1) . . d:b_hh,b_ih,hx,input,w_hh,w_ih k:input<w_ih k:hx?
  k:w_ih<input k:w_hh<hx K

torch.lu
 (+args~=()) -> [0] !maybe d:args k:result K

torch.lu_solve
 (input LU_data LU_pivots *out=None) d:LU_data,input k:LU_data k:LU_pivots k:result K

torch.lu_unpack
 (LU_data LU_pivots unpack_data~=True unpack_pivots~=True *out=None) -> (0,1,2) P!no L U d:LU_data

torch.margin_ranking_loss
 (input1 input2 target margin#=0.0 reduction#=1) d:input1,input2 K

torch.masked_fill
 (input mask value *out=None) d:input,value k:mask K
 (input mask value# *out=None) d:input k:mask K

torch.masked_scatter
 (input mask source *out=None) d:input,source k:mask K

torch.masked_select
 (input mask *out=None) d:input k:input k:mask K

torch.max torch.min
 (input *out=None) d:input k:input k:result K
 (input other *out=None) d:input,other k:input k:other K
 (input dim# keepdim~=False *out=None) -> (0,1) values indices!no d:input k:result.1 K

torch.max_pool1d torch.max_pool2d torch.max_pool3d
 (input kernel_size~ stride~=[] padding~=0 dilation~=1 ceil_mode~=False) d:input k:input K

torch.max_pool1d_with_indices
 (input kernel_size~ stride~=[] padding~=0 dilation~=1 ceil_mode~=False) -> (0,1) . !no d:input k:input k:result.1 K

torch.mean torch.sum
 (input *dtype~=None *out=None) d:input
 (input dim~ keepdim~=False *dtype~=None *out=None) d:input

torch.median torch.nanmedian
 (input *out=None) d:input k:input k:result K
 (input dim# keepdim~=False *out=None) -> (0,1) values indices!no d:input k:result.1 K

torch.meshgrid
 (+tensors[]=() *indexing~=None) -> (0,1) @view(tensors) @view(tensors) g:indexing=None d:tensors
 (+tensors[]=() *indexing~=None) -> [0] @view(tensors) d:tensors

torch.mode
 (input dim#=-1 keepdim~=False *out=None) -> (0,1) values indices!no d:input k:result.1 K

torch.moveaxis torch.movedim
 (input source~ destination~) -> 0 @view(input) d:input
 (input source# destination#) -> 0 @view(input) d:input

torch.msort torch.special.ndtr
 (input *out=None) d:input K

torch.mul torch.multiply
 (input other *out=None) d:input,other k:input<other k:other<input K
 (input other# *out=None) d:input K

torch.multinomial
 (input num_samples# replacement~=False *generator~=None *out=None) -> 0 !no

torch.mv
 (input vec *out=None) d:input,vec k:input<vec k:vec<input K

torch.mvlgamma torch.special.multigammaln
 (input p# *out=None) d:input k:input K

torch.nan_to_num
 (input nan#=None posinf#=None neginf#=None *out=None) d:input k:input K

torch.nan_to_num_
 (input nan#=None posinf#=None neginf#=None) -> 0 @self(input) d:input K w:input

torch.nanmean torch.nansum
 (input dim~=None keepdim~=False *dtype~=None *out=None) d:input k:input K

torch.nanquantile torch.quantile
 (input q dim#=None keepdim~=False *interpolation~='linear' *out=None) d:input,q K
 (input q# dim#=None keepdim~=False *interpolation~='linear' *out=None) d:input K

torch.narrow
 (input dim# start length#) -> 0 @view(input) d:input
 (input dim# start# length#) -> 0 @view(input) d:input

torch.narrow_copy
 (input dim# start# length# *out=None) d:input

torch.nextafter
 (input other *out=None) d:input,other k:input<input k:other<input K<input

torch.nn.functional.adaptive_avg_pool2d
 (input output_size~) d:input k:input K

torch.nn.functional.adaptive_avg_pool3d
 (input output_size~) d:input k:input? K?

torch.nn.functional.adaptive_max_pool1d torch.nn.functional.adaptive_max_pool2d
  torch.nn.functional.adaptive_max_pool3d
 (input output_size~ return_indices~=False) g:return_indices=False d:input k:input K
 (input output_size~ return_indices~=False) -> (0,1) . !no g:return_indices=True d:input k:input k:result.1 K

torch.nn.functional.adaptive_max_pool1d_with_indices torch.nn.functional.adaptive_max_pool2d_with_indices
  torch.nn.functional.adaptive_max_pool3d_with_indices
 (input output_size~ return_indices~=False) -> (0,1) . !no d:input k:input k:result.1 K

torch.nn.functional.affine_grid
 (theta size~ align_corners~=None) d:theta

torch.nn.functional.alpha_dropout torch.nn.functional.feature_alpha_dropout
 (input p#=0.5 training~=False inplace~=False) -> 0 @self(input) g:p=0.0 d:input
 (input p#=0.5 training~=False inplace~=False) -> 0 @self(input) g:training=False d:input
 (input p#=0.5 training~=False inplace~=False) g:training=True g:inplace=False d:input K
 (input p#=0.5 training~=False inplace~=False) -> 0 @self(input) g:training=True g:inplace=True d:input K w:input

torch.nn.functional.assert_int_or_pair
 (arg~ arg_name~ message~) -> -

torch.nn.functional.avg_pool2d torch.nn.functional.avg_pool3d
 (input kernel_size~ stride~=[] padding~=0 ceil_mode~=False count_include_pad~=True divisor_override#=None *out=None)
  d:input k:input K

torch.nn.functional.batch_norm
 (input running_mean running_var weight=None bias=None training~=False momentum#=0.1 eps#=1e-05) d:bias,input,weight
  k:input k:running_mean k:running_var k:weight K

torch.nn.functional.binary_cross_entropy
 (input target weight=None size_average~=None reduce~=None reduction~='mean') d:input,target k:input k:target k:weight
  K

torch.nn.functional.binary_cross_entropy_with_logits
 (input target weight=None size_average~=None reduce~=None reduction~='mean' pos_weight=None) d:input,target k:input
  k:target k:weight k:pos_weight K

torch.nn.functional.celu torch.nn.functional.elu
 (input alpha#=1.0 inplace~=False) g:inplace=False d:input k:input K
 (input alpha#=1.0 inplace~=False) -> 0 @self(input) g:inplace=True d:input k:result K w:input

torch.nn.functional.cosine_embedding_loss
 (input1 input2 target margin#=0 size_average~=None reduce~=None reduction~='mean') d:input1,input2 k:input1 k:input2
  K

torch.nn.functional.cross_entropy
 (input target weight=None size_average~=None ignore_index#=-100 reduce~=None reduction~='mean' label_smoothing#=0.0)
  d:input,target,weight k:target/layout<input k:weight<input,target K

torch.nn.functional.ctc_loss
 (log_probs targets input_lengths target_lengths blank#=0 reduction~='mean' zero_infinity~=False) g:reduction='none'
  g:zero_infinity=True d:log_probs k:log_probs k:targets K
 (log_probs targets input_lengths target_lengths blank#=0 reduction~='mean' zero_infinity~=False) g:reduction='none'
  g:zero_infinity=False d:log_probs k:log_probs k:targets k:result K
 (log_probs targets input_lengths target_lengths blank#=0 reduction~='mean' zero_infinity~=False) d:log_probs
  k:log_probs k:targets K

torch.nn.functional.dropout torch.nn.functional.dropout2d
 (input p#=0.5 training~=True inplace~=False) -> 0 @self(input) g:p=0.0 d:input
 (input p#=0.5 training~=True inplace~=False) -> 0 @self(input) g:training=False d:input
 (input p#=0.5 training~=True inplace~=False) g:training=True g:inplace=False d:input K
 (input p#=0.5 training~=True inplace~=False) -> 0 @self(input) g:training=True g:inplace=True d:input K w:input

torch.nn.functional.dropout1d
 (input p#=0.5 training~=True inplace~=False) -> 0 @view(input) g:training=False g:inplace=False d:input
 (input p#=0.5 training~=True inplace~=False) -> 0 @self(input) g:training=False g:inplace=True d:input w:input
 (input p#=0.5 training~=True inplace~=False) g:training=True g:inplace=False d:input K
 (input p#=0.5 training~=True inplace~=False) -> 0 @self(input) g:training=True g:inplace=True d:input K w:input

torch.nn.functional.dropout3d
 (input p#=0.5 training~=True inplace~=False) -> 0 @view(input) g:p=0.0 g:inplace=False d:input
 (input p#=0.5 training~=True inplace~=False) -> 0 @self(input) g:p=0.0 g:inplace=True d:input w:input
 (input p#=0.5 training~=True inplace~=False) -> 0 @view(input) g:training=False g:inplace=False d:input
 (input p#=0.5 training~=True inplace~=False) -> 0 @self(input) g:training=False g:inplace=True d:input w:input
 (input p#=0.5 training~=True inplace~=False) g:training=True g:inplace=False d:input K
 (input p#=0.5 training~=True inplace~=False) -> 0 @self(input) g:training=True g:inplace=True d:input K w:input

torch.nn.functional.elu_
 (input alpha#=1 scale#=1 input_scale#=1) -> 0 @self(input) d:input k:result K w:input

torch.nn.functional.embedding
 (input weight padding_idx#=None max_norm#=None norm_type#=2.0 scale_grad_by_freq~=False sparse~=False)
  g:max_norm=None d:weight k:input K
 (input weight padding_idx#=None max_norm#=None norm_type#=2.0 scale_grad_by_freq~=False sparse~=False) d:weight
  k:input K w:weight

torch.nn.functional.embedding_bag
 (input weight offsets=None max_norm#=None norm_type#=2 scale_grad_by_freq~=False mode~='mean' sparse~=False
  per_sample_weights=None include_last_offset~=False padding_idx#=None) g:max_norm=None d:weight k:input/layout
  k:offsets K
 (input weight offsets=None max_norm#=None norm_type#=2 scale_grad_by_freq~=False mode~='mean' sparse~=False
  per_sample_weights=None include_last_offset~=False padding_idx#=None) d:weight k:input/layout K w:weight

torch.nn.functional.fold
 (input output_size~ kernel_size~ dilation~=1 padding~=0 stride~=1) d:input

torch.nn.functional.fractional_max_pool2d torch.nn.functional.fractional_max_pool3d
 (input kernel_size~ output_size~=None output_ratio~=None return_indices~=False _random_samples=None)
  g:return_indices=False d:input k:input K
 (input kernel_size~ output_size~=None output_ratio~=None return_indices~=False _random_samples=None) -> (0,1) . !no
  g:return_indices=True d:input k:input k:result.1 K

torch.nn.functional.fractional_max_pool2d_with_indices torch.nn.functional.fractional_max_pool3d_with_indices
 (input kernel_size~ output_size~=None output_ratio~=None return_indices~=False _random_samples=None) -> (0,1) . !no
  d:input k:input k:result.1 K

torch.nn.functional.gaussian_nll_loss
 (input target var full~=False eps#=1e-06 reduction~='mean') d:input,target,var K

torch.nn.functional.gelu
 (input *approximate~='none' *out=None) d:input k:input K

torch.nn.functional.glu
 (input dim#=-1) d:input k:input K

torch.nn.functional.grid_sample
 (input grid mode~='bilinear' padding_mode~='zeros' align_corners~=None) d:grid,input k:input k:grid K

torch.nn.functional.group_norm
 (input num_groups# weight=None bias=None eps#=1e-05) d:bias,input,weight k:input/layout k:weight K

torch.nn.functional.gumbel_softmax
 (logits tau#=1 hard~=False eps#=1e-10 dim#=-1) g:hard=False d:logits k:result K
 (logits tau#=1 hard~=False eps#=1e-10 dim#=-1) g:hard=True d:logits K

torch.nn.functional.hardsigmoid torch.nn.functional.hardswish torch.nn.functional.mish torch.nn.functional.relu6
  torch.nn.functional.silu
 (input inplace~=False) g:inplace=False d:input k:input K
 (input inplace~=False) -> 0 @self(input) g:inplace=True d:input K w:input

torch.nn.functional.hardtanh
 (input min_val#=-1.0 max_val#=1.0 inplace~=False) g:inplace=False d:input k:input K
 (input min_val#=-1.0 max_val#=1.0 inplace~=False) -> 0 @self(input) g:inplace=True d:input K w:input

torch.nn.functional.hardtanh_
 (input min_val#=-1 max_val#=1) -> 0 @self(input) d:input K w:input

torch.nn.functional.hinge_embedding_loss
 (input target margin#=1.0 size_average~=None reduce~=None reduction~='mean') d:input K

torch.nn.functional.huber_loss
 (input target reduction~='mean' delta#=1.0 weight=None) d:input,target k:input k:target K

torch.nn.functional.instance_norm
 (input running_mean=None running_var=None weight=None bias=None use_input_stats~=True momentum#=0.1 eps#=1e-05)
  g:running_mean=None d:input k:input/layout K
 (input running_mean=None running_var=None weight=None bias=None use_input_stats~=True momentum#=0.1 eps#=1e-05)
  d:bias,input,weight k:input/layout K w:running_mean,running_var

torch.nn.functional.interpolate
 (input size~=None scale_factor~=None mode~='nearest' align_corners~=None recompute_scale_factor~=None
  antialias~=False) g:mode='area' d:input k:input K
 (input size~=None scale_factor~=None mode~='nearest' align_corners~=None recompute_scale_factor~=None
  antialias~=False) d:input

torch.nn.functional.kl_div
 (input target size_average~=None reduce~=None reduction~='mean' log_target~=False) g:log_target=False d:input,target
  k:input<target k:target K
 (input target size_average~=None reduce~=None reduction~='mean' log_target~=False) g:log_target=True d:input,target K

torch.nn.functional.l1_loss
 (input target size_average~=None reduce~=None reduction~='mean' weight=None) d:input,target K

torch.nn.functional.layer_norm
 (input normalized_shape~ weight=None bias=None eps#=1e-05) d:bias,input,weight k:input k:weight k:bias K

torch.nn.functional.leaky_relu
 (input negative_slope#=0.01 inplace~=False) g:inplace=False d:input k:input K
 (input negative_slope#=0.01 inplace~=False) -> 0 @self(input) g:inplace=True d:input k:result K w:input

torch.nn.functional.leaky_relu_
 (input negative_slope#=0.01) -> 0 @self(input) d:input k:result K w:input

torch.nn.functional.linear
 (input weight bias=None *out=None) d:bias,input,weight k:input/layout<weight k:weight<input K<input,weight

torch.nn.functional.linear_cross_entropy
 (input linear_weight target *linear_bias=None *weight=None *reduction~='mean' *ignore_index#=None
  *label_smoothing#=0.0 *options~=None) g:reduction='sum' g:weight=None d:input,linear_weight,target
  k:input<linear_weight k:linear_weight/layout<input k:target<input,linear_weight K
 (input linear_weight target *linear_bias=None *weight=None *reduction~='mean' *ignore_index#=None
  *label_smoothing#=0.0 *options~=None) g:reduction='sum' d:input,linear_weight,target,weight k:input?<linear_weight
  k:linear_weight?<input k:target?<input,linear_weight k:weight?<input,linear_weight,target K?
 (input linear_weight target *linear_bias=None *weight=None *reduction~='mean' *ignore_index#=None
  *label_smoothing#=0.0 *options~=None) g:reduction='none' d:input,linear_weight,target,weight
  k:input?<input,linear_weight k:linear_weight?<input,linear_weight k:target/layout<input,linear_weight
  k:weight<input,linear_weight,target K
 (input linear_weight target *linear_bias=None *weight=None *reduction~='mean' *ignore_index#=None
  *label_smoothing#=0.0 *options~=None) g:weight=None d:input,linear_bias,linear_weight,target k:input?<linear_weight
  k:linear_weight?<input k:target?<input,linear_bias,linear_weight K?
 (input linear_weight target *linear_bias=None *weight=None *reduction~='mean' *ignore_index#=None
  *label_smoothing#=0.0 *options~=None) d:input,linear_weight,target,weight k:input<linear_weight
  k:linear_weight/layout<input k:target/layout<input,linear_weight k:weight<input,linear_weight,target K

torch.nn.functional.local_response_norm
 (input size# alpha#=0.0001 beta#=0.75 k#=1.0) d:input k:input K

torch.nn.functional.log_softmax torch.nn.functional.softmax torch.nn.functional.softmin
 (input dim#=None _stacklevel#=3 dtype~=None) d:input k:result K

torch.nn.functional.lp_pool1d
 (input norm_type# kernel_size# stride~=None ceil_mode~=False) d:input k:input K

torch.nn.functional.lp_pool2d torch.nn.functional.lp_pool3d
 (input norm_type# kernel_size~ stride~=None ceil_mode~=False) d:input k:input K

torch.nn.functional.margin_ranking_loss
 (input1 input2 target margin#=0 size_average~=None reduce~=None reduction~='mean') d:input1,input2,target K

torch.nn.functional.max_pool1d torch.nn.functional.max_pool2d torch.nn.functional.max_pool3d
 (input kernel_size~ stride~=None padding~=0 dilation~=1 ceil_mode~=False return_indices~=False)
  g:return_indices=False d:input k:input K
 (input kernel_size~ stride~=None padding~=0 dilation~=1 ceil_mode~=False return_indices~=False) -> (0,1) . !no
  g:return_indices=True d:input k:input k:result.1 K

torch.nn.functional.max_pool1d_with_indices torch.nn.functional.max_pool2d_with_indices
  torch.nn.functional.max_pool3d_with_indices
 (input kernel_size~ stride~=None padding~=0 dilation~=1 ceil_mode~=False return_indices~=False) -> (0,1) . !no
  d:input k:input k:result.1 K

torch.nn.functional.max_unpool1d torch.nn.functional.max_unpool2d torch.nn.functional.max_unpool3d
 (input indices kernel_size~ stride~=None padding~=0 output_size~=None) d:input k:indices K

torch.nn.functional.mse_loss
 (input target size_average~=None reduce~=None reduction~='mean' weight=None) d:input,target k:input k:target K

torch.nn.functional.multi_head_attention_forward
 (query key value embed_dim_to_check# num_heads# in_proj_weight in_proj_bias bias_k bias_v add_zero_attn~ dropout_p#
  out_proj_weight out_proj_bias training~=True key_padding_mask=None need_weights~=True attn_mask=None
  use_separate_proj_weight~=False q_proj_weight=None k_proj_weight=None v_proj_weight=None static_k=None static_v=None
  average_attn_weights~=True is_causal~=False) -> (0,1) . !maybe
  d:attn_mask,bias_k,bias_v,in_proj_bias,in_proj_weight,key,out_proj_bias,out_proj_weight,query,value
  k:query<in_proj_weight k:key<in_proj_weight k:value<in_proj_weight k:in_proj_weight<key,query,value
  k:out_proj_weight<attn_mask,bias_k,bias_v,in_proj_bias,in_proj_weight,key,query,value
  K<attn_mask,bias_k,bias_v,in_proj_bias,in_proj_weight,key,out_proj_weight,query,value

torch.nn.functional.multi_margin_loss
 (input target p#=1 margin#=1.0 weight=None size_average~=None reduce~=None reduction~='mean') d:input k:input
  k:target k:weight K

torch.nn.functional.multilabel_margin_loss torch.nn.functional.soft_margin_loss
 (input target size_average~=None reduce~=None reduction~='mean') d:input k:input k:target K

torch.nn.functional.multilabel_soft_margin_loss
 (input target weight=None size_average~=None reduce~=None reduction~='mean') d:input,target,weight k:input<input
  k:target<input k:weight<input,target K

torch.nn.functional.nll_loss
 (input target weight=None size_average~=None ignore_index#=-100 reduce~=None reduction~='mean') d:input k:input
  k:target k:weight K

torch.nn.functional.normalize
 (input p#=2.0 dim#=1 eps#=1e-12 out=None) d:input k:input K

torch.nn.functional.one_hot
 (input num_classes#=-1) -> 0 !no

torch.nn.functional.pad
 (input pad~ mode~='constant' value#=None) g:mode='constant' d:input
 (input pad~ mode~='constant' value#=None) g:mode='circular' d:input K
 (input pad~ mode~='constant' value#=None) d:input k:input K

torch.nn.functional.pairwise_distance torch.pairwise_distance
 (x1 x2 p#=2 eps#=1e-06 keepdim~=False) d:x1,x2 k:result K

torch.nn.functional.pdist torch.pdist
 (input p#=2) d:input k:input/layout k:result K

torch.nn.functional.pixel_shuffle torch.pixel_shuffle
 (input upscale_factor# *out=None) d:input

torch.nn.functional.pixel_unshuffle torch.pixel_unshuffle
 (input downscale_factor# *out=None) d:input

torch.nn.functional.poisson_nll_loss
 (input target log_input~=True full~=False size_average~=None eps#=1e-08 reduce~=None reduction~='mean')
  g:log_input=False g:full=False d:input,target k:target<input K
 (input target log_input~=True full~=False size_average~=None eps#=1e-08 reduce~=None reduction~='mean')
  g:log_input=False g:full=True d:input,target k:target K
 (input target log_input~=True full~=False size_average~=None eps#=1e-08 reduce~=None reduction~='mean')
  g:log_input=True g:full=False d:input,target k:input<target k:target<input K
 (input target log_input~=True full~=False size_average~=None eps#=1e-08 reduce~=None reduction~='mean')
  g:log_input=True g:full=True d:input,target k:input<target k:target K

torch.nn.functional.prelu torch.prelu
 (input weight) d:input,weight k:input k:weight K

torch.nn.functional.relu
 (input inplace~=False) g:inplace=False d:input k:result K
 (input inplace~=False) -> 0 @self(input) g:inplace=True d:input k:result K w:input

torch.nn.functional.rms_norm torch.rms_norm
 (input normalized_shape~ weight=None eps#=None) d:input,weight k:input<input k:weight<input K

torch.nn.functional.rrelu
 (input lower#=0.125 upper#=0.3333333333333333 training~=False inplace~=False) g:inplace=False d:input k:input K
 (input lower#=0.125 upper#=0.3333333333333333 training~=False inplace~=False) -> 0 @self(input) g:inplace=True
  d:input k:result K w:input

torch.nn.functional.rrelu_ torch.rrelu_
 (input lower#=0.125 upper#=0.3333333333333333 training~=False generator~=None) -> 0 @self(input) d:input k:result K
  w:input

torch.nn.functional.scaled_dot_product_attention
 (query key value attn_mask=None dropout_p#=0.0 is_causal~=False *scale#=None *enable_gqa~=False)
  d:attn_mask,key,query,value k:query? k:key? k:value? k:attn_mask? k:result? K

torch.nn.functional.selu
 (input inplace~=False) g:inplace=False d:input k:input K
 (input inplace~=False) -> 0 @self(input) g:inplace=True d:input k:result K w:input

torch.nn.functional.sigmoid torch.nn.functional.tanh
 (input) d:input k:result K

torch.nn.functional.smooth_l1_loss
 (input target size_average~=None reduce~=None reduction~='mean' beta#=1.0) g:beta=0.0 d:input,target K
 (input target size_average~=None reduce~=None reduction~='mean' beta#=1.0) d:input,target k:input k:target K

torch.nn.functional.softplus
 (input beta#=1 threshold#=20 *out=None) d:input k:input K

torch.nn.functional.threshold
 (input threshold# value# inplace~=False) g:inplace=False d:input k:input K
 (input threshold# value# inplace~=False) -> 0 @self(input) g:inplace=True d:input K w:input

torch.nn.functional.threshold_ torch.threshold_
 (input threshold# value#) -> 0 @self(input) d:input K w:input

torch.nn.functional.triplet_margin_loss
 (anchor positive negative margin#=1.0 p#=2 eps#=1e-06 swap~=False size_average~=None reduce~=None reduction~='mean')
  d:anchor,negative,positive K

torch.nn.functional.triplet_margin_with_distance_loss
 (anchor positive negative *distance_function~=None *margin#=1.0 *swap~=False *reduction~='mean')
  d:anchor,negative,positive K

torch.nn.functional.unfold
 (input kernel_size~ dilation~=1 padding~=0 stride~=1) d:input

torch.nn.functional.upsample
 (input size~=None scale_factor~=None mode~='nearest' align_corners~=None) d:input

torch.nn.functional.upsample_bilinear torch.nn.functional.upsample_nearest
 (input size~=None scale_factor~=None) d:input

torch.nn.init.constant_
 (tensor val#) -> 0 @self(tensor) w:tensor

torch.nn.init.dirac_
 (tensor groups#=1) -> 0 @self(tensor) w:tensor

torch.nn.init.eye_ torch.nn.init.ones_ torch.nn.init.zeros_
 (tensor) -> 0 @self(tensor) w:tensor

torch.nn.init.kaiming_normal_ torch.nn.init.kaiming_uniform_
 (tensor a#=0 mode~='fan_in' nonlinearity~='leaky_relu' generator~=None) -> 0 @self(tensor) w:tensor

torch.nn.init.normal torch.nn.init.uniform
 (+args~=()) -> 0 @self(args) w:args

torch.nn.init.normal_
 (tensor mean#=0.0 std#=1.0 generator~=None) -> 0 @self(tensor) w:tensor

torch.nn.init.orthogonal_
 (tensor gain#=1 generator~=None) -> 0 @self(tensor) w:tensor

torch.nn.init.sparse_
 (tensor sparsity# std#=0.01 generator~=None) -> 0 @self(tensor) w:tensor

torch.nn.init.trunc_normal_
 (tensor mean#=0.0 std#=1.0 a#=-2.0 b#=2.0 generator~=None) -> 0 @self(tensor) w:tensor

torch.nn.init.uniform_
 (tensor a#=0.0 b#=1.0 generator~=None) -> 0 @self(tensor) w:tensor

torch.nn.init.xavier_normal_ torch.nn.init.xavier_uniform_
 (tensor gain#=1.0 generator~=None) -> 0 @self(tensor) w:tensor

torch.nonzero_static
 (input *size# *fill_value#=-1 *out=None) -> 0 !no

torch.norm
 (input p~='fro' dim~=None keepdim~=False out=None dtype~=None) d:input k:input k:result K

torch.norm_except_dim
 (v pow#=2 dim#=0) d:v k:v/layout k:result K

torch.normal
 (mean std#=1 *generator~=None *out=None) d:mean
 (mean std *generator~=None *out=None) d:mean,std
 (mean# std *generator~=None *out=None) d:std
 (mean# std# size~ *generator~=None *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False
  *out=None) -> 0 !no c

torch.nuclear_norm
 (input keepdim~=False *out=None) d:input K

torch.ones torch.zeros
 (+size~ *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None) -> 0 !no c

torch.orgqr
 (input input2 *out=None) d:input,input2 k:input k:input2 k:result K

torch.ormqr
 (input input2 input3 left~=True transpose~=False *out=None) d:input,input2,input3 k:input k:input2 k:input3 k:result
  K

torch.permute
 (input dims~) -> 0 @view(input) d:input

torch.pinverse
 (input rcond#=1e-15) d:input k:input k:result K

torch.poisson
 (input generator~=None *out=None) d:input

torch.poisson_nll_loss
 (input target log_input~ full~ eps# reduction#) d:input k:target K

torch.polar
 (abs angle *out=None) d:abs,angle k:result K

torch.polygamma torch.special.polygamma
 (n# input *out=None) d:input k:input K

torch.pow
 (input exponent *out=None) d:exponent,input k:input k:exponent k:result K
 (input exponent# *out=None) d:input k:input K
 (input# exponent *out=None) d:exponent k:exponent k:result K

torch.prod
 (input *dtype~=None *out=None) d:input k:input k:result K
 (input dim# keepdim~=False *dtype~=None *out=None) d:input k:input k:result K

torch.put
 (input index source accumulate~=False *out=None) d:input,source k:index k:source<source K

torch.qr
 (input some~=True *out=None) -> (0,1) Q R d:input k:result.0 k:result.1 K

torch.rand torch.randn
 (+size~ *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None) -> 0 !no c
 (+size~ *generator~ *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None) -> 0
  !no c

torch.rand_like torch.randn_like
 (input *dtype~=None *layout~=None *device~=None *pin_memory~=None *memory_format~=None *requires_grad~=False
  *out=None) -> 0 !no c
 (input *generator~ *dtype~=None *layout~=None *device~=None *pin_memory~=None *memory_format~=None
  *requires_grad~=False *out=None) -> 0 !no c

torch.randint
 (high# size~ *dtype~=torch.long *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None) -> 0
  !no c
 (high# size~ *generator~ *dtype~=torch.long *layout~=None *device~=None *pin_memory~=None *requires_grad~=False
  *out=None) -> 0 !no c
 (low# high# size~ *dtype~=torch.long *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None)
  -> 0 !no c

torch.randint_like
 (input high *dtype~=None *layout~=None *device~=None *pin_memory~=None *memory_format~=None *requires_grad~=False
  *out=None) -> 0 !no c
 (input high *generator~ *dtype~=None *layout~=None *device~=None *pin_memory~=None *memory_format~=None
  *requires_grad~=False *out=None) -> 0 !no c
 (input high# *dtype~=None *layout~=None *device~=None *pin_memory~=None *memory_format~=None *requires_grad~=False
  *out=None) -> 0 !no c
 (input high# *generator~ *dtype~=None *layout~=None *device~=None *pin_memory~=None *memory_format~=None
  *requires_grad~=False *out=None) -> 0 !no c
 (input low# high# *dtype~=None *layout~=None *device~=None *pin_memory~=None *memory_format~=None
  *requires_grad~=False *out=None) -> 0 !no c

torch.randperm
 (n# *dtype~=torch.long *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None) -> 0 !no c
 (n# *generator~ *dtype~=torch.long *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None) ->
  0 !no c

torch.range
 (start# end# step#=1 *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None) -> 0
  !no c
 (start# end# *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None) -> 0 !no c

torch.ravel
 (input) -> 0 @maybe-view(input) d:input

torch.remainder
 (input other *out=None) d:input,other k:input<other k:other<other K<other
 (input other# *out=None) d:input
 (input# other *out=None) -> 0 !no

torch.renorm
 (input p# dim# maxnorm# *out=None) d:input k:input K

torch.repeat_interleave
 (repeats *output_size#=None *out=None) -> 0 !no
 (input repeats dim#=None *output_size#=None *out=None) d:input K
 (input repeats# dim#=None *output_size#=None *out=None) d:input

torch.reshape
 (input shape~) -> 0 @maybe-view(input) d:input

torch.resize_as_
 (input the_template *memory_format~=None) -> 0 !no@self(input) w:input

torch.result_type
 (tensor other) -> -
 (tensor other#) -> -
 (scalar# tensor) -> -
 (scalar1# scalar2#) -> -

torch.rnn_relu_cell torch.rnn_tanh_cell
 (input hx w_ih w_hh b_ih=None b_hh=None) d:b_hh,b_ih,hx,input,w_hh,w_ih k:input<w_ih k:hx<w_hh k:w_ih<input k:w_hh<hx
  k:result K

torch.roll
 (input shifts~ dims~=[] *out=None) d:input

torch.rot90
 (input k#=1 dims~=[0,1] *out=None) d:input

torch.round
 (input *out=None) d:input
 (input *decimals# *out=None) d:input

torch.round_
 (input) -> 0 @self(input) d:input w:input
 (input *decimals#) -> 0 @self(input) d:input w:input

torch.rrelu
 (input lower#=0.125 upper#=0.3333333333333333 training~=False generator~=None) d:input k:input K

torch.scalar_tensor
 (s# *dtype~=None *layout~=None *device~=None *pin_memory~=None *requires_grad~=False *out=None) -> 0 !no c

torch.scatter
 (input dim# index src *out=None) d:input,src k:index K
 (input dim# index src *reduce~ *out=None) -> 0 !no
 (input dim# index value# *out=None) d:input k:index K
 (input dim# index value# *reduce~ *out=None) -> 0 !no

torch.scatter_add
 (input dim# index src *out=None) d:input,src k:index<src K<src

torch.scatter_reduce
 (input dim# index src reduce~ *include_self~=True *out=None) d:input,src k:input k:index k:src k:result K

torch.searchsorted
 (sorted_sequence input *out_int32~=False *right~=False *side~=None *sorter=None *out=None) -> 0 !no
 (sorted_sequence input# *out_int32~=False *right~=False *side~=None *sorter=None *out=None) -> 0 !no

torch.select
 (input dim# index#) -> 0 @view(input) d:input

torch.select_copy
 (input dim# index# *out=None) d:input

torch.select_scatter
 (input src dim# index# *out=None) d:input,src

torch.sgn torch.special.erfcx torch.special.i0e torch.special.i1 torch.special.i1e torch.special.log_ndtr
 (input *out=None) d:input k:input k:result K

torch.slice_copy
 (input dim#=0 start#=None end#=None step#=1 *out=None) d:input

torch.slice_inverse
 (input src dim#=0 start#=None end#=None step#=1) -> 0 @view(input) d:input,src

torch.slice_scatter
 (input src dim#=0 start#=None end#=None step#=1 *out=None) d:input,src

torch.slogdet
 (input *out=None) -> (0,1) sign logabsdet d:input k:input k:result.0 K

torch.sort
 (input dim#=-1 descending~=False *out=None) -> (0,1) values indices!no d:input k:result.1 K
 (input *stable~ *dim#=-1 *descending~=False *out=None) -> (0,1) values indices!no d:input k:result.1 K

torch.special.airy_ai torch.special.scaled_modified_bessel_k0 torch.special.scaled_modified_bessel_k1
  torch.special.spherical_bessel_j0
 (x *out=None) -> 0 !no

torch.special.chebyshev_polynomial_t torch.special.chebyshev_polynomial_u torch.special.chebyshev_polynomial_v
  torch.special.chebyshev_polynomial_w torch.special.hermite_polynomial_h torch.special.hermite_polynomial_he
  torch.special.laguerre_polynomial_l torch.special.legendre_polynomial_p torch.special.shifted_chebyshev_polynomial_t
  torch.special.shifted_chebyshev_polynomial_u torch.special.shifted_chebyshev_polynomial_v
  torch.special.shifted_chebyshev_polynomial_w
 (x n *out=None) -> 0 !no
 (x n# *out=None) -> 0 !no
 (x# n *out=None) -> 0 !no

torch.special.log_softmax
 (input dim# *dtype~=None) d:input k:result K

torch.special.round
 (input *decimals#=0 *out=None) d:input

torch.special.softmax
 (input dim# dtype~=None) d:input k:result K

torch.special.xlog1py torch.special.xlogy torch.xlogy
 (input other *out=None) d:input,other k:input k:other K
 (input other# *out=None) d:input k:input K
 (input# other *out=None) d:other k:other K

torch.special.zeta
 (input other *out=None) d:other k:input k:other K
 (input other# *out=None) -> 0 !maybe
 (input# other *out=None) d:other k:other K

torch.split
 (tensor split_size_or_sections~ dim#=0) -> [0] @multi-view(tensor) d:tensor

torch.split_copy torch.unsafe_split
 (input split_size# dim#=0 *out=None) -> [0] . d:input

torch.split_with_sizes
 (input split_sizes~ dim#=0) -> [0] @multi-view(input) d:input

torch.split_with_sizes_copy torch.unsafe_split_with_sizes
 (input split_sizes~ dim#=0 *out=None) -> [0] . d:input

torch.squeeze
 (input) -> 0 @view(input) d:input
 (input dim~) -> 0 @view(input) d:input
 (input dim#) -> 0 @view(input) d:input

torch.squeeze_copy
 (input *out=None) d:input
 (input dim~ *out=None) d:input
 (input dim# *out=None) d:input

torch.std
 (input unbiased~=True *out=None) d:input k:input k:result K
 (input dim~=None *correction#=None *keepdim~=False *out=None) d:input k:input k:result K
 (input dim~ unbiased~=True keepdim~=False *out=None) d:input k:input k:result K

torch.std_mean
 (input unbiased~=True *out=None) -> (0,1) . . d:input k:input k:result.0 K
 (input dim~=None *correction#=None *keepdim~=False *out=None) -> (0,1) . . d:input k:input k:result.0 K
 (input dim~ unbiased~=True keepdim~=False *out=None) -> (0,1) . . d:input k:input k:result.0 K

torch.stft
 (input n_fft# hop_length#=None win_length#=None window=None center~=True pad_mode~='reflect' normalized~=False
  onesided~=None return_complex~=None align_to_window~=None) d:input,window k:input<input k:window<input K

torch.svd
 (input some~=True compute_uv~=True *out=None) -> (0,1,2) U S V d:input k:result.0 k:result.1 k:result.2 K

torch.swapaxes
 (input axis0# axis1#) -> 0 @view(input) d:input

torch.swapdims torch.transpose
 (input dim0# dim1#) -> 0 @view(input) d:input

torch.take
 (input index *out=None) d:input k:input k:index K

torch.take_along_dim
 (input indices dim#=None *out=None) d:input k:input k:indices? K

torch.tensor
 (data~ *dtype~=None *device~=None *requires_grad~=False *pin_memory~=False) -> 0 !no c
 (data *dtype~=None *device~=None *requires_grad~=False *pin_memory~=False) -> 0 !no c

torch.tensor_split
 (input tensor_indices_or_sections dim#=0) -> [0] @view(input) d:input
 (input indices~ dim#=0) -> [0] @view(input) d:input
 (input sections# dim#=0) -> [0] @view(input) d:input

torch.tensordot
 (a b dims~=2 out=None) d:a,b k:a/layout<b k:b?<a K

torch.threshold
 (input threshold# value# *out=None) d:input k:input K

torch.tile
 (input dims~) d:input

torch.topk
 (input k# dim#=-1 largest~=True sorted~=True *out=None) -> (0,1) values indices!no d:input k:result.1 K

torch.transpose_copy
 (input dim0# dim1# *out=None) d:input

torch.triangular_solve
 (input A upper~=True transpose~=False unitriangular~=False *out=None) -> (0,1) solution cloned_coefficient d:A,input
  k:input k:A k:result.0 K

torch.tril_indices torch.triu_indices
 (row# col# offset#=0 *dtype~=torch.long *layout~=None *device~=None *pin_memory~=None *requires_grad~=False
  *out=None) -> 0 !no c

torch.triplet_margin_loss
 (anchor positive negative margin#=1.0 p#=2 eps#=1e-06 swap~=False reduction#=1) d:anchor,negative,positive K

torch.true_divide
 (input other *out=None) d:input,other k:input<other k:other K
 (input other# *out=None) d:input K

torch.unbind
 (input dim#=0) -> [0] @multi-view(input) d:input

torch.unbind_copy
 (input dim#=0 *out=None) -> [0] . d:input

torch.unflatten
 (input dim# sizes~) -> 0 @view(input) d:input

torch.unfold_copy
 (input dimension# size# step# *out=None) d:input

torch.unique
 (input sorted~=True return_inverse~=False return_counts~=False dim#=None) -> 0 !maybe g:return_inverse=False
  g:return_counts=False
 (input sorted~=True return_inverse~=False return_counts~=False dim#=None) -> (0,1) !maybe !no g:return_inverse=False
  g:return_counts=True
 (input sorted~=True return_inverse~=False return_counts~=False dim#=None) -> (0,1) !maybe !no g:return_inverse=True
  g:return_counts=False
 (input sorted~=True return_inverse~=False return_counts~=False dim#=None) -> (0,1,2) !maybe !no !no
  g:return_inverse=True g:return_counts=True

torch.unique_consecutive
 (input return_inverse~=False return_counts~=False dim#=None) -> 0 !maybe g:return_inverse=False g:return_counts=False
 (input return_inverse~=False return_counts~=False dim#=None) -> (0,1) !maybe !no g:return_inverse=False
  g:return_counts=True
 (input return_inverse~=False return_counts~=False dim#=None) -> (0,1) !maybe !no g:return_inverse=True
  g:return_counts=False
 (input return_inverse~=False return_counts~=False dim#=None) -> (0,1,2) !maybe !no !no g:return_inverse=True
  g:return_counts=True

torch.unravel_index
 (indices shape#) -> [0] !no

torch.unsafe_chunk
 (input chunks# dim#=0) -> [0] . d:input

torch.unsqueeze
 (input dim#) -> 0 @view(input) d:input

torch.unsqueeze_copy
 (input dim# *out=None) d:input

torch.vander
 (x N#=None increasing~=False) -> 0 !no

torch.var
 (input unbiased~=True *out=None) d:input k:input K
 (input dim~=None *correction#=None *keepdim~=False *out=None) d:input k:input K
 (input dim~ unbiased~=True keepdim~=False *out=None) d:input k:input K

torch.var_mean
 (input unbiased~=True *out=None) -> (0,1) . . d:input k:input K
 (input dim~=None *correction#=None *keepdim~=False *out=None) -> (0,1) . . d:input k:input K
 (input dim~ unbiased~=True keepdim~=False *out=None) -> (0,1) . . d:input k:input K

torch.view_copy
 (input size~ *out=None) d:input
 (input dtype~ *out=None) -> 0 !no

torch.where
 (condition *out=None) -> [0] !no
 (condition input other *out=None) d:input,other k:condition K
 (condition input other# *out=None) d:input k:condition K
 (condition input# other *out=None) d:other k:condition K
 (condition input# other# *out=None) -> 0 !no

torch.xlogy_
 (input other) -> 0 @self(input) d:input,other k:other K w:input
 (input other#) -> 0 @self(input) d:input K w:input
"""

LAYERS = r"""
torch.nn.AdaptiveAvgPool1d torch.nn.AdaptiveAvgPool2d torch.nn.AdaptiveAvgPool3d
 init (output_size~)
 (input) d:input k:input K

torch.nn.AdaptiveLogSoftmaxWithLoss
 init (in_features# n_classes# cutoffs~ div_value#=4.0 head_bias~=False device~=None dtype~=None) head.weight
  tail.0.0.weight tail.0.1.weight tail.1.0.weight tail.1.1.weight head.bias,head_bias=True
 (input_ target_) -> (0,1) output loss
  d:input_,self.head.bias,self.head.weight,self.tail.0.0.weight,self.tail.0.1.weight,self.tail.1.0.weight,self.tail.1.1.weight
  k:input_<self.head.weight k:self.head.weight<input_ k:self.tail.0.0.weight<input_
  k:self.tail.0.1.weight<input_,self.tail.0.0.weight k:self.tail.1.0.weight<input_
  k:self.tail.1.1.weight<input_,self.tail.1.0.weight K

torch.nn.AdaptiveMaxPool1d torch.nn.AdaptiveMaxPool2d torch.nn.AdaptiveMaxPool3d
 init (output_size~ return_indices~=False)
 (input) g:return_indices=False d:input k:input K
 (input) -> (0,1) . !no g:return_indices=True d:input k:input k:result.1 K

torch.nn.AlphaDropout torch.nn.FeatureAlphaDropout
 init (p#=0.5 inplace~=False)
 (input) -> 0 @self(input) g:p=0.0 d:input
 (input) g:training=True d:input K
 (input) -> 0 @self(input) g:training=False d:input

torch.nn.AvgPool1d
 init (kernel_size~ stride~=None padding~=0 ceil_mode~=False count_include_pad~=True)
 (input) d:input k:input K

torch.nn.AvgPool2d torch.nn.AvgPool3d
 init (kernel_size~ stride~=None padding~=0 ceil_mode~=False count_include_pad~=True divisor_override#=None)
 (input) d:input k:input K

torch.nn.BCELoss
 init (weight=None size_average~=None reduce~=None reduction~='mean') ~weight,weight=...
 (input target) d:input,target k:input k:target k:self.weight K

torch.nn.BCEWithLogitsLoss
 init (weight=None size_average~=None reduce~=None reduction~='mean' pos_weight=None) ~pos_weight,pos_weight=...
  ~weight,weight=...
 (input target) d:input,target k:input k:target k:self.pos_weight k:self.weight K

torch.nn.BatchNorm1d torch.nn.BatchNorm2d torch.nn.BatchNorm3d
 init (num_features# eps#=1e-05 momentum#=0.1 affine~=True track_running_stats~=True device~=None dtype~=None
  *bias~=True) weight,affine=True bias,affine=True,bias=True ~running_mean,track_running_stats=True
  ~running_var,track_running_stats=True ~num_batches_tracked,track_running_stats=True
 (input) g:track_running_stats=True g:training=True d:input,self.bias,self.weight k:input k:self.running_mean
  k:self.running_var k:self.weight K w:self.num_batches_tracked
 (input) g:track_running_stats=True g:training=False d:input,self.bias,self.weight k:input k:self.running_mean
  k:self.running_var k:self.weight K
 (input) g:track_running_stats=False d:input,self.bias,self.weight k:input k:self.weight K

torch.nn.Bilinear
 init (in1_features# in2_features# out_features# bias~=True device~=None dtype~=None) weight bias,bias=True
 (input1 input2) d:input1,input2,self.bias,self.weight k:input1<input2,self.weight k:input2<input1,self.weight
  k:self.weight<input1,input2 K<input1,input2,self.weight

torch.nn.CELU torch.nn.ELU
 init (alpha#=1.0 inplace~=False)
 (input) g:inplace=False d:input k:input K
 (input) -> 0 @self(input) g:inplace=True d:input k:result K w:input

torch.nn.CTCLoss
 init (blank#=0 reduction~='mean' zero_infinity~=False)
 (log_probs targets input_lengths target_lengths) g:reduction='none' d:log_probs k:log_probs k:targets k:result K
 (log_probs targets input_lengths target_lengths) d:log_probs k:log_probs k:targets K

torch.nn.ChannelShuffle
 init (groups#)
 (input) d:input

torch.nn.CircularPad1d torch.nn.CircularPad2d torch.nn.CircularPad3d
 init (padding~)
 (input) d:input K

torch.nn.ConstantPad1d torch.nn.ConstantPad2d torch.nn.ConstantPad3d
 init (padding~ value#)
 (input) d:input

torch.nn.Conv1d torch.nn.Conv2d torch.nn.Conv3d
 init (in_channels# out_channels# kernel_size~ stride~=1 padding~=0 dilation~=1 groups#=1 bias~=True
  padding_mode~='zeros' device~=None dtype~=None) weight bias,bias=True
 (input) g:padding_mode='zeros' d:input,self.bias,self.weight k:input k:self.weight K
 (input) g:padding_mode='circular' d:input,self.bias,self.weight k:self.weight K
 (input) d:input,self.bias,self.weight k:input<input k:self.weight K

torch.nn.ConvTranspose1d torch.nn.ConvTranspose2d torch.nn.ConvTranspose3d
 init (in_channels# out_channels# kernel_size~ stride~=1 padding~=0 output_padding~=0 groups#=1 bias~=True dilation~=1
  padding_mode~='zeros' device~=None dtype~=None) weight bias,bias=True
 (input output_size~=None) d:input,self.bias,self.weight k:input k:self.weight K

torch.nn.CosineEmbeddingLoss
 init (margin#=0.0 size_average~=None reduce~=None reduction~='mean')
 (input1 input2 target) d:input1,input2 k:input1 k:input2 K

torch.nn.CosineSimilarity
 init (dim#=1 eps#=1e-08)
 (x1 x2) d:x1,x2 k:x1<x1 k:x2<x2 K

torch.nn.CrossEntropyLoss
 init (weight=None size_average~=None ignore_index#=-100 reduce~=None reduction~='mean' label_smoothing#=0.0)
  ~weight,weight=...
 (input target) g:label_smoothing=0.0 d:input,target k:target/layout<input k:self.weight K
 (input target) d:input,target k:target? k:self.weight K

torch.nn.CrossMapLRN2d
 init (size# alpha#=0.0001 beta#=0.75 k#=1)
 (input) d:input k:input k:result K

torch.nn.Dropout torch.nn.Dropout1d torch.nn.Dropout2d torch.nn.Dropout3d
 init (p#=0.5 inplace~=False)
 (input) -> 0 @self(input) g:p=0.0 d:input
 (input) g:training=True g:inplace=False d:input K
 (input) -> 0 @self(input) g:training=True g:inplace=True d:input K w:input
 (input) -> 0 @self(input) g:training=False d:input

torch.nn.Embedding
 init (num_embeddings# embedding_dim# padding_idx#=None max_norm#=None norm_type#=2.0 scale_grad_by_freq~=False
  sparse~=False _weight=None _freeze~=False device~=None dtype~=None) weight
 (input) g:max_norm=None d:self.weight k:input K
 (input) d:self.weight k:input/layout K w:self.weight

torch.nn.EmbeddingBag
 init (num_embeddings# embedding_dim# max_norm#=None norm_type#=2.0 scale_grad_by_freq~=False mode~='mean'
  sparse~=False _weight=None include_last_offset~=False padding_idx#=None device~=None dtype~=None) weight
 (input offsets=None per_sample_weights=None) g:max_norm=None d:self.weight k:input/layout k:offsets K
 (input offsets=None per_sample_weights=None) d:self.weight k:input/layout k:offsets K w:self.weight

torch.nn.Flatten
 init (start_dim#=1 end_dim#=-1)
 (input) -> 0 @maybe-view(input) d:input

torch.nn.Fold
 init (output_size~ kernel_size~ dilation~=1 padding~=0 stride~=1)
 (input) d:input

torch.nn.FractionalMaxPool2d torch.nn.FractionalMaxPool3d
 init (kernel_size~ output_size~=None output_ratio~=None return_indices~=False _random_samples~=None)
 (input) g:return_indices=False d:input k:input K
 (input) -> (0,1) . !no g:return_indices=True d:input k:input k:result.1 K

torch.nn.GELU
 init (approximate~='none')
 (input) d:input k:input K

torch.nn.GLU
 init (dim#=-1)
 (input) d:input k:input K

torch.nn.GRU
 init (input_size# hidden_size# num_layers#=1 bias~=True batch_first~=False dropout#=0.0 bidirectional~=False
  *device~=None *dtype~=None) weight_ih_l0 weight_hh_l0 bias_ih_l0,bias=True bias_hh_l0,bias=True
  weight_ih_l0_reverse,bidirectional=True weight_hh_l0_reverse,bidirectional=True
  bias_ih_l0_reverse,bias=True,bidirectional=True bias_hh_l0_reverse,bias=True,bidirectional=True
 (input hx=None) -> (0,1) . .
  d:hx,input,self.bias_hh_l0,self.bias_hh_l0_reverse,self.bias_ih_l0,self.bias_ih_l0_reverse,self.weight_hh_l0,self.weight_hh_l0_reverse,self.weight_ih_l0,self.weight_ih_l0_reverse
  k:input/layout<self.weight_ih_l0,self.weight_ih_l0_reverse k:hx<self.weight_hh_l0,self.weight_hh_l0_reverse
  k:self.weight_hh_l0<hx,input,self.bias_hh_l0,self.bias_ih_l0,self.weight_hh_l0,self.weight_ih_l0
  k:self.weight_hh_l0_reverse<hx,input,self.bias_hh_l0_reverse,self.bias_ih_l0_reverse,self.weight_hh_l0_reverse,self.weight_ih_l0_reverse
  k:self.weight_ih_l0<input k:self.weight_ih_l0_reverse<input K

torch.nn.GRUCell
 init (input_size# hidden_size# bias~=True device~=None dtype~=None) weight_ih weight_hh bias_ih,bias=True
  bias_hh,bias=True
 (input hx=None) g:hx=None d:input,self.bias_hh,self.bias_ih,self.weight_hh,self.weight_ih k:input<self.weight_ih
  k:self.weight_ih<input K
 (input hx=None) d:hx,input,self.bias_hh,self.bias_ih,self.weight_hh,self.weight_ih k:input<self.weight_ih
  k:hx<self.weight_hh k:self.weight_hh<hx k:self.weight_ih<input K

torch.nn.GaussianNLLLoss
 init (*full~=False *eps#=1e-06 *reduction~='mean')
 (input target var) d:input,target,var K

torch.nn.GroupNorm
 init (num_groups# num_channels# eps#=1e-05 affine~=True device~=None dtype~=None *bias~=True) weight,affine=True
  bias,affine=True,bias=True
 (input) d:input,self.bias,self.weight k:input/layout k:self.weight K

torch.nn.Hardshrink torch.nn.Softshrink
 init (lambd#=0.5)
 (input) d:input k:input K

torch.nn.Hardsigmoid torch.nn.Hardswish torch.nn.Mish torch.nn.ReLU6 torch.nn.SiLU
 init (inplace~=False)
 (input) g:inplace=False d:input k:input K
 (input) -> 0 @self(input) g:inplace=True d:input K w:input

torch.nn.Hardtanh
 init (min_val#=-1.0 max_val#=1.0 inplace~=False min_value#=None max_value#=None)
 (input) g:inplace=False d:input k:input K
 (input) -> 0 @self(input) g:inplace=True d:input K w:input

torch.nn.HingeEmbeddingLoss
 init (margin#=1.0 size_average~=None reduce~=None reduction~='mean')
 (input target) d:input K

torch.nn.HuberLoss
 init (reduction~='mean' delta#=1.0)
 (input target) d:input,target k:input k:target K

torch.nn.Identity
 init ()
 (input) -> 0 @self(input) d:input

torch.nn.InstanceNorm1d torch.nn.InstanceNorm2d torch.nn.InstanceNorm3d
 init (num_features# eps#=1e-05 momentum#=0.1 affine~=False track_running_stats~=False device~=None dtype~=None
  *bias~=True) ~running_mean,track_running_stats=True ~running_var,track_running_stats=True
  ~num_batches_tracked,track_running_stats=True weight,affine=True bias,affine=True,bias=True
 (input) g:track_running_stats=False d:input,self.bias,self.weight k:input/layout K
 (input) g:track_running_stats=True g:training=True d:input,self.bias,self.weight k:input/layout K
  w:self.running_mean,self.running_var
 (input) g:track_running_stats=True g:training=False d:input,self.bias,self.weight k:input/layout K

torch.nn.KLDivLoss
 init (size_average~=None reduce~=None reduction~='mean' log_target~=False)
 (input target) g:log_target=False d:input,target k:input<target k:target K
 (input target) g:log_target=True d:input,target K

torch.nn.L1Loss
 init (size_average~=None reduce~=None reduction~='mean')
 (input target) d:input,target K

torch.nn.LPPool1d torch.nn.LPPool2d torch.nn.LPPool3d
 init (norm_type# kernel_size~ stride~=None ceil_mode~=False)
 (input) d:input k:input K

torch.nn.LSTM
 init (input_size# hidden_size# num_layers#=1 bias~=True batch_first~=False dropout#=0.0 bidirectional~=False
  proj_size#=0 *device~=None *dtype~=None) weight_ih_l0 weight_hh_l0 bias_ih_l0,bias=True bias_hh_l0,bias=True
  weight_ih_l0_reverse,bidirectional=True weight_hh_l0_reverse,bidirectional=True
  bias_ih_l0_reverse,bias=True,bidirectional=True bias_hh_l0_reverse,bias=True,bidirectional=True
 (input hx[]=None) -> (0,(1,2)) . . . g:bidirectional=False
  d:hx,input,self.bias_hh_l0,self.bias_ih_l0,self.weight_hh_l0,self.weight_ih_l0 k:input/layout k:hx k:result.0
  k:self.bias_hh_l0 k:self.bias_ih_l0 k:self.weight_hh_l0 k:self.weight_ih_l0 K
 (input hx[]=None) -> (0,(1,2)) . . . g:bidirectional=True
  d:hx,input,self.bias_hh_l0,self.bias_hh_l0_reverse,self.bias_ih_l0,self.bias_ih_l0_reverse,self.weight_hh_l0,self.weight_hh_l0_reverse,self.weight_ih_l0,self.weight_ih_l0_reverse
  k:input/layout k:hx k:self.bias_hh_l0<hx,input,self.bias_hh_l0,self.bias_ih_l0,self.weight_hh_l0,self.weight_ih_l0
  k:self.bias_hh_l0_reverse<hx,input,self.bias_hh_l0_reverse,self.bias_ih_l0_reverse,self.weight_hh_l0_reverse,self.weight_ih_l0_reverse
  k:self.bias_ih_l0<hx,input,self.bias_hh_l0,self.bias_ih_l0,self.weight_hh_l0,self.weight_ih_l0
  k:self.bias_ih_l0_reverse<hx,input,self.bias_hh_l0_reverse,self.bias_ih_l0_reverse,self.weight_hh_l0_reverse,self.weight_ih_l0_reverse
  k:self.weight_hh_l0<hx,input,self.bias_hh_l0,self.bias_ih_l0,self.weight_hh_l0,self.weight_ih_l0
  k:self.weight_hh_l0_reverse<hx,input,self.bias_hh_l0_reverse,self.bias_ih_l0_reverse,self.weight_hh_l0_reverse,self.weight_ih_l0_reverse
  k:self.weight_ih_l0<hx,input,self.bias_hh_l0,self.bias_ih_l0,self.weight_hh_l0,self.weight_ih_l0
  k:self.weight_ih_l0_reverse<hx,input,self.bias_hh_l0_reverse,self.bias_ih_l0_reverse,self.weight_hh_l0_reverse,self.weight_ih_l0_reverse
  K

torch.nn.LSTMCell
 init (input_size# hidden_size# bias~=True device~=None dtype~=None) weight_ih weight_hh bias_ih,bias=True
  bias_hh,bias=True
 (input hx[]=None) -> (0,1) . . g:hx=None d:input,self.bias_hh,self.bias_ih,self.weight_hh,self.weight_ih
  k:input<self.weight_ih k:self.weight_ih<input K
 (input hx[]=None) -> (0,1) . . d:hx,input,self.bias_hh,self.bias_ih,self.weight_hh,self.weight_ih
  k:input<self.weight_ih k:hx? k:self.weight_hh<hx k:self.weight_ih<input K

torch.nn.LayerNorm
 init (normalized_shape# eps#=1e-05 elementwise_affine~=True bias~=True device~=None dtype~=None)
  weight,elementwise_affine=True bias,elementwise_affine=True,bias=True
 (input) d:input,self.bias,self.weight k:input k:self.bias k:self.weight K

torch.nn.LazyBatchNorm1d torch.nn.LazyBatchNorm2d torch.nn.LazyBatchNorm3d
 init (eps~=1e-05 momentum~=0.1 affine~=True track_running_stats~=True device~=None dtype~=None *bias~=True)
  weight,affine=True bias,affine=True,bias=True ~running_mean,track_running_stats=True
  ~running_var,track_running_stats=True ~num_batches_tracked,track_running_stats=True
 (input) g:track_running_stats=True g:training=True d:input,self.bias,self.weight k:input k:self.running_mean
  k:self.running_var k:self.weight K w:self.num_batches_tracked
 (input) g:track_running_stats=True g:training=False d:input,self.bias,self.weight k:input k:self.running_mean
  k:self.running_var k:self.weight K
 (input) g:track_running_stats=False d:input,self.bias,self.weight k:input k:self.weight K

torch.nn.LazyConv1d torch.nn.LazyConv2d torch.nn.LazyConv3d
 init (out_channels# kernel_size~ stride~=1 padding~=0 dilation~=1 groups#=1 bias~=True padding_mode~='zeros'
  device~=None dtype~=None) weight bias,bias=True
 (input) g:padding_mode='zeros' d:input,self.bias,self.weight k:input k:self.weight K
 (input) g:padding_mode='circular' d:input,self.bias,self.weight k:self.weight K
 (input) d:input,self.bias,self.weight k:input<input k:self.weight K

torch.nn.LazyConvTranspose1d torch.nn.LazyConvTranspose3d
 init (out_channels# kernel_size~ stride~=1 padding~=0 output_padding~=0 groups#=1 bias~=True dilation~=1
  padding_mode~='zeros' device~=None dtype~=None) weight bias,bias=True
 (input output_size~=None) d:input,self.bias,self.weight k:input k:self.weight K

torch.nn.LazyConvTranspose2d
 init (out_channels# kernel_size~ stride~=1 padding~=0 output_padding~=0 groups#=1 bias~=True dilation#=1
  padding_mode~='zeros' device~=None dtype~=None) weight bias,bias=True
 (input output_size~=None) d:input,self.bias,self.weight k:input k:self.weight K

torch.nn.LazyInstanceNorm1d torch.nn.LazyInstanceNorm2d torch.nn.LazyInstanceNorm3d
 init (eps~=1e-05 momentum~=0.1 affine~=True track_running_stats~=True device~=None dtype~=None *bias~=True)
  weight,affine=True bias,affine=True,bias=True ~running_mean,track_running_stats=True
  ~running_var,track_running_stats=True ~num_batches_tracked,track_running_stats=True
 (input) g:track_running_stats=True g:training=True d:input,self.bias,self.weight k:input/layout K
  w:self.running_mean,self.running_var
 (input) g:track_running_stats=True g:training=False d:input,self.bias,self.weight k:input/layout K
 (input) g:track_running_stats=False d:input,self.bias,self.weight k:input/layout K

torch.nn.LazyLinear
 init (out_features# bias~=True device~=None dtype~=None) weight bias,bias=True
 (input) d:input,self.bias,self.weight k:input/layout<self.weight k:self.weight<input K<input,self.weight

torch.nn.LeakyReLU
 init (negative_slope#=0.01 inplace~=False)
 (input) g:inplace=False d:input k:input K
 (input) -> 0 @self(input) g:inplace=True d:input k:result K w:input

torch.nn.Linear
 init (in_features# out_features# bias~=True device~=None dtype~=None) weight bias,bias=True
 (input) d:input,self.bias,self.weight k:input/layout<self.weight k:self.weight<input K<input,self.weight

torch.nn.LinearCrossEntropyLoss
 init (in_features# num_classes# *out_features~=() *bias~=False *device~=None *dtype~=None *reduction~='mean'
  *weight=None *ignore_index#=None *label_smoothing#=0.0 *options~=None) linear.weight ~weight,weight=...
  linear.bias,bias=True
 (input target) d:input,self.linear.bias,self.linear.weight k:input<self.linear.weight k:target
  k:self.linear.weight<input k:self.weight K

torch.nn.LocalResponseNorm
 init (size# alpha#=0.0001 beta#=0.75 k#=1.0)
 (input) d:input k:input K

torch.nn.LogSigmoid torch.nn.Softsign
 init ()
 (input) d:input k:input K

torch.nn.LogSoftmax torch.nn.Softmax torch.nn.Softmin
 init (dim#=None)
 (input) d:input k:result K

torch.nn.MSELoss
 init (size_average~=None reduce~=None reduction~='mean')
 (input target) d:input,target k:input k:target K

torch.nn.MarginRankingLoss
 init (margin#=0.0 size_average~=None reduce~=None reduction~='mean')
 (input1 input2 target) d:input1,input2,target K

torch.nn.MaxPool1d torch.nn.MaxPool2d torch.nn.MaxPool3d
 init (kernel_size~ stride~=None padding~=0 dilation~=1 return_indices~=False ceil_mode~=False)
 (input) g:return_indices=False d:input k:input K
 (input) -> (0,1) . !no g:return_indices=True d:input k:input k:result.1 K

torch.nn.MaxUnpool1d torch.nn.MaxUnpool2d torch.nn.MaxUnpool3d
 init (kernel_size~ stride~=None padding~=0)
 (input indices output_size~=None) d:input k:indices K

torch.nn.MultiLabelMarginLoss torch.nn.SoftMarginLoss
 init (size_average~=None reduce~=None reduction~='mean')
 (input target) d:input k:input k:target K

torch.nn.MultiLabelSoftMarginLoss
 init (weight=None size_average~=None reduce~=None reduction~='mean') ~weight,weight=...
 (input target) d:input,target k:input<input k:target<input k:self.weight K

torch.nn.MultiMarginLoss
 init (p#=1 margin#=1.0 weight=None size_average~=None reduce~=None reduction~='mean') ~weight,weight=...
 (input target) d:input k:input k:target k:self.weight K

torch.nn.MultiheadAttention
 init (embed_dim~ num_heads~ dropout~=0.0 bias~=True add_bias_kv~=False add_zero_attn~=False kdim~=None vdim~=None
  batch_first~=False device~=None dtype~=None) in_proj_weight in_proj_bias,bias=True out_proj.weight
  out_proj.bias,bias=True bias_k,add_bias_kv=True bias_v,add_bias_kv=True
 (query key value key_padding_mask=None need_weights~=True attn_mask=None average_attn_weights~=True is_causal~=False)
  -> (0,1) . !maybe g:need_weights=True
  d:key,query,self.bias_k,self.bias_v,self.in_proj_bias,self.in_proj_weight,self.out_proj.bias,self.out_proj.weight,value
  k:query/layout<self.in_proj_weight k:key/layout<self.in_proj_weight k:value/layout<self.in_proj_weight
  k:self.in_proj_weight<key,query,value
  k:self.out_proj.weight<key,query,self.bias_k,self.bias_v,self.in_proj_bias,self.in_proj_weight,value
  K<key,query,self.bias_k,self.bias_v,self.in_proj_bias,self.in_proj_weight,self.out_proj.weight,value
 (query key value key_padding_mask=None need_weights~=True attn_mask=None average_attn_weights~=True is_causal~=False)
  -> (0,-) . g:need_weights=False
  d:key,query,self.bias_k,self.bias_v,self.in_proj_bias,self.in_proj_weight,self.out_proj.bias,self.out_proj.weight,value
  k:query/layout<self.in_proj_weight k:key/layout<self.in_proj_weight k:value/layout<self.in_proj_weight
  k:self.in_proj_weight<key,query,value
  k:self.out_proj.weight<key,query,self.bias_k,self.bias_v,self.in_proj_bias,self.in_proj_weight,value
  K<key,query,self.bias_k,self.bias_v,self.in_proj_bias,self.in_proj_weight,self.out_proj.weight,value

torch.nn.NLLLoss
 init (weight=None size_average~=None ignore_index#=-100 reduce~=None reduction~='mean') ~weight,weight=...
 (input target) d:input k:input/layout k:target/layout k:self.weight K

torch.nn.PReLU
 init (num_parameters#=1 init#=0.25 device~=None dtype~=None) weight
 (input) d:input,self.weight k:input k:self.weight K

torch.nn.PairwiseDistance
 init (p#=2.0 eps#=1e-06 keepdim~=False)
 (x1 x2) d:x1,x2 k:result K

torch.nn.PixelShuffle
 init (upscale_factor#)
 (input) d:input

torch.nn.PixelUnshuffle
 init (downscale_factor#)
 (input) d:input

torch.nn.PoissonNLLLoss
 init (log_input~=True full~=False size_average~=None eps#=1e-08 reduce~=None reduction~='mean')
 (log_input target) g:log_input=True g:full=False d:log_input,target k:log_input<target k:target<log_input K
 (log_input target) g:log_input=True g:full=True d:log_input,target k:log_input<target k:target K
 (log_input target) g:log_input=False g:full=False d:log_input,target k:target<log_input K
 (log_input target) g:log_input=False g:full=True d:log_input,target k:target K

torch.nn.RMSNorm
 init (normalized_shape# eps#=None elementwise_affine~=True device~=None dtype~=None) weight,elementwise_affine=True
 (x) d:self.weight,x k:x<x k:self.weight<x K

torch.nn.RNN
 init (input_size# hidden_size# num_layers#=1 nonlinearity~='tanh' bias~=True batch_first~=False dropout#=0.0
  bidirectional~=False *device~=None *dtype~=None) weight_ih_l0 weight_hh_l0 bias_ih_l0,bias=True bias_hh_l0,bias=True
  weight_ih_l0_reverse,bidirectional=True weight_hh_l0_reverse,bidirectional=True
  bias_ih_l0_reverse,bias=True,bidirectional=True bias_hh_l0_reverse,bias=True,bidirectional=True
 (input hx=None) -> (0,1) . .
  d:hx,input,self.bias_hh_l0,self.bias_hh_l0_reverse,self.bias_ih_l0,self.bias_ih_l0_reverse,self.weight_hh_l0,self.weight_hh_l0_reverse,self.weight_ih_l0,self.weight_ih_l0_reverse
  k:input/layout<self.weight_ih_l0,self.weight_ih_l0_reverse k:hx<self.weight_hh_l0,self.weight_hh_l0_reverse
  k:self.weight_hh_l0<hx,input,self.bias_hh_l0,self.bias_ih_l0,self.weight_hh_l0,self.weight_ih_l0
  k:self.weight_hh_l0_reverse<hx,input,self.bias_hh_l0_reverse,self.bias_ih_l0_reverse,self.weight_hh_l0_reverse,self.weight_ih_l0_reverse
  k:self.weight_ih_l0<input k:self.weight_ih_l0_reverse<input K

torch.nn.RNNCell
 init (input_size# hidden_size# bias~=True nonlinearity~='tanh' device~=None dtype~=None) weight_ih weight_hh
  bias_ih,bias=True bias_hh,bias=True
 (input hx=None) g:hx=None d:input,self.bias_hh,self.bias_ih,self.weight_hh,self.weight_ih k:input<self.weight_ih
  k:result k:self.weight_ih<input K
 (input hx=None) d:hx,input,self.bias_hh,self.bias_ih,self.weight_hh,self.weight_ih k:input<self.weight_ih
  k:hx<self.weight_hh k:result k:self.weight_hh<hx k:self.weight_ih<input K

torch.nn.RReLU
 init (lower#=0.125 upper#=0.3333333333333333 inplace~=False)
 (input) g:inplace=False d:input k:input K
 (input) -> 0 @self(input) g:inplace=True d:input k:result K w:input

torch.nn.ReLU
 init (inplace~=False)
 (input) g:inplace=False d:input k:result K
 (input) -> 0 @self(input) g:inplace=True d:input k:result K w:input

torch.nn.ReflectionPad1d torch.nn.ReflectionPad2d torch.nn.ReflectionPad3d torch.nn.ReplicationPad1d
  torch.nn.ReplicationPad2d torch.nn.ReplicationPad3d
 init (padding~)
 (input) d:input k:input K

torch.nn.SELU
 init (inplace~=False)
 (input) g:inplace=False d:input k:input K
 (input) -> 0 @self(input) g:inplace=True d:input k:result K w:input

torch.nn.Sigmoid torch.nn.Softmax2d torch.nn.Tanh
 init ()
 (input) d:input k:result K

torch.nn.SmoothL1Loss
 init (size_average~=None reduce~=None reduction~='mean' beta#=1.0)
 (input target) d:input,target k:input k:target K

torch.nn.Softplus
 init (beta#=1.0 threshold#=20.0)
 (input) d:input k:input K

torch.nn.SyncBatchNorm
 init (num_features# eps#=1e-05 momentum#=0.1 affine~=True track_running_stats~=True process_group~=None device~=None
  dtype~=None *bias~=True) weight,affine=True bias,affine=True,bias=True ~running_mean,track_running_stats=True
  ~running_var,track_running_stats=True ~num_batches_tracked,track_running_stats=True
 (input) g:track_running_stats=True g:training=True d:input,self.bias,self.weight k:input k:self.running_mean
  k:self.running_var k:self.weight K w:self.num_batches_tracked
 (input) g:track_running_stats=True g:training=False d:input,self.bias,self.weight k:input k:self.running_mean
  k:self.running_var k:self.weight K
 (input) g:track_running_stats=False d:input,self.bias,self.weight k:input k:self.weight K

torch.nn.Tanhshrink
 init ()
 (input) d:input K

torch.nn.Threshold
 init (threshold# value# inplace~=False)
 (input) g:inplace=False d:input k:input K
 (input) -> 0 @self(input) g:inplace=True d:input K w:input

torch.nn.Transformer
 init (d_model#=512 nhead#=8 num_encoder_layers#=6 num_decoder_layers#=6 dim_feedforward#=2048 dropout#=0.1
  activation~=... custom_encoder~=None custom_decoder~=None layer_norm_eps#=1e-05 batch_first~=False norm_first~=False
  bias~=True device~=None dtype~=None)
 (src tgt src_mask=None tgt_mask=None memory_mask=None src_key_padding_mask=None tgt_key_padding_mask=None
  memory_key_padding_mask=None src_is_causal~=None tgt_is_causal~=None memory_is_causal~=False) g:norm_first=False
  d:self,src,tgt k:src/layout<self k:tgt/layout<self k:self K
 (src tgt src_mask=None tgt_mask=None memory_mask=None src_key_padding_mask=None tgt_key_padding_mask=None
  memory_key_padding_mask=None src_is_causal~=None tgt_is_causal~=None memory_is_causal~=False) g:norm_first=True
  d:self,src,tgt k:src<self,src k:tgt<self,tgt k:self K

torch.nn.TransformerDecoder
 init (decoder_layer~ num_layers# norm~=None)
 (tgt memory tgt_mask=None memory_mask=None tgt_key_padding_mask=None memory_key_padding_mask=None tgt_is_causal~=None
  memory_is_causal~=False) d:memory,self,tgt k:tgt/layout<self k:memory/layout<self k:self K

torch.nn.TransformerDecoderLayer
 init (d_model# nhead# dim_feedforward#=2048 dropout#=0.1 activation~=... layer_norm_eps#=1e-05 batch_first~=False
  norm_first~=False bias~=True device~=None dtype~=None) self_attn.in_proj_weight self_attn.in_proj_bias,bias=True
  self_attn.out_proj.weight self_attn.out_proj.bias,bias=True multihead_attn.in_proj_weight
  multihead_attn.in_proj_bias,bias=True multihead_attn.out_proj.weight multihead_attn.out_proj.bias,bias=True
  linear1.weight linear1.bias,bias=True linear2.weight linear2.bias,bias=True norm1.weight norm1.bias,bias=True
  norm2.weight norm2.bias,bias=True norm3.weight norm3.bias,bias=True
 (tgt memory tgt_mask=None memory_mask=None tgt_key_padding_mask=None memory_key_padding_mask=None
  tgt_is_causal~=False memory_is_causal~=False) g:norm_first=False
  d:memory,self.linear1.bias,self.linear1.weight,self.linear2.bias,self.linear2.weight,self.multihead_attn.in_proj_bias,self.multihead_attn.in_proj_weight,self.multihead_attn.out_proj.bias,self.multihead_attn.out_proj.weight,self.norm1.bias,self.norm1.weight,self.norm2.bias,self.norm2.weight,self.norm3.bias,self.norm3.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,tgt
  k:tgt/layout<self.self_attn.in_proj_weight k:memory/layout<self.multihead_attn.in_proj_weight
  k:self.linear1.weight<memory,self.multihead_attn.in_proj_bias,self.multihead_attn.in_proj_weight,self.multihead_attn.out_proj.bias,self.multihead_attn.out_proj.weight,self.norm1.bias,self.norm1.weight,self.norm2.bias,self.norm2.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,tgt
  k:self.linear2.weight<memory,self.linear1.bias,self.linear1.weight,self.multihead_attn.in_proj_bias,self.multihead_attn.in_proj_weight,self.multihead_attn.out_proj.bias,self.multihead_attn.out_proj.weight,self.norm1.bias,self.norm1.weight,self.norm2.bias,self.norm2.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,tgt
  k:self.multihead_attn.in_proj_weight<memory,self.norm1.bias,self.norm1.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,tgt
  k:self.multihead_attn.out_proj.weight<memory,self.multihead_attn.in_proj_bias,self.multihead_attn.in_proj_weight,self.norm1.bias,self.norm1.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,tgt
  k:self.norm1.bias<self.norm1.bias,self.norm1.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,tgt
  k:self.norm1.weight<self.norm1.bias,self.norm1.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,tgt
  k:self.norm2.bias<memory,self.multihead_attn.in_proj_bias,self.multihead_attn.in_proj_weight,self.multihead_attn.out_proj.bias,self.multihead_attn.out_proj.weight,self.norm1.bias,self.norm1.weight,self.norm2.bias,self.norm2.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,tgt
  k:self.norm2.weight<memory,self.multihead_attn.in_proj_bias,self.multihead_attn.in_proj_weight,self.multihead_attn.out_proj.bias,self.multihead_attn.out_proj.weight,self.norm1.bias,self.norm1.weight,self.norm2.bias,self.norm2.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,tgt
  k:self.norm3.bias k:self.norm3.weight k:self.self_attn.in_proj_weight<tgt
  k:self.self_attn.out_proj.weight<self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,tgt K
 (tgt memory tgt_mask=None memory_mask=None tgt_key_padding_mask=None memory_key_padding_mask=None
  tgt_is_causal~=False memory_is_causal~=False) g:norm_first=True
  d:memory,self.linear1.bias,self.linear1.weight,self.linear2.bias,self.linear2.weight,self.multihead_attn.in_proj_bias,self.multihead_attn.in_proj_weight,self.multihead_attn.out_proj.bias,self.multihead_attn.out_proj.weight,self.norm1.bias,self.norm1.weight,self.norm2.bias,self.norm2.weight,self.norm3.bias,self.norm3.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,tgt
  k:tgt<self.norm1.bias,self.norm1.weight,tgt k:memory/layout<self.multihead_attn.in_proj_weight
  k:self.linear1.weight<memory,self.multihead_attn.in_proj_bias,self.multihead_attn.in_proj_weight,self.multihead_attn.out_proj.bias,self.multihead_attn.out_proj.weight,self.norm1.bias,self.norm1.weight,self.norm2.bias,self.norm2.weight,self.norm3.bias,self.norm3.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,tgt
  k:self.linear2.weight<memory,self.linear1.bias,self.linear1.weight,self.multihead_attn.in_proj_bias,self.multihead_attn.in_proj_weight,self.multihead_attn.out_proj.bias,self.multihead_attn.out_proj.weight,self.norm1.bias,self.norm1.weight,self.norm2.bias,self.norm2.weight,self.norm3.bias,self.norm3.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,tgt
  k:self.multihead_attn.in_proj_weight<memory,self.norm1.bias,self.norm1.weight,self.norm2.bias,self.norm2.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,tgt
  k:self.multihead_attn.out_proj.weight<memory,self.multihead_attn.in_proj_bias,self.multihead_attn.in_proj_weight,self.norm1.bias,self.norm1.weight,self.norm2.bias,self.norm2.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,tgt
  k:self.norm1.bias<self.norm1.bias,self.norm1.weight,tgt k:self.norm1.weight<self.norm1.bias,self.norm1.weight,tgt
  k:self.norm2.bias<self.norm1.bias,self.norm1.weight,self.norm2.bias,self.norm2.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,tgt
  k:self.norm2.weight<self.norm1.bias,self.norm1.weight,self.norm2.bias,self.norm2.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,tgt
  k:self.norm3.bias<memory,self.multihead_attn.in_proj_bias,self.multihead_attn.in_proj_weight,self.multihead_attn.out_proj.bias,self.multihead_attn.out_proj.weight,self.norm1.bias,self.norm1.weight,self.norm2.bias,self.norm2.weight,self.norm3.bias,self.norm3.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,tgt
  k:self.norm3.weight<memory,self.multihead_attn.in_proj_bias,self.multihead_attn.in_proj_weight,self.multihead_attn.out_proj.bias,self.multihead_attn.out_proj.weight,self.norm1.bias,self.norm1.weight,self.norm2.bias,self.norm2.weight,self.norm3.bias,self.norm3.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,tgt
  k:self.self_attn.in_proj_weight<self.norm1.bias,self.norm1.weight,tgt
  k:self.self_attn.out_proj.weight<self.norm1.bias,self.norm1.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,tgt
  K

torch.nn.TransformerEncoder
 init (encoder_layer~ num_layers# norm~=None enable_nested_tensor~=True mask_check~=True)
 (src mask=None src_key_padding_mask=None is_causal~=None) d:self,src k:src/layout<self k:self K

torch.nn.TransformerEncoderLayer
 init (d_model# nhead# dim_feedforward#=2048 dropout#=0.1 activation~=... layer_norm_eps#=1e-05 batch_first~=False
  norm_first~=False bias~=True device~=None dtype~=None) self_attn.in_proj_weight self_attn.in_proj_bias,bias=True
  self_attn.out_proj.weight self_attn.out_proj.bias,bias=True linear1.weight linear1.bias,bias=True linear2.weight
  linear2.bias,bias=True norm1.weight norm1.bias,bias=True norm2.weight norm2.bias,bias=True
 (src src_mask=None src_key_padding_mask=None is_causal~=False) g:norm_first=False
  d:self.linear1.bias,self.linear1.weight,self.linear2.bias,self.linear2.weight,self.norm1.bias,self.norm1.weight,self.norm2.bias,self.norm2.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,src
  k:src/layout<self.self_attn.in_proj_weight
  k:self.linear1.weight<self.norm1.bias,self.norm1.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,src
  k:self.linear2.weight<self.linear1.bias,self.linear1.weight,self.norm1.bias,self.norm1.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,src
  k:self.norm1.bias<self.norm1.bias,self.norm1.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,src
  k:self.norm1.weight<self.norm1.bias,self.norm1.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,src
  k:self.norm2.bias k:self.norm2.weight k:self.self_attn.in_proj_weight<src
  k:self.self_attn.out_proj.weight<self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,src K
 (src src_mask=None src_key_padding_mask=None is_causal~=False) g:norm_first=True
  d:self.linear1.bias,self.linear1.weight,self.linear2.bias,self.linear2.weight,self.norm1.bias,self.norm1.weight,self.norm2.bias,self.norm2.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,src
  k:src<self.norm1.bias,self.norm1.weight,src
  k:self.linear1.weight<self.norm1.bias,self.norm1.weight,self.norm2.bias,self.norm2.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,src
  k:self.linear2.weight<self.linear1.bias,self.linear1.weight,self.norm1.bias,self.norm1.weight,self.norm2.bias,self.norm2.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,src
  k:self.norm1.bias<self.norm1.bias,self.norm1.weight,src k:self.norm1.weight<self.norm1.bias,self.norm1.weight,src
  k:self.norm2.bias<self.norm1.bias,self.norm1.weight,self.norm2.bias,self.norm2.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,src
  k:self.norm2.weight<self.norm1.bias,self.norm1.weight,self.norm2.bias,self.norm2.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,self.self_attn.out_proj.bias,self.self_attn.out_proj.weight,src
  k:self.self_attn.in_proj_weight<self.norm1.bias,self.norm1.weight,src
  k:self.self_attn.out_proj.weight<self.norm1.bias,self.norm1.weight,self.self_attn.in_proj_bias,self.self_attn.in_proj_weight,src
  K

torch.nn.TripletMarginLoss
 init (margin#=1.0 p#=2.0 eps#=1e-06 swap~=False size_average~=None reduce~=None reduction~='mean')
 (anchor positive negative) d:anchor,negative,positive K

torch.nn.TripletMarginWithDistanceLoss
 init (*distance_function~=None *margin#=1.0 *swap~=False *reduction~='mean')
 (anchor positive negative) d:anchor,negative,positive K

torch.nn.Unflatten
 init (dim# unflattened_size~)
 (input) -> 0 @view(input) d:input

torch.nn.Unfold
 init (kernel_size~ dilation~=1 padding~=0 stride~=1)
 (input) d:input

torch.nn.Upsample
 init (size~=None scale_factor~=None mode~='nearest' align_corners~=None recompute_scale_factor~=None)
 (input) d:input

torch.nn.UpsamplingBilinear2d torch.nn.UpsamplingNearest2d
 init (size~=None scale_factor~=None)
 (input) d:input

torch.nn.ZeroPad1d torch.nn.ZeroPad2d torch.nn.ZeroPad3d
 init (padding~)
 (input) d:input
"""

OPTIMIZERS = r"""
torch.optim.ASGD
 (params[] lr#=0.01 lambd#=0.0001 alpha#=0.75 t0#=1000000.0 weight_decay#=0 foreach~=None maximize~=False
  differentiable~=False capturable~=False)

torch.optim.Adadelta
 (params[] lr#=1.0 rho#=0.9 eps#=1e-06 weight_decay#=0 foreach~=None *capturable~=False *maximize~=False
  *differentiable~=False)

torch.optim.Adafactor
 (params[] lr#=0.01 beta2_decay#=-0.8 eps~=(None,0.001) d#=1.0 weight_decay#=0.0 *foreach~=None *maximize~=False)

torch.optim.Adagrad
 (params[] lr#=0.01 lr_decay#=0 weight_decay#=0 initial_accumulator_value#=0 eps#=1e-10 foreach~=None *maximize~=False
  *differentiable~=False *fused~=None) fused

torch.optim.Adam
 (params[] lr#=0.001 betas[]=(0.9,0.999) eps#=1e-08 weight_decay#=0 amsgrad~=False *foreach~=None *maximize~=False
  *capturable~=False *differentiable~=False *fused~=None *decoupled_weight_decay~=False) fused

torch.optim.AdamW
 (params[] lr#=0.001 betas[]=(0.9,0.999) eps#=1e-08 weight_decay#=0.01 amsgrad~=False *maximize~=False *foreach~=None
  *capturable~=False *differentiable~=False *fused~=None) fused

torch.optim.Adamax
 (params[] lr#=0.002 betas~=(0.9,0.999) eps#=1e-08 weight_decay#=0 foreach~=None *maximize~=False
  *differentiable~=False *capturable~=False)

torch.optim.LBFGS
 (params[] lr#=1 max_iter#=20 max_eval#=None tolerance_grad#=1e-07 tolerance_change#=1e-09 history_size#=100
  line_search_fn~=None) closure

torch.optim.Muon
 (params[] lr#=0.001 weight_decay#=0.1 momentum#=0.95 nesterov~=True ns_coefficients~=(3.4445,-4.775,2.0315)
  eps#=1e-07 ns_steps#=5 adjust_lr_fn~=None)

torch.optim.NAdam
 (params[] lr#=0.002 betas~=(0.9,0.999) eps#=1e-08 weight_decay#=0 momentum_decay#=0.004 decoupled_weight_decay~=False
  *foreach~=None *maximize~=False *capturable~=False *differentiable~=False)

torch.optim.RAdam
 (params[] lr#=0.001 betas~=(0.9,0.999) eps#=1e-08 weight_decay#=0 decoupled_weight_decay~=False *foreach~=None
  *maximize~=False *capturable~=False *differentiable~=False)

torch.optim.RMSprop
 (params[] lr#=0.01 alpha#=0.99 eps#=1e-08 weight_decay#=0 momentum#=0 centered~=False capturable~=False foreach~=None
  maximize~=False differentiable~=False)

torch.optim.Rprop
 (params[] lr#=0.01 etas~=(0.5,1.2) step_sizes~=(1e-06,50) *capturable~=False *foreach~=None *maximize~=False
  *differentiable~=False)

torch.optim.SGD
 (params[] lr#=0.001 momentum#=0 dampening#=0 weight_decay#=0 nesterov~=False *maximize~=False *foreach~=None
  *differentiable~=False *fused~=None) fused

torch.optim.SparseAdam
 (params[] lr#=0.001 betas~=(0.9,0.999) eps#=1e-08 maximize~=False)
"""
