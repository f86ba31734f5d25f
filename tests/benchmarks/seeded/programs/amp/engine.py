"""One epoch of training with accumulated gradients and mixed precision."""
import math

import torch
import torch.nn.functional as F


class NativeScaler:
    def __init__(self, enabled):
        self._scaler = torch.amp.GradScaler("cpu", enabled=enabled)

    def __call__(self, loss, optimizer, clip_grad=None, parameters=None, update_grad=True):
        self._scaler.scale(loss).backward()
        if update_grad:
            if clip_grad is not None:
                self._scaler.unscale_(optimizer)
                torch.nn.utils.clip_grad_norm_(parameters, clip_grad)
            self._scaler.step(optimizer)
            self._scaler.update()


class Mixup:
    def __init__(self, alpha=0.3, n_classes=3):
        self.alpha = alpha
        self.n_classes = n_classes

    def __call__(self, x, y):
        lam = float(torch.distributions.Beta(self.alpha, self.alpha).sample())
        perm = torch.randperm(x.size(0))
        target = F.one_hot(y, self.n_classes).float()
        return lam * x + (1 - lam) * x[perm], lam * target + (1 - lam) * target[perm]


class ModelEma:
    def __init__(self, model, decay=0.95):
        self.decay = decay
        self.shadow = {name: p.detach().clone() for name, p in model.named_parameters()}

    def update(self, model):
        for name, p in model.named_parameters():
            self.shadow[name].mul_(self.decay).add_(p.detach(), alpha=1 - self.decay)


def adjust_learning_rate(optimizer, epoch, args):
    lr = args.lr * 0.5 * (1.0 + math.cos(math.pi * epoch / args.epochs))
    for param_group in optimizer.param_groups:
        param_group["lr"] = lr
    return lr


def train_one_epoch(model, data_loader, optimizer, epoch, loss_scaler, args, ema=None, mixup_fn=None):
    model.train(True)
    accum_iter = args.accum_iter
    totals = torch.zeros(2)
    optimizer.zero_grad()
    for data_iter_step, (samples, targets) in enumerate(data_loader):
        # we use a per iteration (instead of per epoch) lr scheduler
        if data_iter_step % accum_iter == 0:
            adjust_learning_rate(optimizer, data_iter_step / len(data_loader) + epoch, args)
        if mixup_fn is not None:
            samples, targets = mixup_fn(samples, targets)
        with torch.amp.autocast("cpu", enabled=args.amp):
            outputs = model(samples)
            loss = torch.sum(-targets * F.log_softmax(outputs, dim=-1), dim=-1).mean()
        loss_value = loss.item()
        if not math.isfinite(loss_value):
            raise SystemExit("Loss is {}, stopping training".format(loss_value))
        loss /= accum_iter
        update = (data_iter_step + 1) % accum_iter == 0
        loss_scaler(loss, optimizer, clip_grad=args.clip_grad, parameters=model.parameters(), update_grad=update)
        if update:
            optimizer.zero_grad()
            if ema is not None:
                ema.update(model)
        totals += torch.tensor([loss_value, 1.0])
    return totals[0] / totals[1]


@torch.no_grad()
def evaluate(data_loader, model):
    model.eval()
    hits = 0
    for images, target in data_loader:
        output = model(images)
        hits += (output.argmax(1) == target).sum().item()
    return hits / len(data_loader.dataset)
