import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint


class LayerScale(nn.Module):
    def __init__(self, dim, init_values=1e-1, inplace=False):
        super().__init__()
        self.inplace = inplace
        self.gamma = nn.Parameter(init_values * torch.ones(dim))

    def forward(self, x):
        return x.mul_(self.gamma) if self.inplace else x * self.gamma


class DropPath(nn.Module):
    """Drop paths (Stochastic Depth) per sample."""

    def __init__(self, drop_prob=0.1):
        super().__init__()
        self.drop_prob = drop_prob

    def forward(self, x):
        if self.drop_prob == 0.0 or not self.training:
            return x
        keep_prob = 1 - self.drop_prob
        random_tensor = x.new_empty((x.shape[0],) + (1,) * (x.ndim - 1)).bernoulli_(keep_prob)
        random_tensor.div_(keep_prob)
        return x * random_tensor


class Mlp(nn.Module):
    def __init__(self, dim, hidden):
        super().__init__()
        self.fc1 = nn.Linear(dim, hidden)
        self.act = nn.GELU()
        self.fc2 = nn.Linear(hidden, dim)

    def forward(self, x):
        return self.fc2(self.act(self.fc1(x)))


class MixerBlock(nn.Module):
    def __init__(self, n_tokens, dim, drop_path=0.1):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.tokens = Mlp(n_tokens, 2 * n_tokens)
        self.norm2 = nn.LayerNorm(dim)
        self.channels = Mlp(dim, 2 * dim)
        self.ls1, self.ls2 = LayerScale(dim), LayerScale(dim)
        self.drop_path = DropPath(drop_path)

    def forward(self, x):
        x = x + self.drop_path(self.ls1(self.tokens(self.norm1(x).transpose(1, 2)).transpose(1, 2)))
        x = x + self.drop_path(self.ls2(self.channels(self.norm2(x))))
        return x


class Mixer(nn.Module):
    def __init__(self, n_tokens=4, patch=4, dim=8, depth=2, n_classes=3, grad_checkpointing=False):
        super().__init__()
        self.embed = nn.Linear(patch, dim)
        self.pos = nn.Parameter(torch.zeros(1, n_tokens, dim))
        self.blocks = nn.ModuleList([MixerBlock(n_tokens, dim) for _ in range(depth)])
        self.norm = nn.LayerNorm(dim)
        self.head = nn.Linear(dim, n_classes)
        self.grad_checkpointing = grad_checkpointing

    def forward_features(self, x):
        x = self.embed(x) + self.pos
        for block in self.blocks:
            if self.grad_checkpointing and self.training:
                x = checkpoint(block, x, use_reentrant=False)
            else:
                x = block(x)
        return self.norm(x)

    def forward(self, x):
        return self.head(self.forward_features(x).mean(dim=1))
