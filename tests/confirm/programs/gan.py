"""Train a generator against a discriminator on points of a circle, as the DCGAN example of pytorch/examples does."""

import argparse
from itertools import pairwise

import torch
from torch import nn, optim


def network(sizes):
    layers = []
    for before, after in pairwise(sizes):
        layers += [nn.Linear(before, after), nn.BatchNorm1d(after), nn.LeakyReLU(0.2, inplace=True)]
    return nn.Sequential(*layers[:-2])


def circle(count):
    angles = torch.rand(count) * 6.2832
    return torch.stack([angles.cos(), angles.sin()], 1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--width", type=int, default=16)
    parser.add_argument("--batch", type=int, default=32)
    arguments = parser.parse_args()
    torch.manual_seed(1)
    generator = network([4, arguments.width, arguments.width, 2])
    discriminator = network([2, arguments.width, arguments.width, 1])
    criterion = nn.BCEWithLogitsLoss()
    optimizer_d = optim.Adam(discriminator.parameters(), lr=0.002, betas=(0.5, 0.999))
    optimizer_g = optim.Adam(generator.parameters(), lr=0.002, betas=(0.5, 0.999))
    real, fake = torch.ones(arguments.batch, 1), torch.zeros(arguments.batch, 1)
    for step in range(arguments.steps):
        discriminator.zero_grad()
        loss_real = criterion(discriminator(circle(arguments.batch)), real)
        loss_real.backward()
        made = generator(torch.randn(arguments.batch, 4))
        loss_fake = criterion(discriminator(made.detach()), fake)
        loss_fake.backward()
        optimizer_d.step()
        generator.zero_grad()
        loss_g = criterion(discriminator(made), real)
        loss_g.backward()
        optimizer_g.step()
        print(step, (loss_real + loss_fake).item().hex(), loss_g.item().hex())


if __name__ == "__main__":
    main()
