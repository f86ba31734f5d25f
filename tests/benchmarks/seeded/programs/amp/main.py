import argparse

import torch
from torch.utils.data import DataLoader, TensorDataset

from engine import Mixup, ModelEma, NativeScaler, evaluate, train_one_epoch
from model import Mixer


def get_args_parser():
    parser = argparse.ArgumentParser("training", add_help=False)
    parser.add_argument("--epochs", default=2, type=int)
    parser.add_argument("--accum_iter", default=2, type=int)
    parser.add_argument("--lr", default=1e-2, type=float)
    parser.add_argument("--clip_grad", default=1.0, type=float)
    parser.add_argument("--amp", action="store_true")
    parser.add_argument("--seed", default=0, type=int)
    return parser


def main(args):
    torch.manual_seed(args.seed)
    x = torch.randn(32, 4, 4)
    y = x.mean(2)[:, :3].argmax(1)
    loader = DataLoader(TensorDataset(x, y), batch_size=8, shuffle=True)
    model = Mixer(grad_checkpointing=False)
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.lr)
    loss_scaler = NativeScaler(enabled=args.amp)
    ema = ModelEma(model)
    log = []
    for epoch in range(args.epochs):
        log.append(train_one_epoch(model, loader, optimizer, epoch, loss_scaler, args, ema, Mixup()))
        print({"epoch": epoch, "train_loss": float(log[-1]), "acc": evaluate(loader, model)})
    return model, ema, log


if __name__ == "__main__":
    model, ema, log = main(get_args_parser().parse_args())
