"""Binarised layers with straight-through gradients."""
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import Function


class BinarizeSTE(Function):
    @staticmethod
    def forward(ctx, input, bound):
        ctx.save_for_backward(input)
        ctx.bound = bound
        return input.sign()

    @staticmethod
    def backward(ctx, grad_output):
        (input,) = ctx.saved_tensors
        grad_input = grad_output.clone()
        grad_input[input.abs() > ctx.bound] = 0
        return grad_input, None


class ScaledExp(Function):
    """exp(x) - 1, with its own backward."""

    @staticmethod
    def forward(ctx, x):
        out = torch.expm1(x)
        ctx.save_for_backward(out)
        return out

    @staticmethod
    def backward(ctx, grad):
        (out,) = ctx.saved_tensors
        return grad * (out + 1)


class GradientReversal(Function):
    @staticmethod
    def forward(ctx, x, lambd):
        ctx.lambd = lambd
        return x.view_as(x)

    @staticmethod
    def backward(ctx, grad_output):
        return grad_output.neg() * ctx.lambd, None


class BinaryLinear(nn.Module):
    def __init__(self, in_features, out_features, bound=1.0):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.alpha = nn.Parameter(torch.ones(out_features, 1))
        self.bound = bound
        nn.init.uniform_(self.weight, -0.5, 0.5)

    def binary_weight(self):
        return BinarizeSTE.apply(self.weight, self.bound) * self.alpha

    def forward(self, x):
        return F.linear(x, self.binary_weight())


class BinaryNet(nn.Module):
    def __init__(self, n_in=6, hidden=12, n_classes=2, n_domains=2):
        super().__init__()
        self.inp = nn.Linear(n_in, hidden)
        self.hidden = BinaryLinear(hidden, hidden)
        self.bn = nn.BatchNorm1d(hidden)
        self.label = nn.Linear(hidden, n_classes)
        self.domain = nn.Linear(hidden, n_domains)
        self.lambd = 0.3

    def forward(self, x):
        h = ScaledExp.apply(0.1 * self.inp(x))
        h = self.bn(self.hidden(h))
        h = torch.relu(h)
        return self.label(h), self.domain(GradientReversal.apply(h, self.lambd))
