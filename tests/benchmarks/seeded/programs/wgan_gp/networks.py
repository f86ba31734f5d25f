import torch
import torch.nn as nn


def norm_layer(kind, width):
    if kind == "layer":
        return nn.LayerNorm(width)
    if kind == "batch":
        return nn.BatchNorm1d(width)
    return nn.Identity()


class Mapping(nn.Module):
    """Maps noise and a class label to samples."""

    def __init__(self, z_dim=4, width=16, out_dim=2, n_classes=3, depth=2):
        super().__init__()
        self.embed = nn.Embedding(n_classes, z_dim)
        layers = [nn.Linear(z_dim * 2, width), nn.ReLU()]
        for _ in range(depth - 1):
            layers += [nn.Linear(width, width), norm_layer("layer", width), nn.ReLU()]
        layers.append(nn.Linear(width, out_dim))
        self.net = nn.Sequential(*layers)
        self.log_scale = nn.Parameter(torch.zeros(out_dim))

    def forward(self, z, y):
        h = torch.cat([z, self.embed(y)], dim=1)
        return self.net(h) * self.log_scale.exp()


class Critic(nn.Module):
    def __init__(self, in_dim=2, width=16, n_classes=3):
        super().__init__()
        self.embed = nn.Embedding(n_classes, width)
        self.l1 = nn.Linear(in_dim, width)
        self.l2 = nn.Linear(width, width)
        self.l3 = nn.Linear(width, 1)
        self.act = nn.LeakyReLU(0.2)

    def forward(self, x, y):
        h = self.act(self.l1(x))
        h = self.act(self.l2(h))
        h = h * torch.sigmoid(self.embed(y))
        return self.l3(h).view(-1)
