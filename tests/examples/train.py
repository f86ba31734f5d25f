"""Train a small character model: a causal transformer that predicts the next character of a text.

    python tests/examples/train.py --steps 200

It runs on the CPU as it stands.
"""

import argparse
import math

import torch
import torch.nn.functional as F
from torch import nn

TEXT = "the quick brown fox jumps over the lazy dog. pack my box with five dozen liquor jugs. " * 40
CONTEXT = 64


class CausalAttention(nn.Module):
    """Attention over several heads in which no position sees a later one."""

    def __init__(self, width: int, heads: int, context: int) -> None:
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        self.mask = torch.tril(torch.ones(context, context)).bool()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        batch, length, width = x.shape
        shape = (batch, length, self.heads, width // self.heads)
        query, key, value = self.query_key_value(x).chunk(3, dim=-1)
        query = query.reshape(shape).transpose(1, 2)
        key = key.reshape(shape).transpose(1, 2)
        value = value.reshape(shape).transpose(1, 2)
        scores = query @ key.transpose(-2, -1) / math.sqrt(width // self.heads)
        scores = scores.masked_fill(~self.mask[:length, :length], float("-inf"))
        return self.out((scores.softmax(dim=-1) @ value).transpose(1, 2).reshape(batch, length, width))


class Block(nn.Module):
    """Attention and a small network, each beside a shortcut with a learned gain."""

    def __init__(self, width: int, heads: int, context: int, device: torch.device) -> None:
        super().__init__()
        self.attention = CausalAttention(width, heads, context)
        self.network = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
        self.gain = nn.Parameter(torch.full((width,), 0.1)).to(device)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.gain * self.attention(self.norms[0](x))
        return x + self.gain * self.network(self.norms[1](x))


class CharModel(nn.Module):
    """Embeds characters and positions, runs the blocks, and gives the logits of the next character."""

    def __init__(self, characters: int, device: torch.device, width: int = 32, depth: int = 2) -> None:
        super().__init__()
        self.characters = nn.Embedding(characters, width)
        self.positions = nn.Embedding(CONTEXT, width)
        self.blocks = [Block(width, 4, CONTEXT, device) for _ in range(depth)]
        self.head = nn.Linear(width, characters)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        places = torch.arange(tokens.shape[1], device=tokens.device)
        x = self.characters(tokens) + self.positions(places)
        for block in self.blocks:
            x = block(x)
        return self.head(x)


class LabelSmoothing(nn.Module):
    """Cross entropy against targets of which a little is spread over all characters."""

    def __init__(self, smoothing: float) -> None:
        self.cross_entropy = nn.CrossEntropyLoss(label_smoothing=smoothing)

    def forward(self, logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return self.cross_entropy(logits.flatten(0, 1), targets.flatten())


def batch_of(tokens: torch.Tensor, size: int = 16) -> tuple[torch.Tensor, torch.Tensor]:
    """Random windows of the text, and the same windows one character later."""
    starts = torch.randint(len(tokens) - CONTEXT - 1, (size,)).tolist()
    inputs = torch.stack([tokens[start : start + CONTEXT] for start in starts])
    targets = torch.stack([tokens[start + 1 : start + CONTEXT + 1] for start in starts])
    return inputs, targets


def evaluate(model: CharModel, tokens: torch.Tensor) -> float:
    """The mean loss over a few batches."""
    model.eval()
    with torch.no_grad:
        losses = []
        for _ in range(8):
            inputs, targets = batch_of(tokens)
            losses.append(F.cross_entropy(model(inputs).flatten(0, 1), targets.flatten()))
    model.train()
    return torch.stack(losses).mean().item()


def main() -> None:
    """Train, evaluating now and then."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--smoothing", type=float, default=0.0)
    parser.add_argument("--evaluate-every", type=int, default=0, help="0: never")
    options = parser.parse_args()

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    vocabulary = sorted(set(TEXT))
    tokens = torch.tensor([vocabulary.index(character) for character in TEXT])
    tokens.to(device)

    model = CharModel(len(vocabulary), device).to(device)
    criterion = LabelSmoothing(options.smoothing) if options.smoothing else None
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    for step in range(1, options.steps + 1):
        inputs, targets = batch_of(tokens)
        logits = model(inputs)
        loss = criterion(logits, targets) if criterion else F.cross_entropy(logits.flatten(0, 1), targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if options.evaluate_every and step % options.evaluate_every == 0:
            print(f"step {step}: loss {loss.item():.3f}, evaluation {evaluate(model, tokens):.3f}")
    print(f"after {options.steps} steps: loss {loss.item():.3f}")


if __name__ == "__main__":
    main()
