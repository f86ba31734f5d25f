"""A stand-in for a library that wraps models, optimizers and loaders."""
import contextlib

import torch


class Accelerator:
    def __init__(self, gradient_accumulation_steps=1):
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self.device = torch.device("cpu")
        self.is_main_process = True
        self.sync_gradients = True
        self._step = 0

    def prepare(self, *args):
        out = tuple(a.to(self.device) if isinstance(a, torch.nn.Module) else a for a in args)
        return out if len(out) > 1 else out[0]

    @contextlib.contextmanager
    def accumulate(self, model):
        self._step += 1
        self.sync_gradients = self._step % self.gradient_accumulation_steps == 0
        yield

    def backward(self, loss, **kwargs):
        (loss / self.gradient_accumulation_steps).backward(**kwargs)

    def clip_grad_norm_(self, parameters, max_norm):
        return torch.nn.utils.clip_grad_norm_(parameters, max_norm)

    def unwrap_model(self, model):
        return model

    def print(self, *args):
        if self.is_main_process:
            print(*args)
