#!/usr/bin/env python
"""Variational autoencoder with a learned prior and free bits."""
from __future__ import print_function

import argparse
import math

import torch
import torch.utils.data
from torch import nn, optim
from torch.nn import functional as F

parser = argparse.ArgumentParser(description="VAE")
parser.add_argument("--batch-size", type=int, default=10, metavar="N")
parser.add_argument("--epochs", type=int, default=2, metavar="N")
parser.add_argument("--seed", type=int, default=1, metavar="S")
parser.add_argument("--log-interval", type=int, default=2, metavar="N")
parser.add_argument("--beta", type=float, default=0.5)
parser.add_argument("--free-bits", type=float, default=0.2)
args = parser.parse_args()

torch.manual_seed(args.seed)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


class Encoder(nn.Module):
    def __init__(self, in_dim, hidden, latent):
        super(Encoder, self).__init__()
        self.fc1 = nn.Linear(in_dim, hidden)
        self.fc_mu = nn.Linear(hidden, latent)
        self.fc_logvar = nn.Linear(hidden, latent)

    def forward(self, x):
        h1 = F.relu(self.fc1(x))
        return self.fc_mu(h1), self.fc_logvar(h1)


class VAE(nn.Module):
    def __init__(self, in_dim=12, hidden=16, latent=3):
        super(VAE, self).__init__()
        self.encoder = Encoder(in_dim, hidden, latent)
        self.fc3 = nn.Linear(latent, hidden)
        self.fc4 = nn.Linear(hidden, in_dim)
        self.prior_mu = nn.Parameter(torch.zeros(latent))
        self.register_buffer("usage", torch.zeros(latent))
        self.register_buffer("code_mean", torch.zeros(1, latent))

    def reparameterize(self, mu, logvar):
        std = torch.exp(0.5 * logvar)
        eps = torch.randn_like(std)
        return mu + eps * std

    def decode(self, z):
        h3 = F.relu(self.fc3(z))
        return torch.sigmoid(self.fc4(h3))

    def track(self, mu):
        """Running statistics of the codes, for the plots."""
        self.usage.add_(mu.detach().abs().mean(0))
        self.code_mean = 0.9 * self.code_mean + 0.1 * mu.detach().mean(0, keepdim=True)

    def forward(self, x):
        mu, logvar = self.encoder(x.view(x.size(0), -1))
        z = self.reparameterize(mu, logvar)
        if self.training:
            self.track(mu)
        return self.decode(z), mu, logvar


def kl_divergence(mu, logvar, prior_mu):
    kld = -0.5 * (1 + logvar - (mu - prior_mu).pow(2) - logvar.exp())
    return kld


def loss_function(recon_x, x, mu, logvar, prior_mu):
    BCE = F.binary_cross_entropy(recon_x, x.view(x.size(0), -1), reduction="sum")
    KLD = kl_divergence(mu, logvar, prior_mu).mean(0).clamp(min=args.free_bits).sum() * x.size(0)
    return BCE + args.beta * KLD


def interpolate(model, a, b, steps=4):
    """Decodes codes on the line between two inputs."""
    with torch.no_grad():
        mu_a, _ = model.encoder(a)
        mu_b, _ = model.encoder(b)
        grid = torch.linspace(0, 1, steps, device=a.device).view(-1, 1)
        return model.decode(mu_a + grid * (mu_b - mu_a))


data = torch.rand(40, 12)
train_loader = torch.utils.data.DataLoader(data[:30], batch_size=args.batch_size, shuffle=True)
test_loader = torch.utils.data.DataLoader(data[30:], batch_size=args.batch_size)

model = VAE().to(device)
optimizer = optim.Adam(model.parameters(), lr=1e-2)


def train(epoch):
    model.train()
    train_loss = 0
    for batch_idx, data in enumerate(train_loader):
        data = data.to(device)
        optimizer.zero_grad()
        recon_batch, mu, logvar = model(data)
        loss = loss_function(recon_batch, data, mu, logvar, model.prior_mu)
        loss.backward()
        train_loss += loss.item()
        optimizer.step()
        if batch_idx % args.log_interval == 0:
            print("Train Epoch: {} [{}]\tLoss: {:.6f}".format(epoch, batch_idx, loss.item() / len(data)))
    return train_loss / len(train_loader.dataset)


def test(epoch):
    model.eval()
    test_loss = 0
    with torch.no_grad():
        for data in test_loader:
            data = data.to(device)
            recon, mu, logvar = model(data)
            test_loss += loss_function(recon, data, mu, logvar, model.prior_mu).item()
    test_loss /= len(test_loader.dataset)
    assert math.isfinite(test_loss)
    return test_loss


if __name__ == "__main__":
    curve = []
    for epoch in range(1, args.epochs + 1):
        curve.append(train(epoch))
        test(epoch)
        strip = interpolate(model, data[:1].to(device), data[1:2].to(device))
