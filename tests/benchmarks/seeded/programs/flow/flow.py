"""Real NVP on two moons."""
import argparse
import math

import torch
import torch.nn as nn


def two_moons(n, generator):
    t = math.pi * torch.rand(n, generator=generator)
    upper = torch.stack([torch.cos(t), torch.sin(t)], dim=1)
    lower = torch.stack([1 - torch.cos(t), 0.5 - torch.sin(t)], dim=1)
    side = (torch.rand(n, 1, generator=generator) < 0.5).float()
    return side * upper + (1 - side) * lower + 0.05 * torch.randn(n, 2, generator=generator)


class ActNorm(nn.Module):
    """Scale and shift that are set from the first batch."""

    def __init__(self, dim):
        super().__init__()
        self.log_scale = nn.Parameter(torch.zeros(dim))
        self.shift = nn.Parameter(torch.zeros(dim))
        self.register_buffer("initialized", torch.tensor(False))

    def initialize(self, x):
        with torch.no_grad():
            self.shift.copy_(-x.mean(0))
            self.log_scale.copy_(-torch.log(x.std(0) + 1e-6))
            self.initialized.fill_(True)

    def forward(self, x):
        if not self.initialized:
            self.initialize(x)
        return (x + self.shift) * self.log_scale.exp(), self.log_scale.sum().expand(x.size(0))

    def inverse(self, z):
        return z * torch.exp(-self.log_scale) - self.shift


class Coupling(nn.Module):
    def __init__(self, dim, hidden, mask):
        super().__init__()
        self.register_buffer("mask", mask)
        self.net = nn.Sequential(nn.Linear(dim, hidden), nn.Tanh(), nn.Linear(hidden, 2 * dim))
        self.scale = nn.Parameter(torch.ones(dim))

    def params(self, x):
        s, t = self.net(x * self.mask).chunk(2, dim=1)
        s = torch.tanh(s) * self.scale
        return s * (1 - self.mask), t * (1 - self.mask)

    def forward(self, x):
        s, t = self.params(x)
        z = x * torch.exp(s) + t
        return z, s.sum(dim=1)

    def inverse(self, z):
        s, t = self.params(z)
        return (z - t) * torch.exp(-s)


class RealNVP(nn.Module):
    def __init__(self, dim=2, hidden=12, n_layers=4):
        super().__init__()
        masks = [torch.tensor([float(i % 2), float((i + 1) % 2)]) for i in range(n_layers)]
        layers = []
        for mask in masks:
            layers.append(ActNorm(dim))
            layers.append(Coupling(dim, hidden, mask))
        self.layers = nn.ModuleList(layers)
        self.register_buffer("base_mean", torch.zeros(dim))
        self.register_buffer("base_std", torch.ones(dim))

    def log_prob(self, x):
        log_det = torch.zeros(x.size(0), device=x.device)
        z = x
        for layer in self.layers:
            z, ld = layer(z)
            log_det = log_det + ld
        base = torch.distributions.Normal(self.base_mean, self.base_std)
        return base.log_prob(z).sum(1) + log_det

    @torch.no_grad()
    def sample(self, n):
        z = torch.randn(n, 2, device=self.base_mean.device)
        for layer in reversed(self.layers):
            z = layer.inverse(z)
        return z


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--iters", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--seed", type=int, default=31)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    g = torch.Generator().manual_seed(args.seed)
    flow = RealNVP()
    optim = torch.optim.Adam(flow.parameters(), lr=1e-2)
    trace = []
    for it in range(args.iters):
        x = two_moons(args.batch_size, g)
        loss = -flow.log_prob(x).mean()
        optim.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_value_(flow.parameters(), 1.0)
        optim.step()
        trace.append(loss.item())
        print("iter %s:" % it, "loss = %.3f" % loss)
    samples = flow.sample(8)
    return flow, trace, samples


if __name__ == "__main__":
    flow, trace, samples = main()
