from __future__ import annotations

import importlib

import pytest

from torchlint.model.api.bases import (
    MODULE_BASES,
    TORCH_MODULES,
    BaseKind,
    initialises_itself,
    is_stateless,
    kind_of,
)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param("torch.nn.Module", BaseKind.TORCH_MODULE, id="module"),
        pytest.param("torch.nn.modules.module.Module", BaseKind.TORCH_MODULE, id="private-home"),
        pytest.param("torch.nn.modules.loss._Loss", BaseKind.TORCH_MODULE, id="private-class"),
        pytest.param("torch.nn.modules.batchnorm._BatchNorm", BaseKind.TORCH_MODULE, id="batchnorm"),
        pytest.param("torch.nn.Sequential", BaseKind.TORCH_MODULE, id="container"),
        pytest.param("torch.nn.RNNBase", BaseKind.TORCH_MODULE, id="rnn"),
        pytest.param("torch.autograd.Function", BaseKind.FOREIGN, id="function"),
        pytest.param("torch.autograd.function.Function", BaseKind.FOREIGN, id="function-home"),
        pytest.param("torch.utils.data.Dataset", BaseKind.FOREIGN, id="dataset"),
        pytest.param("torch.nn.Parameter", BaseKind.FOREIGN, id="parameter"),
        pytest.param("torch.optim.lr_scheduler._LRScheduler", BaseKind.FOREIGN, id="lr-scheduler"),
        pytest.param("torch.distributions.transforms.Transform", BaseKind.FOREIGN, id="distribution-transform"),
        pytest.param("torchvision.transforms.v2.Transform", BaseKind.SELF_MOVING, id="vision-transform"),
        pytest.param("torchvision.models.resnet.ResNet", BaseKind.MODULE, id="vision-model"),
        pytest.param("torchvision.models.ResNet50_Weights", BaseKind.UNKNOWN, id="vision-weights"),
        pytest.param("torchvision.models.resnet50", BaseKind.UNKNOWN, id="vision-factory"),
        pytest.param("torchvision.datasets.MNIST", BaseKind.FOREIGN, id="vision-dataset"),
        pytest.param("timm.models.vision_transformer.Block", BaseKind.MODULE, id="timm"),
        pytest.param("transformers.PreTrainedModel", BaseKind.MODULE, id="transformers"),
        pytest.param("transformers.modeling_utils.PreTrainedModel", BaseKind.MODULE, id="transformers-home"),
        pytest.param("transformers.models.bert.modeling_bert.BertModel", BaseKind.MODULE, id="bert"),
        pytest.param("transformers.BertForMaskedLM", BaseKind.MODULE, id="bert-for"),
        pytest.param("transformers.TFBertModel", BaseKind.UNKNOWN, id="tensorflow-bert"),
        pytest.param("transformers.ElectraForPreTrainingOutput", BaseKind.UNKNOWN, id="output"),
        pytest.param("transformers.Trainer", BaseKind.FOREIGN, id="trainer"),
        pytest.param("diffusers.schedulers.SchedulerMixin", BaseKind.FOREIGN, id="scheduler"),
        pytest.param("diffusers.models.modeling_utils.ModelMixin", BaseKind.MODULE, id="diffusers"),
        pytest.param("lightning.pytorch.core.module.LightningModule", BaseKind.MODULE, id="lightning"),
        pytest.param("pytorch_lightning.LightningDataModule", BaseKind.FOREIGN, id="data-module"),
        pytest.param("torchmetrics.classification.Accuracy", BaseKind.SELF_MOVING, id="metric"),
        pytest.param("torchmetrics.Metric", BaseKind.SELF_MOVING, id="metric-base"),
        pytest.param("monai.metrics.Metric", BaseKind.FOREIGN, id="monai-metric"),
        pytest.param("monai.networks.nets.UNet", BaseKind.MODULE, id="monai-net"),
        pytest.param("flax.linen.Module", BaseKind.FOREIGN, id="flax"),
        pytest.param("tensorflow.keras.layers.Layer", BaseKind.FOREIGN, id="keras"),
        pytest.param("megengine.module.Module", BaseKind.FOREIGN, id="megengine"),
        pytest.param("chainer.Chain", BaseKind.FOREIGN, id="chainer"),
        pytest.param("mmengine.model.BaseModule", BaseKind.MODULE, id="mmengine"),
        pytest.param("object", BaseKind.FOREIGN, id="object"),
        pytest.param("enum.Enum", BaseKind.FOREIGN, id="enum"),
        pytest.param("abc.ABC", BaseKind.FOREIGN, id="abc"),
        pytest.param("typing.NamedTuple", BaseKind.FOREIGN, id="named-tuple"),
        pytest.param("somewhere.layers.GradientCheckpointingLayer", BaseKind.MODULE, id="distinct-name"),
        pytest.param("somewhere.layers.Module", BaseKind.UNKNOWN, id="unknown-module"),
        pytest.param(".keras.Model", BaseKind.UNKNOWN, id="relative"),
        pytest.param("..modeling_utils.PreTrainedModel", BaseKind.MODULE, id="relative-distinct"),
        pytest.param("Module", BaseKind.UNKNOWN, id="bare"),
    ],
)
def test_kind_of(name: str, kind: BaseKind) -> None:
    assert kind_of(name) is kind


def test_every_listed_class_is_found() -> None:
    for package, names in MODULE_BASES.items():
        for name in names.split():
            kind = BaseKind.TORCH_MODULE if package.startswith("torch.") else BaseKind.MODULE
            assert kind_of(f"{package}.{name}") is kind
            assert kind_of(f"{package}.deep.inside.{name}") is kind


def test_stateless_and_self_initialising() -> None:
    assert is_stateless("torch.nn.modules.activation.ReLU")
    assert is_stateless("einops.layers.torch.Rearrange")
    assert not is_stateless("torch.nn.Dropout")
    assert not is_stateless("einops.layers.torch.EinMix")
    assert initialises_itself("fastai.torch_core.Module")
    assert not initialises_itself("torch.nn.Module")


@pytest.mark.torch
def test_bases_of_torch_are_modules() -> None:
    torch = pytest.importorskip("torch")
    listed = [f"{package}.{name}" for package, names in MODULE_BASES.items() for name in names.split()]
    for qualified in [*TORCH_MODULES, *(each for each in listed if each.startswith("torch."))]:
        home, _, name = qualified.rpartition(".")
        assert issubclass(getattr(importlib.import_module(home), name), torch.nn.Module), qualified
