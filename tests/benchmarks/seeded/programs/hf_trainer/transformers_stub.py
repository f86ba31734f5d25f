"""The few classes of a training library that this program needs."""
from dataclasses import dataclass, field
from typing import Any, Optional

import torch
from torch.utils.data import DataLoader


@dataclass
class TrainingArguments:
    output_dir: str = "out"
    learning_rate: float = 5e-3
    num_train_epochs: int = 2
    per_device_train_batch_size: int = 8
    max_grad_norm: float = 1.0
    seed: int = 42


@dataclass
class ModelOutput:
    loss: Optional[torch.Tensor] = None
    logits: Optional[torch.Tensor] = None
    hidden_states: Any = None


class Trainer:
    def __init__(self, model, args, train_dataset=None, data_collator=None, callbacks=None):
        self.model = model
        self.args = args
        self.train_dataset = train_dataset
        self.data_collator = data_collator
        self.callbacks = callbacks or []
        self.optimizer = None
        self.log_history = []

    def create_optimizer(self):
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=self.args.learning_rate)
        return self.optimizer

    def compute_loss(self, model, inputs, return_outputs=False):
        outputs = model(**inputs)
        return (outputs.loss, outputs) if return_outputs else outputs.loss

    def training_step(self, model, inputs):
        model.train()
        loss = self.compute_loss(model, inputs)
        loss.backward()
        return loss.detach()

    def train(self):
        self.create_optimizer()
        loader = DataLoader(
            self.train_dataset,
            batch_size=self.args.per_device_train_batch_size,
            collate_fn=self.data_collator,
            shuffle=True,
        )
        for epoch in range(self.args.num_train_epochs):
            for inputs in loader:
                tr_loss = self.training_step(self.model, inputs)
                torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.args.max_grad_norm)
                self.optimizer.step()
                self.model.zero_grad()
                self.log_history.append({"loss": float(tr_loss)})
            for callback in self.callbacks:
                callback.on_epoch_end(self.args, model=self.model)
        return self.log_history
