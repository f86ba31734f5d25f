"""Sequence to sequence with attention: reversing short sequences of digits."""
import argparse
import random

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence
from torch.utils.data import DataLoader, Dataset

PAD, SOS, EOS = 0, 1, 2


class ReverseDataset(Dataset):
    def __init__(self, n, seed=0):
        rng = random.Random(seed)
        self.items = [[rng.randint(3, 9) for _ in range(rng.randint(2, 5))] for _ in range(n)]

    def __len__(self):
        return len(self.items)

    def __getitem__(self, index):
        src = self.items[index]
        return {"src": torch.tensor(src), "tgt": torch.tensor(src[::-1] + [EOS])}


def collate(samples):
    samples = sorted(samples, key=lambda s: -len(s["src"]))
    return {
        "src": pad_sequence([s["src"] for s in samples], batch_first=True, padding_value=PAD),
        "src_len": torch.tensor([len(s["src"]) for s in samples]),
        "tgt": pad_sequence([s["tgt"] for s in samples], batch_first=True, padding_value=PAD),
    }


class Encoder(nn.Module):
    def __init__(self, vocab, emb=8, hid=12):
        super().__init__()
        self.embedding = nn.Embedding(vocab, emb, padding_idx=PAD)
        self.gru = nn.GRU(emb, hid, batch_first=True, bidirectional=True)
        self.bridge = nn.Linear(2 * hid, hid)

    def forward(self, src, lengths):
        packed = pack_padded_sequence(self.embedding(src), lengths, batch_first=True)
        outputs, hidden = self.gru(packed)
        outputs, _ = pad_packed_sequence(outputs, batch_first=True)
        hidden = torch.tanh(self.bridge(torch.cat([hidden[0], hidden[1]], dim=1)))
        return outputs, hidden


class Attention(nn.Module):
    def __init__(self, enc_dim, dec_dim):
        super().__init__()
        self.attn = nn.Linear(enc_dim + dec_dim, dec_dim)
        self.v = nn.Parameter(torch.rand(dec_dim))

    def forward(self, hidden, encoder_outputs, mask):
        src_len = encoder_outputs.size(1)
        hidden = hidden.unsqueeze(1).repeat(1, src_len, 1)
        energy = torch.tanh(self.attn(torch.cat((hidden, encoder_outputs), dim=2)))
        scores = energy @ self.v
        scores = scores.masked_fill(mask == 0, -1e9)
        return F.softmax(scores, dim=1)


class Decoder(nn.Module):
    def __init__(self, vocab, emb=8, hid=12):
        super().__init__()
        self.embedding = nn.Embedding(vocab, emb)
        self.attention = Attention(2 * hid, hid)
        self.cell = nn.GRUCell(emb + 2 * hid, hid)
        self.out = nn.Linear(hid * 3, vocab)

    def step(self, token, hidden, encoder_outputs, mask):
        embedded = self.embedding(token)
        weights = self.attention(hidden, encoder_outputs, mask)
        context = torch.bmm(weights.unsqueeze(1), encoder_outputs).squeeze(1)
        hidden = self.cell(torch.cat([embedded, context], dim=1), hidden)
        return self.out(torch.cat([hidden, context], dim=1)), hidden, weights


class Seq2Seq(nn.Module):
    def __init__(self, encoder, decoder, vocab):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.vocab = vocab
        self.coverage = None

    def forward(self, src, lengths, tgt, teacher_forcing_ratio=0.5):
        encoder_outputs, hidden = self.encoder(src, lengths)
        mask = src != PAD
        outputs = torch.zeros(tgt.size(0), tgt.size(1), self.vocab, device=src.device)
        token = torch.full((src.size(0),), SOS, dtype=torch.long, device=src.device)
        coverage = torch.zeros_like(src, dtype=torch.float)
        for t in range(tgt.size(1)):
            logits, hidden, weights = self.decoder.step(token, hidden, encoder_outputs, mask)
            outputs[:, t] = logits
            coverage = coverage + weights
            teacher_force = random.random() < teacher_forcing_ratio
            token = tgt[:, t] if teacher_force else logits.argmax(1)
        self.coverage = coverage.detach()
        return outputs, coverage


def train_epoch(model, loader, optimizer, criterion, clip, device):
    model.train()
    epoch_loss = 0.0
    for batch in loader:
        batch = {k: v.to(device) if k != "src_len" else v for k, v in batch.items()}
        optimizer.zero_grad()
        output, coverage = model(batch["src"], batch["src_len"], batch["tgt"])
        loss = criterion(output.reshape(-1, output.size(-1)), batch["tgt"].reshape(-1))
        loss = loss + 0.1 * F.relu(coverage - 1.5).mean()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        epoch_loss += loss.item()
    return epoch_loss / len(loader)


@torch.no_grad()
def evaluate(model, loader, device):
    model.eval()
    right, total = 0, 0
    for batch in loader:
        output, _ = model(batch["src"].to(device), batch["src_len"], batch["tgt"].to(device), 0.0)
        pred = output.argmax(-1)
        keep = batch["tgt"].to(device) != PAD
        right += (pred[keep] == batch["tgt"].to(device)[keep]).sum().item()
        total += keep.sum().item()
    return right / total


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=12)
    args = parser.parse_args()
    random.seed(args.seed)
    torch.manual_seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    train_loader = DataLoader(ReverseDataset(24), batch_size=8, collate_fn=collate, shuffle=True)
    valid_loader = DataLoader(ReverseDataset(8, seed=1), batch_size=8, collate_fn=collate)
    vocab = 10
    model = Seq2Seq(Encoder(vocab), Decoder(vocab), vocab).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-3)
    criterion = nn.CrossEntropyLoss(ignore_index=PAD)
    losses = []
    for epoch in range(args.epochs):
        losses.append(train_epoch(model, train_loader, optimizer, criterion, 1.0, device))
        print(f"epoch {epoch}: loss {losses[-1]:.3f} accuracy {evaluate(model, valid_loader, device):.3f}")
    return model, losses


if __name__ == "__main__":
    model, losses = main()
