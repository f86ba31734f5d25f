from __future__ import annotations

import importlib

import pytest

from torchlint.model.api.bases import (
    MODULE_BASES,
    TORCH_MODULES,
    Base,
    initialises_itself,
    is_stateless,
    known_base,
)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        pytest.param("torch.nn.Module", Base.MODULE, id="module"),
        pytest.param("torch.nn.modules.module.Module", Base.MODULE, id="private-home"),
        pytest.param("torch.nn.modules.loss._Loss", Base.MODULE, id="private-class"),
        pytest.param("torch.nn.modules.batchnorm._BatchNorm", Base.MODULE, id="batchnorm"),
        pytest.param("torch.nn.Sequential", Base.MODULE, id="container"),
        pytest.param("torch.nn.RNNBase", Base.MODULE, id="rnn"),
        pytest.param("torch.autograd.Function", Base.FOREIGN, id="function"),
        pytest.param("torch.autograd.function.Function", Base.FOREIGN, id="function-home"),
        pytest.param("torch.utils.data.Dataset", Base.FOREIGN, id="dataset"),
        pytest.param("torch.nn.Parameter", Base.FOREIGN, id="parameter"),
        pytest.param("torch.optim.lr_scheduler._LRScheduler", Base.FOREIGN, id="lr-scheduler"),
        pytest.param("torch.distributions.transforms.Transform", Base.FOREIGN, id="distribution-transform"),
        pytest.param("torchvision.transforms.v2.Transform", Base.SELF_MOVING, id="vision-transform"),
        pytest.param("torchvision.models.resnet.ResNet", Base.MODULE, id="vision-model"),
        pytest.param("torchvision.models.ResNet50_Weights", None, id="vision-weights"),
        pytest.param("torchvision.models.resnet50", None, id="vision-factory"),
        pytest.param("torchvision.datasets.MNIST", Base.FOREIGN, id="vision-dataset"),
        pytest.param("timm.models.vision_transformer.Block", Base.MODULE, id="timm"),
        pytest.param("transformers.PreTrainedModel", Base.MODULE, id="transformers"),
        pytest.param("transformers.modeling_utils.PreTrainedModel", Base.MODULE, id="transformers-home"),
        pytest.param("transformers.models.bert.modeling_bert.BertModel", Base.MODULE, id="bert"),
        pytest.param("transformers.BertForMaskedLM", Base.MODULE, id="bert-for"),
        pytest.param("transformers.TFBertModel", None, id="tensorflow-bert"),
        pytest.param("transformers.ElectraForPreTrainingOutput", None, id="output"),
        pytest.param("transformers.Trainer", Base.FOREIGN, id="trainer"),
        pytest.param("diffusers.schedulers.SchedulerMixin", Base.FOREIGN, id="scheduler"),
        pytest.param("diffusers.models.modeling_utils.ModelMixin", Base.MODULE, id="diffusers"),
        pytest.param("lightning.pytorch.core.module.LightningModule", Base.MODULE, id="lightning"),
        pytest.param("pytorch_lightning.LightningDataModule", Base.FOREIGN, id="data-module"),
        pytest.param("torchmetrics.classification.Accuracy", Base.SELF_MOVING, id="metric"),
        pytest.param("torchmetrics.Metric", Base.SELF_MOVING, id="metric-base"),
        pytest.param("monai.metrics.Metric", Base.FOREIGN, id="monai-metric"),
        pytest.param("monai.networks.nets.UNet", Base.MODULE, id="monai-net"),
        pytest.param("flax.linen.Module", Base.FOREIGN, id="flax"),
        pytest.param("tensorflow.keras.layers.Layer", Base.FOREIGN, id="keras"),
        pytest.param("megengine.module.Module", Base.FOREIGN, id="megengine"),
        pytest.param("chainer.Chain", Base.FOREIGN, id="chainer"),
        pytest.param("mmengine.model.BaseModule", Base.MODULE, id="mmengine"),
        pytest.param("object", Base.FOREIGN, id="object"),
        pytest.param("enum.Enum", Base.FOREIGN, id="enum"),
        pytest.param("abc.ABC", Base.FOREIGN, id="abc"),
        pytest.param("typing.NamedTuple", Base.FOREIGN, id="named-tuple"),
        pytest.param("somewhere.layers.GradientCheckpointingLayer", Base.MODULE, id="distinct-name"),
        pytest.param("somewhere.layers.Module", None, id="unknown-module"),
        pytest.param("Module", None, id="bare"),
    ],
)
def test_known_base(name: str, kind: Base | None) -> None:
    assert known_base(name) is kind


def test_every_listed_class_is_found() -> None:
    for package, names in MODULE_BASES.items():
        for name in names.split():
            assert known_base(f"{package}.{name}") is Base.MODULE
            assert known_base(f"{package}.deep.inside.{name}") is Base.MODULE


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
