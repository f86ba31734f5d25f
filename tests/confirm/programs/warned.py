"""What PyTorch warns of, and about which lines."""

import warnings

import torch
import torch.nn.functional as F
from torch import nn


class Scores(nn.Module):
    def forward(self, x):
        return F.log_softmax(x)


def main():
    warnings.showwarning = lambda message, category, path, line, *more: print(path[-9:], line, str(message)[:40])
    warnings.simplefilter("default")
    x = torch.ones(3, requires_grad=True)
    for _ in range(2):
        print(float(x.sum() * 2))
    y = F.softmax(x)
    Scores()(x)
    y.sum().backward(create_graph=True)
    print(y.grad)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        F.softmax(x)
    print([(each.filename[-9:], each.lineno) for each in told])
    warnings.simplefilter("error")
    try:
        F.softmax(x)
    except UserWarning as error:
        print(error)


main()
