"""An inference server that learns from feedback in between."""
import argparse
import logging
import queue

import torch
import torch.nn as nn
import torch.nn.functional as F

logger = logging.getLogger("server")


class Ranker(nn.Module):
    def __init__(self, n_features=5, hidden=10):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(n_features, hidden), nn.ReLU(), nn.Linear(hidden, 1))
        self.register_buffer("mean", torch.zeros(n_features))
        self.register_buffer("var", torch.ones(n_features))
        self.calibration = nn.Parameter(torch.tensor([1.0, 0.0]))

    @torch.no_grad()
    def observe(self, x, momentum=0.1):
        self.mean.lerp_(x.mean(0), momentum)
        self.var.lerp_(x.var(0, unbiased=False), momentum)

    def forward(self, x):
        z = (x - self.mean) / torch.sqrt(self.var + 1e-5)
        score = self.net(z).squeeze(-1)
        return score * self.calibration[0] + self.calibration[1]


class Cache:
    """Keeps features of past requests, by their keys."""

    def __init__(self, size=64):
        self.size = size
        self.store = {}

    def put(self, key, value):
        if len(self.store) >= self.size:
            self.store.pop(next(iter(self.store)))
        self.store[key] = value

    def get(self, key):
        return self.store[key]


class Server:
    def __init__(self, args):
        self.model = Ranker()
        self.optimizer = torch.optim.Adagrad(self.model.parameters(), lr=args.lr)
        self.cache = Cache()
        self.feedback = queue.Queue()
        self.losses = []
        self.served = 0

    def featurize(self, request):
        x = torch.tensor(request["items"], dtype=torch.float32)
        x = x / (1 + x.abs())
        return x

    @torch.no_grad()
    def handle(self, request):
        """Scores the items of a request; their features are kept for learning."""
        was_training = self.model.training
        self.model.eval()
        x = self.featurize(request)
        scores = torch.sigmoid(self.model(x))
        scores = scores / scores.sum()
        self.cache.put(request["id"], x)
        self.model.train(was_training)
        self.served += 1
        return {"id": request["id"], "order": scores.argsort(descending=True).tolist(), "scores": scores}

    def give_feedback(self, request_id, clicked):
        self.feedback.put((request_id, clicked))

    def learn(self):
        """Learns from all the feedback that has come."""
        self.model.train()
        batch = []
        while not self.feedback.empty():
            batch.append(self.feedback.get())
        if not batch:
            return None
        loss = 0.0
        for request_id, clicked in batch:
            x = self.cache.get(request_id)
            self.model.observe(x)
            logits = self.model(x)
            loss = loss + F.cross_entropy(logits.unsqueeze(0), torch.tensor([clicked]))
        loss = loss / len(batch)
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.losses.append(loss.item())
        return self.losses[-1]

    def explain(self, request):
        """The gradient of the best score with regard to its features."""
        x = self.featurize(request).requires_grad_(True)
        with torch.enable_grad():
            best = self.model(x).max()
            (gradient,) = torch.autograd.grad(best, x)
        return gradient


def simulate(args):
    torch.manual_seed(args.seed)
    server = Server(args)
    for i in range(args.requests):
        items = torch.randn(4, 5).tolist()
        response = server.handle({"id": i, "items": items})
        server.give_feedback(i, max(range(4), key=lambda j: items[j][0]))
        if (i + 1) % args.learn_every == 0:
            loss = server.learn()
            logger.info("after %d requests: loss %.4f", server.served, loss)
    return server, response, server.explain({"id": -1, "items": items})


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=9)
    parser.add_argument("--learn-every", type=int, default=3)
    parser.add_argument("--lr", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=6)
    server, response, gradient = simulate(parser.parse_args())
