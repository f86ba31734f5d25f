"""Model-agnostic meta-learning of sinusoids."""
import argparse
import math
from collections import OrderedDict

import torch
import torch.nn as nn
import torch.nn.functional as F


class SineTask:
    def __init__(self, generator):
        self.amplitude = 0.5 + torch.rand(1, generator=generator)
        self.phase = math.pi * torch.rand(1, generator=generator)
        self.generator = generator

    def sample(self, k):
        x = 10 * torch.rand(k, 1, generator=self.generator) - 5
        return x, self.amplitude * torch.sin(x + self.phase)


class Learner(nn.Module):
    def __init__(self, hidden=16):
        super().__init__()
        self.config = [("linear", 1, hidden), ("tanh",), ("linear", hidden, hidden), ("tanh",), ("linear", hidden, 1)]
        self.vars = nn.ParameterList()
        for name, *param in self.config:
            if name == "linear":
                w = nn.Parameter(torch.empty(param[1], param[0]))
                nn.init.kaiming_normal_(w)
                self.vars.append(w)
                self.vars.append(nn.Parameter(torch.zeros(param[1])))

    def forward(self, x, vars=None):
        if vars is None:
            vars = self.vars
        idx = 0
        for name, *param in self.config:
            if name == "linear":
                w, b = vars[idx], vars[idx + 1]
                x = F.linear(x, w, b)
                idx += 2
            else:
                x = torch.tanh(x)
        return x


class Meta(nn.Module):
    """Meta learner: an inner loop of adaptation and an outer loop over tasks."""

    def __init__(self, args):
        super().__init__()
        self.update_step = args.update_step
        self.net = Learner()
        self.inner_lr = nn.Parameter(torch.full((len(self.net.vars),), args.update_lr))
        self.meta_optim = torch.optim.Adam(self.parameters(), lr=args.meta_lr)

    def adapt(self, x, y):
        fast_weights = list(self.net.vars)
        for _ in range(self.update_step):
            loss = F.mse_loss(self.net(x, fast_weights), y)
            grad = torch.autograd.grad(loss, fast_weights, create_graph=True)
            fast_weights = [p - lr * g for p, g, lr in zip(fast_weights, grad, self.inner_lr)]
        return fast_weights

    def meta_loss(self, tasks):
        losses = []
        for x_spt, y_spt, x_qry, y_qry in tasks:
            fast_weights = self.adapt(x_spt, y_spt)
            losses.append(F.mse_loss(self.net(x_qry, fast_weights), y_qry))
        return torch.stack(losses).mean()

    def forward(self, tasks):
        loss_q = self.meta_loss(tasks)
        self.meta_optim.zero_grad()
        loss_q.backward()
        nn.utils.clip_grad_norm_(self.net.parameters(), 10.0)
        self.meta_optim.step()
        return loss_q.item()

    def finetunning(self, x_spt, y_spt, x_qry, y_qry):
        fast_weights = self.adapt(x_spt, y_spt)
        with torch.no_grad():
            return F.mse_loss(self.net(x_qry, fast_weights), y_qry).item()


def main():
    argparser = argparse.ArgumentParser()
    argparser.add_argument("--epoch", type=int, default=5)
    argparser.add_argument("--k_spt", type=int, default=5)
    argparser.add_argument("--k_qry", type=int, default=8)
    argparser.add_argument("--task_num", type=int, default=3)
    argparser.add_argument("--meta_lr", type=float, default=1e-2)
    argparser.add_argument("--update_lr", type=float, default=0.02)
    argparser.add_argument("--update_step", type=int, default=2)
    args = argparser.parse_args()

    torch.manual_seed(222)
    g = torch.Generator().manual_seed(222)
    maml = Meta(args)
    losses = []
    for step in range(args.epoch):
        tasks = []
        for _ in range(args.task_num):
            task = SineTask(g)
            tasks.append((*task.sample(args.k_spt), *task.sample(args.k_qry)))
        losses.append(maml(tasks))
        if step % 2 == 0:
            print("step:", step, "\ttraining loss:", losses[-1], "\ttest:", maml.finetunning(*tasks[0]))
    return maml, losses


if __name__ == "__main__":
    maml, losses = main()
