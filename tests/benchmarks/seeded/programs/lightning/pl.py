"""The few classes of a training framework that this program needs."""
import torch
from torch import nn


class LightningModule(nn.Module):
    def __init__(self):
        super().__init__()
        self.trainer = None
        self.automatic_optimization = True
        self.logged = {}

    def log(self, name, value, prog_bar=False, on_epoch=False):
        self.logged.setdefault(name, []).append(float(value))

    def log_dict(self, values):
        for name, value in values.items():
            self.log(name, value)

    def optimizers(self):
        return self.trainer.optimizers

    def manual_backward(self, loss, **kwargs):
        loss.backward(**kwargs)

    def on_train_epoch_end(self):
        pass

    def validation_step(self, batch, batch_idx):
        pass

    def on_train_batch_end(self, outputs, batch, batch_idx):
        pass


class Trainer:
    def __init__(self, max_epochs=1, gradient_clip_val=None):
        self.max_epochs = max_epochs
        self.gradient_clip_val = gradient_clip_val

    def _setup(self, model):
        configured = model.configure_optimizers()
        self.optimizers = configured if isinstance(configured, (list, tuple)) else [configured]
        model.trainer = self

    def fit(self, model, train_loader, val_loader=None):
        self._setup(model)
        for _ in range(self.max_epochs):
            model.train()
            for batch_idx, batch in enumerate(train_loader):
                loss = model.training_step(batch, batch_idx)
                if model.automatic_optimization:
                    for optimizer in self.optimizers:
                        optimizer.zero_grad()
                    loss.backward()
                    if self.gradient_clip_val:
                        torch.nn.utils.clip_grad_norm_(model.parameters(), self.gradient_clip_val)
                    for optimizer in self.optimizers:
                        optimizer.step()
                model.on_train_batch_end(loss, batch, batch_idx)
            model.on_train_epoch_end()
            if val_loader is not None:
                model.eval()
                with torch.no_grad():
                    for batch_idx, batch in enumerate(val_loader):
                        model.validation_step(batch, batch_idx)
