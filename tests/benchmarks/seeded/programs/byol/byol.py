"""Bootstrap your own latent on toy vectors, with an EMA teacher and a queue for a contrastive head."""
import argparse
import copy
import logging
from functools import wraps

import torch
import torch.nn.functional as F
from torch import nn

logger = logging.getLogger("byol")


def default(val, def_val):
    return def_val if val is None else val


def singleton(cache_key):
    def inner_fn(fn):
        @wraps(fn)
        def wrapper(self, *args, **kwargs):
            instance = getattr(self, cache_key)
            if instance is not None:
                return instance
            instance = fn(self, *args, **kwargs)
            setattr(self, cache_key, instance)
            return instance

        return wrapper

    return inner_fn


def regression_loss(x, y):
    x = F.normalize(x, dim=-1, p=2)
    y = F.normalize(y, dim=-1, p=2)
    return 2 - 2 * (x * y).sum(dim=-1)


class EMA:
    def __init__(self, beta):
        self.beta = beta

    def update_average(self, old, new):
        if old is None:
            return new
        return old * self.beta + (1 - self.beta) * new


def update_moving_average(ema_updater, ma_model, current_model):
    for current_params, ma_params in zip(current_model.parameters(), ma_model.parameters()):
        old_weight, up_weight = ma_params.data, current_params.data
        ma_params.data = ema_updater.update_average(old_weight, up_weight)


def mlp(dim, projection_size, hidden_size=16):
    return nn.Sequential(
        nn.Linear(dim, hidden_size),
        nn.BatchNorm1d(hidden_size),
        nn.ReLU(inplace=True),
        nn.Linear(hidden_size, projection_size),
    )


class MemoryQueue(nn.Module):
    """Keys of the last batches, as in MoCo."""

    def __init__(self, dim, size=32):
        super().__init__()
        self.register_buffer("queue", F.normalize(torch.randn(dim, size), dim=0))
        self.register_buffer("ptr", torch.zeros(1, dtype=torch.long))

    @torch.no_grad()
    def enqueue(self, keys):
        n = keys.size(0)
        ptr = int(self.ptr)
        self.queue[:, ptr : ptr + n] = keys.t()
        self.ptr[0] = (ptr + n) % self.queue.size(1)

    def logits(self, q, k, temperature):
        positive = (q * k).sum(1, keepdim=True)
        negative = q @ self.queue.clone().detach()
        return torch.cat([positive, negative], dim=1) / temperature


class BYOL(nn.Module):
    def __init__(self, net, dim, projection_size=8, moving_average_decay=0.9, weight=0.2):
        super().__init__()
        self.online_encoder = nn.Sequential(net, mlp(dim, projection_size))
        self.target_encoder = None
        self.target_ema_updater = EMA(moving_average_decay)
        self.online_predictor = mlp(projection_size, projection_size)
        self.memory = MemoryQueue(projection_size)
        self.log_temperature = nn.Parameter(torch.tensor(-1.0))
        self.weight = weight

    @singleton("target_encoder")
    def _get_target_encoder(self):
        target_encoder = copy.deepcopy(self.online_encoder)
        for p in target_encoder.parameters():
            p.requires_grad_(False)
        return target_encoder

    def update_moving_average(self):
        assert self.target_encoder is not None, "target encoder has not been created yet"
        update_moving_average(self.target_ema_updater, self.target_encoder, self.online_encoder)

    def forward(self, view_one, view_two):
        online_proj_one = self.online_encoder(view_one)
        online_proj_two = self.online_encoder(view_two)
        online_pred_one = self.online_predictor(online_proj_one)
        online_pred_two = self.online_predictor(online_proj_two)

        with torch.no_grad():
            target_encoder = self._get_target_encoder()
            target_proj_one = target_encoder(view_one).detach()
            target_proj_two = target_encoder(view_two).detach()

        loss_one = regression_loss(online_pred_one, target_proj_two)
        loss_two = regression_loss(online_pred_two, target_proj_one)

        q, k = F.normalize(online_pred_one, dim=1), F.normalize(target_proj_two, dim=1)
        logits = self.memory.logits(q, k, self.log_temperature.exp())
        contrast = F.cross_entropy(logits, torch.zeros(q.size(0), dtype=torch.long, device=q.device))
        self.memory.enqueue(k)
        return (loss_one + loss_two).mean() + self.weight * contrast


def augment(x, sigma=0.1):
    return x + sigma * torch.randn_like(x)


def main(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--lr", type=float, default=1e-2)
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args(argv)
    torch.manual_seed(args.seed)
    backbone = nn.Sequential(nn.Linear(6, 12), nn.Tanh())
    learner = BYOL(backbone, dim=12)
    opt = torch.optim.Adam(learner.parameters(), lr=args.lr)
    losses = []
    for step in range(args.steps):
        x = torch.randn(8, 6)
        loss = learner(augment(x), augment(x))
        opt.zero_grad()
        loss.backward()
        opt.step()
        learner.update_moving_average()  # update moving average of target encoder
        losses.append(loss.item())
        logger.info("step %d loss %.4f", step, losses[-1])
    return learner, losses


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    learner, losses = main()
