import argparse

import torch
import torch.nn as nn
import torch.nn.functional as F

from attacks import CW, PGD, style_transfer


class Features(nn.Module):
    def __init__(self, channels=(3, 6, 8)):
        super().__init__()
        self.convs = nn.ModuleList()
        for c_in, c_out in zip(channels[:-1], channels[1:]):
            self.convs.append(nn.Conv2d(c_in, c_out, 3, padding=1))

    def forward(self, x):
        outputs = []
        for conv in self.convs:
            x = torch.sigmoid(conv(x))
            outputs.append(x)
        return outputs


class Net(nn.Module):
    def __init__(self, n_classes=3):
        super().__init__()
        self.features = Features()
        self.fc = nn.Linear(8, n_classes)

    def forward(self, x):
        return self.fc(self.features(x)[-1].mean((2, 3)))


def fit(model, images, labels, steps, attack=None):
    """Trains on attacked images if there is an attack."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    for _ in range(steps):
        inputs = attack(images, labels) if attack else images
        loss = F.cross_entropy(model(inputs), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return loss.item()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--seed", type=int, default=9)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    images, labels = torch.rand(6, 3, 6, 6), torch.arange(6) % 3
    model = Net()
    plain = fit(model, images, labels, args.steps)
    robust = fit(model, images, labels, args.steps, PGD(model))
    for p in model.parameters():
        p.requires_grad_(False)
    adv = CW(model)(images, labels)
    generated, history = style_transfer(model.features, images[:1], images[1:2])
    print(f"plain {plain:.3f} robust {robust:.3f} moved {(adv - images).abs().max():.3f} style {history[-1]:.4f}")
