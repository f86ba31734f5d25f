"""WGAN-GP on three clusters.

The critic takes ``n_critic`` steps for each step of the generator; a moving average of the generator is evaluated.
"""
import argparse
import copy
import itertools

import torch
from torch.utils.data import DataLoader, TensorDataset

from losses import critic_loss, generator_loss
from networks import Critic, Mapping


def get_config():
    p = argparse.ArgumentParser()
    p.add_argument("--steps", type=int, default=6)
    p.add_argument("--n-critic", type=int, default=2)
    p.add_argument("--batch", type=int, default=12)
    p.add_argument("--lambda-gp", type=float, default=10.0)
    p.add_argument("--lr", type=float, default=1e-3)
    p.add_argument("--ema", type=float, default=0.9)
    p.add_argument("--seed", type=int, default=3)
    return p.parse_args()


def clusters(n=96):
    y = torch.arange(n) % 3
    centers = torch.tensor([[1.0, 0.0], [-1.0, 0.5], [0.0, -1.0]])
    return TensorDataset(centers[y] + 0.1 * torch.randn(n, 2), y)


def toggle(net, flag):
    for p in net.parameters():
        p.requires_grad_(flag)


class WGAN:
    def __init__(self, cfg, device):
        self.cfg = cfg
        self.device = device
        self.G = Mapping().to(device)
        self.D = Critic().to(device)
        self.G_ema = copy.deepcopy(self.G).eval()
        toggle(self.G_ema, False)
        self.opt_g = torch.optim.Adam(self.G.parameters(), lr=cfg.lr, betas=(0.0, 0.9))
        self.opt_d = torch.optim.Adam(self.D.parameters(), lr=cfg.lr, betas=(0.0, 0.9))
        self.history = []

    def sample_noise(self, n):
        return torch.randn(n, 4, device=self.device)

    @torch.no_grad()
    def update_average(self):
        for p_ema, p in zip(self.G_ema.parameters(), self.G.parameters()):
            p_ema.mul_(self.cfg.ema).add_(p, alpha=1 - self.cfg.ema)

    def step_critic(self, real, labels):
        toggle(self.D, True)
        with torch.no_grad():
            fake = self.G(self.sample_noise(real.size(0)), labels)
        self.opt_d.zero_grad()
        loss, logs = critic_loss(self.D, real, fake, labels, self.cfg.lambda_gp)
        loss.backward()
        self.opt_d.step()
        self.history.append(logs["w"])
        return logs

    def step_generator(self, labels):
        toggle(self.D, False)
        self.opt_g.zero_grad()
        fake = self.G(self.sample_noise(labels.size(0)), labels)
        loss = generator_loss(self.D, fake, labels)
        loss.backward()
        self.opt_g.step()
        self.update_average()
        return loss.item()

    def state_dict(self):
        return {"G": self.G.state_dict(), "D": self.D.state_dict(), "G_ema": self.G_ema.state_dict()}


def main():
    cfg = get_config()
    torch.manual_seed(cfg.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    loader = DataLoader(clusters(), batch_size=cfg.batch, shuffle=True, drop_last=True)
    gan = WGAN(cfg, device)
    data = itertools.cycle(loader)
    for it in range(cfg.steps):
        for _ in range(cfg.n_critic):
            real, labels = next(data)
            logs = gan.step_critic(real.to(device), labels.to(device))
        g_loss = gan.step_generator(labels.to(device))
        print(f"{it:04d} w {logs['w']:.3f} gp {logs['gp']:.3f} g {g_loss:.3f}")
    return gan


if __name__ == "__main__":
    gan = main()
