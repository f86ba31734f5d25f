"""Train a small image classifier.

Usage: python train.py --epochs 2 --lr 0.05
"""
import argparse
import logging
import os
import random
import shutil
import tempfile
import time

import torch
import torch.nn as nn
import torch.optim as optim
from torch.utils.data import DataLoader, TensorDataset

from models import build_model

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
logger = logging.getLogger(__name__)


def parse_args():
    parser = argparse.ArgumentParser(description="image classification")
    parser.add_argument("--arch", default="small")
    parser.add_argument("--epochs", default=2, type=int)
    parser.add_argument("--batch-size", default=8, type=int)
    parser.add_argument("--lr", default=0.05, type=float)
    parser.add_argument("--momentum", default=0.9, type=float)
    parser.add_argument("--weight-decay", default=1e-4, type=float)
    parser.add_argument("--print-freq", default=2, type=int)
    parser.add_argument("--l1", default=1e-3, type=float)
    parser.add_argument("--warmup", action="store_true", default=True, help="train the head alone for an epoch")
    parser.add_argument("--seed", default=0, type=int)
    return parser.parse_args()


class AverageMeter(object):
    """Computes and stores the average and current value"""

    def __init__(self, name, fmt=":f"):
        self.name = name
        self.fmt = fmt
        self.reset()

    def reset(self):
        self.val = 0
        self.avg = 0
        self.sum = 0
        self.count = 0

    def update(self, val, n=1):
        self.val = val
        self.sum += val * n
        self.count += n
        self.avg = self.sum / self.count


def accuracy(output, target, topk=(1,)):
    """Computes the accuracy over the k top predictions"""
    with torch.no_grad():
        maxk = max(topk)
        batch_size = target.size(0)
        _, pred = output.topk(maxk, 1, True, True)
        pred = pred.t()
        correct = pred.eq(target.view(1, -1).expand_as(pred))
        res = []
        for k in topk:
            correct_k = correct[:k].reshape(-1).float().sum(0)
            res.append(correct_k.mul_(100.0 / batch_size).item())
        return res


def set_head_only(model, flag):
    for name, p in model.named_parameters():
        if not name.startswith("head"):
            p.requires_grad = not flag


def make_loaders(args):
    g = torch.Generator().manual_seed(args.seed)
    images = torch.rand(32, 3, 8, 8, generator=g)
    labels = (images.mean(dim=(1, 2, 3)) * 8).long().remainder(4)
    train_set = TensorDataset(images[:24], labels[:24])
    val_set = TensorDataset(images[24:], labels[24:])
    train_loader = DataLoader(train_set, batch_size=args.batch_size, shuffle=True, generator=g)
    return train_loader, DataLoader(val_set, batch_size=args.batch_size)


def train(train_loader, model, criterion, optimizer, epoch, device, args):
    batch_time = AverageMeter("Time", ":6.3f")
    losses = AverageMeter("Loss", ":.4e")
    top1 = AverageMeter("Acc@1", ":6.2f")

    model.train()
    end = time.time()
    for i, (images, target) in enumerate(train_loader):
        images = images.to(device, non_blocking=True)
        target = target.to(device, non_blocking=True)

        output = model(images)
        loss = criterion(output, target)
        if args.l1 > 0:
            loss = loss + args.l1 * sum(p.abs().sum() for p in model.head.parameters())

        acc1, _ = accuracy(output, target, topk=(1, 2))
        losses.update(loss.item(), images.size(0))
        top1.update(acc1, images.size(0))

        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimizer.step()

        batch_time.update(time.time() - end)
        end = time.time()
        if i % args.print_freq == 0:
            logger.info("epoch %d [%d/%d] loss %.4f acc %.2f", epoch, i, len(train_loader), losses.avg, top1.avg)
    return losses, top1


def validate(val_loader, model, criterion, device):
    losses = AverageMeter("Loss", ":.4e")
    model.eval()
    with torch.no_grad():
        for images, target in val_loader:
            images, target = images.to(device), target.to(device)
            output = model(images)
            losses.update(criterion(output, target).item(), images.size(0))
    return losses.avg


def save_checkpoint(state, is_best, folder):
    filename = os.path.join(folder, "checkpoint.pth.tar")
    torch.save(state, filename)
    if is_best:
        shutil.copyfile(filename, os.path.join(folder, "model_best.pth.tar"))


def main():
    args = parse_args()
    random.seed(args.seed)
    torch.manual_seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

    train_loader, val_loader = make_loaders(args)
    model = build_model(args.arch, num_classes=4).to(device)
    criterion = nn.CrossEntropyLoss().to(device)
    optimizer = optim.SGD(model.parameters(), args.lr, momentum=args.momentum, weight_decay=args.weight_decay)
    scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.5)

    best = float("inf")
    history = []
    with tempfile.TemporaryDirectory() as folder:
        for epoch in range(args.epochs):
            set_head_only(model, args.warmup and epoch == 0)
            losses, top1 = train(train_loader, model, criterion, optimizer, epoch, device, args)
            val_loss = validate(val_loader, model, criterion, device)
            scheduler.step()
            history.append((losses, top1, val_loss))
            is_best = val_loss < best
            best = min(val_loss, best)
            save_checkpoint({"epoch": epoch + 1, "state_dict": model.state_dict(), "best": best}, is_best, folder)
    return model, history


if __name__ == "__main__":
    model, history = main()
