import torch
import torch.nn as nn
import torch.nn.functional as F


def one_hot(labels, n_classes):
    return F.one_hot(labels, n_classes).permute(0, 3, 1, 2).float()


class DiceLoss(nn.Module):
    def __init__(self, n_classes, smooth=1.0, ignore_background=False):
        super().__init__()
        self.n_classes = n_classes
        self.smooth = smooth
        weights = torch.ones(n_classes)
        if ignore_background:
            weights[0] = 0.0
        self.register_buffer("weights", weights / weights.sum())

    def forward(self, logits, labels):
        probs = F.softmax(logits, dim=1)
        target = one_hot(labels, self.n_classes)
        intersection = (probs * target).sum(dim=(0, 2, 3))
        union = probs.sum(dim=(0, 2, 3)) + target.sum(dim=(0, 2, 3))
        dice = (2.0 * intersection + self.smooth) / (union + self.smooth)
        return (self.weights * (1.0 - dice)).sum()


class FocalLoss(nn.Module):
    def __init__(self, gamma=2.0, alpha=(0.5, 1.0, 1.0)):
        super().__init__()
        self.gamma = gamma
        self.register_buffer("alpha", torch.tensor(alpha))

    def forward(self, logits, labels):
        log_p = F.log_softmax(logits, dim=1)
        log_pt = log_p.gather(1, labels.unsqueeze(1)).squeeze(1)
        pt = log_pt.exp()
        weight = (1 - pt) ** self.gamma
        loss = -weight * log_pt * self.alpha[labels]
        return loss.mean()


class ComboLoss(nn.Module):
    def __init__(self, n_classes, w_dice=0.5):
        super().__init__()
        self.w_dice = w_dice
        self.dice = DiceLoss(n_classes)
        self.focal = FocalLoss()
        self.running = None

    def forward(self, logits, labels):
        dice = self.dice(logits, labels)
        focal = self.focal(logits, labels)
        value = dice.detach()
        self.running = value if self.running is None else 0.9 * self.running + 0.1 * value
        return self.w_dice * dice + (1 - self.w_dice) * focal
