import copy
import logging

import torch

from .losses import PerceptualLoss, hinge_d, total_variation

logger = logging.getLogger(__name__)


class Trainer:
    """Trains an autoencoder against a discriminator.

    Args:
        model: what is trained
        disc: what it is trained against
        config: dict with "lr", "max_epochs" and "weights"
    """

    def __init__(self, model, disc, config, device="cpu"):
        self.model = model.to(device)
        self.disc = disc.to(device)
        self.config = config
        self.device = device
        self.weights = config["weights"]
        self.perceptual = PerceptualLoss().to(device)
        self.configure_optimizers()
        self.ema = copy.deepcopy(self.model)
        self.global_step = 0
        self.history = {"g": [], "d": []}
        self.best = None

    def configure_optimizers(self):
        lr = self.config["lr"]
        self.opt_g = torch.optim.AdamW(self.model.parameters(), lr=lr, betas=(0.5, 0.9))
        self.opt_d = torch.optim.AdamW(self.disc.parameters(), lr=lr, betas=(0.5, 0.9))
        self.sched = torch.optim.lr_scheduler.ExponentialLR(self.opt_g, 0.9)

    def compute_losses(self, batch):
        recon, commit = self.model(batch)
        losses = {
            "rec": (recon - batch).abs().mean(),
            "commit": commit,
            "perc": self.perceptual(recon, batch),
            "tv": total_variation(recon),
            "adv": -self.disc(recon).mean(),
        }
        return recon, losses

    def weighted(self, losses):
        return sum(self.weights[name] * value for name, value in losses.items())

    def train_step(self, batch):
        batch = batch.to(self.device, torch.float32)
        self.disc.requires_grad_(False)
        recon, losses = self.compute_losses(batch)
        total = self.weighted(losses)
        self.opt_g.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.opt_g.step()

        self.disc.requires_grad_(True)
        d_loss = hinge_d(self.disc(batch), self.disc(recon.detach()))
        self.opt_d.zero_grad()
        d_loss.backward()
        self.opt_d.step()

        self.update_ema()
        self.global_step += 1
        self.history["g"].append(total.item())
        self.history["d"].append(d_loss.item())
        return {name: value.item() for name, value in losses.items()}

    @torch.no_grad()
    def update_ema(self, decay=0.9):
        for e, p in zip(self.ema.parameters(), self.model.parameters()):
            e.lerp_(p, 1 - decay)

    @torch.no_grad()
    def validate(self, loader):
        self.ema.eval()
        total = 0.0
        for batch in loader:
            batch = batch.to(self.device, torch.float32)
            recon, _ = self.ema(batch)
            total += (recon - batch).pow(2).mean().item()
        return total / len(loader)

    def save_best(self, score):
        if self.best is None or score < self.best[0]:
            self.best = (score, {k: v.clone() for k, v in self.ema.state_dict().items()})

    def fit(self, train_loader, val_loader):
        for epoch in range(self.config["max_epochs"]):
            self.model.train()
            for batch in train_loader:
                logs = self.train_step(batch)
            self.sched.step()
            score = self.validate(val_loader)
            self.save_best(score)
            logger.info("epoch %d %s val %.4f", epoch, logs, score)
        return self
