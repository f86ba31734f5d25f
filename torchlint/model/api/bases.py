"""What well-known classes outside the linted code are: modules of PyTorch, or look-alikes that never are.

A class is named by package and name, so that every path a package exports it under counts:
``lightning.pytorch.core.module.LightningModule`` and ``lightning.LightningModule`` are both lightning's
``LightningModule``. The longest package that fits decides; a name that a package uses twice stands under the subpackage
that is meant.

Sources: the class definitions in transformers 5.23.0, diffusers 0.42.1, timm 1.0.31, torchvision, kornia 0.9.0, MONAI
1.6.1, speechbrain, espnet 202511, torch-geometric, ultralytics, vit-pytorch, recbole, peft, Pyro, GPyTorch 1.15.2,
pytorch-metric-learning, darts 0.48.1, lightly 1.6.0 and tsai, read; for the other packages, their documentation.
"""

from __future__ import annotations

import re
from enum import Enum

from torchlint.model.api import torch_names
from torchlint.model.api.canonical import canonical


class BaseKind(Enum):
    """What a class outside the linted code is to a class that derives from it."""

    TORCH_MODULE = "a module of PyTorch itself: nothing hidden happens in it"
    MODULE = "a torch.nn.Module of another package"
    SELF_MOVING = "a torch.nn.Module that moves its plain tensors itself, or that is no model"
    FOREIGN = "no torch.nn.Module"
    UNKNOWN = "nothing is known of it"


TORCH_MODULES = (
    frozenset({"torch.nn.Module"})
    | torch_names.CONTAINER_MODULES
    | torch_names.MODE_MODULES
    | torch_names.OPTIONAL_STATE_MODULES
    | torch_names.PARAMETER_CONTAINERS
    | torch_names.STATEFUL_MODULES
    | torch_names.STATELESS_MODULES
)
"""Every public module class of ``torch.nn``."""

MODULE_BASES = {
    "torch.ao.quantization": "DeQuantStub FakeQuantize FakeQuantizeBase ObserverBase QuantStub QuantWrapper",
    "torch.distributed.fsdp": "FullyShardedDataParallel",
    "torch.fx": "GraphModule",
    "torch.jit": "RecursiveScriptModule ScriptModule",
    "torch.nn.modules.batchnorm": "_BatchNorm _LazyNormBase _NormBase",
    "torch.nn.modules.conv": "_ConvNd _ConvTransposeNd",
    "torch.nn.modules.dropout": "_DropoutNd",
    "torch.nn.modules.instancenorm": "_InstanceNorm",
    "torch.nn.modules.loss": "_Loss _WeightedLoss",
    "torch.nn.modules.padding": "_CircularPadNd _ConstantPadNd _ReflectionPadNd _ReplicationPadNd",
    "torch.nn.modules.pooling": "_AdaptiveAvgPoolNd _AdaptiveMaxPoolNd _AvgPoolNd _LPPoolNd _MaxPoolNd _MaxUnpoolNd",
    "torch.nn.parallel": "DataParallel DistributedDataParallel",
    "torch.optim.swa_utils": "AveragedModel",
    "allennlp": "Model Seq2SeqEncoder Seq2VecEncoder SpanExtractor TextFieldEmbedder TokenEmbedder",
    "botorch.models": "Model",
    "darts": "PLForecastingModule",
    "detectron2": "Backbone CNNBlockBase GeneralizedRCNN",
    "diffusers": "ModelMixin",
    "einops.layers.torch": "EinMix Rearrange Reduce",
    "ema_pytorch": "EMA",
    "espnet2": (
        "AbsDecoder AbsESPnetModel AbsEncoder AbsFeatsExtract AbsFrontend AbsLossWrapper AbsPostEncoder AbsSVS "
        "AbsSeparator AbsTTS AbsUASRLoss BaseTransformerDecoder FrequencyDomainLoss SequenceModule TimeDomainLoss"
    ),
    "fairseq": (
        "BaseFairseqModel FairseqCriterion FairseqDecoder FairseqEncoder FairseqEncoderDecoderModel "
        "FairseqEncoderModel FairseqIncrementalDecoder FairseqLanguageModel FairseqMultiModel"
    ),
    "fastai": "Module",
    "gpytorch": "ApproximateGP ExactGP GP Likelihood MarginalLogLikelihood Module",
    "kornia": (
        "AugmentationBase2D AugmentationBase3D GeometricAugmentationBase2D GeometricAugmentationBase3D ImageModule "
        "ImageSequential IntensityAugmentationBase2D LocalFeature MixAugmentationBaseV2 ModelBase OperationBase"
    ),
    "lightly": "BaseClassifier MaskedVisionTransformer ProjectionHead",
    "lightning": "LightningModule",
    "megatron": "GraphableMegatronModule MegatronModule",
    "mmcv": "BaseModule",
    "mmengine": "BaseDataPreprocessor BaseModel BaseModule BaseTTAModel ImgDataPreprocessor ModuleDict ModuleList",
    "nemo": "ModelPT NeuralModule",
    "peft": "BasePromptEncoder BaseTuner PeftModel",
    "pyro": "AutoContinuous AutoGuide Parameterized PyroModule PyroModuleList TransformModule",
    "pytorch_lightning": "LightningModule",
    "pytorch_metric_learning": "BaseDistance BaseMetricLossFunction BaseMiner BaseReducer ModuleWithRecords",
    "recbole": ("AbstractRecommender ContextRecommender GeneralRecommender KnowledgeRecommender SequentialRecommender"),
    "segmentation_models_pytorch": "SegmentationHead SegmentationModel",
    "sentence_transformers": "CrossEncoder SentenceTransformer",
    "speechbrain": "HFTransformersInterface Pretrained TransformerInterface",
    "stable_baselines3": "ActorCriticPolicy BaseFeaturesExtractor BaseModel BasePolicy",
    "tensordict": "TensorDictModule TensorDictModuleBase TensorDictSequential",
    "torch_geometric": "Aggregation BasicGNN ExplainerAlgorithm KGEModel MessagePassing",
    "torchrl": "LossModule",
    "transformers": "GradientCheckpointingLayer PreTrainedModel",
    "ultralytics": "AutoBackend BaseModel ClassificationModel DetectionModel SegmentationModel",
}
"""Package -> classes that are modules like any other."""

