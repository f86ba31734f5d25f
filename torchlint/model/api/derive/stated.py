"""Entries and parameters that are stated by hand, in the table's own notation: what inspection and runs do not show."""

from __future__ import annotations

INTEGRAL = (
    "torch.long torch.int64 torch.int torch.int32 torch.short torch.int16 torch.int8 torch.uint8 torch.bool int bool"
).split()
LEGACY_INTEGRAL = "LongTensor IntTensor ShortTensor CharTensor ByteTensor BoolTensor".split()
LEGACY_FLOATING = "Tensor FloatTensor DoubleTensor HalfTensor BFloat16Tensor".split()

_CONVERTED = "-> 0 @maybe-self(self) d:self"
_TO_DTYPE = "(self dtype~ non_blocking~=False copy~=False *memory_format~=None)"
_TO_DEVICE = "(self device~=None dtype~=None non_blocking~=False copy~=False *memory_format~=None)"
_TYPE = "(self dtype~ non_blocking~=False)"

# Whole entries. Where something is converted, whether it is copied depends on where it is and what its dtype is.
ENTRIES: dict[str, list[str]] = {
    "torch.Tensor.to": [
        f"(self other non_blocking~=False copy~=False *memory_format~=None) {_CONVERTED}",
        *(f"{_TO_DTYPE} -> 0 !no@maybe-self(self) g:dtype={each}" for each in INTEGRAL),
        *(f"{_TO_DEVICE} -> 0 !no@maybe-self(self) g:dtype={each}" for each in INTEGRAL),
        f"{_TO_DEVICE} {_CONVERTED}",
    ],
    "torch.Tensor.type": [
        "(self) -> -",
        *(f"{_TYPE} -> 0 !no@maybe-self(self) g:dtype={each}" for each in INTEGRAL),
        *(f"{_TYPE} -> 0 !no@maybe-self(self) g:dtype=torch.{each}" for each in LEGACY_INTEGRAL),
        *(f"{_TYPE} -> 0 !no@maybe-self(self) g:dtype='torch.{each}'" for each in LEGACY_INTEGRAL),
        f"{_TYPE} {_CONVERTED}",
    ],
    **{
        f"torch.Tensor.{name}": [f"(self *memory_format~=None) {_CONVERTED}"]
        for name in "bfloat16 cdouble cfloat chalf cpu double float half".split()
    },
    **{
        f"torch.Tensor.{name}": ["(self *memory_format~=None) -> 0 !no@maybe-self(self)"]
        for name in "bool byte char int long short".split()
    },
    **{
        f"torch.Tensor.{name}": [f"(self device~=None non_blocking~=False *memory_format~=None) {_CONVERTED}"]
        for name in "cuda ipu mtia xpu".split()
    },
    "torch.Tensor.type_as": [f"(self other) {_CONVERTED}"],
    "torch.Tensor.to_dense": [f"(self dtype~=None *masked_grad~=None) {_CONVERTED}"],
    "torch.Tensor.to_sparse": [
        "(self *layout~=None *blocksize~=None *dense_dim#=None) d:self K?",
        "(self sparse_dim#) d:self K?",
    ],
    "torch.Tensor.to_mkldnn": ["(self dtype~=None) d:self K?"],
    "torch.Tensor.size": ["(self dim#=None) -> -"],
    "torch.Tensor.stride": ["(self dim#=None) -> -"],
    "torch.Tensor.pin_memory": [f"(self device~=None) {_CONVERTED}"],
    "torch.Tensor.share_memory_": ["(self) -> 0 @self(self) d:self"],
    "torch.Tensor.requires_grad_": ["(self requires_grad~=True) -> 0 @self(self) d:self"],
    "torch.Tensor.apply_": ["(self callable~) -> 0 !no@self(self) w:self"],
    "torch.Tensor.map_": ["(self tensor callable~) -> 0 !no@self(self) w:self"],
    "torch.Tensor.map2_": ["(self x y callable~) -> 0 !no@self(self) w:self"],
    "torch.Tensor.set_": ["(self source~=None storage_offset#=0 size~=None stride~=None) -> 0 !no@self(self) w:self"],
    "torch.Tensor.numpy": ["(self *force~=False) -> -"],
    "torch.Tensor.tolist": ["(self) -> -"],
    **{
        f"torch.Tensor.{name}": ["(self) -> -"]
        for name in (
            "const_data_ptr data_ptr element_size get_device is_coalesced ndimension nelement numel qscheme "
            "retain_grad sparse_dim untyped_storage"
        ).split()
    },
    "torch.get_device": ["(input) -> -"],
    "torch.numel": ["(input) -> -"],
    "torch.Tensor.register_hook": ["(self hook~) -> -"],
    "torch.Tensor.register_post_accumulate_grad_hook": ["(self hook~) -> -"],
    "torch.Tensor.new_tensor": ["(self data~ *dtype~=None *device~=None *requires_grad~=False) -> 0 !no c"],
    "torch.Tensor.new": ["(self +data~=()) -> 0 !no"],
    # Which kernel runs depends on the device and the shapes, and each keeps something else.
    "torch.nn.functional.scaled_dot_product_attention": [
        "(query key value attn_mask=None dropout_p#=0.0 is_causal~=False *scale#=None *enable_gqa~=False) "
        "d:attn_mask,key,query,value k:query? k:key? k:value? k:attn_mask? k:result? K"
    ],
    "torch.tensor": [
        "(data~ *dtype~=None *device~=None *requires_grad~=False *pin_memory~=False) -> 0 !no c",
        "(data *dtype~=None *device~=None *requires_grad~=False *pin_memory~=False) -> 0 !no c",
    ],
    "torch.as_tensor": [
        "(data dtype~=None device~=None) -> 0 @maybe-self(data) d:data",
        "(data~ dtype~=None device~=None) -> 0 !no",
    ],
    "torch.asarray": [
        "(obj *dtype~=None *device~=None *copy~=None *requires_grad~=False) -> 0 !no@maybe-view(obj) c",
        "(obj~ *dtype~=None *device~=None *copy~=None *requires_grad~=False) -> 0 !no c",
    ],
    "torch.from_numpy": ["(ndarray~) -> 0 !no"],
    "torch.frombuffer": ["(buffer~ *dtype~ *count#=-1 *offset#=0 *requires_grad~=False) -> 0 !no c"],
    "torch.from_dlpack": ["(ext_tensor~ *device~=None *copy~=None) -> 0 !no"],
    **{f"torch.{name}": ["(+data~=()) -> 0 !no"] for name in (*LEGACY_INTEGRAL, *LEGACY_FLOATING)},
}

