import argparse
import logging
import os
import tempfile

import torch
import torch.nn as nn
from torch import optim
from torch.utils.data import DataLoader, Dataset, random_split

from losses import ComboLoss
from unet import UNet


class Shapes(Dataset):
    """Squares and bars on noise."""

    def __init__(self, n, size=8):
        g = torch.Generator().manual_seed(0)
        self.images = 0.1 * torch.rand(n, 1, size, size, generator=g)
        self.masks = torch.zeros(n, size, size, dtype=torch.long)
        for i in range(n):
            self.masks[i, 2:5, 2:5] = 1 + i % 2
            self.images[i, 0, 2:5, 2:5] += 0.5 + 0.4 * (i % 2)

    def __len__(self):
        return len(self.images)

    def __getitem__(self, i):
        return {"image": self.images[i], "mask": self.masks[i]}


def evaluate(net, dataloader, device, criterion):
    net.eval()
    total = 0
    for batch in dataloader:
        image, mask_true = batch["image"].to(device), batch["mask"].to(device)
        with torch.no_grad():
            mask_pred = net(image)
            total += criterion(mask_pred, mask_true).item()
    net.train()
    return total / max(len(dataloader), 1)


def train_model(model, device, epochs=2, batch_size=4, learning_rate=1e-2, gradient_clipping=1.0):
    # 1. Create dataset
    dataset = Shapes(12)
    train_set, val_set = random_split(dataset, [8, 4], generator=torch.Generator().manual_seed(0))
    train_loader = DataLoader(train_set, shuffle=True, batch_size=batch_size)
    val_loader = DataLoader(val_set, shuffle=False, batch_size=batch_size)

    # 2. Set up the optimizer, the loss, the learning rate scheduler
    optimizer = optim.RMSprop(model.parameters(), lr=learning_rate, momentum=0.9, foreach=False)
    scheduler = optim.lr_scheduler.ReduceLROnPlateau(optimizer, "max", patience=5)
    criterion = ComboLoss(model.n_classes).to(device)
    curve = []

    # 3. Begin training
    for epoch in range(1, epochs + 1):
        model.train()
        epoch_loss = 0
        for batch in train_loader:
            images, true_masks = batch["image"], batch["mask"]
            assert images.shape[1] == model.n_channels, "wrong number of input channels"
            images = images.to(device=device, dtype=torch.float32)
            true_masks = true_masks.to(device=device, dtype=torch.long)

            masks_pred = model(images)
            loss = criterion(masks_pred, true_masks)

            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), gradient_clipping)
            optimizer.step()
            epoch_loss += loss.item()
        val_score = evaluate(model, val_loader, device, nn.CrossEntropyLoss())
        scheduler.step(val_score)
        curve.append(epoch_loss)
        logging.info("epoch %d loss %.4f validation %.4f", epoch, epoch_loss, val_score)
    with tempfile.TemporaryDirectory() as folder:
        torch.save(model.state_dict(), os.path.join(folder, "checkpoint.pth"))
    return criterion, curve


def get_args():
    parser = argparse.ArgumentParser(description="Train the UNet on images and target masks")
    parser.add_argument("--epochs", "-e", metavar="E", type=int, default=2)
    parser.add_argument("--seed", type=int, default=4)
    return parser.parse_args()


if __name__ == "__main__":
    args = get_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s: %(message)s")
    torch.manual_seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = UNet()
    model = model.to(device)
    criterion, curve = train_model(model, device, epochs=args.epochs)
