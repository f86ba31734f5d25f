"""Physics-informed network for the heat equation u_t = nu * u_xx on [0, 1].

Boundary conditions are soft; the residual is weighted adaptively. Adam first, then L-BFGS.
"""
import argparse

import numpy as np
import torch
import torch.nn as nn


class FNN(nn.Module):
    """Fully-connected network with an adaptive activation."""

    def __init__(self, layers):
        super().__init__()
        self.linears = nn.ModuleList([nn.Linear(layers[i], layers[i + 1]) for i in range(len(layers) - 1)])
        self.activation = torch.tanh
        self.a = nn.Parameter(torch.ones(1))
        self.register_buffer("lb", torch.tensor([0.0, 0.0]))
        self.register_buffer("ub", torch.tensor([1.0, 1.0]))
        for m in self.linears:
            nn.init.xavier_normal_(m.weight)
            nn.init.zeros_(m.bias)

    def forward(self, x, t):
        h = torch.cat([x, t], dim=1)
        h = 2.0 * (h - self.lb) / (self.ub - self.lb) - 1.0
        for linear in self.linears[:-1]:
            h = self.activation(self.a * linear(h))
        return self.linears[-1](h)


def gradients(u, x, order=1):
    if order == 1:
        return torch.autograd.grad(u, x, grad_outputs=torch.ones_like(u), create_graph=True)[0]
    return gradients(gradients(u, x), x, order=order - 1)


class PhysicsInformedNN:
    def __init__(self, layers, nu=0.1, lr=5e-3, device="cpu"):
        self.device = device
        self.net = FNN(layers).to(device)
        self.nu = torch.tensor([nu], requires_grad=True, device=device)
        self.nu_range = (0.095, 0.105)
        self.weights = {"data": 1.0, "pde": 1.0}
        self.optimizer = torch.optim.Adam([{"params": self.net.parameters()}, {"params": [self.nu]}], lr=lr)
        self.lbfgs = torch.optim.LBFGS(self.net.parameters(), lr=0.5, max_iter=3)
        self.log = []
        self.iter = 0

    def set_data(self, x, t, u, x_f, t_f):
        to = lambda a, grad=False: torch.tensor(a, dtype=torch.float32, device=self.device, requires_grad=grad)
        self.x, self.t, self.u = to(x), to(t), to(u)
        self.x_f, self.t_f = to(x_f, True), to(t_f, True)

    def net_f(self, x, t):
        u = self.net(x, t)
        u_t = gradients(u, t)
        u_xx = gradients(u, x, order=2)
        f = u_t - self.nu * u_xx
        return f

    def loss_func(self):
        u_pred = self.net(self.x, self.t)
        f_pred = self.net_f(self.x_f, self.t_f)
        loss_u = torch.mean((self.u - u_pred) ** 2)
        loss_f = torch.mean(f_pred**2)
        return self.weights["data"] * loss_u + self.weights["pde"] * loss_f, loss_u, loss_f

    def closure(self):
        self.lbfgs.zero_grad()
        loss, _, _ = self.loss_func()
        loss.backward()
        self.iter += 1
        return loss

    def train(self, nIter):
        self.net.train()
        for it in range(nIter):
            loss, loss_u, loss_f = self.loss_func()
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
            with torch.no_grad():
                self.nu.clamp_(*self.nu_range)
            self.log.append((loss_u.item(), loss_f.item()))
            if it % 2 == 0:
                print("It: %d, Loss: %.3e, nu: %.4f" % (it, loss.item(), self.nu.item()))
        self.lbfgs.step(self.closure)

    def predict(self, x, t):
        self.net.eval()
        with torch.no_grad():
            u = self.net(torch.tensor(x).float().to(self.device), torch.tensor(t).float().to(self.device))
        return u.cpu().numpy()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--iters", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1234)
    args = parser.parse_args()
    np.random.seed(args.seed)
    torch.manual_seed(args.seed)
    x, t = np.random.rand(16, 1), np.random.rand(16, 1)
    u = np.exp(-np.pi**2 * 0.2 * t) * np.sin(np.pi * x)
    model = PhysicsInformedNN([2, 10, 10, 1])
    model.set_data(x, t, u, np.random.rand(20, 1), np.random.rand(20, 1))
    model.train(args.iters)
    error = np.linalg.norm(u - model.predict(x, t), 2) / np.linalg.norm(u, 2)
    print("Error u: %e" % error)
    return model


if __name__ == "__main__":
    model = main()