MODULE_PACKAGES = (
    "gpytorch.constraints",
    "gpytorch.kernels",
    "gpytorch.means",
    "gpytorch.priors",
    "kornia.filters",
    "kornia.losses",
    "lightly.loss",
    "monai.losses",
    "monai.networks.blocks",
    "monai.networks.nets",
    "pyro.contrib.gp",
    "pytorch_metric_learning.losses",
    "pytorch_metric_learning.miners",
    "timm.layers",
    "timm.loss",
    "timm.models",
    "torch_geometric.nn.aggr",
    "torch_geometric.nn.conv",
    "torch_geometric.nn.dense",
    "torchaudio.models",
    "torchvision.models",
    "torchvision.ops",
    "ultralytics.nn.modules",
    "vit_pytorch",
)
"""Packages in which, by count of their class definitions, 93 % (torchvision.models) to 100 % of the classes that
``_NO_CLASS_OF_MODULES`` does not name are modules; the others are not made to be derived from."""

SELF_MOVING_BASES = {
    "torchmetrics": "CompositionalMetric Metric MetricCollection",
    "torchrl": "EnvBase GymLikeEnv Transform TransformedEnv _EnvWrapper",
    "torchvision.transforms": "Transform _RandomApplyTransform",
    "kornia": "RandomGeneratorBase",
    "monai.networks.schedulers": "DDIMScheduler DDPMScheduler PNDMScheduler RFlowScheduler Scheduler",
}
"""Package -> classes that are modules, but whose plain tensors are no fault: they are moved by an own ``_apply``, or
the class is an environment, a schedule, a data transform or a source of random numbers rather than a model."""

SELF_MOVING_PACKAGES = ("torchmetrics", "torchrl.envs", "torchvision.transforms")
"""Packages whose classes are all of that kind."""

FOREIGN_BASES = {
    "torch": "Generator Size Tensor",
    "torch.autograd": "Function",
    "torch.distributions": "Distribution ExponentialFamily Transform TransformedDistribution",
    "torch.nn": "Buffer Parameter",
    "torch.optim": "Optimizer",
    "torch.optim.lr_scheduler": "LRScheduler _LRScheduler",
    "torch.utils.data": "BatchSampler DataLoader Dataset IterableDataset Sampler TensorDataset",
    "diffusers": "ConfigMixin DiffusionPipeline SchedulerMixin",
    "lightning": "Callback LightningDataModule Trainer",
    "pytorch_lightning": "Callback LightningDataModule Trainer",
    "ignite": "Engine Metric",
    "monai": (
        "CumulativeIterationMetric Dataset Inferer MapTransform Metric Randomizable RandomizableTransform Transform"
    ),
    "peft": "BaseTunerLayer LoraLayer PeftConfig",
    "speechbrain": "Brain",
    "torch_geometric": "BaseTransform Data Dataset HeteroData InMemoryDataset LightningDataModule",
    "transformers": (
        "BatchEncoding Cache FeatureExtractionMixin ModelOutput Pipeline PretrainedConfig PreTrainedConfig "
        "PreTrainedTokenizer PreTrainedTokenizerBase PreTrainedTokenizerFast ProcessorMixin Trainer TrainerCallback"
    ),
    "builtins": "BaseException Exception dict float int list object set str tuple type",
}
"""Package -> classes that are no modules although something about them looks so."""

