import argparse

import torch
import torch.nn.functional as F

from models import GNN


def ring_graph(n, extra, generator):
    a = torch.arange(n)
    ring = torch.stack([a, (a + 1) % n])
    chords = torch.randint(0, n, (2, extra), generator=generator)
    edges = torch.cat([ring, chords, ring.flip(0), chords.flip(0)], dim=1)
    return edges


def link_loss(model, h, edges, generator):
    """Edges should score more than random pairs."""
    pos = model.score(h, edges)
    neg = model.score(h, torch.randint(0, h.size(0), edges.shape, generator=generator))
    scores = torch.cat([pos, neg])
    labels = torch.cat([torch.ones_like(pos), torch.zeros_like(neg)])
    return F.binary_cross_entropy_with_logits(scores, labels)


def train(model, optimizer, data, args, generator):
    model.train()
    optimizer.zero_grad()
    out, h = model(data["edges"])
    loss = F.cross_entropy(out[data["train_mask"]], data["y"][data["train_mask"]])
    loss = loss + args.link * link_loss(model, h, data["edges"], generator)
    loss.backward()
    optimizer.step()
    return float(loss)


@torch.no_grad()
def test(model, data):
    model.eval()
    out, _ = model(data["edges"])
    pred = out.argmax(dim=-1)
    accs = []
    for key in ["train_mask", "test_mask"]:
        mask = data[key]
        accs.append(int((pred[mask] == data["y"][mask]).sum()) / int(mask.sum()))
    return accs


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", default="gat", choices=["gcn", "gat"])
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--link", type=float, default=0.3)
    parser.add_argument("--seed", type=int, default=17)
    args = parser.parse_args()
    torch.manual_seed(args.seed)
    generator = torch.Generator().manual_seed(args.seed)
    n = 20
    mask = torch.rand(n, generator=generator) < 0.6
    data = {
        "edges": ring_graph(n, 10, generator),
        "y": torch.arange(n) // 10,
        "train_mask": mask,
        "test_mask": ~mask,
    }
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    data = {key: value.to(device) for key, value in data.items()}
    model = GNN(n, 6, 8, 2, kind=args.kind).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02, weight_decay=5e-4)
    best, losses = 0, []
    for epoch in range(1, args.epochs + 1):
        losses.append(train(model, optimizer, data, args, generator))
        train_acc, test_acc = test(model, data)
        best = max(best, test_acc)
        print(f"Epoch: {epoch:03d}, Loss: {losses[-1]:.4f}, Train: {train_acc:.4f}, Test: {test_acc:.4f}")
    return model, losses


if __name__ == "__main__":
    model, losses = main()
