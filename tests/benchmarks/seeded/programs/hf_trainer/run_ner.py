import logging
import random

import torch
from torch.utils.data import Dataset

from modeling_tagger import TaggerConfig, TaggerForTokenClassification
from transformers_stub import Trainer, TrainingArguments

logger = logging.getLogger(__name__)


class Sentences(Dataset):
    def __init__(self, n, seed):
        rng = random.Random(seed)
        self.rows = [[rng.randint(1, 19) for _ in range(rng.randint(3, 8))] for _ in range(n)]

    def __len__(self):
        return len(self.rows)

    def __getitem__(self, i):
        return {"input_ids": self.rows[i], "labels": [token % 3 for token in self.rows[i]]}


def data_collator(features):
    width = max(len(f["input_ids"]) for f in features)
    pad = lambda row, value: row + [value] * (width - len(row))
    return {
        "input_ids": torch.tensor([pad(f["input_ids"], 0) for f in features]),
        "attention_mask": torch.tensor([pad([1] * len(f["input_ids"]), 0) for f in features]),
        "labels": torch.tensor([pad(f["labels"], -100) for f in features]),
    }


class RDropTrainer(Trainer):
    """Two passes that should agree, and an anchor to the first weights."""

    def __init__(self, *args, alpha=0.1, anchor=0.01, **kwargs):
        super().__init__(*args, **kwargs)
        self.alpha = alpha
        self.anchor = anchor
        self.initial = {n: p.detach().clone() for n, p in self.model.named_parameters()}

    def perturb(self, inputs):
        mask = inputs["attention_mask"].clone()
        mask[:, -1] = 0
        mask[:, 0] = 1
        return {**inputs, "attention_mask": mask}

    def compute_loss(self, model, inputs, return_outputs=False):
        first = model(**inputs)
        second = model(**self.perturb(inputs))
        p = torch.log_softmax(first.logits, dim=-1)
        q = torch.log_softmax(second.logits, dim=-1)
        agreement = torch.nn.functional.kl_div(q, p, log_target=True, reduction="batchmean")
        loss = 0.5 * (first.loss + second.loss) + self.alpha * agreement
        drift = sum((p - self.initial[n]).pow(2).sum() for n, p in model.named_parameters())
        loss = loss + self.anchor * drift
        return (loss, first) if return_outputs else loss


class FreezeCallback:
    """Freezes the embeddings after the first epoch."""

    def on_epoch_end(self, args, model=None, **kwargs):
        for param in model.embeddings.parameters():
            param.requires_grad = False


def main():
    args = TrainingArguments()
    torch.manual_seed(args.seed)
    model = TaggerForTokenClassification(TaggerConfig())
    trainer = RDropTrainer(
        model, args, train_dataset=Sentences(24, 0), data_collator=data_collator, callbacks=[FreezeCallback()]
    )
    history = trainer.train()
    logger.info("final loss %.4f", history[-1]["loss"])
    return trainer


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    trainer = main()
