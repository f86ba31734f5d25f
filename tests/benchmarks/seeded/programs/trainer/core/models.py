import torch
from torch import nn


class ResidualUnit(nn.Module):
    def __init__(self, channels, norm=True):
        super().__init__()
        self.conv = nn.Conv1d(channels, channels, 3, padding=1)
        self.norm = nn.BatchNorm1d(channels) if norm else nn.Identity()
        self.act = nn.ELU()

    def forward(self, x):
        return x + self.act(self.norm(self.conv(x)))


class Autoencoder(nn.Module):
    """Encodes signals into a few channels, with a codebook of learned offsets."""

    def __init__(self, channels=1, width=6, depth=2, n_codes=4):
        super().__init__()
        self.inp = nn.Conv1d(channels, width, 3, stride=2, padding=1)
        self.units = nn.Sequential(*[ResidualUnit(width) for _ in range(depth)])
        self.codes = nn.Embedding(n_codes, width)
        self.register_buffer("window", torch.hann_window(8))
        self.register_buffer("counts", torch.zeros(n_codes))
        self.out = nn.ConvTranspose1d(width, channels, 4, stride=2, padding=1)

    def encode(self, x):
        return self.units(self.inp(x * self.window.repeat(x.size(-1) // 8)))

    def quantize(self, z):
        flat = z.transpose(1, 2)
        dist = torch.cdist(flat.detach(), self.codes.weight.detach().expand(flat.size(0), -1, -1))
        index = dist.argmin(-1)
        codes = self.codes(index)
        commit = (flat - codes.detach()).pow(2).mean() + (flat.detach() - codes).pow(2).mean()
        straight = flat + (codes - flat).detach()
        if self.training:
            self.counts += torch.bincount(index.flatten(), minlength=self.counts.numel())
        return straight.transpose(1, 2), commit

    def forward(self, x):
        z, commit = self.quantize(self.encode(x))
        return self.out(z), commit


def build_discriminator(width=6):
    return nn.Sequential(
        nn.Conv1d(1, width, 4, stride=2, padding=1),
        nn.LeakyReLU(0.2, inplace=True),
        nn.Conv1d(width, 1, 3, padding=1),
    )
