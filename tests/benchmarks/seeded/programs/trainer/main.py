"""Entry point: ``python main.py --epochs 2``."""
import argparse
import logging

import torch
from torch.utils.data import DataLoader

from core import Autoencoder, Trainer, build_discriminator


def make_signals(n, length=16):
    t = torch.linspace(0, 6.28, length)
    freq = 1 + 2 * torch.rand(n, 1)
    return torch.sin(freq * t).unsqueeze(1).double()


def main(args):
    torch.manual_seed(args.seed)
    signals = make_signals(24)
    config = {
        "lr": 1e-2,
        "max_epochs": args.epochs,
        "weights": {"rec": 1.0, "commit": 0.25, "perc": 0.5, "tv": 0.01, "adv": 0.1},
    }
    trainer = Trainer(Autoencoder(), build_discriminator(), config)
    train_loader = DataLoader(signals[:16], batch_size=8, shuffle=True)
    val_loader = DataLoader(signals[16:], batch_size=8)
    return trainer.fit(train_loader, val_loader)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    logging.basicConfig(level=logging.INFO)
    trainer = main(parser.parse_args())
