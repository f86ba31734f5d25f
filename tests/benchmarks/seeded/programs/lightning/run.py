import argparse

import torch
from torch.utils.data import DataLoader, Dataset

import pl
from modules import AdversarialDebias, TwoTower


class Interactions(Dataset):
    def __init__(self, n=32, n_users=8, n_items=10):
        self.user = torch.arange(n) % n_users
        self.item = (self.user + torch.randint(0, 2, (n,))) % n_items

    def __len__(self):
        return len(self.user)

    def __getitem__(self, i):
        return {"user": self.user[i], "item": self.item[i]}


class People(Dataset):
    def __init__(self, n=32):
        self.x = torch.randn(n, 5)

    def __len__(self):
        return len(self.x)

    def __getitem__(self, i):
        return {"x": self.x[i], "y": (self.x[i, 0] > 0).float(), "a": (self.x[i, 1] > 0).float()}


def cli_main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    loader = DataLoader(Interactions(), batch_size=8, shuffle=True)
    towers = TwoTower(8, 10)
    pl.Trainer(max_epochs=args.epochs, gradient_clip_val=1.0).fit(towers, loader, loader)
    debias = AdversarialDebias()
    pl.Trainer(max_epochs=args.epochs).fit(debias, DataLoader(People(), batch_size=8))
    return towers, debias


if __name__ == "__main__":
    towers, debias = cli_main()
