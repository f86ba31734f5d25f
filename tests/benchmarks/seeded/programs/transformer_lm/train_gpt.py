"""Trains a tiny GPT on a periodic sequence, with gradient accumulation."""
import math

import torch

from gpt import GPT, GPTConfig

# -----------------------------------------------------------------------------
batch_size = 4
block_size = 8
gradient_accumulation_steps = 2
max_iters = 4
learning_rate = 1e-2
warmup_iters = 2
min_lr = 1e-3
weight_decay = 0.1
grad_clip = 1.0
eval_interval = 2
device = "cuda" if torch.cuda.is_available() else "cpu"
seed = 1337
# -----------------------------------------------------------------------------
torch.manual_seed(seed)

data = torch.arange(400) % 12
split = {"train": data[:300], "val": data[300:]}


def get_batch(name):
    source = split[name]
    ix = torch.randint(len(source) - block_size - 1, (batch_size,))
    x = torch.stack([source[i : i + block_size] for i in ix])
    y = torch.stack([source[i + 1 : i + 1 + block_size] for i in ix])
    return x.to(device), y.to(device)


def get_lr(it):
    if it < warmup_iters:
        return learning_rate * (it + 1) / warmup_iters
    ratio = (it - warmup_iters) / max(1, max_iters - warmup_iters)
    return min_lr + 0.5 * (1.0 + math.cos(math.pi * ratio)) * (learning_rate - min_lr)


model = GPT(GPTConfig()).to(device)
optimizer = model.configure_optimizers(weight_decay, learning_rate)


@torch.no_grad()
def estimate_loss(eval_iters=2):
    out = {}
    model.eval()
    for name in ("train", "val"):
        losses = torch.zeros(eval_iters)
        for k in range(eval_iters):
            X, Y = get_batch(name)
            _, loss = model(X, Y)
            losses[k] = loss.item()
        out[name] = losses.mean()
    model.train()
    return out


running = []
X, Y = get_batch("train")
for iter_num in range(max_iters):
    for group in optimizer.param_groups:
        group["lr"] = get_lr(iter_num)

    if iter_num % eval_interval == 0:
        losses = estimate_loss()
        print(f"step {iter_num}: train loss {losses['train']:.4f}, val loss {losses['val']:.4f}")

    for micro_step in range(gradient_accumulation_steps):
        logits, loss = model(X, Y)
        loss = loss / gradient_accumulation_steps
        # immediately async prefetch next batch while model is doing the forward pass on the GPU
        X, Y = get_batch("train")
        loss.backward()
    if grad_clip != 0.0:
        torch.nn.utils.clip_grad_norm_(model.parameters(), grad_clip)
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    running.append(loss.item() * gradient_accumulation_steps)

print(model.generate(torch.zeros((1, 1), dtype=torch.long, device=device), 6, top_k=4)[0].tolist())
