"""Train a small convolutional network on generated digits, as the MNIST example of pytorch/examples does."""

import argparse

import torch
import torch.nn.functional as F
from torch import nn, optim


class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, 1)
        self.conv2 = nn.Conv2d(8, 16, 3, 1)
        self.dropout1 = nn.Dropout(0.25)
        self.dropout2 = nn.Dropout(0.5)
        self.fc1 = nn.Linear(16 * 4 * 4, width)
        self.fc2 = nn.Linear(width, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        x = F.relu(self.conv2(x))
        x = F.max_pool2d(x, 2)
        x = torch.flatten(self.dropout1(x), 1)
        x = F.relu(self.fc1(x))
        return F.log_softmax(self.fc2(self.dropout2(x)), dim=1)


def digits(count):
    """Images of bars whose place tells the digit."""
    targets = torch.randint(0, 10, (count,))
    images = torch.randn(count, 1, 12, 12) * 0.3
    for image, target in zip(images, targets, strict=True):
        image[0, int(target), :] += 2
    return images, targets


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--batch", type=int, default=16)
    arguments = parser.parse_args()
    torch.manual_seed(1)
    model = Net(arguments.width)
    optimizer = optim.Adadelta(model.parameters(), lr=1.0)
    scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=50, gamma=0.7)
    model.train()
    for step in range(arguments.steps):
        data, target = digits(arguments.batch)
        optimizer.zero_grad()
        loss = F.nll_loss(model(data), target)
        loss.backward()
        optimizer.step()
        scheduler.step()
        print(step, loss.item().hex())
    model.eval()
    with torch.no_grad():
        data, target = digits(64)
        print("right", model(data).argmax(dim=1).eq(target).sum().item())


if __name__ == "__main__":
    main()
