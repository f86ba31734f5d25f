"""Small residual networks for 8x8 images."""
import torch
import torch.nn as nn
import torch.nn.functional as F


def conv3x3(in_planes, out_planes, stride=1):
    """3x3 convolution with padding"""
    return nn.Conv2d(in_planes, out_planes, kernel_size=3, stride=stride, padding=1, bias=False)


class SELayer(nn.Module):
    """Squeeze-and-excitation."""

    def __init__(self, channels, reduction=4):
        super().__init__()
        self.fc1 = nn.Linear(channels, channels // reduction)
        self.fc2 = nn.Linear(channels // reduction, channels)

    def forward(self, x):
        b, c = x.shape[:2]
        w = x.mean(dim=(2, 3))
        w = F.relu(self.fc1(w))
        w = torch.sigmoid(self.fc2(w))
        return x * w.view(b, c, 1, 1)


class BasicBlock(nn.Module):
    def __init__(self, in_planes, planes, stride=1):
        super(BasicBlock, self).__init__()
        self.conv1 = conv3x3(in_planes, planes, stride)
        self.bn1 = nn.BatchNorm2d(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = conv3x3(planes, planes)
        self.bn2 = nn.BatchNorm2d(planes)
        self.se = SELayer(planes)
        self.downsample = None
        if stride != 1 or in_planes != planes:
            self.downsample = nn.Sequential(
                nn.Conv2d(in_planes, planes, kernel_size=1, stride=stride, bias=False),
                nn.BatchNorm2d(planes),
            )

    def forward(self, x):
        identity = x

        out = self.conv1(x)
        out = self.bn1(out)
        out = self.relu(out)

        out = self.conv2(out)
        out = self.bn2(out)
        out = self.se(out)

        if self.downsample is not None:
            identity = self.downsample(x)

        out += identity
        out = self.relu(out)
        return out


class SmallResNet(nn.Module):
    def __init__(self, num_classes=4, widths=(8, 16), mean=(0.4, 0.5, 0.6), std=(0.2, 0.2, 0.3)):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(std).view(1, 3, 1, 1))
        self.stem = conv3x3(3, widths[0])
        blocks = []
        planes = widths[0]
        for i, width in enumerate(widths):
            blocks.append(BasicBlock(planes, width, stride=1 if i == 0 else 2))
            planes = width
        self.blocks = nn.ModuleList(blocks)
        self.scale = nn.Parameter(torch.ones(1) * 2.0)
        self.head = nn.Linear(planes, num_classes)

    def normalize(self, images):
        return (images - self.mean) / self.std

    def features(self, images):
        x = self.stem(self.normalize(images))
        for block in self.blocks:
            x = block(x)
        return x.mean(dim=(2, 3))

    def forward(self, images):
        return self.head(self.features(images)) * self.scale


def build_model(name, num_classes):
    factory = {"small": SmallResNet}
    return factory[name](num_classes=num_classes)
