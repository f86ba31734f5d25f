import argparse
import os
import tempfile

import torch
from torch import nn
from torch.optim import Adam

from moe import MoE


class MoEClassifier(nn.Module):
    def __init__(self, n_in, n_classes, width=6, depth=2):
        super().__init__()
        self.stem = nn.Linear(n_in, width)
        self.blocks = nn.ModuleList()
        self.norms = nn.ModuleList()
        for _ in range(depth):
            self.blocks.append(MoE(width, width))
            self.norms.append(nn.LayerNorm(width))
        self.head = nn.Linear(width, n_classes)

    def forward(self, x):
        x = torch.tanh(self.stem(x))
        aux_losses = []
        for block, norm in zip(self.blocks, self.norms):
            y, aux = block(norm(x))
            x = x + y
            aux_losses.append(aux)
        return self.head(x), sum(aux_losses)


def train(x, y, model, loss_fn, optim, steps):
    # model returns the prediction and the loss that encourages all experts to have equal importance and load
    model.train()
    history = []
    for step in range(steps):
        optim.zero_grad()
        y_hat, aux_loss = model(x.float())
        # calculate prediction loss
        loss = loss_fn(y_hat, y)
        # combine losses
        total_loss = loss + aux_loss
        total_loss.backward()
        optim.step()
        history.append({"loss": loss.item(), "aux": aux_loss.item()})
        print("Training Results - loss: {:.2f}, aux_loss: {:.3f}".format(loss.item(), aux_loss.item()))
    return history


def evaluate(x, y, model, loss_fn):
    model.eval()
    with torch.no_grad():
        y_hat, aux_loss = model(x.float())
        return (loss_fn(y_hat, y) + aux_loss).item()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--seed", type=int, default=2)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
    net = MoEClassifier(5, 3).to(device)
    loss_fn = nn.CrossEntropyLoss()
    optim = Adam(net.parameters(), lr=1e-2)
    x = torch.rand(24, 5)
    y = x[:, :3].argmax(dim=1)
    history = train(x.to(device), y.to(device), net, loss_fn, optim, args.steps)
    final = evaluate(x.to(device), y.to(device), net, loss_fn)
    with tempfile.TemporaryDirectory() as folder:
        torch.save({"net": net.state_dict(), "optim": optim.state_dict()}, os.path.join(folder, "last.pt"))
