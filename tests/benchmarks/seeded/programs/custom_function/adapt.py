"""Domain-adversarial training of a binarised network, with latent weights that are clipped."""
import argparse

import torch
import torch.nn.functional as F
from torch.optim.optimizer import Optimizer

from functions import BinaryLinear, BinaryNet


class SignSGD(Optimizer):
    def __init__(self, params, lr=1e-2, momentum=0.9):
        super().__init__(params, dict(lr=lr, momentum=momentum))

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(p)
                m = state["momentum"].mul_(group["momentum"]).add_(p.grad)
                p.add_(m.sign(), alpha=-group["lr"])


def clip_latent(model):
    for module in model.modules():
        if isinstance(module, BinaryLinear):
            module.weight.data.clamp_(-1, 1)


def domains(n, generator):
    x = torch.randn(n, 6, generator=generator)
    d = torch.arange(n) % 2
    x[:, 0] += d
    return x, (x[:, 1] > 0).long(), d


def train(args):
    torch.manual_seed(args.seed)
    g = torch.Generator().manual_seed(args.seed)
    model = BinaryNet()
    optimizer = SignSGD(model.parameters(), lr=args.lr)
    records = []
    for step in range(args.steps):
        x, y, d = domains(args.batch, g)
        label_logits, domain_logits = model(x)
        label_loss = F.cross_entropy(label_logits, y)
        domain_loss = F.cross_entropy(domain_logits, d)
        loss = label_loss + args.weight * domain_loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        clip_latent(model)
        records.append((label_loss.item(), domain_loss.item()))
        print(f"[{step}] label {records[-1][0]:.3f} domain {records[-1][1]:.3f}")
    return model, records


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("--steps", type=int, default=4)
    p.add_argument("--batch", type=int, default=16)
    p.add_argument("--lr", type=float, default=1e-2)
    p.add_argument("--weight", type=float, default=0.5)
    p.add_argument("--seed", type=int, default=10)
    model, records = train(p.parse_args())