FOREIGN_PACKAGES = (
    "abc chainer collections ctypes dataclasses enum equinox flax haiku jax keras logging megengine mindspore mxnet "
    "numpy objax oneflow paddle pandas pydantic sklearn sonnet tensorflow tensorflow_probability threading tinygrad "
    "torch.distributions torch.utils.data torchvision.datasets typing typing_extensions unittest"
).split()
"""Packages none of whose classes is a module of PyTorch."""

DISTINCT_NAMES = frozenset(
    (
        "AbsESPnetModel BaseFairseqModel BaseMetricLossFunction FairseqDecoder FairseqEncoder "
        "FairseqIncrementalDecoder GradientCheckpointingLayer LightningModule MegatronModule MessagePassing ModelMixin "
        "PreTrainedModel PyroModule TensorDictModuleBase"
    ).split()
)
"""Class names that mean a module whatever they were imported from, a file that is not there included."""

STATELESS_CLASSES = {"einops.layers.torch": "Rearrange Reduce"}
"""Package -> modules with neither parameters nor buffers, which may stand in a plain list."""

AUTO_INIT_BASES = {"fastai": "Module"}
"""Package -> modules whose metaclass calls ``super().__init__()`` before the class's own ``__init__``."""

# In transformers a model's class ends like this, and nothing that is no module does but its outputs, the automatic
# classes and the TensorFlow and Flax ports: 2,220 of 2,355 classes before, all but a dozen after leaving those out.
_TRANSFORMERS_MODEL = re.compile(r"(?!TF|Flax|Auto|Generic)(?!\w*Output\Z)[A-Z]\w*(?:Model|For[A-Z]\w*)")
_NO_CLASS_OF_MODULES = re.compile(r"\w*(?:Weights|WeightsEnum|Config|Cfg|Info|Outputs?|Type|Format|Enum|Mixin|Error)")


def kind_of(qualified: str) -> BaseKind:
    """What the class with a qualified name is. Of a relative name (``.layers.Block``) only the last part counts."""
    name = canonical(qualified)
    if name in TORCH_MODULES:
        return BaseKind.TORCH_MODULE
    package, _, last = name.rpartition(".")
    if "." not in name:
        package = "builtins"
    while package:
        for kind, classes in _CLASSES:
            if last in classes.get(package, ()):
                return BaseKind.TORCH_MODULE if kind is BaseKind.MODULE and name.startswith("torch.") else kind
        if package in _PACKAGES and last[:1].isupper():
            is_other = _PACKAGES[package] is BaseKind.MODULE and _NO_CLASS_OF_MODULES.fullmatch(last)
            return BaseKind.UNKNOWN if is_other else _PACKAGES[package]
        package = package.rpartition(".")[0]
    is_model = name.startswith("transformers.") and _TRANSFORMERS_MODEL.fullmatch(last)
    return BaseKind.MODULE if is_model or ("." in name and last in DISTINCT_NAMES) else BaseKind.UNKNOWN


def initialises_itself(name: str) -> bool:
    """Whether the class ``name`` calls ``torch.nn.Module.__init__`` before a subclass's ``__init__`` runs."""
    return _is_listed(name, AUTO_INIT_BASES)


def is_stateless(name: str) -> bool:
    """Whether instances of ``name`` hold neither parameters nor buffers and ignore the training mode."""
    return canonical(name) in torch_names.STATELESS_MODULES or _is_listed(name, STATELESS_CLASSES)


def _is_listed(name: str, classes: dict[str, str]) -> bool:
    last = name.rpartition(".")[2]
    return any(name.startswith(f"{package}.") and last in names.split() for package, names in classes.items())


def _split(classes: dict[str, str]) -> dict[str, frozenset[str]]:
    return {package: frozenset(names.split()) for package, names in classes.items()}


_CLASSES = (
    (BaseKind.FOREIGN, _split(FOREIGN_BASES)),
    (BaseKind.SELF_MOVING, _split(SELF_MOVING_BASES)),
    (BaseKind.MODULE, _split(MODULE_BASES)),
)
_PACKAGES = {
    **dict.fromkeys(MODULE_PACKAGES, BaseKind.MODULE),
    **dict.fromkeys(SELF_MOVING_PACKAGES, BaseKind.SELF_MOVING),
    **dict.fromkeys(FOREIGN_PACKAGES, BaseKind.FOREIGN),
}