_POOL = "(input kernel_size~ stride~=None padding~=0 dilation~=1 ceil_mode~=False return_indices~=False)"
_FRACTIONAL = "(input kernel_size~ output_size~=None output_ratio~=None return_indices~=False _random_samples=None)"
_UNIQUE = "sorted~=True return_inverse~=False return_counts~=False dim#=None"
_CONSECUTIVE = "return_inverse~=False return_counts~=False dim#=None"
_ADAPTIVE = "(input output_size~ return_indices~=False)"

# The parameters of what has no signature to inspect; what it does is measured.
PARAMETERS: dict[str, str] = {
    **{f"torch.nn.functional.max_pool{n}d": _POOL for n in (1, 2, 3)},
    **{f"torch.nn.functional.adaptive_max_pool{n}d": _ADAPTIVE for n in (1, 2, 3)},
    **{f"torch.nn.functional.fractional_max_pool{n}d": _FRACTIONAL for n in (2, 3)},
    "torch.unique": f"(input {_UNIQUE})",
    "torch.Tensor.unique": f"(self {_UNIQUE})",
    "torch.unique_consecutive": f"(input {_CONSECUTIVE})",
    "torch.Tensor.unique_consecutive": f"(self {_CONSECUTIVE})",
    "torch.norm": "(input p~='fro' dim~=None keepdim~=False out=None dtype~=None)",
    "torch.Tensor.norm": "(self p~='fro' dim~=None keepdim~=False dtype~=None)",
    "torch.atleast_1d": "(input)",
    "torch.atleast_2d": "(input)",
    "torch.atleast_3d": "(input)",
    "torch.einsum": "(equation~ operand_1)|(equation~ operand_1 operand_2)|(equation~ +operands[]=())",
    "torch.meshgrid": "(+tensors[]=() *indexing~=None)",
    "torch.broadcast_tensors": "(+tensors[]=())",
    "torch.block_diag": "(+tensors[]=())",
    "torch.cartesian_prod": "(+tensors[]=())",
    "torch.chain_matmul": "(+matrices[]=() *out=None)",
    "torch.Tensor.polygamma": "(self n#)",
    "torch.Tensor.split": "(self split_size~ dim#=0)",
    "torch.split": "(tensor split_size_or_sections~ dim#=0)",
    "torch.nn.functional.interpolate": (
        "(input size~=None scale_factor~=None mode~='nearest' align_corners~=None recompute_scale_factor~=None "
        "antialias~=False)"
    ),
}

# Properties of a tensor that are tensors; ``data`` and ``grad`` are no operations.
PROPERTIES = ("H", "T", "imag", "mH", "mT", "real")
