"""Write ``torch_names.py``: what PyTorch's public names are, measured on the installed PyTorch.

A development tool: ``python -m torchlint.model.api.generate`` rewrites the file, and a test compares the two. The
linter never imports this module; torch is imported only when it runs.

Sources, in the order they are asked: the operators' schemas with their mutability annotations (``Tensor(a!)``) and
tags, as torch registers them; the samples of torch's own test data (``op_db``, ``module_db``), which are run and whose
arguments are compared before and after; and a call on a small tensor for what has no schema.
"""

from __future__ import annotations

import inspect
import io
import sys
import types
import unittest
import warnings
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.model.api.measure import (
    FUNCTION_SPACES,
    Measured,
    Operators,
    gives_tensors,
    has_state,
    module_kind,
    module_samples,
    only_tensors,
    operator_samples,
    shares_memory,
    writes,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    import torch

TARGET = Path(__file__).with_name("torch_names.py")

PUBLIC_SPACES = (
    "torch",
    "torch.nn",
    "torch.nn.functional",
    "torch.nn.init",
    "torch.nn.utils",
    "torch.nn.utils.rnn",
    "torch.nn.parallel",
    "torch.optim",
    "torch.optim.lr_scheduler",
    "torch.autograd",
    "torch.amp",
    "torch.cuda.amp",
    "torch.utils.data",
    "torch.utils.checkpoint",
    "torch.distributions",
)
PRIVATE_HOMES = ("torch._tensor", "torch.functional", "torch.random", "torch.serialization")
# Kernels of one back end that are visible in ``torch`` but that nobody calls there.
BACKEND_PREFIXES = ("cudnn_", "fbgemm_", "miopen_", "mkldnn_", "native_", "quantized_", "sym_", "choose_qparams")

CONTAINERS = frozenset({"Container", "ModuleDict", "ModuleList", "Sequential"})
PARAMETER_CONTAINERS = frozenset({"ParameterDict", "ParameterList"})

# Removed functions that are still there to say so, and a random state, which is a tensor only by type.
NO_TENSOR_FUNCTIONS = frozenset("eig get_rng_state is_tensor lstsq matrix_rank solve symeig".split())

# Arguments for the methods without a schema that need some.
METHOD_ARGUMENTS: dict[str, tuple[object, ...]] = {"polygamma": (1,), "new_tensor": ([1.0],)}
# Called for what they do, or removed: they raise, or warn and change the tensor.
NOT_PURE = frozenset(
    (
        "as_subclass backward eig lstsq module_load record_stream register_hook register_post_accumulate_grad_hook "
        "reinforce resize resize_as retain_grad solve symeig"
    ).split()
)
# They change what a tensor is (its shape, history, memory or name) or run the user's own function, not its values.
NO_VALUES_WRITTEN = frozenset(
    (
        "apply_ detach_ map_ map2_ rename_ requires_grad_ resize_ resize_as_ resize_as_sparse_ set_ share_memory_ "
        "sparse_resize_ sparse_resize_and_clear_"
    ).split()
)
# ``to`` and ``type`` change either; what has ``dtype`` in its schema is not enough to tell.
DTYPES = frozenset(
    ("bfloat16 bool byte cdouble cfloat chalf char double float half int long short to type type_as").split()
)
DEVICES = frozenset("cpu cuda ipu mtia pin_memory to type type_as xpu".split())
# They copy only tensors with the lazy conjugate or negative bit, which no sample has.
RESOLVERS = frozenset({"resolve_conj", "resolve_neg"})
# Names that pandas, polars, PIL, sympy, xarray, matplotlib axes, torch.distributed, TensorFlow and the classes of some
# twenty released PyTorch packages give methods of their own, found by comparing names; and words for any class.
OTHER_CLASSES = frozenset(
    (
        "abs add adjoint all angle any arccos arccosh arcsin arcsinh arctan arctanh argmax argmin argsort "
        "bitwise_and bitwise_or bitwise_xor ceil cholesky cholesky_solve chunk clip clone coalesce conj cos cosh cov "
        "cross cummax cummin cumprod cumsum cumulative_trapezoid dequantize det detach diag diagonal diff dist div "
        "divide dot eq erf erfc exp expand fix flatten float floor fliplr flipud gather ge get_device greater gt "
        "half histogram index indices inner inverse istft item le less log log10 log1p log_softmax lt matmul max "
        "mean median min mode mul multiply ne neg negative new new_empty norm outer permute positive pow prod put "
        "quantile ravel relu repeat reshape resize roll rot90 round scatter select sigmoid sign sin sinc sinh size "
        "softmax solve sort split sqrt square squeeze stft std sub subtract sum t take tan tanh tile to_dense trace "
        "trunc transpose type unfold unique values var view where"
    ).split()
)


@dataclass
class Names:
    """Everything that is measured; each field becomes one literal of the written file."""

    groups: dict[str, tuple[str, set[str]]] = field(default_factory=dict)
    homes: dict[str, dict[str, set[str]]] = field(default_factory=dict)

    def add(self, name: str, about: str, members: Iterable[str]) -> None:
        self.groups[name] = (about, set(members))

    def __getitem__(self, name: str) -> set[str]:
        return self.groups[name][1]


def measure_modules(names: Names) -> None:
    """Sort the public modules of ``torch.nn`` by what an instance holds and what train and eval change."""
    from torch import nn

    groups: dict[str, set[str]] = defaultdict(set)
    samples = module_samples()
    for name, cls in vars(nn).items():
        if not (isinstance(cls, type) and issubclass(cls, nn.Module)) or cls is nn.Module:
            continue
        if name in CONTAINERS or name in PARAMETER_CONTAINERS:
            groups["container" if name in CONTAINERS else "parameters"].add(f"torch.nn.{name}")
            continue
        groups[module_kind(samples[name])].add(f"torch.nn.{name}")
    names.add("STATEFUL_MODULES", "Modules that hold parameters or buffers as they are usually built.", groups["state"])
    names.add(
        "OPTIONAL_STATE_MODULES",
        "Modules that hold parameters or buffers only where an option asks for them (weight=, affine=True).",
        groups["option"],
    )
    names.add("MODE_MODULES", "Modules without state that compute something else in training mode.", groups["mode"])
    names.add("STATELESS_MODULES", "Modules with neither state nor a training mode.", groups["stateless"])
    names.add("CONTAINER_MODULES", "Modules that only hold other modules.", groups["container"])
    names.add("PARAMETER_CONTAINERS", "Modules that only hold parameters.", groups["parameters"])


def measure_functions(names: Names, operators: Operators, samples: Mapping[str, Measured]) -> None:
    """Sort the public functions by whether they make, or compute, tensors and leave their arguments alone."""
    pure: set[str] = set()
    stateful: set[str] = set()
    factories: set[str] = set()
    seeded: set[str] = set()
    for space, prefix in FUNCTION_SPACES.items():
        module = sys.modules[space]
        for name in dir(module):
            function = getattr(module, name)
            qualified = f"{space}.{name}"
            if name.startswith(("_", *BACKEND_PREFIXES)) or name.endswith("_") or not _is_function(function, space):
                continue
            if space == "torch" and name in NO_TENSOR_FUNCTIONS:
                continue
            schemas = operators.on_tensors(prefix + name)
            if operators.from_nothing(prefix + name):
                factories.add(qualified)
            elif _changes_state(function, schemas):
                stateful.add(qualified)
            elif _is_pure(function, schemas, samples.get(qualified)):
                pure.add(qualified)
            if "nondeterministic_seeded" in operators.tags(prefix + name):
                seeded.add(qualified)
    factories |= {f"torch.{name}" for name in _python_factories()}
    factories |= {name for name in pure if name.startswith("torch.sparse_") and name.endswith("_tensor")}
    factories |= {f"torch.signal.windows.{name}" for name in sys.modules["torch.signal.windows"].__all__}
    likes = {name for name in pure if name.endswith("_like") and not name.startswith("torch.nn")}
    samplers = {f"torch.{name}" for name in ("bernoulli", "binomial", "multinomial", "normal", "poisson")}
    random = seeded & (factories | likes | samplers)
    names.add(
        "TENSOR_FACTORIES", "Functions that make a new tensor out of no tensor; none is random.", factories - random
    )
    names.add(
        "LIKE_FACTORIES", "Functions that make a new tensor of another one's shape; none is random.", likes - random
    )
    names.add("RANDOM_FACTORIES", "Functions whose result is a new tensor of random values.", random)
    names.add(
        "TENSOR_FUNCTIONS",
        "Functions from tensors to tensors that change no argument when called without out= and inplace=.",
        pure - likes - random - factories,
    )
    names.add(
        "STATEFUL_FUNCTIONS",
        "Functions from tensors to tensors that may change an argument (running statistics, max_norm).",
        stateful,
    )


def _is_function(value: object, space: str) -> bool:
    if isinstance(value, type) or not callable(value):
        return False
    home = getattr(value, "__module__", None) or "torch"
    return home.startswith("torch") and not (space == "torch" and home.startswith("torch.nn"))


def _changes_state(function: Callable[..., object], schemas: list[torch.FunctionSchema]) -> bool:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        parameters = types.MappingProxyType({})
    by_signature = "running_mean" in parameters or "max_norm" in parameters
    return by_signature or any(has_state(each) for each in schemas)


def _is_pure(function: Callable[..., object], schemas: list[torch.FunctionSchema], seen: Measured | None) -> bool:
    if seen is not None and (seen.mutates or not seen.gives_tensors):
        return False
    if schemas:
        return all(gives_tensors(each) and not writes(each) for each in schemas)
    if seen is not None:
        return True
    return "Tensor" in str(getattr(function, "__annotations__", {}).get("return", ""))


def _python_factories() -> Iterator[str]:
    """The factories that Python code defines, or that read other things than numbers; called to make sure."""
    import numpy
    import torch

    array = numpy.zeros(2)
    calls: dict[str, tuple[object, ...]] = {
        "as_tensor": ([1.0],),
        "asarray": ([1.0],),
        "from_numpy": (array,),
        "frombuffer": (bytearray(8),),
        "scalar_tensor": (1.0,),
        "sparse_coo_tensor": ([[0], [1]], [1.0], (2, 2)),
        "tensor": ([1.0],),
    }
    for name, arguments in calls.items():
        options = {"dtype": torch.int8} if name == "frombuffer" else {}
        if isinstance(getattr(torch, name)(*arguments, **options), torch.Tensor):
            yield name


def measure_methods(names: Names, operators: Operators, samples: Mapping[str, Measured]) -> None:
    """Sort the methods of ``torch.Tensor`` by what they change and what they return."""
    import torch

    pure: set[str] = set()
    inplace: set[str] = set()
    shape: set[str] = set()
    host: set[str] = set()
    for name in dir(torch.Tensor):
        if name.startswith("_") or not callable(getattr(torch.Tensor, name)):
            continue
        schemas = operators.on_tensors(name, first=True)
        if name.endswith("_"):
            if "inplace_view" in operators.tags(name) and name != "detach_":
                shape.add(name)
            elif name not in NO_VALUES_WRITTEN:
                inplace.add(name)
        elif name not in NOT_PURE:
            kind = _method_kind(name, schemas, samples.get(f"Tensor.{name}"))
            if kind in ("pure", "host"):
                (pure if kind == "pure" else host).add(name)
    views, maybe = _views(pure, operators, samples)
    shared = pure & _shared_names()
    names.add(
        "PURE_METHODS", "Tensor methods that change nothing and return tensors: the result is all there is.", pure
    )
    names.add("DISTINCT_METHODS", "The pure methods whose names practically only tensors have.", pure - shared)
    names.add("INPLACE_METHODS", "Tensor methods that write values into the tensor.", inplace)
    names.add("INPLACE_VIEW_METHODS", "Tensor methods that change the tensor's shape in place, not its values.", shape)
    names.add("VIEW_METHODS", "Tensor methods whose result always shares the tensor's memory.", views)
    names.add(
        "MAYBE_VIEW_METHODS", "Tensor methods whose result shares the tensor's memory or not, as it happens.", maybe
    )
    names.add("DTYPE_METHODS", "Tensor methods that change the dtype.", pure & DTYPES)
    names.add("DEVICE_METHODS", "Tensor methods that change where the tensor is.", pure & DEVICES)
    names.add("HOST_METHODS", "Tensor methods that return no tensor.", host)
    names.add(
        "VIEW_PROPERTIES", "Tensor properties that are tensors and share the tensor's memory.", _view_properties()
    )


def _method_kind(name: str, schemas: list[torch.FunctionSchema], seen: Measured | None) -> str:
    if schemas:
        if any(writes(each) for each in schemas):
            return "writes"
        if all(gives_tensors(each) for each in schemas):
            return "writes" if seen is not None and seen.mutates else "pure"
        return "host" if all(each.returns and not gives_tensors(each) for each in schemas) else "unclear"
    import torch

    tensor = torch.ones(2)
    if name in DTYPES | DEVICES:
        return "pure"
    try:
        result = getattr(tensor, name)(*METHOD_ARGUMENTS.get(name, ()))
    except Exception:
        return "pure" if seen is not None and seen.gives_tensors and not seen.mutates else "unclear"
    return "pure" if only_tensors(result) else "host"


def _views(pure: set[str], operators: Operators, samples: Mapping[str, Measured]) -> tuple[set[str], set[str]]:
    """The methods whose schema lets the result alias the tensor, split by what their samples show."""
    views: set[str] = set()
    maybe: set[str] = set()
    for name in pure:
        schemas = operators.on_tensors(name, first=True)
        aliases = any(each.alias_info is not None for schema in schemas for each in schema.returns)
        if not aliases and name not in DTYPES | DEVICES:
            continue
        seen = samples.get(f"Tensor.{name}")
        converts = name in DTYPES | DEVICES | RESOLVERS or "dtype" in {
            each.name for schema in schemas for each in schema.arguments
        }
        certain = seen is not None and seen.always_view and not converts
        (views if certain or name in ("detach", "view") else maybe).add(name)
    return views, maybe


def _view_properties() -> Iterator[str]:
    import torch

    tensor = torch.ones(2, 2, dtype=torch.complex64)
    for name in dir(torch.Tensor):
        if not name.startswith("_") and not callable(getattr(torch.Tensor, name)):
            try:
                value = getattr(tensor, name)
            except (AttributeError, RuntimeError):
                continue  # a property of sparse, named or quantized tensors
            if isinstance(value, torch.Tensor) and shares_memory(value, tensor):
                yield name


def _shared_names() -> set[str]:
    """Names that other things people call methods of have as well."""
    import numpy
    import torch

    others = (
        str,
        bytes,
        list,
        dict,
        set,
        int,
        float,
        complex,
        memoryview,
        Path,
        types.SimpleNamespace,
        io.TextIOWrapper,
    )
    arrays = (numpy.ndarray, torch.nn.Module, torch.distributions.Distribution, torch.optim.Optimizer)
    packed = (torch.nn.utils.rnn.PackedSequence, torch.Size, torch.UntypedStorage, torch.distributed)
    return {name for each in (*others, *arrays, *packed) for name in dir(each)} | OTHER_CLASSES


def measure_homes(names: Names) -> None:
    """Find, for each public class and function, the other modules of torch that it can be imported from."""
    import torch  # noqa: F401  (fills sys.modules)

    public: dict[int, tuple[str, str]] = {}
    for space in PUBLIC_SPACES:
        module = sys.modules[space]
        for name in {*getattr(module, "__all__", ()), *(dir(module) if space in ("torch", "torch.nn") else ())}:
            value = getattr(module, name, None)
            is_own = getattr(value, "__module__", "").startswith("torch") and callable(value)
            if is_own and not name.startswith("_"):
                public.setdefault(id(value), (space, name))
    homes: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for home, module in list(sys.modules.items()):
        if module is None or not _can_be_home(home):
            continue
        for name, value in list(vars(module).items()):
            space, public_name = public.get(id(value), ("", ""))
            defined_here = (
                getattr(value, "__module__", None) == home or hasattr(module, "__path__") or home in PRIVATE_HOMES
            )
            if public_name == name and space != home and defined_here:
                homes[home][space].add(name)
    names.homes = {home: dict(spaces) for home, spaces in homes.items()}


def _can_be_home(module: str) -> bool:
    """Whether people import from ``module``; testing, compiling and exporting code re-exports at random."""
    top = (
        "torch.nn",
        "torch.optim",
        "torch.autograd",
        "torch.utils.data",
        "torch.amp",
        "torch.distributions",
        "torch.cuda.amp",
    )
    hidden = any(part.startswith("_") for part in module.split(".")[2:]) or ".datapipes" in module
    wanted = module in PRIVATE_HOMES or any(module == each or module.startswith(each + ".") for each in top)
    return wanted and not hidden and not module.startswith(("torch.nn.intrinsic", "torch.nn.qat", "torch.nn.quant"))


def _words(members: Iterable[str], indent: str = "    ") -> Iterator[str]:
    """Sorted names as lines of one long string, which imports far faster than a display of many strings."""
    line = indent + '"'
    for member in sorted(members):
        if len(line) + len(member) > 117:
            yield line + '"'
            line = indent + '"'
        line += member + " "
    yield line.rstrip() + '"'


def render(names: Names, version: str) -> str:
    """The text of the written file."""
    lines = [
        f'"""What the public names of PyTorch {version} are. Written by ``generate.py``; do not edit."""',
        "",
        "from __future__ import annotations",
        "",
        f'TORCH_VERSION = "{version}"',
    ]
    for name, (about, members) in names.groups.items():
        words = list(_words(members, "        "))
        if len(words) > 1:
            lines += ["", f"{name} = frozenset(", "    (", *words, "    ).split()", ")"]
        else:
            one_line = f"{name} = frozenset({words[0].strip()}.split())"
            fits = len(one_line) <= 120
            lines += ["", one_line] if fits else ["", f"{name} = frozenset(", f"    {words[0].strip()}.split()", ")"]
        lines.append(f'"""{about}"""')
    lines += ["", "HOMES: dict[str, dict[str, str]] = {"]
    for home, spaces in sorted(names.homes.items()):
        lines.append(f'    "{home}": {{')
        for space, members in sorted(spaces.items()):
            words = list(_words(members, "            "))
            one_line = f'        "{space}": {words[0].strip()},'
            fits = len(words) == 1 and len(one_line) <= 120
            lines += [one_line] if fits else [f'        "{space}": (', *words, "        ),"]
        lines.append("    },")
    lines += ["}", '"""Module that also has the name -> public module -> the names, separated by spaces."""']
    return "\n".join(lines) + "\n"


def generate() -> str:
    """Measure everything on the installed PyTorch and return the text of ``torch_names.py``."""
    _stand_in_for_expecttest()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import torch
        import torch.distributed
        import torch.signal.windows

        torch.manual_seed(0)
        names = Names()
        operators = Operators()
        samples = operator_samples()
        measure_modules(names)
        measure_functions(names, operators, samples)
        measure_methods(names, operators, samples)
        measure_homes(names)
        return render(names, torch.__version__.partition("+")[0])


def _stand_in_for_expecttest() -> None:
    """torch's test data derives from a class of expecttest, which is not needed to read the data."""
    try:
        import expecttest  # noqa: F401
    except ImportError:
        stand_in = types.ModuleType("expecttest")
        stand_in.TestCase = unittest.TestCase  # type: ignore[attr-defined]
        sys.modules["expecttest"] = stand_in


def main() -> None:
    """Rewrite ``torch_names.py``."""
    TARGET.write_text(generate(), encoding="utf-8")


if __name__ == "__main__":
    main()
