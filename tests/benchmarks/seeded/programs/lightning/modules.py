import torch
import torch.nn as nn
import torch.nn.functional as F

import pl


class Tower(nn.Module):
    def __init__(self, n_items, dim, hidden):
        super().__init__()
        self.emb = nn.Embedding(n_items, dim)
        self.fc = nn.Linear(dim, hidden)

    def forward(self, ids):
        return F.normalize(torch.tanh(self.fc(self.emb(ids))), dim=-1)


class TwoTower(pl.LightningModule):
    """Retrieval with two towers, in-batch negatives and a popularity correction."""

    def __init__(self, n_users, n_items, dim=6, hidden=8, lr=1e-2):
        super().__init__()
        self.lr = lr
        self.user = Tower(n_users, dim, hidden)
        self.item = Tower(n_items, dim, hidden)
        self.temperature = nn.Parameter(torch.tensor(0.3))
        self.register_buffer("popularity", torch.ones(n_items))
        self.epoch_losses = []

    def forward(self, users, items):
        return self.user(users) @ self.item(items).t() / self.temperature

    def training_step(self, batch, batch_idx):
        users, items = batch["user"], batch["item"]
        scores = self(users, items)
        scores = scores - torch.log(self.popularity[items]).unsqueeze(0)
        labels = torch.arange(users.size(0), device=users.device)
        loss = F.cross_entropy(scores, labels)
        self.epoch_losses.append(loss.detach())
        self.log("train_loss", loss, prog_bar=True)
        return loss

    def on_train_batch_end(self, outputs, batch, batch_idx):
        self.popularity.index_add_(0, batch["item"], torch.ones(batch["item"].size(0)))

    def on_train_epoch_end(self):
        self.log("epoch_loss", torch.stack(self.epoch_losses).mean())
        self.epoch_losses.clear()

    def validation_step(self, batch, batch_idx):
        scores = self(batch["user"], batch["item"])
        hits = scores.argmax(1) == torch.arange(scores.size(0))
        self.log("val_acc", hits.float().mean())

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.lr)


class AdversarialDebias(pl.LightningModule):
    """Removes a protected attribute from an encoding, with manual optimisation."""

    def __init__(self, n_in=5, hidden=8):
        super().__init__()
        self.automatic_optimization = False
        self.encoder = nn.Sequential(nn.Linear(n_in, hidden), nn.Tanh())
        self.task = nn.Linear(hidden, 1)
        self.adversary = nn.Linear(hidden, 1)

    def forward(self, x):
        return self.task(self.encoder(x)).squeeze(1)

    def training_step(self, batch, batch_idx):
        opt_main, opt_adv = self.optimizers()
        z = self.encoder(batch["x"])

        # the adversary
        adv_loss = F.binary_cross_entropy_with_logits(self.adversary(z.detach()).squeeze(1), batch["a"])
        opt_adv.zero_grad()
        self.manual_backward(adv_loss)
        opt_adv.step()

        # task and encoder
        task_loss = F.binary_cross_entropy_with_logits(self.task(z).squeeze(1), batch["y"])
        fool = F.binary_cross_entropy_with_logits(self.adversary(z).squeeze(1), batch["a"])
        loss = task_loss - 0.3 * fool
        opt_main.zero_grad()
        self.manual_backward(loss)
        opt_main.step()
        self.log_dict({"task": task_loss, "adv": adv_loss})

    def configure_optimizers(self):
        main = torch.optim.Adam([*self.encoder.parameters(), *self.task.parameters()], lr=1e-2)
        return main, torch.optim.Adam(self.adversary.parameters(), lr=1e-2)
